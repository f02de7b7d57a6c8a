use super::statistics::TextStatistics;

/// What is compared with the bounds of a fault: one of the numbers of the statistics.
pub type Measure = fn(&TextStatistics) -> f64;

/// A fault for which texts are dropped.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name.
    pub reason: String,
    /// What is compared with the bounds.
    pub measure: Measure,
    /// The least value without fault.
    pub low: f64,
    /// The greatest value without fault.
    pub high: f64,
}

impl Fault {
    /// Returns whether a text with these statistics has the fault.
    pub fn is_in(&self, text: &TextStatistics) -> bool {
        !(self.low..=self.high).contains(&(self.measure)(text))
    }

    /// Returns whether a text has the fault whose statistics are between these, each of them; nothing
    /// if that depends.
    fn is_between(&self, least: &TextStatistics, most: &TextStatistics) -> Option<bool> {
        let (least, most) = ((self.measure)(least), (self.measure)(most));
        if self.low <= least && most <= self.high {
            return Some(false);
        }
        (most < self.low || self.high < least).then_some(true)
    }
}

/// Returns the first fault, if there is one, of a text whose statistics are between these; nothing
/// if that depends, with the faults left that it may have.
pub(super) fn first_between<'fault>(
    faults: &mut &'fault [Fault],
    least: &TextStatistics,
    most: &TextStatistics,
) -> Option<Option<&'fault Fault>> {
    while let [fault, rest @ ..] = *faults {
        if fault.is_between(least, most)? {
            return Some(Some(fault));
        }
        *faults = rest;
    }
    Some(None)
}

/// Returns the measure with a name, which is that of the statistic.
pub fn measure(name: &str) -> Option<Measure> {
    Some(match name {
        "letters" => |text| text.letters,
        "language_score" => |text| text.language_score,
        "damaged_words" => |text| text.damaged_words,
        "stop_words" => |text| text.stop_words as f64,
        "word_length" => |text| text.word_length,
        "duplicate_lines" => |text| text.duplicate_lines,
        "duplicate_characters" => |text| text.duplicate_characters,
        "top_2gram" => |text| text.top_ngrams[0],
        "top_3gram" => |text| text.top_ngrams[1],
        "top_4gram" => |text| text.top_ngrams[2],
        "repeated_5grams" => |text| text.repeated_ngrams[0],
        "repeated_6grams" => |text| text.repeated_ngrams[1],
        "repeated_7grams" => |text| text.repeated_ngrams[2],
        "repeated_8grams" => |text| text.repeated_ngrams[3],
        "repeated_9grams" => |text| text.repeated_ngrams[4],
        "repeated_10grams" => |text| text.repeated_ngrams[5],
        "alphabetic_words" => |text| text.alphabetic_words,
        "punctuated_list" => |text| text.punctuated_list,
        "lines_per_word" => |text| text.lines_per_word,
        _ => return None,
    })
}
