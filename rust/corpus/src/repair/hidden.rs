//! Parts of HTML that show no text: comments, scripts and styles.
//!
//! A text about HTML names their tags too, so that what stands between two of them need not be hidden.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::patterns::regex;

static OPENING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"<!--|<(?i-u:script|style)(?:\s[^<>]*)?>"));
/// In the order of [`Hidden`].
static CLOSINGS: LazyLock<[Regex; 3]> =
    LazyLock::new(|| [r"-->", r"</(?i-u:script)\s*>", r"</(?i-u:style)\s*>"].map(regex));

/// Marks that code has in plenty, and what it ends in: prose before a tag ends in a word.
const CODE_MARKS: &[char] = &['{', '}', '[', ']', '(', ')', '=', ';', '<', '>'];
const CODE_ENDS: &[char] = &['}', ')', ']', ';', '>'];
/// In code one character in so many is a mark; scripts have one in ten, prose one in hundreds.
const CHARACTERS_A_MARK: usize = 40;
const BLANKS: &[char] = &[' ', '\t', '\r', '\n'];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Comment,
    Script,
    Style,
}

/// Where one of them begins.
struct Opening {
    range: Range<usize>,
    kind: Hidden,
}

/// Returns the text without comments, scripts and styles.
pub(super) fn without_hidden(text: &str) -> String {
    let openings: Vec<Opening> = OPENING.find_iter(text).map(Opening::new).collect();
    let mut closings = [const { Closing::NotSought }; 3];
    let mut shown = String::with_capacity(text.len());
    let mut copied = 0;
    for (number, Opening { range, kind }) in openings.iter().enumerate() {
        if range.start < copied {
            continue;
        }
        let closing = &mut closings[*kind as usize];
        let Some(closing) = closing.behind(text, range.end, &CLOSINGS[*kind as usize]) else {
            continue;
        };
        let others = openings[number + 1..].iter();
        let next = others
            .take_while(|other| other.range.start < closing.start)
            .find(|other| other.kind == *kind);
        let end = next.map_or(closing.start, |other| other.range.start);
        // Before another one of the kind it must look hidden itself, or it is only named.
        if is_hidden(*kind, &text[range.end..end]) {
            shown.push_str(&text[copied..range.start]);
            copied = closing.end;
        }
    }
    shown.push_str(&text[copied..]);
    shown
}

impl Opening {
    fn new(found: regex::Match) -> Self {
        let kind = match found.as_str().as_bytes() {
            [b'<', b'!', ..] => Hidden::Comment,
            [b'<', _, b'c' | b'C', ..] => Hidden::Script,
            _ => Hidden::Style,
        };
        Self {
            range: found.range(),
            kind,
        }
    }
}

/// The next closing of a kind, which serves every opening before it.
enum Closing {
    NotSought,
    At(Range<usize>),
    Nowhere,
}

impl Closing {
    fn behind(&mut self, text: &str, start: usize, pattern: &Regex) -> Option<Range<usize>> {
        let is_behind = match self {
            Self::NotSought => false,
            Self::At(range) => range.start >= start,
            Self::Nowhere => true,
        };
        if !is_behind {
            let found = pattern.find_at(text, start);
            *self = found.map_or(Self::Nowhere, |found| Self::At(found.range()));
        }
        match self {
            Self::At(range) => Some(range.clone()),
            _ => None,
        }
    }
}

/// Returns whether what stands in a part is not meant to be read: code, or a comment of one paragraph.
fn is_hidden(kind: Hidden, content: &str) -> bool {
    looks_like_code(content) || (kind == Hidden::Comment && !has_blank_line(content))
}

fn looks_like_code(content: &str) -> bool {
    let content = content.trim_matches(BLANKS);
    content.is_empty()
        || content.ends_with(CODE_ENDS)
        || content.matches(CODE_MARKS).count() * CHARACTERS_A_MARK >= content.chars().count()
}

fn has_blank_line(content: &str) -> bool {
    let mut lines = content.split('\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        // What stands behind the last line end is no line of its own.
        if lines.peek().is_some() && line.trim_matches(BLANKS).is_empty() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_comments_go() {
        for text in [
            "a<script src=x>var b;</script>c",
            "a<SCRIPT>\nif (x < 3) { y = 4 }\n</script >c",
            "a<script src=x></script>c",
            "a<script type=\"application/ld+json\">{\"text\": \"Vorbe multe\"}</script>c",
            "a<script>document.write('<script src=\"x\">');</script>c",
            "a<script><!--\nf()\n//--></script>c",
            "a<style>p { color: red }</style>c",
            "a<!-- o notă\nde două rânduri -->c",
            "a<!--[if IE]><p>Vechi</p>\n\n<![endif]-->c",
        ] {
            assert_eq!(without_hidden(text), "ac", "{text}");
        }
    }

    #[test]
    fn prose_between_named_tags_stays() {
        for text in [
            "Folosiți <script> pentru cod. Textul este program.\nSe termină cu </script> mereu.",
            "Eticheta <style> conține reguli.\nAl doilea rând.\nEticheta </style> o închide.",
            "Semnul <!-- începe.\n\nAlt paragraf.\n\nSemnul --> încheie.",
            "un <script> fără sfârșit; <!-- alt",
        ] {
            assert_eq!(without_hidden(text), text);
        }
        let text = "Numele <script> e scurt. Apoi: <script>x = 1;</script> Gata.";
        assert_eq!(
            without_hidden(text),
            "Numele <script> e scurt. Apoi:  Gata."
        );
    }
}
