//! Repairs that work line by line.

use memchr::{memchr, memrchr};

use crate::blocks::indices;

/// Returns the text with those lines repaired in which one of some bytes is; none if none changes.
///
/// `places` are indices of bytes, ascending.
///
/// # Errors
///
/// Those of `repaired`.
pub(super) fn with_lines_at<Error>(
    text: &str,
    places: &[usize],
    mut repaired: impl FnMut(&str) -> Result<String, Error>,
) -> Result<Option<String>, Error> {
    let mut changed = String::new();
    let mut copied = 0;
    let mut line_end = 0;
    for &index in places {
        if index < line_end {
            continue;
        }
        let bytes = text.as_bytes();
        let start = memrchr(b'\n', &bytes[..index]).map_or(0, |newline| newline + 1);
        line_end = memchr(b'\n', &bytes[index..]).map_or(text.len(), |length| index + length);
        let line = &text[start..line_end];
        let other = repaired(line)?;
        if other != line {
            changed.reserve(text.len() - copied);
            changed.push_str(&text[copied..start]);
            changed.push_str(&other);
            copied = line_end;
        }
    }
    Ok((copied > 0).then(|| changed + &text[copied..]))
}

/// Yields the lines of a text; the last one ends with it.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = indices(text.as_bytes(), 0, |byte, _| byte == b'\n').chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_with_a_place_are_given_away_and_each_once() {
        let mut given = Vec::new();
        let repaired = with_lines_at("a\nbxx\nc\nx", &[3, 4, 8], |line| {
            given.push(line.to_owned());
            Ok::<_, ()>(line.replace('x', "y"))
        });
        assert_eq!(repaired, Ok(Some("a\nbyy\nc\ny".to_owned())));
        assert_eq!(given, ["bxx", "x"]);
    }

    #[test]
    fn a_failure_ends_the_repair() {
        assert_eq!(with_lines_at("x", &[0], |_| Err("failed")), Err("failed"));
        assert_eq!(
            with_lines_at("x", &[0], |line| Ok::<_, ()>(line.into())),
            Ok(None)
        );
    }
}
