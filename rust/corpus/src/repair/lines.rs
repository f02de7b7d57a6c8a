//! Repairs that work line by line.

use memchr::memchr_iter;

/// Returns the text with those lines replaced for which `repaired` gives another; none without one.
pub(super) fn with_lines(
    text: &str,
    mut repaired: impl FnMut(&str) -> Option<String>,
) -> Option<String> {
    let mut changed: Option<String> = None;
    let (mut copied, mut start) = (0, 0);
    for line in lines(text) {
        if let Some(other) = repaired(line) {
            let changed = changed.get_or_insert_default();
            changed.push_str(&text[copied..start]);
            changed.push_str(&other);
            copied = start + line.len();
        }
        start += line.len() + 1;
    }
    changed.map(|changed| changed + &text[copied..])
}

/// Yields the lines of a text; the last one ends with it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
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

    fn without_a(text: &str) -> Option<String> {
        with_lines(text, |line| {
            line.contains('a').then(|| line.replace('a', ""))
        })
    }

    #[test]
    fn only_lines_that_change_are_replaced() {
        assert_eq!(without_a("b\n\nc\n"), None);
        assert_eq!(without_a(""), None);
        assert_eq!(without_a("a").as_deref(), Some(""));
        assert_eq!(without_a("a\nb\nca\n").as_deref(), Some("\nb\nc\n"));
        assert_eq!(without_a("b\na\na").as_deref(), Some("b\n\n"));
    }
}
