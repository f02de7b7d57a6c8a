use super::statistics::TextStatistics;

/// What is compared with the bounds of a fault: one of the numbers of the statistics.
#[derive(Clone, Copy, Debug)]
pub struct Measure(usize);

impl Measure {
    /// Returns the measure with a name, which is that of the statistic.
    pub fn named(name: &str) -> Option<Self> {
        let named = named(&TextStatistics::default());
        named.iter().position(|one| one.0 == name).map(Self)
    }

    /// Returns the number of a text's statistics.
    pub fn of(self, text: &TextStatistics) -> f64 {
        named(text)[self.0].1
    }
}

/// What is known of the measures of a text.
pub(super) struct Measures {
    numbers: [f64; MEASURES],
    /// The first ones are counted. The others are bounds: a number may be less, and is 0 at least.
    counted: usize,
}

/// Which measures are counted.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// All but those of what is repeated.
    AllButRepeats = MEASURES as isize - 11,
    /// All but those of repeated runs of words.
    AllButRuns = MEASURES as isize - 9,
    All = MEASURES as isize,
}

const MEASURES: usize = 19;

impl Measures {
    #[inline]
    pub(super) fn of(text: &TextStatistics, counted: Counted) -> Self {
        Self {
            numbers: named(text).map(|(_, number)| number),
            counted: counted as usize,
        }
    }

    /// Returns the least and the greatest that a measure may be.
    #[inline]
    pub(super) fn bounds(&self, measure: Measure) -> (f64, f64) {
        let number = self.numbers[measure.0];
        let is_counted = measure.0 < self.counted;
        (if is_counted { number } else { 0.0 }, number)
    }
}

/// Returns all measures with their names; behind the others those of what is repeated, runs of words
/// last.
#[inline]
fn named(text: &TextStatistics) -> [(&'static str, f64); MEASURES] {
    let (top, repeated) = (&text.top_ngrams, &text.repeated_ngrams);
    [
        ("letters", text.letters),
        ("language_score", text.language_score),
        ("damaged_words", text.damaged_words),
        ("stop_words", text.stop_words as f64),
        ("word_length", text.word_length),
        ("alphabetic_words", text.alphabetic_words),
        ("punctuated_list", text.punctuated_list),
        ("lines_per_word", text.lines_per_word),
        ("duplicate_lines", text.duplicate_lines),
        ("duplicate_characters", text.duplicate_characters),
        ("top_2gram", top[0]),
        ("top_3gram", top[1]),
        ("top_4gram", top[2]),
        ("repeated_5grams", repeated[0]),
        ("repeated_6grams", repeated[1]),
        ("repeated_7grams", repeated[2]),
        ("repeated_8grams", repeated[3]),
        ("repeated_9grams", repeated[4]),
        ("repeated_10grams", repeated[5]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_a_bound_until_it_is_counted() {
        let text = TextStatistics {
            letters: 0.5,
            lines_per_word: 0.5,
            duplicate_lines: 0.5,
            duplicate_characters: 0.5,
            top_ngrams: [0.5; 3],
            repeated_ngrams: [0.5; 6],
            ..TextStatistics::default()
        };
        for (counted, lines, runs) in [
            (Counted::AllButRepeats, 0.0, 0.0),
            (Counted::AllButRuns, 0.5, 0.0),
            (Counted::All, 0.5, 0.5),
        ] {
            let measures = Measures::of(&text, counted);
            for (name, least) in [
                ("letters", 0.5),
                ("lines_per_word", 0.5),
                ("duplicate_lines", lines),
                ("duplicate_characters", lines),
                ("top_2gram", runs),
                ("repeated_10grams", runs),
            ] {
                let measure = Measure::named(name).expect("a measure");
                assert_eq!(measures.bounds(measure), (least, 0.5), "{name}");
                assert_eq!(measure.of(&text), 0.5);
            }
        }
    }
}
