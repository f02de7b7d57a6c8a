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

    /// Returns the text with the entities that end in a semicolon replaced by their characters.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('&') {
            plain.push_str(&rest[..start]);
            rest = &rest[start..];
            let length = entity_length(rest).unwrap_or(1);
            let (entity, behind) = rest.split_at(length);
            match self.meaning(entity) {
                Some(meaning) => plain.push_str(&meaning),
                None => plain.push_str(entity),
            }
            rest = behind;
        }
        plain.push_str(rest);
        plain
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
