//! Repairs of a text: a fixed point, of a bounded length.

use std::convert::Infallible;
use std::sync::LazyLock;

use gpt2ro_corpus::{Gate, Kind, Kinds, Repaired, Repairer, Vocabulary};

use crate::words::{FOREIGN, ROMANIAN, owned};

/// Named characters; `&nGt;` becomes longer, `&lt;` and `&amp;` may begin something new.
const ENTITIES: [(&str, &str); 9] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&semi;", ";"),
    ("&nbsp;", "\u{a0}"),
    ("&shy;", "\u{ad}"),
    ("&atilde;", "ã"),
    ("&nGt;", "≫⃒"),
];
/// No character becomes more bytes than this: U+0390 has 2, and in the form NFC up to 6.
const MOST_BYTES: usize = 3;

static REPAIRER: LazyLock<Repairer> = LazyLock::new(of_all_kinds);

/// The bytes are a text; what is no UTF-8 in it is replaced.
pub fn repair(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some(Repaired { text: once, kinds }) = repaired(&REPAIRER, &text) else {
        return true;
    };
    assert_ne!(once, text, "a text that stays as it is counts as repaired");
    assert!(kinds.iter().next().is_some());
    assert!(once.len() <= MOST_BYTES * text.len(), "{}", once.len());
    assert!(!once.contains(['\r', '\u{feff}', 'ş', 'ţ']) || !is_plain(&text));
    if let Some(twice) = repaired(&REPAIRER, &once) {
        panic!("repairing {once:?} again gives {twice:?}");
    }
    true
}

/// Whether a text has no letter that hints at Turkish, whose ş stays.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
}

fn repaired(repairer: &Repairer, text: &str) -> Option<Repaired> {
    let repaired = repairer.repair(text, |line| Ok::<_, Infallible>(without_mojibake(line)));
    let Ok(repaired) = repaired;
    repaired
}

/// What makes all repairs.
pub(crate) fn of_all_kinds() -> Repairer {
    repairer(Kind::ALL.into_iter().collect())
}

fn repairer(kinds: Kinds) -> Repairer {
    let latin = '\u{a1}'..='\u{ff}';
    let gate = Gate {
        ruled: latin.chain("ăĂșȘțȚşŞţŢ€„”“’–—…".chars()).collect(),
        alone: ('\u{80}'..='\u{9f}').collect(),
        doomed: "¢£¤¥§".to_owned(),
        lines: String::new(),
    };
    let entities = ENTITIES.map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
    let vocabulary = Vocabulary {
        romanian: owned(ROMANIAN).into_iter().collect(),
        foreign: owned(FOREIGN).into_iter().collect(),
    };
    Repairer::new(kinds, &gate, entities.into(), vocabulary).expect("a valid expression")
}

/// In place of ftfy: a line of UTF-8 that was read as Latin-1, read again.
pub(crate) fn without_mojibake(line: &str) -> String {
    let bytes: Result<Vec<u8>, _> = line.chars().map(|c| u8::try_from(u32::from(c))).collect();
    let again = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    again.unwrap_or_else(|| line.to_owned())
}
