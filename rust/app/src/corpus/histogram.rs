//! How many texts there are of which length, in buckets from a power of two to the next.

use std::fmt::Write as _;

/// Widest bar of the text histogram, in characters.
const BAR: usize = 50;

/// The texts of some lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The shortest length.
    pub low: usize,
    /// The longest one.
    pub high: usize,
    /// How many.
    pub texts: u64,
}

/// Counts texts by length.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    /// Bucket 0 is of empty texts, bucket n of lengths from 2^(n-1) to 2^n - 1.
    buckets: Vec<u64>,
    texts: u64,
    total: u64,
    longest: usize,
}

impl Histogram {
    /// Count a text.
    pub fn add(&mut self, length: usize) {
        let bucket = (usize::BITS - length.leading_zeros()) as usize;
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.texts += 1;
        self.total += length as u64;
        self.longest = self.longest.max(length);
    }

    /// Number of texts.
    #[must_use]
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// The buckets from the first to the last that holds a text.
    #[must_use]
    pub fn buckets(&self) -> Vec<Bucket> {
        let first = self.buckets.iter().position(|&texts| texts > 0);
        let all = self.buckets.iter().enumerate().map(|(number, &texts)| {
            let (low, high) = match number {
                0 => (0, 0),
                _ => (
                    1 << (number - 1),
                    usize::MAX >> (usize::BITS as usize - number),
                ),
            };
            Bucket { low, high, texts }
        });
        all.skip(first.unwrap_or_default()).collect()
    }

    /// What all texts have together, and one in the mean.
    #[must_use]
    pub fn summary(&self, unit: &str) -> String {
        let mean = self.total as f64 / self.texts.max(1) as f64;
        format!(
            "{} texts, {} {unit}, {mean:.1} in the mean, {} at most",
            self.texts, self.total, self.longest
        )
    }

    /// A line with a bar for every bucket.
    #[must_use]
    pub fn bars(&self) -> String {
        let buckets = self.buckets();
        let most = buckets.iter().map(|bucket| bucket.texts).max().unwrap_or(1);
        let mut lines = String::new();
        for Bucket { low, high, texts } in buckets {
            // A bucket that is not empty has at least a thin bar.
            let eighths = (texts as usize * BAR * 8).div_ceil(most as usize);
            let bar =
                "█".repeat(eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
            let _ = writeln!(lines, "{low:>9} – {high:<9} {texts:>9} {bar}");
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    fn histogram(lengths: &[usize]) -> Histogram {
        let mut histogram = Histogram::default();
        lengths.iter().for_each(|&length| histogram.add(length));
        histogram
    }

    #[test]
    fn buckets_begin_with_the_first_text_and_leave_no_gap() {
        let found: Vec<(usize, usize, u64)> = histogram(&[5, 4, 17])
            .buckets()
            .iter()
            .map(|bucket| (bucket.low, bucket.high, bucket.texts))
            .collect();
        assert_eq!(found, [(4, 7, 2), (8, 15, 0), (16, 31, 1)]);
    }

    #[test]
    fn bars_are_as_long_as_buckets_are_full() {
        let bars = histogram(&[1, 1, 1, 1, 2]).bars();
        let widths: Vec<usize> = bars.lines().map(|line| line.matches('█').count()).collect();
        assert_eq!(widths, [50, 12]);
    }

    #[test]
    fn no_text_is_no_bar() {
        assert_eq!(histogram(&[]).bars(), "");
        assert_eq!(
            histogram(&[]).summary("words"),
            "0 texts, 0 words, 0.0 in the mean, 0 at most"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_in_the_bucket_of_its_length(length: usize) {
            let buckets = histogram(&[length]).buckets();
            prop_assert_eq!(buckets.len(), 1);
            prop_assert!((buckets[0].low..=buckets[0].high).contains(&length));
        }
    }
}
