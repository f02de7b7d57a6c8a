use super::{Record, Value, lines_of_block};
use crate::lines::without_lines;

/// What was decided of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<T> {
    /// The document's id.
    pub id: T,
    /// Its split; none if it is dropped.
    pub split: Option<T>,
}

/// A line of a document that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The document's place in its block, from 0.
    pub document: usize,
    /// The line's place in its text, from 0.
    pub line: usize,
}

/// Documents of a block with which all is done, and the line behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Their lines.
    pub lines: Vec<u8>,
    /// How many they are.
    pub documents: usize,
    /// Bytes of their texts as they came.
    pub bytes: usize,
    /// How many of them lost lines.
    pub shortened: usize,
    /// How many lines these lost.
    pub gone: usize,
    /// Bytes that these lost, line ends among them.
    pub gone_bytes: usize,
    /// A line with which more is to be done; none behind the last piece of a block.
    pub other: Option<Vec<u8>>,
}

/// Gives the documents of a block, one in each line, their splits, and takes lines out of them, which
/// `meta.repeated_lines` counts.
///
/// `gone` ascends by document and line. Left to the caller is a line in another form than the stages
/// give it, of a document without a decision, with another's, with one of the two in `meta` before,
/// that is dropped, that would keep fewer than `min_characters` of those that lose lines, or that
/// `is_done` does not let pass, by the text that it keeps and its split.
pub fn decided<T: AsRef<str>>(
    block: &[u8],
    decisions: &[Decision<T>],
    gone: &[Gone],
    min_characters: usize,
    mut is_done: impl FnMut(&str, &str) -> bool,
) -> Vec<Piece> {
    let mut pieces = vec![Piece::default()];
    let mut decisions = decisions.iter();
    let mut gone = gone;
    let mut text = String::new();
    let mut stays = |text: &str, split: &str, is_shortened: bool| {
        let is_long_enough = !is_shortened || text.chars().count() >= min_characters;
        is_long_enough && is_done(text, split)
    };
    for (place, (line, record)) in lines_of_block(block).enumerate() {
        let its = gone.iter().take_while(|one| one.document <= place).count();
        let (its, others) = gone.split_at(its);
        gone = others;
        let piece = pieces.last_mut().expect("one at least");
        let written = record
            .zip(decisions.next())
            .and_then(|(line, decision)| write(line, decision, its, &mut text, &mut stays, piece));
        if written.is_none() {
            piece.other = Some(line.to_vec());
            pieces.push(Piece::default());
        }
    }
    pieces
}

