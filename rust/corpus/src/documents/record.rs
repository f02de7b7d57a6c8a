use std::cmp::Ordering;

use super::json;

/// A line that holds a document, in the form in which the stages write it.
///
/// Its text is what a stage changes; all before and behind it is passed on as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'line> {
    line: &'line str,
    /// Where the text's string begins and ends, quotes included.
    start: usize,
    end: usize,
    /// Where the object `meta` begins.
    meta: usize,
    is_usual: bool,
}

impl<'line> Record<'line> {
    /// Reads a line and puts its text into `text`; none if the line is in any other form.
    pub(crate) fn read(line: &'line str, text: &mut String) -> Option<Self> {
        text.clear();
        let mut index = after(line, 0, r#"{"id":"#)?;
        index += json::string(&line[index..])?;
        let start = after(line, index, r#","text":"#)?;
        let (length, is_usual) = json::unescape(&line[start..], text)?;
        let end = start + length;
        let mut index = after(line, end, r#","source":"#)?;
        index += json::string(&line[index..])?;
        let meta = after(line, index, r#","meta":{"#)? - 1;
        index = meta;
        index += json::object(&line[index..], 0, true)?;
        (&line[index..] == "}").then_some(Self {
            line,
            start,
            end,
            meta,
            is_usual,
        })
    }

    /// Returns whether this is the id; never for one with escapes.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        let start = r#"{"id":""#.len();
        let found = &self.line[start..self.start - r#"","text":"#.len()];
        found == id && !found.contains('\\')
    }

    /// Returns the id; none if it has escapes.
    pub(crate) fn id(&self) -> Option<&'line str> {
        let start = r#"{"id":""#.len();
        let found = &self.line[start..self.start - r#"","text":"#.len()];
        (!found.contains('\\')).then_some(found)
    }

    /// Returns the source; none if it has escapes.
    pub(crate) fn source(&self) -> Option<&'line str> {
        let start = self.end + r#","source":""#.len();
        let found = &self.line[start..self.meta - r#"","meta":"#.len()];
        (!found.contains('\\')).then_some(found)
    }

    /// Returns the text of a name in `meta`; none if it is not there, is no text or has escapes.
    pub(crate) fn text_of(&self, name: &str) -> Option<&'line str> {
        let mut index = self.meta + 1;
        while self.line[index..].starts_with('"') {
            let length = json::string(&self.line[index..])?;
            let found = &self.line[index + 1..index + length - 1];
            index += length + 1;
            let length = json::value(&self.line[index..], 0)?;
            if found == name {
                let value = self.line[index..index + length].strip_prefix('"')?;
                let value = value.strip_suffix('"')?;
                return (!value.contains('\\')).then_some(value);
            }
            index += length;
            index += usize::from(self.line[index..].starts_with(','));
        }
        None
    }

    /// Returns whether a name is one of those of `meta`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.place(name).is_none()
    }

    /// Returns a member for `meta`; none if its name is there.
    pub(crate) fn added<'member>(
        &self,
        name: &'member str,
        value: Value<'member>,
    ) -> Option<Added<'member>> {
        let place = self.place(name)?;
        Some(Added { place, name, value })
    }

    /// Returns where in the line a name belongs among those of `meta`; none if it is there.
    fn place(&self, name: &str) -> Option<usize> {
        let mut index = self.meta + 1;
        while self.line[index..].starts_with('"') {
            let length = json::string(&self.line[index..])?;
            match self.line[index + 1..index + length - 1].cmp(name) {
                Ordering::Less => index += length + 1,
                Ordering::Equal => return None,
                Ordering::Greater => break,
            }
            index += json::value(&self.line[index..], 0)?;
            index += usize::from(self.line[index..].starts_with(','));
        }
        Some(index)
    }

