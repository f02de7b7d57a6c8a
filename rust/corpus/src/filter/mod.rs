//! What the filters of the corpus judge a text by: shares and counts, no thresholds.
//!
//! A *word* is a run of letters and digits (Unicode's categories L and N). A *line* is one that is
//! not blank. White space is Unicode's property White_Space.

mod alphabet;
mod batch;
mod boilerplate;
mod classes;
mod faults;
mod glance;
mod groups;
mod heads;
mod keys;
mod lexicon;
mod lines;
mod losses;
mod marks;
mod measures;
mod meter;
mod pairs;
mod personal;
mod repetition;
mod scan;
mod statistics;
mod tokens;
mod vocabulary;

pub use boilerplate::LineRemover;
pub use faults::Fault;
pub use measures::Measure;
pub use meter::{MeterRoom, TextMeter};
pub use personal::personal_lines;
pub use statistics::TextStatistics;
pub use vocabulary::Vocabulary;
