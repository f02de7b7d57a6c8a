//! Text files as documents: the lines of a file, or those between blank lines of it.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use crate::documents::escape;
use crate::unicode::is_blank;

/// Makes documents of the lines of a file, and of each a line of JSON.
#[derive(Clone, Debug)]
pub struct TextFile {
    form: Form,
    /// Number of the next document.
    number: usize,
    /// Lines of a document that may go on; none before the first.
    pending: Option<String>,
    /// How many documents there were.
    pub documents: usize,
    /// Bytes of their texts.
    pub bytes: usize,
}

/// What makes a document, and what stands around its number and text.
#[derive(Clone, Debug)]
pub struct Form {
    /// Whether a blank line ends a document; otherwise the file is one.
    pub blank_line: bool,
    /// Whether the blanks around a text go, and a text of nothing else with them.
    pub trims: bool,
    /// Longer documents, in characters, are cut at line ends; a longer line stays whole.
    pub max_characters: Option<usize>,
    /// The line of JSON before the document's number: the string of the id is open.
    pub head: Vec<u8>,
    /// And behind the string of its text.
    pub tail: Vec<u8>,
}

impl TextFile {
    /// Begins a file whose first document has this number.
    pub fn new(form: Form, number: usize) -> Self {
        Self {
            form,
            number,
            pending: None,
            documents: 0,
            bytes: 0,
        }
    }

    /// Takes the next lines of the file, some in a row without the last line's end, and appends the
    /// documents that are known to end in them.
    pub fn add(&mut self, lines: &str, json: &mut Vec<u8>) {
        if self.form.blank_line {
            self.add_between_blank_lines(lines, json);
        } else {
            self.keep(lines);
            let pending = self.pending.take().unwrap_or_default();
            let rest = self.cut(&pending, json);
            self.pending = Some(pending[rest..].to_owned());
        }
    }

    /// Ends the file, and appends its last document.
    pub fn end(&mut self, json: &mut Vec<u8>) {
        let pending = self.pending.take().unwrap_or_default();
        self.write_whole(&pending, json);
    }

    fn add_between_blank_lines(&mut self, lines: &str, json: &mut Vec<u8>) {
        let ends = memchr_iter(b'\n', lines.as_bytes()).chain([lines.len()]);
        let mut start = 0;
        // Lines of the document that is being read.
        let mut its: Option<Range<usize>> = None;
        for end in ends {
            if !is_blank_line(&lines[start..end]) {
                its = Some(its.map_or(start, |its| its.start)..end);
            } else if let Some(its) = its.take() {
                self.end_with(&lines[its], json);
            } else {
                self.end(json);
            }
            start = end + 1;
        }
        if let Some(its) = its {
            self.keep(&lines[its]);
        }
    }

    /// Writes a document that ends with these lines.
    fn end_with(&mut self, lines: &str, json: &mut Vec<u8>) {
        if self.pending.is_some() {
            self.keep(lines);
            self.end(json);
        } else {
            self.write_whole(lines, json);
        }
    }

    fn keep(&mut self, lines: &str) {
        match &mut self.pending {
            Some(pending) => {
                pending.push('\n');
                pending.push_str(lines);
            }
            None => self.pending = Some(lines.to_owned()),
        }
    }

    /// Writes a text as one document, or as several if it is too long.
    fn write_whole(&mut self, text: &str, json: &mut Vec<u8>) {
        let rest = self.cut(text, json);
        self.write(&text[rest..], json);
    }

    /// Writes the documents of a text that is too long; returns where the rest of it begins.
    fn cut(&mut self, text: &str, json: &mut Vec<u8>) -> usize {
        let mut start = 0;
        let Some(max_characters) = self.form.max_characters else {
            return start;
        };
        while let Some(length) = bytes_of(&text[start..], max_characters) {
            let limit = start + length;
            // The last line end that leaves a text short enough, or the first one.
            let bytes = text.as_bytes();
            let end = memrchr(b'\n', &bytes[start..limit])
                .map(|place| start + place)
                .or_else(|| memchr(b'\n', &bytes[limit..]).map(|place| limit + place));
            let Some(end) = end else { break };
            self.write(&text[start..end], json);
            start = end + 1;
        }
        start
    }

