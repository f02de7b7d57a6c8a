//! Character references of HTML.

use std::collections::HashMap;

/// The longest name of HTML has 24 letters without its semicolon ("CounterClockwiseContourIntegral"
/// and its like have more and are left; ftfy does the same).
const MAX_NAME: usize = 24;

/// What numbers 0x80 to 0x9F mean in HTML: Windows-1252.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Replaces entities, as HTML5 defines them.
pub(super) struct Entities(HashMap<String, String>);

impl Entities {
    /// Makes it from the named ones: `&amp;` to `&`.
    pub(super) fn new(named: HashMap<String, String>) -> Self {
        Self(named)
    }

    /// Returns the text with the entities that end in a semicolon replaced by their characters, also
    /// those that begin with the character of another: `&amp;amp;lt;` is `<`, however often `&` was
    /// written as one.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(end) = rest.find(';') {
            let (before, behind) = rest.split_at(end + 1);
            plain.push_str(before);
            // A meaning can end an entity in turn: that of `&semi;`.
            while let Some((start, meaning)) = self.last_entity(&plain) {
                plain.truncate(start);
                plain.push_str(&meaning);
            }
            rest = behind;
        }
        plain.push_str(rest);
        plain
    }

    /// Returns where the entity begins with which a text ends, and what it means.
    fn last_entity(&self, text: &str) -> Option<(usize, String)> {
        let longest = "&#".len() + MAX_NAME + ";".len();
        let bytes = text.as_bytes();
        let from = bytes.len().saturating_sub(longest);
        let start = from + bytes[from..].iter().rposition(|&byte| byte == b'&')?;
        let entity = &text[start..];
        (entity_length(entity) == Some(entity.len())).then_some(())?;
        Some((start, self.meaning(entity)?))
    }

    fn meaning(&self, entity: &str) -> Option<String> {
        match entity.strip_prefix("&#") {
            Some(number) => numbered(number.strip_suffix(';')?),
            None => self.0.get(entity).cloned(),
        }
    }
}

/// Returns the bytes of the entity with which a text begins.
fn entity_length(text: &str) -> Option<usize> {
    let start = if text.starts_with("&#") { 2 } else { 1 };
    let body = &text.as_bytes()[start..];
    let name = body
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let is_entity = (1..=MAX_NAME).contains(&name) && body.get(name) == Some(&b';');
    is_entity.then_some(start + name + 1)
}

/// Returns what `&#...;` stands for; nothing for a number that is none, or that of a semicolon.
fn numbered(number: &str) -> Option<String> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    let character = match code {
        0 => '\u{fffd}',
        0x80..=0x9f => WINDOWS[code as usize - 0x80],
        _ if code != 0x0d && is_forbidden(code) => return Some(String::new()),
        _ => char::from_u32(code).unwrap_or('\u{fffd}'),
    };
    (character != ';').then(|| character.to_string())
}

/// Controls and non-characters, which no reference may name.
fn is_forbidden(code: u32) -> bool {
    matches!(code, 0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef)
        || (code <= 0x10_ffff && code & 0xfffe == 0xfffe)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        let named = [("&amp;", "&"), ("&lt;", "<"), ("&semi;", ";")];
        let named = named.map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
        Entities::new(named.into()).replaced(text)
    }

    #[test]
    fn what_an_entity_hides_is_replaced_too() {
        let many = format!("&{}lt;", "amp;".repeat(1000));
        assert_eq!(replaced(&many), "<");
        assert_eq!(replaced("&am&#112;lt&semi;b"), "&amplt;b");
        assert_eq!(replaced("&am&#112;;lt&semi;b"), "<b");
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "",
            ";",
            "&;",
            "a&b; ș&nu;",
            "&#59;",
            "& lt;",
            "&amp",
            "ă;ș&#x;",
        ] {
            assert_eq!(replaced(text), text);
        }
    }
}
