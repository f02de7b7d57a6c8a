//! The text of an article, from what wikiextractor makes of a prepared page.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::clauses::is_clause;
use super::{HEADING, ITEM, TERM_LEVEL};
use crate::patterns::regex;
use crate::unicode::is_blank;

/// Stands before an item that is kept.
const BULLET: &str = "– ";

static MARKS: LazyLock<Regex> = LazyLock::new(|| regex("\x01[0-9]|\x02"));

/// Sections whose items are references and titles, however long; in lower case.
const OF_REFERENCES: [&str; 19] = [
    "bibliografie",
    "bibliografie suplimentară",
    "discografie",
    "filmografie",
    "galerie",
    "galerie de imagini",
    "lectură suplimentară",
    "legături externe",
    "lucrări",
    "note",
    "note bibliografice",
    "note și referințe",
    "opere",
    "publicații",
    "referințe",
    "scrieri",
    "surse",
    "traduceri",
    "vezi și",
];

/// Returns the text of an article, from what wikiextractor makes of a prepared page.
///
/// A heading stays only if something of its section does. An item of a list stays if it reads as a
/// sentence or a clause does.
pub fn article(text: &str, keep_headings: bool) -> String {
    let mut article = Article {
        text: String::with_capacity(text.len()),
        path: Vec::new(),
        has_untold: false,
        of_references: false,
        keep_headings,
    };
    for line in text.split('\n') {
        article.add(line.trim_matches(is_blank));
    }
    article.text
}

/// An article of which some lines have been read.
struct Article {
    text: String,
    /// The sections in which a line is, from the outermost.
    path: Vec<Section>,
    /// Whether the path may hold titles that no line has come after yet.
    has_untold: bool,
    /// Whether one of the path is of references.
    of_references: bool,
    keep_headings: bool,
}

impl Article {
    fn add(&mut self, line: &str) {
        if let Some(section) = Section::begun_by(line) {
            if let Some(definition) = self.enter(section) {
                self.keep("", &definition);
            }
        } else if let Some(item) = line.strip_prefix(ITEM) {
            let item = without_marks(item.trim_start_matches(is_blank));
            if !self.of_references && is_clause(&item) {
                self.keep(BULLET, &item);
            }
        } else if !line.is_empty() {
            self.keep("", &without_marks(line));
        }
    }

    /// Goes on in another section; returns the line that it is instead, if it is none.
    fn enter(&mut self, section: Section) -> Option<String> {
        let is_outer = |outer: &Section| outer.level < section.level;
        let inner = self.path.iter().rposition(is_outer);
        self.path.truncate(inner.map_or(0, |last| last + 1));
        self.has_untold = true;
        let definition = if section.is_definition() {
            Some(section.title)
        } else {
            self.path.push(section);
            None
        };
        self.of_references = self.path.iter().any(|outer| outer.of_references);
        definition
    }

    /// Appends a line, behind the titles of its sections.
    fn keep(&mut self, bullet: &str, line: &str) {
        if self.has_untold && self.keep_headings {
            for section in self.path.iter_mut().filter(|section| !section.is_told) {
                section.is_told = true;
                push_line("", &section.title, &mut self.text);
            }
            self.has_untold = false;
        }
        push_line(bullet, line, &mut self.text);
    }
}

fn push_line(bullet: &str, line: &str, to: &mut String) {
    if line.is_empty() {
        return;
    }
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(bullet);
    to.push_str(line);
}

struct Section {
    level: usize,
    title: String,
    of_references: bool,
    is_told: bool,
}

impl Section {
    /// Returns the section that a line begins, if it is a heading or a term.
    fn begun_by(line: &str) -> Option<Self> {
        let marked = line.strip_prefix(HEADING)?;
        let level = marked.chars().next()?.to_digit(10)? as usize;
        let title = without_marks(&marked[1..]);
        let mut title = title.trim_matches(is_blank);
        if level != TERM_LEVEL {
            title = title
                .strip_suffix('.')
                .unwrap_or(title)
                .trim_end_matches(is_blank);
        }
        Some(Self {
            level,
            title: title.to_owned(),
            of_references: is_of_references(title),
            is_told: false,
        })
    }

    /// Returns whether it is a term with its definition on the same line, or no term at all.
    fn is_definition(&self) -> bool {
        self.level == TERM_LEVEL && (self.title.contains(": ") || is_clause(&self.title))
    }
}

fn is_of_references(title: &str) -> bool {
    // Older pages have the cedilla, some here and there.
    let title = title.to_lowercase().replace('ş', "ș").replace('ţ', "ț");
    OF_REFERENCES.contains(&title.as_str())
}

/// Returns a line without the marks of headings and items that stand within others.
fn without_marks(line: &str) -> Cow<'_, str> {
    MARKS.replace_all(line, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUSE: &str = "unu doi trei patru cinci șase";

    fn lines(text: &str) -> Vec<String> {
        article(text, true).split('\n').map(str::to_owned).collect()
    }

    #[test]
    fn a_heading_stays_only_before_what_stays_of_its_section() {
        let text =
            "Oltul.\n\u{1}2A.\n\u{2}Lotru\n\u{1}3B\n\u{1}4C\n\n Curge.\n\u{1}3D\n\u{1}2E\nGata.";
        assert_eq!(
            lines(text),
            ["Oltul.", "A", "B", "C", "Curge.", "E", "Gata."]
        );
        assert_eq!(article(text, false), "Oltul.\nCurge.\nGata.");
    }

    #[test]
    fn items_that_are_clauses_stay_but_in_sections_of_references() {
        let item = format!("\u{2} {CLAUSE}");
        assert_eq!(lines(&item), [format!("– {CLAUSE}")]);
        for title in ["Vezi și", "VEZI ŞI.", "Referinţe"] {
            assert_eq!(
                article(&format!("\u{1}2{title}\n\u{1}3A\n{item}"), true),
                ""
            );
        }
    }

    #[test]
    fn a_term_with_its_definition_is_a_line() {
        let text = format!("\u{1}2A\n\u{1}7Mal: margine\n\u{1}7{CLAUSE}\n\u{1}7Albie\nLoc.");
        assert_eq!(lines(&text), ["A", "Mal: margine", CLAUSE, "Albie", "Loc."]);
    }

    #[test]
    fn marks_within_a_line_go() {
        assert_eq!(lines("a\u{1}2b\u{2}c\u{1}"), ["abc\u{1}"]);
    }
}
