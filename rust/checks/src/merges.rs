//! What a vocabulary is learned from and with: blocks of documents, pieces of texts, and merges.

use std::collections::HashSet;

use gpt2ro_corpus::bpe::{Draw, PieceCounts, TrainDocuments, merges};
use gpt2ro_pretokenizer::pieces;

const ALL: Draw = Draw {
    seed: 1,
    limit: None,
};
const BYTES: usize = 256;

/// The first two bytes are the number of merges and the least frequency, the rest a text, and read as
/// a block of documents too.
pub fn merges_of(bytes: &[u8]) -> bool {
    let [tokens, frequency, rest @ ..] = bytes else {
        return false;
    };
    let text = String::from_utf8_lossy(rest);
    let found: Vec<&str> = pieces(&text).collect();
    assert_eq!(found.concat(), text);
    assert!(found.iter().all(|piece| !piece.is_empty()));

    let mut counts = PieceCounts::default();
    counts.add(&text);
    let mut all = 0;
    counts.for_each(|_, count| all += count);
    assert_eq!(all, found.len() as u64, "a piece is not counted");
    check_merges(&counts, BYTES + usize::from(*tokens), u64::from(*frequency));

    let mut documents = TrainDocuments::new(ALL, 100, 0);
    assert!(documents.add_block(rest) <= rest.len());
    check_merges(&documents.counts, 2 * BYTES, 2);
    true
}

/// Both sides of every merge are bytes, or were merged before; nothing is made twice.
fn check_merges(counts: &PieceCounts, tokens: usize, frequency: u64) {
    let learned = merges(counts, tokens, frequency);
    assert!(learned.len() <= tokens - BYTES);
    let mut known = HashSet::new();
    for (left, right) in learned {
        for side in [&left, &right] {
            assert!(side.chars().count() == 1 || known.contains(side), "{side}");
        }
        known.insert(left + &right);
    }
}
