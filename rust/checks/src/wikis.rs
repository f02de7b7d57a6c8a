//! Pages of a wiki: no line of them is lost on the way to wikiextractor, none comes up on the way back.

use gpt2ro_corpus::wiki::{Preparer, article, escaped};

/// The bytes are a page.
pub fn wiki(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let prepared = Preparer::new(["Discuție".to_owned()]).prepared(text);
    assert_eq!(line_ends(&prepared), line_ends(text));
    check_xml(&prepared);
    check_article(text);
    check_article(&prepared);
    true
}

fn line_ends(text: &str) -> usize {
    text.matches('\n').count()
}

fn check_xml(text: &str) {
    let xml = escaped(text);
    assert!(!xml.contains(['<', '>']));
    let signs = xml.replace("&lt;", "<").replace("&gt;", ">");
    assert_eq!(signs.replace("&amp;", "&"), text);
}

/// Without headings it has the same lines, but for the headings.
fn check_article(text: &str) {
    let whole = article(text, true);
    let mut lines = whole.split('\n');
    for line in article(text, false).split('\n') {
        assert!(lines.any(|one| one == line), "{line:?} is not in {whole:?}");
    }
    assert!(whole.is_empty() || whole.split('\n').all(|line| !line.is_empty()));
    assert!(line_ends(&whole) <= line_ends(text));
}
