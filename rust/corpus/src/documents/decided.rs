use super::{Record, lines_of_block};

/// What was decided of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<T> {
    /// The document's id.
    pub id: T,
    /// Its split; none if it is dropped.
    pub split: Option<T>,
}

/// Documents of a block that only get their split, and the line behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Their lines.
    pub lines: Vec<u8>,
    /// How many they are.
    pub documents: usize,
    /// Bytes of their texts.
    pub bytes: usize,
    /// A line with which more is to be done; none behind the last piece of a block.
    pub other: Option<Vec<u8>>,
}

/// Gives the documents of a block, one in each line, their splits.
///
/// Left to the caller is a line in another form than the stages give it, of a document without a
/// decision, with another's, with a split before, that is dropped, or that `is_done` does not let
/// pass, by its text and split.
pub fn decided<T: AsRef<str>>(
    block: &[u8],
    decisions: &[Decision<T>],
    mut is_done: impl FnMut(&str, &str) -> bool,
) -> Vec<Piece> {
    let mut pieces = vec![Piece::default()];
    let mut decisions = decisions.iter();
    let mut text = String::new();
    for (line, record) in lines_of_block(block) {
        let piece = pieces.last_mut().expect("one at least");
        let decision = decisions.next();
        let is_written = record.zip(decision).is_some_and(|(line, decision)| {
            write(line, decision, &mut text, &mut piece.lines, &mut is_done)
        });
        if is_written {
            piece.documents += 1;
            piece.bytes += text.len();
        } else {
            piece.other = Some(line.to_vec());
            pieces.push(Piece::default());
        }
    }
    pieces
}

fn write<T: AsRef<str>>(
    line: &str,
    decision: &Decision<T>,
    text: &mut String,
    to: &mut Vec<u8>,
    is_done: &mut impl FnMut(&str, &str) -> bool,
) -> bool {
    let Some(split) = &decision.split else {
        return false;
    };
    let record = Record::read(line, text).filter(|record| record.has_id(decision.id.as_ref()));
    let Some((record, place)) = record.and_then(|record| Some((record, record.place("split")?)))
    else {
        return false;
    };
    is_done(text, split.as_ref()) && {
        record.write_with(place, "split", split.as_ref(), text, to);
        true
    }
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
        decided(lines.join("\n").as_bytes(), &decisions, |text, split| {
            text != "shared" || split != "train"
        })
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
        let found = decided(&block, &decisions, |_, _| true);
        assert_eq!(found[0].other.as_deref(), Some(&b"\xff"[..]));
        assert_eq!(found[1].other.as_deref(), Some(LINE.as_bytes()));
        assert_eq!(decided(b"", &decisions, |_, _| true), [Piece::default()]);
    }
}
