use super::batch::Room;
use super::faults::{Fault, first_fault};
use super::glance::glance;
use super::lines::Lines;
use super::losses::lost_letters;
use super::measures::{Counted, Measures};
use super::repetition::Repetition;
use super::statistics::{Findings, TextStatistics};
use super::tokens::Tokens;
use super::vocabulary::Vocabulary;

/// Measures texts.
#[derive(Clone, Debug)]
pub struct TextMeter {
    vocabulary: Vocabulary,
}

/// Room in which one text after the other is measured.
#[derive(Clone, Debug, Default)]
pub struct MeterRoom(Room);

impl TextMeter {
    /// Makes a meter that knows these words and letters of the language.
    pub fn new(vocabulary: Vocabulary) -> Self {
        Self { vocabulary }
    }

    /// Returns what is to be known of a text. Shares are from 0 to 1, and 0 where there is nothing
    /// to have a share of.
    pub fn measure(&self, text: &str) -> TextStatistics {
        let tokens = Tokens::of(text, &self.vocabulary.scanner);
        let findings = Findings {
            words: tokens.words.len(),
            word_characters: tokens.word_characters(),
            lines: Lines::of(text),
            evidence: self.vocabulary.evidence(&tokens),
            lost_letters: lost_letters(text),
            repetition: Repetition::of(&tokens),
            counts: tokens.counts,
        };
        findings.statistics()
    }

    /// Returns the first of some faults that a text has, and how many characters.
    ///
    /// Most texts have none, and far less than would be one: then bounds tell, and what is repeated
    /// need not be counted. Else the lines are, and if that does not tell, the runs of words.
    pub fn fault<'fault>(
        &self,
        text: &str,
        faults: &'fault [Fault],
        room: &mut MeterRoom,
    ) -> (Option<&'fault Fault>, usize) {
        let Some(findings) = glance(text, &self.vocabulary, &mut room.0) else {
            return (self.fault_counted(text, faults), text.chars().count());
        };
        let characters = findings.counts.characters;
        (self.fault_of(text, findings, faults), characters)
    }

    fn fault_counted<'fault>(
        &self,
        text: &str,
        mut faults: &'fault [Fault],
    ) -> Option<&'fault Fault> {
        let measures = Measures::of(&self.measure(text), Counted::All);
        first_fault(&mut faults, &measures).flatten()
    }

    fn fault_of<'fault>(
        &self,
        text: &str,
        mut findings: Findings,
        mut faults: &'fault [Fault],
    ) -> Option<&'fault Fault> {
        let measures = Measures::of(&findings.statistics(), Counted::AllButRepeats);
        if let Some(found) = first_fault(&mut faults, &measures) {
            return found;
        }
        findings.lines.count_duplicates(text);
        let measures = Measures::of(&findings.statistics(), Counted::AllButRuns);
        if let Some(found) = first_fault(&mut faults, &measures) {
            return found;
        }
        findings.repetition = Repetition::of(&Tokens::of(text, &self.vocabulary.scanner));
        let measures = Measures::of(&findings.statistics(), Counted::All);
        first_fault(&mut faults, &measures).flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::measures::Measure;
    use super::*;

    /// In this order faults are looked for.
    const MEASURES: [&str; 8] = [
        "stop_words",
        "duplicate_lines",
        "top_3gram",
        "language_score",
        "duplicate_characters",
        "top_2gram",
        "repeated_5grams",
        "repeated_10grams",
    ];

    fn meter() -> TextMeter {
        let native = ["și".to_owned()];
        TextMeter::new(Vocabulary::new(&native, &[], &[], &native, "unpi", "ș"))
    }

    #[test]
    fn shares_are_of_what_their_names_say() {
        let found = meter().measure("Un pui și 2\n\nUn pui și 2\nlup.");
        assert_eq!(found.letters, 17.0 / 20.0);
        assert_eq!(found.alphabetic_words, 7.0 / 9.0);
        assert_eq!(found.word_length, 19.0 / 9.0);
        assert_eq!(found.lines_per_word, 2.0 / 9.0);
        assert_eq!(found.lines, 3);
        assert_eq!(found.punctuated_lines, 1.0 / 3.0);
        assert_eq!(found.duplicate_lines, 1.0 / 3.0);
        assert_eq!(found.duplicate_characters, 11.0 / 26.0);
        assert_eq!(found.native_words, 2.0 / 7.0);
        assert_eq!(found.foreign_spellings, 1.0 / 7.0);
        assert_eq!(found.stop_words, 1);
    }

    proptest! {
        #[test]
        fn the_first_fault_is_found_whether_or_not_that_takes_counting(
            lines in prop::collection::vec("(pui|un|și|lup|[a-f]{1,3})( (pui|un|și|[a-f]{1,3})){0,9}", 0..20),
            repeats in 1_usize..4,
            bounds in prop::collection::vec((0.0..1.5_f64, any::<bool>()), MEASURES.len()),
        ) {
            let text = lines.join("\n").repeat(repeats);
            let faults = MEASURES.iter().zip(bounds).map(|(name, (bound, is_high))| Fault {
                reason: (*name).to_owned(),
                measure: Measure::named(name).expect("a measure"),
                low: if is_high { f64::NEG_INFINITY } else { bound - 1.0 },
                high: if is_high { bound } else { f64::INFINITY },
            });
            let faults: Vec<Fault> = faults.collect();
            let statistics = meter().measure(&text);
            let expected = faults.iter().find(|fault| {
                !(fault.low..=fault.high).contains(&fault.measure.of(&statistics))
            });
            let (found, characters) = meter().fault(&text, &faults, &mut MeterRoom::default());
            prop_assert_eq!(characters, text.chars().count());
            prop_assert_eq!(found.map(|one| &one.reason), expected.map(|one| &one.reason));
        }
    }

    #[test]
    fn ngrams_are_shares_of_all_characters() {
        let found = meter().measure("pui, pui, pui, pui!");
        assert_eq!(found.top_ngrams[0], 21.0 / 19.0);
        let found = meter().measure("Pui și pui, pui și pui. Pui și pui, pui și pui.");
        assert_eq!(found.repeated_ngrams[0], 13.0 / 47.0);
    }

    #[test]
    fn nothing_has_no_shares() {
        let found = meter().measure("");
        assert_eq!((found.letters, found.word_length), (0.0, 0.0));
        assert_eq!(found.top_ngrams, [0.0; 3]);
        assert_eq!(found.repeated_ngrams, [0.0; 6]);
    }
}
