//! Lines that may hold mojibake, which the caller repairs.

/// Returns the text with those lines repaired in which something is suspicious; none if none changes.
///
/// `suspicious` are indices of bytes, ascending.
pub(super) fn without_mojibake<Error>(
    text: &str,
    suspicious: &[usize],
    mut line_without_mojibake: impl FnMut(&str) -> Result<String, Error>,
) -> Result<Option<String>, Error> {
    let mut repaired = String::new();
    let mut copied = 0;
    let mut line_end = 0;
    for &index in suspicious {
        if index < line_end {
            continue;
        }
        let start = text[..index].rfind('\n').map_or(0, |newline| newline + 1);
        line_end = text[index..]
            .find('\n')
            .map_or(text.len(), |length| index + length);
        let line = &text[start..line_end];
        let other = line_without_mojibake(line)?;
        if other != line {
            repaired.push_str(&text[copied..start]);
            repaired.push_str(&other);
            copied = line_end;
        }
    }
    Ok((copied > 0).then(|| repaired + &text[copied..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_suspicious_lines_are_given_away_and_each_once() {
        let mut given = Vec::new();
        let repaired = without_mojibake("a\nbxx\nc\nx", &[3, 4, 8], |line| {
            given.push(line.to_owned());
            Ok::<_, ()>(line.replace('x', "y"))
        });
        assert_eq!(repaired, Ok(Some("a\nbyy\nc\ny".to_owned())));
        assert_eq!(given, ["bxx", "x"]);
    }

    #[test]
    fn a_failure_ends_the_repair() {
        assert_eq!(
            without_mojibake("x", &[0], |_| Err("failed")),
            Err("failed")
        );
        assert_eq!(
            without_mojibake("x", &[0], |line| Ok::<_, ()>(line.into())),
            Ok(None)
        );
    }
}
