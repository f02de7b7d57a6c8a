//! What the filters measure: numbers that are shares, and lines that are lines.

use std::sync::LazyLock;

use gpt2ro_corpus::filter::{
    Fault, LineRemover, Measure, MeterRoom, TextMeter, Vocabulary, personal_lines,
};

use crate::words::{FOREIGN, LETTERS, OWN_LETTERS, ROMANIAN, owned};

pub(crate) static METER: LazyLock<TextMeter> = LazyLock::new(|| {
    let (native, foreign) = (owned(ROMANIAN), owned(FOREIGN));
    let vocabulary = Vocabulary::new(&native, &foreign, &foreign, &native, LETTERS, OWN_LETTERS);
    TextMeter::new(vocabulary)
});
static REMOVER: LazyLock<LineRemover> = LazyLock::new(remover);

/// What removes a few phrases of pages.
pub(crate) fn remover() -> LineRemover {
    LineRemover::new(
        r"[ .]*(?i:meniu|toate drepturile .*|\d+ comentarii)[ .]*",
        40,
    )
    .expect("a valid expression")
}

/// The bytes are a text; what is no UTF-8 in it is replaced.
pub fn filter(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    check_measures(&text);
    check_faults(&text);
    check_phrases(&text);
    check_expression(&text);
    let personal = personal_lines(&text);
    let lines: Vec<&str> = text.split('\n').collect();
    assert!(personal.is_sorted_by(|one, other| one < other));
    for (number, line) in lines.iter().enumerate() {
        assert!(!line.contains("a@a") || personal.contains(&number));
    }
    assert!(personal.last().is_none_or(|&last| last < lines.len()));
    true
}

fn check_measures(text: &str) {
    let found = METER.measure(text);
    for share in [
        found.letters,
        found.alphabetic_words,
        found.punctuated_lines,
        found.duplicate_lines,
        found.duplicate_characters,
        found.native_words,
        found.foreign_words,
        found.foreign_spellings,
    ] {
        assert!((0.0..=1.0).contains(&share), "{found:?}");
    }
    assert!(
        found
            .repeated_ngrams
            .iter()
            .all(|share| (0.0..=1.0).contains(share)),
        "{found:?}"
    );
    for number in [
        found.word_length,
        found.lines_per_word,
        found.native_letters,
        found.damaged_words,
    ] {
        assert!(number.is_finite() && number >= 0.0, "{found:?}");
    }
    assert!(
        found
            .top_ngrams
            .iter()
            .all(|number| number.is_finite() && *number >= 0.0)
    );
    assert!(found.stop_words <= ROMANIAN.len());
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    assert_eq!(found.lines, lines.count());
}

/// A fault is found with bounds as it is without them.
fn check_faults(text: &str) {
    let found = METER.measure(text);
    let mut room = MeterRoom::default();
    for name in [
        "letters",
        "language_score",
        "duplicate_lines",
        "duplicate_characters",
        "top_2gram",
        "top_4gram",
        "repeated_5grams",
        "repeated_10grams",
    ] {
        let measure = Measure::named(name).expect("a measure");
        let fault = |high| Fault {
            reason: name.to_owned(),
            measure,
            low: f64::NEG_INFINITY,
            high,
        };
        let mut has = |faults: &[Fault]| METER.fault(text, faults, &mut room).0.is_some();
        assert!(!has(&[fault(measure.of(&found))]));
        assert!(has(&[fault(measure.of(&found) - 1e-6)]), "{name}");
    }
}

fn check_phrases(text: &str) {
    let Some(kept) = REMOVER.without_phrases(text) else {
        assert!(!text.split('\n').any(|line| REMOVER.is_phrase(line)));
        return;
    };
    assert!(kept.len() < text.len() || text.is_empty());
    assert_eq!(REMOVER.without_phrases(&kept), None);
}

/// The first line is an expression, the rest a text: any expression is an error or a remover.
fn check_expression(text: &str) {
    let (expression, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(remover) = LineRemover::new(expression, 20) {
        let _ = remover.without_phrases(rest);
    }
}
