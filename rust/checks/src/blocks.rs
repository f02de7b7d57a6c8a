//! Blocks of documents: what is read of one is written again, and none of its lines is lost.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use gpt2ro_corpus::Kinds;
use gpt2ro_corpus::bpe::SplitTexts;
use gpt2ro_corpus::clean::{Cleaned, Cleaner, Helper};
use gpt2ro_corpus::documents::{Decision, Gone, decided, lined, texts};
use gpt2ro_corpus::filter::{Fault, Measure};

use crate::filters::{METER, remover};
use crate::repairs::{of_all_kinds, without_mojibake};

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner {
    repairer: Arc::new(of_all_kinds()),
    remover: Some(Arc::new(remover())),
    masks: true,
    meter: METER.clone(),
    min_characters: 3,
    faults: vec![Fault {
        reason: "too few letters".to_owned(),
        measure: Measure::named("letters").expect("a measure"),
        low: 0.5,
        high: f64::INFINITY,
    }],
});

/// The bytes are lines, a document each; whole if all are in the form that the stages give them.
pub fn block(bytes: &[u8]) -> bool {
    let mut ids = Vec::new();
    let done = texts(bytes, |id, _| ids.push(id.to_owned()));
    assert!(done <= bytes.len());
    assert_eq!(lines(&bytes[..done]), ids.len());
    check_splits(bytes, &ids);
    check_cleaning(bytes);
    !bytes.is_empty() && done == bytes.len()
}

/// How many lines a block has.
fn lines(block: &[u8]) -> usize {
    match block.strip_suffix(b"\n").unwrap_or(block) {
        _ if block.is_empty() => 0,
        lines => lines.split(|byte| *byte == b'\n').count(),
    }
}

/// Every document gets its split, or keys of its lines, or is left to the caller, in order.
fn check_splits(block: &[u8], ids: &[String]) {
    let splits = [Some("train"), Some("test"), None];
    let decisions: Vec<Decision<&str>> = ids
        .iter()
        .zip(splits.into_iter().cycle())
        .map(|(id, split)| Decision {
            id: id.as_str(),
            split,
        })
        .collect();
    let mut all = 0;
    // The first line of every second document.
    let gone = (0..ids.len())
        .step_by(2)
        .map(|document| Gone { document, line: 0 });
    let gone: Vec<Gone> = gone.collect();
    for piece in decided(block, &decisions, &gone, 1, |text, _| !text.contains('x')) {
        let (found, read) = SplitTexts::read(&piece.lines);
        assert_eq!(read, piece.lines.len());
        assert_eq!(found.ends.len(), piece.documents);
        assert_eq!(found.texts.len(), piece.bytes - piece.gone_bytes);
        assert!(piece.shortened <= piece.documents && piece.shortened <= piece.gone);
        assert!(found.splits.iter().all(|split| [0, 2].contains(split)));
        all += piece.documents + usize::from(piece.other.is_some());
    }
    assert_eq!(all, lines(block));
    let found = lined(block, &decisions, true);
    assert_eq!(found.documents.len(), lines(block));
    let keys = found.documents.iter().flatten().map(|one| one.keys);
    assert_eq!(keys.sum::<usize>(), found.keys.len());
}

/// Every document is kept or dropped, and what is written can be read.
fn check_cleaning(block: &[u8]) {
    let mut helper = Plain::default();
    let Ok(books) = CLEANER.clean(block, &mut helper);
    assert_eq!(books.documents, lines(block));
    let dropped: usize = books.reasons.values().map(|one| one.documents).sum();
    assert_eq!(books.documents, books.kept_documents + dropped);
    assert_eq!(books.lengths.iter().sum::<usize>(), books.kept_documents);
    assert_eq!(lines(&books.kept), books.kept_documents);
    assert_eq!(lines(&books.dropped), dropped);
    let mut bytes = 0;
    assert_eq!(
        texts(&books.kept, |_, text| bytes += text.len()) == books.kept.len(),
        bytes == books.kept_bytes,
    );
    // What was left is cleaned by the caller alone.
    assert!(books.reasons.get(BY_HAND).map_or(0, |one| one.documents) == helper.by_hand);
}

const BY_HAND: &str = "by hand";

#[derive(Default)]
struct Plain {
    by_hand: usize,
}

impl Helper for Plain {
    type Error = Infallible;

    fn line_without_mojibake(&mut self, line: &str) -> Result<String, Infallible> {
        Ok(without_mojibake(line))
    }

    fn masked(&mut self, lines: &str) -> Result<String, Infallible> {
        Ok(lines.replace('@', "0"))
    }

    fn by_hand(&mut self, _: &[u8], _: usize) -> Result<Cleaned, Infallible> {
        self.by_hand += 1;
        Ok(Cleaned {
            line: b"{}\n".to_vec(),
            reason: Some(BY_HAND.to_owned()),
            bytes: 0,
            bytes_now: 0,
            characters: 0,
            kinds: Kinds::default(),
            has_boilerplate: false,
        })
    }
}
