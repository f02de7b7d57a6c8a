use super::{Decision, Record, lines_of_block};
use crate::distinct;
use crate::lines::{NO_LINE, line_keys};

/// The keys of the lines of a block's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lined<'block> {
    /// Of all documents, one behind the other, as [`line_keys`] gives them for the site 0.
    pub keys: Vec<u64>,
    /// What is known of each document; none of one that is left to the caller.
    pub documents: Vec<Option<LinedDocument<'block>>>,
}

/// A document whose lines have keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinedDocument<'block> {
    /// How many keys are its own; none if it is dropped.
    pub keys: usize,
    /// Bytes of its text.
    pub bytes: usize,
    /// Its source.
    pub source: &'block str,
    /// Its address, if it has one.
    pub url: Option<&'block str>,
}

/// Returns the keys of the lines of the documents that stay; where `each_once`, those of a document
/// ascending, each once, without [`NO_LINE`].
///
/// Left to the caller is a document in another form than the stages give it, without a decision, with
/// another's, or whose source or address has escapes or is no text.
pub fn lined<'block, T: AsRef<str>>(
    block: &'block [u8],
    decisions: &[Decision<T>],
    each_once: bool,
) -> Lined<'block> {
    let mut found = Lined::default();
    let mut decisions = decisions.iter();
    let mut text = String::new();
    for (_, line) in lines_of_block(block) {
        let read = line.zip(decisions.next()).and_then(|(line, decision)| {
            let document = known(line, decision, &mut text)?;
            Some((document, decision.split.is_some()))
        });
        found.documents.push(read.map(|(document, stays)| {
            let before = found.keys.len();
            if stays {
                let keys = line_keys(&text, 0);
                if each_once {
                    let keys = distinct(keys).into_iter();
                    found.keys.extend(keys.filter(|key| *key != NO_LINE));
                } else {
                    found.keys.extend(keys);
                }
            }
            LinedDocument {
                keys: found.keys.len() - before,
                ..document
            }
        }));
    }
    found
}

/// Returns what a line says of its document, whose text is put into `text`; none if not all is plain.
fn known<'line, T: AsRef<str>>(
    line: &'line str,
    decision: &Decision<T>,
    text: &mut String,
) -> Option<LinedDocument<'line>> {
    let record = Record::read(line, text).filter(|record| record.has_id(decision.id.as_ref()))?;
    let url = record.text_of("url");
    // What is no plain text is there all the same.
    let is_told = url.is_some() || !record.has("url");
    is_told.then_some(LinedDocument {
        keys: 0,
        bytes: text.len(),
        source: record.source()?,
        url,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"s/0","text":"B\n—\nA\nb","source":"s","meta":{"url":"u"}}"#;

    fn found(line: &str, each_once: bool) -> Lined<'_> {
        let decision = Decision {
            id: "s/0",
            split: Some("train"),
        };
        lined(line.as_bytes(), &[decision], each_once)
    }

    #[test]
    fn a_document_has_the_keys_of_its_lines() {
        let expected = line_keys("B\n—\nA\nb", 0);
        let document = LinedDocument {
            keys: 4,
            bytes: 9,
            source: "s",
            url: Some("u"),
        };
        assert_eq!(
            found(LINE, false),
            Lined {
                keys: expected.clone(),
                documents: vec![Some(document)],
            }
        );
        let mut once = vec![expected[0], expected[2]];
        once.sort_unstable();
        assert_eq!(found(LINE, true).keys, once);
    }

    #[test]
    fn an_address_may_be_missing() {
        let line = LINE.replace(r#""url":"u""#, r#""title":"u""#);
        assert_eq!(
            found(&line, true).documents[0].map(|one| one.url),
            Some(None)
        );
    }

    #[test]
    fn what_is_not_plain_is_left() {
        for line in [
            "",
            "{}",
            &LINE.replace("s/0", "s/1"),
            &LINE.replace(r#""u""#, r#""\u0061""#),
            &LINE.replace(r#""u""#, "3"),
            &LINE.replace(r#":"s""#, r#":"\u0073""#),
        ] {
            let none = Lined {
                keys: Vec::new(),
                documents: if line.is_empty() { vec![] } else { vec![None] },
            };
            assert_eq!(found(line, false), none, "{line}");
        }
        let block = [LINE.as_bytes(), b"\n\xff\n", LINE.as_bytes()].concat();
        let decisions = [Some("train"), None, None].map(|split| Decision { id: "s/0", split });
        let documents = lined(&block, &decisions, false).documents;
        let counts: Vec<_> = documents
            .iter()
            .map(|one| one.map(|one| one.keys))
            .collect();
        assert_eq!(counts, [Some(4), None, Some(0)]);
        assert_eq!(
            lined(LINE.as_bytes(), &decisions[..0], false).documents,
            [None]
        );
    }
}
