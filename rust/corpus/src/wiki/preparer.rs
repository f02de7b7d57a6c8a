//! Wikitext on which wikiextractor loses no words of running text.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem;
use regex::{Captures, Regex};

use super::{HEADING, ITEM, TERM_LEVEL};
use crate::patterns::regex;
use crate::unicode::is_blank;

/// Levels of headings.
const LEVELS: usize = 6;
/// Signs that begin items of lists, terms and indented lines.
const SIGNS: [char; 4] = ['*', '#', ':', ';'];
const BLANKS: [char; 2] = [' ', '\t'];
/// What may stand behind a link that is all of an item.
const ENDS: [char; 5] = [' ', '\t', '.', ',', ';'];
const COMMENT: &str = "<!--";
/// Begins an item that is nothing but a link: wikiextractor drops it.
const NO_TEXT: char = '*';

/// More signs than there are levels.
static EQUALS: LazyLock<Regex> = LazyLock::new(|| regex("={7,}"));
/// Words by which a page says how it wants to be shown, which wikiextractor knows in English only:
/// `__FARACUPRINS__`, `__NOTOC__`.
static BEHAVIOUR: LazyLock<Regex> = LazyLock::new(|| regex("__[A-ZĂÂÎȘȚŞŢ]+__"));
/// `[[Star Trek: Generația următoare|serial]]`: a title with a colon and, unlike a category, an image
/// or a link to another site, a blank after it.
static COLON_LINK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\[\[([^\[\]|:\n]+):( [^\[\]|\n]*)(?:\|([^\[\]|\n]*))?\]\]"));

/// English names of namespaces, which work in every wiki, and the aliases of the Romanian ones
/// (MessagesRo.php), in lower case.
const ALIASES: [&str; 23] = [
    "ajutor",
    "categorie",
    "category",
    "discuție",
    "discuţie",
    "discuţie utilizator",
    "file",
    "fişier",
    "fișier",
    "format",
    "help",
    "image",
    "imagine",
    "media",
    "portal",
    "proiect",
    "project",
    "special",
    "talk",
    "template",
    "user",
    "utilizator",
    "wikipedia",
];

/// Prepares the pages of a wiki for wikiextractor.
#[derive(Clone, Debug)]
pub struct Preparer {
    namespaces: HashSet<String>,
}

impl Preparer {
    /// Makes one for a wiki with these names of namespaces.
    pub fn new(namespaces: impl IntoIterator<Item = String>) -> Self {
        Self {
            namespaces: namespaces.into_iter().collect(),
        }
    }

    /// Returns wikitext on which wikiextractor loses no words of running text.
    ///
    /// wikiextractor drops every link whose title has a colon, as it must for files and categories;
    /// links to articles such as "Star Trek: Picard" are replaced by their label beforehand. It makes
    /// quotation marks of italics, so the marks of italics and bold go. On a line of `=` it takes cubic
    /// time; there are six levels of headings, of which it leaves the first as text. Romanian words of
    /// behaviour, which it would leave too, go. Headings and items of lists are marked for
    /// [`article`](super::article).
    pub fn prepared(&self, text: &str) -> String {
        let text = EQUALS.replace_all(text, "======");
        let text = BEHAVIOUR.replace_all(&text, "");
        let text = without_emphasis(&text);
        let text = COLON_LINK.replace_all(&text, |link: &Captures<'_>| self.label(link));
        let mut marked = String::with_capacity(text.len() + text.len() / 16);
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                marked.push('\n');
            }
            push_marked(line, &mut marked);
        }
        marked
    }

    fn label(&self, link: &Captures<'_>) -> String {
        if self.leads_elsewhere(link[1].trim_matches(is_blank)) {
            return link[0].to_owned();
        }
        match link.get(3) {
            Some(label) if !label.is_empty() => label.as_str().to_owned(),
            _ => format!("{}:{}", &link[1], &link[2]),
        }
    }

    /// Returns whether the title before a colon is a namespace, or another language or project, which
    /// is in small letters: `[[de:Aachen]]`, `[[wikt:casă]]`.
    fn leads_elsewhere(&self, prefix: &str) -> bool {
        prefix.starts_with(|first: char| first.is_ascii_lowercase())
            && prefix
                .bytes()
                .all(|one| one == b'-' || one.is_ascii_lowercase())
            || self.namespaces.contains(prefix)
            || ALIASES.contains(&prefix.to_lowercase().as_str())
    }
}

/// Returns the text without the marks of bold, `'''`, and of italics, `''`.
fn without_emphasis(text: &str) -> Cow<'_, str> {
    let finder = memmem::Finder::new("''");
    let mut kept = String::new();
    let mut left = text;
    while let Some(start) = finder.find(left.as_bytes()) {
        let (before, marks) = left.split_at(start);
        kept.push_str(before);
        left = marks.trim_start_matches('\'');
        // Threes go, and then twos, so that of four one is an apostrophe.
        if (marks.len() - left.len()) % 3 == 1 {
            kept.push('\'');
        }
    }
    if left.len() == text.len() {
        return Cow::Borrowed(text);
    }
    kept.push_str(left);
    Cow::Owned(kept)
}