    /// Appends the line with more members in `meta`, which ascend by name, and with another text, or
    /// with its own.
    pub(crate) fn write_with(
        &self,
        members: &[Added<'_>],
        text: &str,
        is_own: bool,
        to: &mut Vec<u8>,
    ) {
        self.write_to_text(text, is_own, to);
        let line = self.line.as_bytes();
        let mut written = self.end;
        for Added { place, name, value } in members {
            to.extend_from_slice(&line[written..*place]);
            written = *place;
            if !matches!(to.last(), Some(b'{' | b',')) {
                to.push(b',');
            }
            json::escape(name, to);
            to.push(b':');
            match value {
                Value::Text(text) => json::escape(text, to),
                Value::Number(number) => to.extend_from_slice(number.to_string().as_bytes()),
            }
            if line[written] != b'}' {
                to.push(b',');
            }
        }
        to.extend_from_slice(&line[written..]);
        to.push(b'\n');
    }

    /// Appends the line with another text, or with its own, and with a reason if there is one.
    pub(crate) fn write(&self, text: &str, is_own: bool, reason: Option<&str>, to: &mut Vec<u8>) {
        self.write_to_text(text, is_own, to);
        to.extend_from_slice(&self.line.as_bytes()[self.end..self.line.len() - 1]);
        if let Some(reason) = reason {
            to.extend_from_slice(br#","reason":"#);
            json::escape(reason, to);
        }
        to.extend_from_slice(b"}\n");
    }

    /// Appends the beginning of the line up to the end of its text.
    fn write_to_text(&self, text: &str, is_own: bool, to: &mut Vec<u8>) {
        let line = self.line.as_bytes();
        if is_own && self.is_usual {
            to.extend_from_slice(&line[..self.end]);
        } else {
            to.extend_from_slice(&line[..self.start]);
            json::escape(text, to);
        }
    }
}

/// A member that `meta` has not yet, and where in the line it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Added<'member> {
    place: usize,
    name: &'member str,
    value: Value<'member>,
}

/// A value of `meta`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'value> {
    Text(&'value str),
    Number(usize),
}

/// Returns the index behind an expected piece.
fn after(line: &str, index: usize, piece: &str) -> Option<usize> {
    line[index..]
        .starts_with(piece)
        .then(|| index + piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"s/p/0","text":"a\n\"ț\"","source":"s","meta":{"n":1,"t":[]}}"#;

    fn written(line: &str, other: Option<&str>, reason: Option<&str>) -> Option<String> {
        let mut text = String::new();
        let record = Record::read(line, &mut text)?;
        let mut json = Vec::new();
        record.write(other.unwrap_or(&text), other.is_none(), reason, &mut json);
        Some(String::from_utf8(json).expect("UTF-8"))
    }

    #[test]
    fn a_line_is_passed_on_with_its_own_text() {
        let mut text = String::new();
        assert!(Record::read(LINE, &mut text).is_some());
        assert_eq!(text, "a\n\"ț\"");
        assert_eq!(written(LINE, None, None), Some(format!("{LINE}\n")));
    }

    #[test]
    fn a_line_is_written_with_another_text_and_a_reason() {
        let expected =
            r#"{"id":"s/p/0","text":"b\t","source":"s","meta":{"n":1,"t":[]},"reason":"no"}"#;
        assert_eq!(
            written(LINE, Some("b\t"), Some("no")),
            Some(format!("{expected}\n"))
        );
    }

    #[test]
    fn a_text_in_another_form_is_written_in_the_usual_one() {
        let other = LINE.replace('ț', r"\u021b");
        assert_eq!(written(&other, None, None), Some(format!("{LINE}\n")));
    }

    #[test]
    fn lines_in_another_form_are_not_read() {
        for line in [
            "",
            "{}",
            &LINE.replace(':', ": "),
            &LINE.replace("source", "sources"),
            &LINE.replace(r#""n":1"#, r#""u":1"#),
            &format!("{LINE} "),
            &LINE.replace("}}", r#"},"reason":"x"}"#),
            &LINE.replace(r#"{"n":1,"t":[]}"#, "null"),
            &LINE[..LINE.len() - 1],
        ] {
            assert_eq!(written(line, None, None), None, "{line}");
        }
    }
}
