//! Files of one text a line: each line counts once, whole, or the error names it.

use gpt2ro::commands::corpus::each_line;
use gpt2ro::corpus::histogram::Histogram;
use gpt2ro::corpus::length::{Lines, Unit};
use gpt2ro::corpus::svg::picture;
use gpt2ro::output::{read_prompts, read_text};

use crate::folder::written;

/// Begins a text in UTF-8 in some files, and is no part of it.
const MARK: &str = "\u{feff}";

/// The bytes are a file of texts.
pub fn lines(bytes: &[u8]) -> bool {
    let mut found = Vec::new();
    let read = each_line(bytes, "input", |line| {
        found.push(line.to_owned());
        Ok(())
    });
    let text = std::str::from_utf8(bytes);
    assert_eq!(read.is_ok(), text.is_ok());
    if let Ok(text) = text {
        let text = text.strip_prefix(MARK).unwrap_or(text);
        let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let expected: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
        assert_eq!(found, expected);
    }
    check_lengths(&found);
    check_prompts(bytes);
    read.is_ok()
}

fn check_lengths(lines: &[String]) {
    let mut histogram = Histogram::default();
    for line in lines {
        assert_eq!(Lines::Plain.text(line).ok().as_ref(), Some(line));
        let Ok(text) = Lines::Json.text(line) else {
            continue;
        };
        let units = [Unit::Words, Unit::Characters, Unit::Bytes];
        let [words, characters, bytes] = units.map(|unit| unit.length(&text));
        assert!(words <= characters && characters <= bytes);
        histogram.add(words);
    }
    let buckets = histogram.buckets();
    assert_eq!(
        buckets.iter().map(|bucket| bucket.texts).sum::<u64>(),
        histogram.texts()
    );
    assert_eq!(histogram.bars().lines().count(), buckets.len());
    assert!(picture(&histogram, Unit::Words.name()).ends_with("</svg>\n"));
}

fn check_prompts(bytes: &[u8]) {
    let path = written("prompts.txt", bytes);
    match read_text(&path) {
        Ok(text) => {
            let expected = bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes);
            assert_eq!(text.as_bytes(), expected);
        }
        Err(_) => assert!(std::str::from_utf8(bytes).is_err()),
    }
    if let Ok(prompts) = read_prompts(&path) {
        assert!(!prompts.is_empty());
        assert!(prompts.iter().all(|prompt| !prompt.trim().is_empty()));
    }
}