/// Appends a line; a heading and an item with their marks.
fn push_marked(line: &str, to: &mut String) {
    let signs = line.bytes().take_while(|&one| one == b'=');
    let level = signs.take(LEVELS).count();
    if level > 1 {
        let (signs, rest) = line.split_at(level);
        to.push_str(signs);
        to.push(' ');
        push_heading(level, rest.trim_start_matches(BLANKS), to);
        return;
    }
    let behind = line.trim_start_matches(SIGNS);
    let signs = &line[..line.len() - behind.len()];
    if signs.is_empty() {
        push_title(line, to);
        return;
    }
    let rest = behind.trim_start_matches(BLANKS);
    if signs.ends_with(';') {
        push_heading(TERM_LEVEL, rest, to);
    } else if signs.contains(['*', '#', ';']) {
        to.push(if is_link(rest) { NO_TEXT } else { ITEM });
        to.push_str(rest);
    } else {
        // An indented line; as wikiextractor takes it, it would come before its heading.
        push_title(rest, to);
    }
}

fn push_heading(level: usize, rest: &str, to: &mut String) {
    to.push(HEADING);
    to.push_str(&level.to_string());
    to.push_str(rest);
}

/// Appends a line that may be a heading of the first level; as in MediaWiki, only blanks and a comment
/// stand behind its end.
fn push_title(line: &str, to: &mut String) {
    let Some((title, comment)) = title(line) else {
        to.push_str(line);
        return;
    };
    // To wikiextractor it is a line like others, with the full stop that the others get from it.
    push_heading(1, title, to);
    to.push('.');
    to.push_str(comment);
}

/// Returns the title of a heading of the first level, and the comment behind it.
fn title(line: &str) -> Option<(&str, &str)> {
    let inner = line
        .strip_prefix('=')
        .filter(|inner| !inner.starts_with('='))?;
    inner.match_indices('=').find_map(|(end, _)| {
        let behind = inner[end + 1..].trim_start_matches(BLANKS);
        (behind.is_empty() || behind.starts_with(COMMENT)).then_some((&inner[..end], behind))
    })
}

/// Returns whether the rest of a line is a link and nothing else: `[[Lotru]].`
fn is_link(rest: &str) -> bool {
    let link = rest.trim_end_matches(ENDS);
    [("[[", "]]"), ("[", "]")].iter().any(|(opens, closes)| {
        let inside = link.strip_prefix(opens);
        let inside = inside.and_then(|inside| inside.strip_suffix(closes));
        inside.is_some_and(|inside| !inside.contains(['[', ']']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> String {
        Preparer::new(["Discuție".to_owned()]).prepared(text)
    }

    #[test]
    fn headings_have_their_mark_and_their_level() {
        assert_eq!(prepared("== Curs =="), "== \u{1}2Curs ==");
        assert_eq!(prepared("========= a"), "====== \u{1}6a");
        assert_eq!(prepared("; Albie"), "\u{1}7Albie");
        assert_eq!(prepared("= Curs = "), "\u{1}1 Curs .");
        assert_eq!(prepared(": =a= b =<!-- c -->"), "\u{1}1a= b .<!-- c -->");
    }

    #[test]
    fn what_only_begins_as_a_heading_stays() {
        for line in ["= 5 + 2", "a = b =", "==", "="] {
            let found = prepared(line);
            assert!(!found.contains("\u{1}1"), "{line:?} became {found:?}");
        }
    }

    #[test]
    fn items_have_their_mark_but_those_that_are_links() {
        assert_eq!(prepared("*# [[Olt]]ul curge"), "\u{2}[[Olt]]ul curge");
        assert_eq!(prepared("* [[Olt|râul]]. "), "*[[Olt|râul]]. ");
        assert_eq!(
            prepared("#[https://exemplu.ro Olt];"),
            "*[https://exemplu.ro Olt];"
        );
        assert_eq!(prepared(": Olt"), "Olt");
    }

    #[test]
    fn links_to_articles_with_a_colon_become_their_label() {
        assert_eq!(prepared("[[Star Trek: Picard|serial]]"), "serial");
        assert_eq!(prepared("[[Star Trek: Picard]]"), "Star Trek: Picard");
        for link in [
            "[[de: Aachen]]",
            "[[Fişier: a]]",
            "[[Discuție: a]]",
            "[[A:b]]",
        ] {
            assert_eq!(prepared(link), link);
        }
    }

    #[test]
    fn the_marks_of_bold_and_italics_go() {
        assert_eq!(prepared("'''''a''''' ''b'' d'Artagnan"), "a b d'Artagnan");
        assert_eq!(prepared("''''a''''"), "'a'");
    }

    #[test]
    fn words_of_behaviour_go() {
        assert_eq!(prepared("a__FĂRĂCUPRINS__b __a__"), "ab __a__");
    }
}
