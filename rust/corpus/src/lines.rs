use xxhash_rust::xxh3::xxh3_64;

use crate::words::Words;

/// Stands for a line without a letter or a digit, which is never counted.
pub const NO_LINE: u64 = 0;

/// Returns a key for every line of a text, in order: the hash of its folded words and of its site.
///
/// Two lines have one key when they differ at most in case, diacritics, punctuation and spacing,
/// and stand on one site. The key is the XXH3 hash of the words combined with `site` by exclusive
/// or, so that a site's own key is free for the number of its documents.
pub fn line_keys(text: &str, site: u64) -> Vec<u64> {
    text.split('\n')
        .map(|line| match Words::folded(line).as_str() {
            "" => NO_LINE,
            words => xxh3_64(words.as_bytes()) ^ site,
        })
        .collect()
}

/// Returns a text without some of its lines, and with at most one blank line between two.
///
/// `gone` are the numbers of the lines that go, from 0, ascending. No blank line stays at either end.
pub fn without_lines(text: &str, gone: impl IntoIterator<Item = usize>) -> String {
    let mut gone = gone.into_iter().peekable();
    let mut rest = String::with_capacity(text.len());
    let mut is_blank_before = false;
    for (number, line) in text.split('\n').enumerate() {
        if gone.next_if_eq(&number).is_some() {
            continue;
        }
        if line.is_empty() {
            is_blank_before = true;
            continue;
        }
        if !rest.is_empty() {
            rest.push_str(if is_blank_before { "\n\n" } else { "\n" });
        }
        rest.push_str(line);
        is_blank_before = false;
    }
    rest
}

/// A paragraph of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The XXH3 hash of the folded words.
    pub key: u64,
    /// Its first line, from 0.
    pub start: usize,
    /// The line after its last.
    pub stop: usize,
}

/// Returns the paragraphs of so many words or more, in order.
///
/// A line that has them is a paragraph. Shorter ones in a row, wrapped lines or verses, are one
/// together; a line without a letter or a digit ends them. So the key of a paragraph does not
/// depend on how it is wrapped, or on the headings around it.
pub fn paragraphs(text: &str, min_words: usize) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let mut run = Run::default();
    let mut lines = 0;
    for line in text.split('\n') {
        let words = Words::folded(line);
        let count = words.count();
        if count == 0 || count >= min_words {
            found.extend(run.take(lines, min_words));
        }
        if count >= min_words && count > 0 {
            found.push(Paragraph {
                key: xxh3_64(words.as_str().as_bytes()),
                start: lines,
                stop: lines + 1,
            });
        } else if count > 0 {
            run.push(lines, words.as_str(), count);
        }
        lines += 1;
    }
    found.extend(run.take(lines, min_words));
    found
}

/// Short lines in a row.
#[derive(Default)]
struct Run {
    words: String,
    count: usize,
    start: usize,
}

impl Run {
    fn push(&mut self, line: usize, words: &str, count: usize) {
        if self.words.is_empty() {
            self.start = line;
        } else {
            self.words.push(' ');
        }
        self.words.push_str(words);
        self.count += count;
    }

    /// Ends the run before a line and returns it, if it has words enough.
    fn take(&mut self, stop: usize, min_words: usize) -> Option<Paragraph> {
        let paragraph = (self.count > 0 && self.count >= min_words).then(|| Paragraph {
            key: xxh3_64(self.words.as_bytes()),
            start: self.start,
            stop,
        });
        self.words.clear();
        self.count = 0;
        paragraph
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_a_line_have_one_key() {
        let keys = line_keys("Citește și…\nciteste SI\nCitește și tu", 7);
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }

    #[test]
    fn another_site_is_another_key() {
        assert_ne!(line_keys("Acasă", 1), line_keys("Acasă", 2));
        assert_eq!(line_keys("Acasă", 0), [xxh3_64(b"acasa")]);
    }

    #[test]
    fn a_line_without_words_has_no_key() {
        assert_eq!(line_keys("", 7), [NO_LINE]);
        assert_eq!(line_keys("* * *\n\n—", 7), [NO_LINE; 3]);
    }

    #[test]
    fn lines_go_and_of_the_blank_ones_around_them_one_stays() {
        for (gone, rest) in [
            (vec![], "a\n\nb\nc"),
            (vec![0], "b\nc"),
            (vec![2], "a\n\nc"),
            (vec![2, 3], "a"),
            (vec![0, 2, 3], ""),
            (vec![0, 9], "b\nc"),
        ] {
            assert_eq!(without_lines("a\n\nb\nc", gone), rest);
        }
        assert_eq!(without_lines("\n\na\nb\n\n\n\n \nc\n", [3]), "a\n\n \nc");
    }

    fn places(text: &str, min_words: usize) -> Vec<(usize, usize)> {
        let found = paragraphs(text, min_words);
        found.iter().map(|one| (one.start, one.stop)).collect()
    }

    #[test]
    fn a_long_line_is_a_paragraph_and_short_ones_are_one_together() {
        let text = "Titlu\nun om merge acasă\nunu doi\ntrei patru\n\ncinci";
        assert_eq!(places(text, 4), [(1, 2), (2, 4)]);
        assert_eq!(places(text, 5), [(0, 4)]);
        assert_eq!(places("* * *\n\n", 1), []);
    }

    #[test]
    fn a_wrapped_paragraph_has_the_key_of_the_whole_one() {
        let whole = paragraphs("Un om merge acasă pe jos.", 4);
        let wrapped = paragraphs("un om merge\nACASA, pe jos", 4);
        assert_eq!(whole[0].key, wrapped[0].key);
        assert_eq!(whole[0].key, xxh3_64(b"un om merge acasa pe jos"));
    }
}
