use memchr::memchr_iter;

use crate::held_out::HeldOut;
use crate::words::Words;

/// A sentence ends with its line, or at one of these before a space. What is no sentence (a row of a
/// table, a heading) is cut the same way: it only has to be a small piece of text.
const ENDS: [char; 5] = ['.', '!', '?', ';', '…'];

/// Takes out of a text every sentence in which a held-out n-gram begins; returns the rest and how
/// many sentences went, or none if the text has no such n-gram.
///
/// # Arguments
///
/// * `are_known` - tells which of some n-grams are held out, in order; they are those that the table
///   lets pass, and one at least.
///
/// # Errors
///
/// Those of `are_known`.
pub fn without_held_out<E>(
    text: &str,
    index: &HeldOut,
    are_known: impl FnOnce(&[u64]) -> Result<Vec<bool>, E>,
) -> Result<Option<(String, usize)>, E> {
    let lines: Vec<Vec<&str>> = text.split('\n').map(sentences).collect();
    let (words, counts) = Words::folded_pieces(lines.iter().flatten().copied());
    let (places, ngrams): (Vec<usize>, Vec<u64>) = index.candidates(&words).into_iter().unzip();
    if ngrams.is_empty() {
        return Ok(None);
    }
    let known = are_known(&ngrams)?;
    // The word before which each sentence ends.
    let ends: Vec<usize> = counts
        .iter()
        .scan(0, |end, count| {
            *end += count;
            Some(*end)
        })
        .collect();
    let mut is_shared = vec![false; ends.len()];
    for (place, _) in places.into_iter().zip(known).filter(|(_, known)| *known) {
        is_shared[ends.partition_point(|end| *end <= place)] = true;
    }
    let removed = is_shared.iter().filter(|shared| **shared).count();
    if removed == 0 {
        return Ok(None);
    }
    let mut is_shared = is_shared.into_iter();
    let mut rest = Rest::default();
    for line in &lines {
        let kept: Vec<&str> = line
            .iter()
            .zip(&mut is_shared)
            .filter_map(|(sentence, is_shared)| (!is_shared).then_some(*sentence))
            .collect();
        if !kept.is_empty() {
            rest.add_line(&kept.join(" "));
        }
    }
    Ok(Some((rest.text, removed)))
}

/// Returns the sentences of a line, without the space between two; one at least.
fn sentences(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for index in memchr_iter(b' ', line.as_bytes()) {
        if line[..index].ends_with(ENDS) {
            sentences.push(&line[start..index]);
            start = index + 1;
        }
    }
    sentences.push(&line[start..]);
    sentences
}

/// The lines that stay: of blank ones in a row one, none at either end.
#[derive(Default)]
struct Rest {
    text: String,
    is_behind_blank: bool,
}

impl Rest {
    fn add_line(&mut self, line: &str) {
        if !line.is_empty() {
            if !self.text.is_empty() {
                let ends = if self.is_behind_blank { "\n\n" } else { "\n" };
                self.text.push_str(ends);
            }
            self.text.push_str(line);
        }
        self.is_behind_blank = line.is_empty();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::num::NonZeroUsize;

    use super::*;

    /// The text without what it shares with another by runs of `words` words.
    fn without(held_out: &str, text: &str, words: usize) -> Option<(String, usize)> {
        let words = NonZeroUsize::new(words).expect("not 0");
        let known = crate::shingles(&Words::folded(held_out), words);
        let mut index = HeldOut::new(words, known.len());
        known.iter().for_each(|ngram| index.add(*ngram));
        let are_known = |ngrams: &[u64]| {
            let flags = ngrams.iter().map(|ngram| known.contains(ngram));
            Ok::<_, Infallible>(flags.collect())
        };
        without_held_out(text, &index, are_known).expect("no error")
    }

    #[test]
    fn a_sentence_goes_in_which_a_run_begins() {
        let text = "Unu. Doi!  trei; — patru… cinci\nșase? șapte.Opt";
        for (run, rest) in [
            ("unu", "Doi!  trei; — patru… cinci\nșase? șapte.Opt"),
            ("trei", "Unu. Doi! — patru… cinci\nșase? șapte.Opt"),
            ("doi trei", "Unu.  trei; — patru… cinci\nșase? șapte.Opt"),
            ("opt", "Unu. Doi!  trei; — patru… cinci\nșase?"),
        ] {
            let words = run.split(' ').count();
            assert_eq!(without(run, text, words), Some((rest.to_owned(), 1)));
        }
        assert_eq!(without("unu doi trei", "unu doi", 3), None);
        assert_eq!(without("nouă", text, 1), None);
        assert_eq!(without("nouă", "", 1), None);
    }

    #[test]
    fn lines_that_go_leave_one_blank_line_and_none_at_the_ends() {
        let text = "x\n\n\na\n\nx\n\nb\nx. c\n d\n\n x";
        let rest = "a\n\nb\nc\n d";
        assert_eq!(without("x", text, 1), Some((rest.to_owned(), 4)));
        assert_eq!(without("x", "x.\nx", 1), Some((String::new(), 2)));
        assert_eq!(without("x", "x. \nb", 1), Some(("b".to_owned(), 1)));
    }

    #[test]
    fn what_only_looks_held_out_stays() {
        let words = NonZeroUsize::MIN;
        let mut index = HeldOut::new(words, 1);
        crate::shingles(&Words::folded("a"), words)
            .iter()
            .for_each(|ngram| index.add(*ngram));
        let none = |ngrams: &[u64]| Ok::<_, Infallible>(vec![false; ngrams.len()]);
        assert_eq!(without_held_out("a. b", &index, none), Ok(None));
    }
}
