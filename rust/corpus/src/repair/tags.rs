//! Tags of HTML that were left in a text.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::hidden::without_hidden;
use crate::patterns::regex;

/// Attributes have a value, or are known to need none: else "x <a sau y> b" would hold a tag.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?x) < (?P<close>/)? (?P<name>[a-zA-Z][a-zA-Z0-9]*)
        (?P<attributes> (?: \s+ (?:
            [a-zA-Z_:][-a-zA-Z0-9_:.]* \s*=\s* (?: "[^"<>]*" | '[^'<>]*' | [^\s"'<>]+ )
            | (?i-u: allowfullscreen | async | autofocus | autoplay | checked | compact | controls
                | declare | default | defer | disabled | download | formnovalidate | hidden | inert
                | ismap | itemscope | loop | multiple | muted | noresize | noshade | novalidate
                | nowrap | open | playsinline | readonly | required | reversed | selected
                | (?: aria | data | ng | v | x ) - [-a-z0-9_:.]+ )
        ) )* )
        \s* /? >"#,
    )
});

/// Elements that begin a line of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
];
/// Elements that stand between words.
const CELLS: &[&str] = &["td", "th", "img", "input"];
/// Elements inside words and sentences.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "col", "colgroup",
    "del", "dfn", "em", "font", "i", "iframe", "ins", "kbd", "label", "link", "mark", "meta",
    "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
];
/// Elements that have no end.
const VOID: &[&str] = &["br", "hr", "wbr"];

/// A tag in a text.
struct Tag {
    range: Range<usize>,
    name: String,
    closes: bool,
    has_attributes: bool,
}

/// Returns the text without the tags of HTML's elements of text, and without comments and scripts.
///
/// A tag goes when it is markup: an element without end, one with attributes, or one that is both
/// opened and closed in the text. A lone `<b>` stays, as in a sentence about the element.
pub(super) fn without_tags(text: &str) -> String {
    let text = without_hidden(text);
    let tags: Vec<Tag> = TAG.captures_iter(&text).map(Tag::new).collect();
    let names = |closes: bool| -> HashSet<&str> {
        let tags = tags.iter().filter(|tag| tag.closes == closes);
        tags.map(|tag| tag.name.as_str()).collect()
    };
    let (opened, closed) = (names(false), names(true));
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    for tag in &tags {
        let name = tag.name.as_str();
        let is_pair = opened.contains(name) && closed.contains(name);
        if !is_pair && !tag.has_attributes && !VOID.contains(&name) {
            continue;
        }
        if let Some(replacement) = replacement(name) {
            plain.push_str(&text[copied..tag.range.start]);
            let separates = tag.ends_span_before_another(&text);
            plain.push_str(if separates { " " } else { replacement });
            copied = tag.range.end;
        }
    }
    plain.push_str(&text[copied..]);
    plain
}

impl Tag {
    fn new(captures: Captures) -> Self {
        Self {
            range: captures.get_match().range(),
            name: captures["name"].to_ascii_lowercase(),
            closes: captures.name("close").is_some(),
            has_attributes: !captures["attributes"].is_empty(),
        }
    }

    /// Laws have each of their parts in a span, with nothing between two.
    fn ends_span_before_another(&self, text: &str) -> bool {
        text[self.range.clone()].starts_with("</span")
            && text[self.range.end..].starts_with("<span")
    }
}

fn replacement(name: &str) -> Option<&'static str> {
    if BLOCKS.contains(&name) {
        Some("\n")
    } else if CELLS.contains(&name) {
        Some(" ")
    } else if INLINE.contains(&name) {
        Some("")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_its_text_stays() {
        assert_eq!(without_tags("<b>Art.</b> 3<!-- x -->"), "Art. 3");
        assert_eq!(without_tags("<span>a)</span><span>b</span>c"), "a) bc");
        assert_eq!(without_tags("una<br/>două"), "una\ndouă");
        assert_eq!(without_tags("<td>1</td><td>2</td>"), " 1  2 ");
        assert_eq!(without_tags("a<script src=x>var b;</script>c"), "ac");
        assert_eq!(without_tags(r#"<SPAN class="x" id='y'>z</SPAN>"#), "z");
        assert_eq!(without_tags("<input type=radio CHECKED data-x/>z"), " z");
    }

    #[test]
    fn what_is_no_markup_stays() {
        for text in [
            "a < b",
            "x<y>z",
            "elementul <b> al paginii",
            "<Ion>",
            "I <3 HTML",
            "Dacă x <a sau y> b, atunci",
            "pentru p <q dar q> r și 5 <p and q> 3",
        ] {
            assert_eq!(without_tags(text), text);
        }
    }
}
