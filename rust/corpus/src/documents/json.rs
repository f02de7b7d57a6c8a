//! JSON as the stages of the corpus write it: without blanks, escapes only where they must be.
//!
//! A value in that form is the one text that stands for it, so it can be passed on as it was read.
//! Functions that look for it return none for any other form, valid or not.

use crate::blocks::indices;

/// Values within values; what `meta` holds has three or four levels.
const MAX_DEPTH: usize = 32;
/// Names of one object that are compared with one another.
const MAX_NAMES: usize = 64;
/// Integers of more digits may not fit into 64 bits.
const MAX_INTEGER_DIGITS: usize = 18;
/// Floating-point numbers outside of this range may be written with an exponent.
const PLAIN_FLOATS: std::ops::Range<f64> = 1e-4..1e15;

/// Returns the bytes of the value in the usual form with which a text begins.
pub(crate) fn value(text: &str, depth: usize) -> Option<usize> {
    match text.as_bytes().first()? {
        _ if depth > MAX_DEPTH => None,
        b'"' => string(text),
        b'{' => object(text, depth, false),
        b'[' => array(text, depth),
        b'-' | b'0'..=b'9' => number(text),
        _ => ["null", "true", "false"]
            .into_iter()
            .find(|word| text.starts_with(word))
            .map(str::len),
    }
}

/// Returns the bytes of an object; of a `sorted` one the names ascend and have no escapes.
pub(crate) fn object(text: &str, depth: usize, sorted: bool) -> Option<usize> {
    let mut names: Vec<&str> = Vec::new();
    let mut index = 1;
    if text[index..].starts_with('}') {
        return Some(2);
    }
    loop {
        let length = string(&text[index..])?;
        let name = &text[index + 1..index + length - 1];
        let is_usual = if sorted {
            !name.contains('\\') && names.last().is_none_or(|last| *last < name)
        } else {
            names.len() < MAX_NAMES && !names.contains(&name)
        };
        if !is_usual {
            return None;
        }
        names.push(name);
        index += length;
        index += text[index..].starts_with(':').then_some(1)?;
        index += value(&text[index..], depth + 1)?;
        match text.as_bytes().get(index)? {
            b',' => index += 1,
            b'}' => return Some(index + 1),
            _ => return None,
        }
    }
}

fn array(text: &str, depth: usize) -> Option<usize> {
    let mut index = 1;
    if text[index..].starts_with(']') {
        return Some(2);
    }
    loop {
        index += value(&text[index..], depth + 1)?;
        match text.as_bytes().get(index)? {
            b',' => index += 1,
            b']' => return Some(index + 1),
            _ => return None,
        }
    }
}

fn number(text: &str) -> Option<usize> {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = text.bytes().take_while(|byte| is_part(byte)).count();
    let number = &text[..length];
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_usual = if is_integer {
        number == "0"
            || (!digits.is_empty()
                && !digits.starts_with('0')
                && digits.len() <= MAX_INTEGER_DIGITS)
    } else {
        // Written back, the shortest digits that stand for the same number must be the same.
        let value: f64 = number.parse().ok()?;
        PLAIN_FLOATS.contains(&value.abs()) && format!("{value:?}") == number
    };
    is_usual.then_some(length)
}

/// Returns the bytes of the string in the usual form with which a text begins, quotes included.
pub(crate) fn string(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut index = 1;
    loop {
        index += plain_length(&bytes[index..]);
        match bytes.get(index)? {
            b'"' => return Some(index + 1),
            b'\\' => index += usual_escape(&bytes[index..])?.1,
            _ => return None,
        }
    }
}

/// Appends what stands in a string to `unescaped`; returns its bytes in the text, quotes included,
/// and whether the string was in the usual form; none if it is not valid or has a lone surrogate.
pub(crate) fn unescape(text: &str, unescaped: &mut String) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    unescaped.reserve(text.len());
    let mut is_usual = true;
    // Behind what was read.
    let mut read = 1;
    for index in indices(bytes, 1, |byte, _| !is_plain(byte)) {
        if index < read {
            continue;
        }
        unescaped.push_str(&text[read..index]);
        match bytes[index] {
            b'"' => return Some((index + 1, is_usual)),
            b'\\' => {
                let rest = &bytes[index..];
                let usual = usual_escape(rest);
                is_usual &= usual.is_some();
                let (character, length) = usual.or_else(|| unusual_escape(rest))?;
                unescaped.push(character);
                read = index + length;
            }
            _ => return None,
        }
    }
    None
}

/// Appends a string in the usual form.
pub(crate) fn escape(text: &str, json: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    json.reserve(bytes.len() + 2);
    json.push(b'"');
    if bytes.len() < SHORT && plain_length(bytes) == bytes.len() {
        json.extend_from_slice(bytes);
        json.push(b'"');
        return;
    }
    let mut written = 0;
    for index in indices(bytes, 0, |byte, _| !is_plain(byte)) {
        json.extend_from_slice(&bytes[written..index]);
        let byte = bytes[index];
        match SHORT_ESCAPES.iter().find(|(meant, _)| *meant == byte) {
            Some((_, letter)) => json.extend_from_slice(&[b'\\', *letter]),
            None => json.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        written = index + 1;
    }
    json.extend_from_slice(&bytes[written..]);
    json.push(b'"');
}

/// Of fewer bytes, most strings are plain: names, and reasons for which documents are dropped.
const SHORT: usize = 32;
const SHORT_ESCAPES: [(u8, u8); 7] = [
    (b'\n', b'n'),
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'\t', b't'),
    (b'\r', b'r'),
    (0x08, b'b'),
    (0x0c, b'f'),
];