/// Appends a document to a piece; none if it is left to the caller.
fn write<T: AsRef<str>>(
    line: &str,
    decision: &Decision<T>,
    gone: &[Gone],
    text: &mut String,
    stays: &mut impl FnMut(&str, &str, bool) -> bool,
    piece: &mut Piece,
) -> Option<()> {
    let split = decision.split.as_ref()?.as_ref();
    let record = Record::read(line, text).filter(|record| record.has_id(decision.id.as_ref()))?;
    let of_split = record.added("split", Value::Text(split))?;
    if gone.is_empty() {
        stays(text, split, false).then_some(())?;
        record.write_with(&[of_split], text, true, &mut piece.lines);
    } else {
        let of_gone = record.added("repeated_lines", Value::Number(gone.len()))?;
        let rest = without_lines(text, gone.iter().map(|one| one.line));
        stays(&rest, split, true).then_some(())?;
        record.write_with(&[of_gone, of_split], &rest, false, &mut piece.lines);
        piece.shortened += 1;
        piece.gone += gone.len();
        piece.gone_bytes += text.len() - rest.len();
    }
    piece.documents += 1;
    piece.bytes += text.len();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"s/0","text":"ăb\n","source":"s","meta":{}}"#;

    fn pieces(lines: &[&str], ids: &[(&'static str, Option<&'static str>)]) -> Vec<Piece> {
        let decisions: Vec<_> = ids
            .iter()
            .map(|(id, split)| Decision {
                id: *id,
                split: *split,
            })
            .collect();
        decided(
            lines.join("\n").as_bytes(),
            &decisions,
            &[],
            0,
            |text, split| text != "shared" || split != "train",
        )
    }

    fn written(line: &str) -> Option<String> {
        let found = pieces(&[line], &[("s/0", Some("train"))]);
        (found[0].documents == 1).then(|| String::from_utf8(found[0].lines.clone()).expect("UTF-8"))
    }

    #[test]
    fn the_split_stands_where_its_name_belongs() {
        for (before, after) in [
            ("{}", r#"{"split":"train"}"#),
            (r#"{"a":1}"#, r#"{"a":1,"split":"train"}"#),
            (
                r#"{"a":{"z":[]},"url":"x"}"#,
                r#"{"a":{"z":[]},"split":"train","url":"x"}"#,
            ),
            (r#"{"url":"x"}"#, r#"{"split":"train","url":"x"}"#),
        ] {
            let line = LINE.replace("{}", before);
            let expected = LINE.replace("{}", after) + "\n";
            assert_eq!(written(&line), Some(expected));
        }
    }

    #[test]
    fn a_text_in_another_form_is_written_in_the_usual_one() {
        let expected = LINE.replace("{}", r#"{"split":"train"}"#) + "\n";
        assert_eq!(written(&LINE.replace('ă', r"\u0103")), Some(expected));
    }

    /// Returns what is written of two documents, the first of which loses lines.
    fn shortened(line: &str, gone: &[usize], min_characters: usize) -> Vec<Piece> {
        let block = format!("{line}\n{LINE}\n");
        let decision = Decision {
            id: "s/0",
            split: Some("train"),
        };
        let gone: Vec<_> = gone
            .iter()
            .map(|line| Gone {
                document: 0,
                line: *line,
            })
            .collect();
        let decisions = [decision.clone(), decision];
        decided(
            block.as_bytes(),
            &decisions,
            &gone,
            min_characters,
            |text, _| text != "shared",
        )
    }

    #[test]
    fn a_document_loses_lines_and_counts_them() {
        let line = LINE
            .replace(r"ăb\n", r"menu\nă\n\nmenu")
            .replace("{}", r#"{"url":"x"}"#);
        let found = shortened(&line, &[0, 3], 1);
        let first = LINE
            .replace(r"ăb\n", "ă")
            .replace("{}", r#"{"repeated_lines":2,"split":"train","url":"x"}"#);
        let second = LINE.replace("{}", r#"{"split":"train"}"#);
        let expected = Piece {
            lines: format!("{first}\n{second}\n").into_bytes(),
            documents: 2,
            bytes: 17,
            shortened: 1,
            gone: 2,
            gone_bytes: 11,
            other: None,
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_document_that_would_keep_too_little_or_what_is_shared_is_left() {
        let line = LINE.replace(r"ăb\n", r"menu\nshared");
        for (gone, min_characters, is_left) in [
            (&[1][..], 4, false),
            (&[1], 5, true),
            (&[0], 0, true),
            (&[0, 1], 1, true),
            (&[], 99, false),
        ] {
            let found = shortened(&line, gone, min_characters);
            assert_eq!(found[0].other.is_some(), is_left, "{gone:?}");
        }
        let counted = line.replace("{}", r#"{"repeated_lines":1}"#);
        assert!(shortened(&counted, &[1], 0)[0].other.is_some());
        assert!(shortened(&counted, &[], 0)[0].other.is_none());
    }

    #[test]
    fn other_lines_are_left_in_their_order() {
        let other = LINE.replace("s/0", "s/1");
        let shared = LINE.replace(r"ăb\n", "shared");
        let decisions = [
            ("s/0", Some("train")),
            ("s/1", None),
            ("s/0", Some("valid")),
            ("s/0", Some("train")),
            ("s/0", Some("train")),
        ];
        let found = pieces(&[LINE, &other, &shared, &shared, LINE, LINE], &decisions);
        let counts: Vec<_> = found
            .iter()
            .map(|piece| (piece.documents, piece.bytes))
            .collect();
        assert_eq!(counts, [(1, 4), (1, 6), (1, 4), (0, 0)]);
        let left: Vec<_> = found.iter().map(|piece| piece.other.as_deref()).collect();
        let expected = [Some(&*other), Some(&*shared), Some(LINE), None];
        assert_eq!(left, expected.map(|line| line.map(str::as_bytes)));
    }

    #[test]
    fn what_is_not_ours_is_left() {
        for line in [
            "",
            "{}",
            &LINE.replace("s/0", "s/7"),
            &LINE.replace(':', ": "),
            &LINE.replace("{}", r#"{"split":"test"}"#),
            &LINE.replace("{}", r#"{"url":1,"a":1}"#),
        ] {
            assert_eq!(written(line), None, "{line}");
        }
        let decisions = [Decision {
            id: "s/0",
            split: Some("train"),
        }];
        let block = [b"\xff\n", LINE.as_bytes()].concat();
        let found = decided(&block, &decisions, &[], 0, |_, _| true);
        assert_eq!(found[0].other.as_deref(), Some(&b"\xff"[..]));
        assert_eq!(found[1].other.as_deref(), Some(LINE.as_bytes()));
        assert_eq!(
            decided(b"", &decisions, &[], 0, |_, _| true),
            [Piece::default()]
        );
    }
}
