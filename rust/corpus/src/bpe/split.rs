use std::str::from_utf8;

use super::sampled::SPLITS;
use crate::documents::Record;

/// The texts of some documents, each with its split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitTexts {
    /// The texts, one behind the other.
    pub texts: String,
    /// Where in them each text ends.
    pub ends: Vec<usize>,
    /// The split of each: 0 train, 1 valid, 2 test.
    pub splits: Vec<u8>,
    /// How many words each has: runs of bytes above the space, in a cleaned text those that blanks
    /// part.
    pub words: Vec<usize>,
}

impl SplitTexts {
    /// Reads the documents of a block, one in each line, up to the first line in another form than
    /// the stages give it or without a split; returns the bytes of the lines before that too.
    pub fn read(block: &[u8]) -> (Self, usize) {
        let lines = from_utf8(block)
            .unwrap_or_else(|error| from_utf8(&block[..error.valid_up_to()]).expect("checked"));
        let mut found = Self::default();
        let mut text = String::new();
        let mut done = 0;
        for line in lines.split_inclusive('\n') {
            let record = line.strip_suffix('\n').unwrap_or(line);
            let split = Record::read(record, &mut text)
                .and_then(|record| record.text_of("split"))
                .and_then(|split| SPLITS.iter().position(|one| *one == split));
            let Some(split) = split else { break };
            found.texts.push_str(&text);
            found.ends.push(found.texts.len());
            found.splits.push(split as u8);
            found.words.push(words(&text));
            done += line.len();
        }
        (found, done)
    }
}

fn words(text: &str) -> usize {
    let before = [b' '].iter().chain(text.as_bytes());
    let begins = before.zip(text.as_bytes());
    begins
        .filter(|(before, byte)| **before <= b' ' && **byte > b' ')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, meta: &str) -> String {
        format!(r#"{{"id":"s/0","text":"{text}","source":"s","meta":{meta}}}"#) + "\n"
    }

    #[test]
    fn texts_are_read_with_their_splits_and_words() {
        let lines = [
            line(r#" ăb\n\"c\" d "#, r#"{"n":1,"split":"test"}"#),
            line("", r#"{"split":"train"}"#),
            line("ț", r#"{"split":"valid"}"#),
        ];
        let block = lines.concat();
        let (found, done) = SplitTexts::read(block.as_bytes());
        assert_eq!(done, block.len());
        assert_eq!(found.texts, " ăb\n\"c\" d ț");
        assert_eq!(found.ends, [11, 11, 13]);
        assert_eq!(found.splits, [2, 0, 1]);
        assert_eq!(found.words, [3, 0, 1]);
    }

    #[test]
    fn the_first_line_in_another_form_ends_them() {
        let usual = line("a", r#"{"split":"train"}"#);
        for other in [
            line("a", "{}"),
            line("a", r#"{"split":"trial"}"#),
            line("a", r#"{"split": "train"}"#),
            "\n".to_owned(),
        ] {
            let (found, done) = SplitTexts::read([&*usual, &*other, &*usual].concat().as_bytes());
            assert_eq!((found.splits.len(), done), (1, usual.len()), "{other}");
        }
        let block = [usual.as_bytes(), b"\xff\n"].concat();
        assert_eq!(SplitTexts::read(&block).1, usual.len());
        assert_eq!(SplitTexts::read(b""), (SplitTexts::default(), 0));
    }
}