#[inline(always)]
fn is_plain(byte: u8) -> bool {
    (byte >= b' ') & (byte != b'"') & (byte != b'\\')
}

/// Returns how many bytes stand before the first control, quote or backslash.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    // Names, ids and most of what `meta` holds are shorter than a block.
    let first = bytes.iter().position(|byte| !is_plain(*byte));
    first.unwrap_or(bytes.len())
}

/// Returns the character of an escape in the usual form and the escape's bytes.
fn usual_escape(bytes: &[u8]) -> Option<(char, usize)> {
    let letter = *bytes.get(1)?;
    if let Some((meant, _)) = SHORT_ESCAPES.iter().find(|(_, one)| *one == letter) {
        return Some((char::from(*meant), 2));
    }
    let code = hexadecimal(bytes)?;
    let byte = u8::try_from(code).ok().filter(|byte| *byte < b' ')?;
    let is_short = SHORT_ESCAPES.iter().any(|(meant, _)| *meant == byte);
    let is_small = !bytes[2..6].iter().any(u8::is_ascii_uppercase);
    (!is_short && is_small).then_some((char::from(byte), 6))
}

/// Returns the character of any other escape and the escape's bytes.
fn unusual_escape(bytes: &[u8]) -> Option<(char, usize)> {
    if bytes.get(1) == Some(&b'/') {
        return Some(('/', 2));
    }
    let code = hexadecimal(bytes)?;
    if let Some(character) = char::from_u32(code) {
        return Some((character, 6));
    }
    let low = hexadecimal(bytes.get(6..)?)?;
    let is_pair = (0xd800..0xdc00).contains(&code) && (0xdc00..0xe000).contains(&low);
    let character = char::from_u32(0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff))?;
    is_pair.then_some((character, 12))
}

/// Returns the number of `\u` and four hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |code, digit| {
        Some(code << 4 | char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &str) -> Option<(String, bool)> {
        let mut text = String::new();
        let (length, is_usual) = unescape(json, &mut text)?;
        (length == json.len()).then_some((text, is_usual))
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back_and_is_in_the_usual_form(
            pieces in prop::collection::vec("[ -~]{0,40}|[\0-\x1f\"\\\\]|\\PC{0,9}", 0..9),
        ) {
            let text = pieces.concat();
            let mut json = Vec::new();
            escape(&text, &mut json);
            let json = String::from_utf8(json).expect("UTF-8");
            prop_assert_eq!(string(&json), Some(json.len()));
            prop_assert_eq!(unescaped(&json), Some((text, true)));
        }
    }

    #[test]
    fn other_escapes_are_read_and_known_as_other() {
        for (json, text) in [
            (r#""\/""#, "/"),
            (r#""\u0041""#, "A"),
            (r#""\u000a""#, "\n"),
            (r#""\u001F""#, "\u{1f}"),
            (r#""\u021b""#, "ț"),
            (r#""\ud83d\ude00""#, "😀"),
        ] {
            assert_eq!(unescaped(json), Some((text.to_owned(), false)), "{json}");
            assert_eq!(string(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_no_string_is_not_read() {
        let wrong = [
            "",
            "x",
            "\"",
            "\"a",
            "\"\n\"",
            r#""\x""#,
            r#""\u00g0""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\""#,
        ];
        for json in wrong {
            assert_eq!(unescaped(json), None, "{json}");
            assert_eq!(string(json), None, "{json}");
        }
    }

    #[test]
    fn values_in_the_usual_form_are_passed() {
        for json in [
            "null",
            "true",
            "false",
            "0",
            "-7",
            "999999999999999999",
            "0.5",
            "-12.25",
            "0.9784561991691589",
            "1.0",
            "[]",
            "{}",
            r#"[1,["a",{}]]"#,
            r#"{"b":1,"a":[null]}"#,
        ] {
            assert_eq!(value(json, 0), Some(json.len()), "{json}");
        }
    }

    #[test]
    fn values_in_another_form_are_not() {
        for json in [
            "nul",
            "-0",
            "01",
            "-",
            "1e5",
            "1.50",
            "0.00001",
            "0.0",
            "1000000000000000000",
            "[1, 2]",
            "[1",
            "[1,]",
            "{\"a\": 1}",
            "{\"a\"}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1",
            "0.97845619916915890",
        ] {
            assert_eq!(value(json, 0), None, "{json}");
        }
        assert_eq!(value(&"[".repeat(1000), 0), None);
    }

    #[test]
    fn names_of_a_sorted_object_ascend() {
        assert_eq!(object(r#"{"a":1,"b":2}"#, 0, true), Some(13));
        for json in [r#"{"b":1,"a":2}"#, r#"{"a":1,"a":2}"#, r#"{"\n":1}"#] {
            assert_eq!(object(json, 0, true), None, "{json}");
        }
    }
}