    fn write(&mut self, text: &str, json: &mut Vec<u8>) {
        let text = if self.form.trims {
            text.trim_matches(is_blank)
        } else {
            text
        };
        if text.is_empty() {
            return;
        }
        json.extend_from_slice(&self.form.head);
        json.extend_from_slice(self.number.to_string().as_bytes());
        json.extend_from_slice(br#"","text":"#);
        escape(text, json);
        json.extend_from_slice(&self.form.tail);
        self.number += 1;
        self.documents += 1;
        self.bytes += text.len();
    }
}

/// Returns the bytes of the first characters of a text; none if it has fewer.
fn bytes_of(text: &str, characters: usize) -> Option<usize> {
    const CHUNK: usize = 64;
    if text.len() < characters {
        return None;
    }
    let begins_character = |byte: &&u8| **byte & 0xc0 != 0x80;
    let mut left = characters;
    let mut place = 0;
    for chunk in text.as_bytes().chunks(CHUNK) {
        let begun = chunk.iter().filter(begins_character).count();
        if begun > left {
            break;
        }
        left -= begun;
        place += chunk.len();
    }
    // The end of the last one is where the next one begins.
    let rest = text.as_bytes()[place..].iter().enumerate();
    let mut begins = rest.filter(|(_, byte)| begins_character(byte));
    match begins.nth(left) {
        Some((next, _)) => Some(place + next),
        None => (left == 0).then_some(text.len()),
    }
}

fn is_blank_line(line: &str) -> bool {
    !line.as_bytes().first().is_some_and(u8::is_ascii_graphic) && line.chars().all(is_blank)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(runs: &[&str], blank_line: bool, max_characters: usize) -> Vec<String> {
        texts_of(runs, blank_line, true, Some(max_characters))
    }

    fn texts_of(
        runs: &[&str],
        blank_line: bool,
        trims: bool,
        max_characters: Option<usize>,
    ) -> Vec<String> {
        let form = Form {
            blank_line,
            trims,
            max_characters,
            head: br#"{"id":"s/p/"#.to_vec(),
            tail: b"}\n".to_vec(),
        };
        let mut file = TextFile::new(form, 7);
        let mut json = Vec::new();
        for run in runs {
            file.add(run, &mut json);
        }
        file.end(&mut json);
        let lines = String::from_utf8(json).expect("UTF-8");
        let found: Vec<String> = lines
            .lines()
            .enumerate()
            .map(|(number, line)| {
                let head = format!(r#"{{"id":"s/p/{}","text":""#, number + 7);
                let text = line.strip_prefix(&head).expect("the head");
                text.strip_suffix(r#""}"#).expect("the tail").to_owned()
            })
            .collect();
        assert_eq!(file.documents, found.len());
        found
    }

    #[test]
    fn a_blank_line_ends_a_document() {
        let runs = ["a\nb\n\n c ", "d\n \t\n", "\u{a0}\ne", "", "f"];
        let expected = [r"a\nb", r"c \nd", "e", "f"];
        assert_eq!(texts(&runs, true, 1000), expected);
    }

    #[test]
    fn blanks_around_a_text_stay_where_they_are_asked_for() {
        let found = texts_of(&["\n a \n", "  "], true, false, None);
        assert_eq!(found, [" a "]);
    }

    #[test]
    fn a_file_is_one_document() {
        assert_eq!(texts(&["a\n\nb", "c\n", ""], false, 1000), [r"a\n\nb\nc"]);
        assert!(texts(&[" \n", "\u{1f}"], false, 1000).is_empty());
        assert!(texts(&[], true, 1000).is_empty());
    }

    #[test]
    fn a_long_document_is_cut_at_line_ends() {
        for blank_line in [true, false] {
            let found = texts(&["ăă\nă\nțțțțțțț\nb", "c"], blank_line, 5);
            assert_eq!(found, [r"ăă\nă", "țțțțțțț", r"b\nc"], "{blank_line}");
        }
    }

    proptest! {
        #[test]
        fn the_first_characters_end_where_iteration_says(
            text in "[aăț😀]{0,300}", characters in 0_usize..310,
        ) {
            let mut places = text.char_indices().map(|(place, _)| place).chain([text.len()]);
            prop_assert_eq!(bytes_of(&text, characters), places.nth(characters));
        }

        #[test]
        fn documents_do_not_depend_on_how_many_lines_come_at_once(
            lines in prop::collection::vec("[ă ]{0,4}", 1..12), blank_line: bool,
        ) {
            let one_by_one: Vec<&str> = lines.iter().map(String::as_str).collect();
            let together = lines.join("\n");
            let expected = texts(&[&together], blank_line, 6);
            prop_assert_eq!(texts(&one_by_one, blank_line, 6), expected);
        }
    }
}
