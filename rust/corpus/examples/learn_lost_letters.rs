//! Learns the tables of lost letters from right text:
//!
//!     xz -dc TEXT... | cargo run --release -p gpt2ro-corpus --example learn_lost_letters -- FOLDER
//!
//! The tables here are of laws (the constitution, procurement, building in Moldova), news (RONEC), the
//! glosses of RoWordNet, classic prose and verse, and manuals: 42 MB.
//!
//! Of every line the letters of each kind of loss are taken away. A table keeps a context if the letter
//! that is the most frequent there is another one than shorter contexts say, and if it is that for two
//! letters more at least.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::path::Path;

use gpt2ro_corpus::lost_letters::{Line, Loss, QUESTION_MARK, shorter_keys};

/// Letters more that a context must set right. With one the tables are nearly twice as long, and of 1,000
/// letters of unseen texts one more is right (`bench/lost_letters.py`).
const MIN_GAIN: u64 = 2;

/// Laws and news ask less than most texts, and a question that is lost is worse than an ending.
const QUESTION_WEIGHT: u64 = 4;

type Counts = BTreeMap<char, u64>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("expected the folder of the tables")?;
    let mut counts = Loss::ALL.map(|_| Vec::new());
    for line in std::io::stdin().lock().lines() {
        let line: Vec<char> = line?.chars().map(with_comma).collect();
        for (loss, counts) in Loss::ALL.into_iter().zip(&mut counts) {
            count(&line, loss, counts);
        }
    }
    for (loss, counts) in Loss::ALL.into_iter().zip(counts) {
        let mut entries: Vec<String> = learned(counts)
            .into_iter()
            .map(|(key, letter)| format!("{key} {letter}\n"))
            .collect();
        entries.sort_unstable();
        let path = Path::new(&folder).join(loss.file());
        std::fs::write(&path, entries.concat())?;
        println!("{}: {} contexts", path.display(), entries.len());
    }
    Ok(())
}

fn with_comma(letter: char) -> char {
    match letter {
        'ş' => 'ș',
        'ţ' => 'ț',
        'Ş' => 'Ș',
        'Ţ' => 'Ț',
        _ => letter,
    }
}

/// Counts what the signs in a line are for each of their keys; keys are in lists by their rank, as a
/// shorter one decides before a longer one.
fn count(line: &[char], loss: Loss, counts: &mut Vec<HashMap<String, Counts>>) {
    let is_lost = |character: &char| loss.includes(*character);
    let masked = |character: &char| {
        if is_lost(character) {
            QUESTION_MARK
        } else {
            *character
        }
    };
    let masked: Vec<char> = line.iter().map(masked).collect();
    let masked = Line {
        characters: &masked,
        sign: QUESTION_MARK,
        loss,
    };
    for (place, letter) in line.iter().enumerate() {
        if masked.characters[place] != QUESTION_MARK {
            continue;
        }
        let weight = if *letter == QUESTION_MARK {
            QUESTION_WEIGHT
        } else {
            1
        };
        let letter = if !letter.is_alphabetic() {
            QUESTION_MARK
        } else if masked.begins_small_word(place) {
            *letter
        } else {
            letter.to_lowercase().next().unwrap_or(*letter)
        };
        for (rank, key) in masked.keys(place).into_iter().enumerate() {
            if counts.len() == rank {
                counts.push(HashMap::new());
            }
            let letters = counts[rank].entry(key).or_default();
            *letters.entry(letter).or_default() += weight;
        }
    }
}

/// Returns the contexts to keep, and what they say.
fn learned(counts: Vec<HashMap<String, Counts>>) -> HashMap<String, char> {
    let mut kept = HashMap::new();
    for counts in counts {
        let mut found = Vec::new();
        for (key, letters) in counts {
            let shorter = shorter_keys(&key);
            let known = shorter.iter().rev().find_map(|key| kept.get(key).copied());
            let right = known.and_then(|letter| letters.get(&letter).copied());
            let most = letters.into_iter().max_by_key(|(_, count)| *count);
            if let Some((letter, count)) = most
                && count >= right.unwrap_or_default() + MIN_GAIN
            {
                found.push((key, letter));
            }
        }
        kept.extend(found);
    }
    kept
}
