use memchr::memchr_iter;
use simdutf8::basic::from_utf8;

/// Returns the lines of a block, and each as text; none if it is not UTF-8.
///
/// The end of the last line may be missing, and of a block without a byte there is no line.
pub(crate) fn lines_of_block(block: &[u8]) -> impl Iterator<Item = (&[u8], Option<&str>)> {
    let lines = block.strip_suffix(b"\n").unwrap_or(block);
    let text = from_utf8(lines).ok();
    let ends = memchr_iter(b'\n', lines).chain([lines.len()]);
    let ends = ends.take(if block.is_empty() { 0 } else { usize::MAX });
    let mut start = 0;
    ends.map(move |end| {
        let line = &lines[start..end];
        let text = text.map_or_else(|| from_utf8(line).ok(), |text| text.get(start..end));
        start = end + 1;
        (line, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(block: &[u8]) -> Vec<(&[u8], Option<&str>)> {
        lines_of_block(block).collect()
    }

    #[test]
    fn a_block_has_its_lines_and_the_last_one_may_lack_its_end() {
        let expected = ["ă", "", "b"].map(|line| (line.as_bytes(), Some(line)));
        assert_eq!(lines("ă\n\nb".as_bytes()), expected);
        assert_eq!(lines("ă\n\nb\n".as_bytes()), expected);
        assert_eq!(lines(b"\n"), [(&b""[..], Some(""))]);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_that_is_not_utf_8_leaves_the_others_theirs() {
        let expected = [(&b"a"[..], Some("a")), (b"\xc4", None), (b"\x83", None)];
        assert_eq!(lines(b"a\n\xc4\n\x83"), expected);
    }
}
