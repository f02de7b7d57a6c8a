//! Words divided at the end of a line.

use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use crate::unicode::is_letter;

/// How a word is divided.
const DIVIDER: &str = "-\n";
const VOWELS: &str = "aăâeiîouyAĂÂEIÎOUY";
/// Letters that begin no syllable before a consonant, but they begin words that lost their î
/// ("se-ntoarce").
const NASALS: &[char] = &['m', 'n'];
/// Words that are written with a hyphen before a short one with a vowel ("le-au", "pe-un").
const BEFORE: &[&str] = &[
    "care", "ce", "ci", "cine", "câte", "cîte", "de", "i", "le", "mi", "ne", "ni", "pe", "te",
    "ti", "unde", "vi", "și", "ți",
];
const MAX_SHORT: usize = 3;
/// Words that are written with a hyphen before a pronoun ("să-mi", "care-și"), and the pronouns, both
/// as they are without diacritics too. Before other pronouns ("să ne") they have none.
const BEFORE_PRONOUNS: &[&str] = &[
    "a", "care", "ce", "cine", "că", "daca", "dacă", "de", "nu", "parcă", "sa", "să", "unde", "și",
];
const PRONOUNS: &[&str] = &["mi", "si", "ti", "și", "ți"];
/// Verbs that are written with a hyphen before most pronouns ("spune-mi"), and these.
const VERBS: &[&str] = &[
    "adu", "crede", "dați", "dă", "du", "fă", "ia", "iartă", "iată", "lasă", "spune", "uită",
    "vino",
];
const BEHIND_VERBS: &[&str] = &["le", "mi", "mă", "ne", "te", "vă", "ți"];
/// How words end that are written with a hyphen before a pronoun ("arată-mi", "inima-mi"). Of 10.4
/// million words of novels, laws and poems 9,227 are such pairs, or of the verbs above or of relatives
/// below, and 849 that have no hyphen could be divided so, many of which lost it.
const ENDS_BEFORE_PRONOUNS: &[(&str, &[&str])] = &[
    ("mi", &["a", "e", "u", "ă"]),
    ("mă", &["ă", "ește", "ți"]),
    ("te", &["ă", "ește"]),
    ("vă", &["ți"]),
    ("ți", &["ește"]),
];
/// The words among those that all these make without a hyphen.
const NO_PRONOUN: &[&str] = &[
    "adune",
    "arăte",
    "blestemi",
    "chemi",
    "credeți",
    "căte",
    "desi",
    "deși",
    "dăți",
    "freamăte",
    "glumi",
    "lacrămi",
    "lacăte",
    "lumi",
    "lăcrămi",
    "mulțumi",
    "mulțămi",
    "spuneți",
    "strigăte",
    "temi",
    "vremi",
    "însumi",
];
/// Relatives and titles before whose they are ("soră-sa", "măria-ta").
const RELATIVES: &[&str] = &[
    "bărbatu", "domnia", "fiică", "frate", "maică", "mamă", "mumă", "măria", "nevastă", "soră",
    "tată",
];
const WHOSE: &[&str] = &["mea", "meu", "sa", "său", "ta", "tău"];
/// Adverbs before which de, pe and și lose no letter, but get a hyphen ("de-acum").
const ADVERBS: &[&str] = &[
    "abia", "acasă", "aceea", "aci", "aici", "acolo", "acum", "acuma", "afară", "atunci",
];
const BEFORE_ADVERBS: &[&str] = &["de", "pe", "și"];
/// First and last parts of compounds: in 80 MB of novels, laws and poems 4,318 words that begin or end
/// so have a hyphen there, and 795 have none. With ex and vice it is 244 to 20,276.
const FIRST_PARTS: &[&str] = &[
    "alb",
    "anglo",
    "austro",
    "economico",
    "franco",
    "germano",
    "greco",
    "nord",
    "prim",
    "româno",
    "ruso",
    "social",
    "sud",
    "tehnico",
    "turco",
];
const LAST_PARTS: &[&str] = &["cadru", "verbal"];
/// The end of a gerund before a pronoun ("văzându-se").
const GERUND: &str = "ndu";

/// The parts of a word that a hyphen and a line end divide.
pub(super) struct Parts<'text> {
    before: &'text str,
    behind: &'text str,
}

/// A word that a hyphen and a line end divide, in a text.
struct Division<'text> {
    /// Index of the hyphen in bytes.
    hyphen: usize,
    parts: Parts<'text>,
    /// What stands behind the line end up to the next blank: the rest of the word and its marks.
    moved: &'text str,
}

/// Returns the text with the words joined that a line end divides, each on the line it begins in.
///
/// "locui-\ntoare noi" becomes "locuitoare\nnoi". Where the hyphen belongs to the word, it stays:
/// "într-\no zi" becomes "într-o\nzi". Which of the two it is the text itself says first, if it has
/// the word elsewhere; else the parts do. Returns none without such a word.
///
/// `divided` are the indices of the hyphens before line ends, ascending.
pub(super) fn with_whole_words(text: &str, divided: &[usize]) -> Option<String> {
    let divisions = divided
        .iter()
        .filter_map(|hyphen| Division::at(text, *hyphen));
    let divisions: Vec<Division> = divisions.collect();
    if divisions.is_empty() {
        return None;
    }
    let parts: Vec<&Parts> = divisions.iter().map(|division| &division.parts).collect();
    let known = known_words(text, &parts);
    let mut whole = String::with_capacity(text.len());
    let mut copied = 0;
    for division in divisions {
        let hyphen = division.hyphen;
        if hyphen < copied {
            // A word of three lines; the next round joins its end.
            continue;
        }
        let stays = division.parts.keep_hyphen(&known);
        whole.push_str(&text[copied..hyphen + usize::from(stays)]);
        whole.push_str(division.moved);
        copied = hyphen + DIVIDER.len() + division.moved.len();
        let rest = &text[copied..];
        if let Some(line) = rest.strip_prefix([' ', '\n']) {
            whole.push('\n');
            copied = text.len() - line.len();
        }
    }
    whole.push_str(&text[copied..]);
    Some(whole)
}

impl<'text> Division<'text> {
    /// Returns the division at a hyphen before a line end, if there is one.
    fn at(text: &'text str, hyphen: usize) -> Option<Self> {
        let (head, tail) = (&text[..hyphen], &text[hyphen + DIVIDER.len()..]);
        let parts = Parts::between(head, tail)?;
        let moved = &tail[..tail.find([' ', '\n']).unwrap_or(tail.len())];
        let in_table = moved.contains(['|', '│']);
        (!in_table).then_some(Self {
            hyphen,
            parts,
            moved,
        })
    }
}

impl<'text> Parts<'text> {
    /// Returns the parts of the word that one text begins and another ends, if small letters stand on
    /// both sides of its hyphen.
    pub(super) fn between(head: &'text str, tail: &'text str) -> Option<Self> {
        let both_small = head.ends_with(char::is_lowercase) && tail.starts_with(char::is_lowercase);
        if !both_small {
            return None;
        }
        let start = head.trim_end_matches(is_letter).len();
        let rest = tail.trim_start_matches(is_letter);
        let (before, behind) = (&head[start..], &tail[..tail.len() - rest.len()]);
        // What is small may be no letter.
        (!before.is_empty() && !behind.is_empty()).then_some(Self { before, behind })
    }

    /// Returns whether the hyphen belongs to the word: `known` are those of the text.
    pub(super) fn keep_hyphen(&self, known: &HashSet<String>) -> bool {
        keeps_hyphen(self.before, self.behind, known)
    }
}

/// So many words are looked for one by one, many bytes at once; more in one pass, byte by byte.
const FEW: usize = 32;

/// Returns those words of a text that divided ones may stand for: with the hyphen, and without.
pub(super) fn known_words(text: &str, parts: &[&Parts]) -> HashSet<String> {
    let candidates = parts.iter().flat_map(|Parts { before, behind }| {
        [format!("{before}{behind}"), format!("{before}-{behind}")]
    });
    let candidates: HashSet<String> = candidates.collect();
    if candidates.len() <= FEW {
        one_by_one(text, candidates)
    } else {
        all_at_once(text, &candidates)
    }
}

fn one_by_one(text: &str, mut candidates: HashSet<String>) -> HashSet<String> {
    // Where a word stands as a whole, no other occurrence of it overlaps that.
    candidates.retain(|word| {
        let mut found = memmem::find_iter(text.as_bytes(), word);
        found.any(|start| is_whole(text, &(start..start + word.len())))
    });
    candidates
}

fn all_at_once(text: &str, candidates: &HashSet<String>) -> HashSet<String> {
    let words = AhoCorasick::new(candidates).expect("some KB of words");
    let found = words.find_overlapping_iter(text).map(|word| word.range());
    let whole = found.filter(|range| is_whole(text, range));
    whole.map(|range| text[range].to_owned()).collect()
}

/// Returns whether neither letters nor hyphens stand beside a part of a text.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].ends_with(is_in_word) && !text[range.end..].starts_with(is_in_word)
}

fn is_in_word(character: char) -> bool {
    is_letter(character) || character == '-'
}

fn keeps_hyphen(before: &str, behind: &str, known: &HashSet<String>) -> bool {
    if is_never_divided(before, behind) {
        return true;
    }
    let is_word = known.contains(&format!("{before}{behind}"));
    let has_hyphen = known.contains(&format!("{before}-{behind}"));
    if is_word != has_hyphen {
        return has_hyphen;
    }
    is_seldom_divided(before, behind) || are_words(&before.to_lowercase(), behind)
}

/// Returns whether no word is divided so, though it may be one without the hyphen: "s-\nau" is no "sau".
///
/// Neither a part without a vowel nor a single letter is ever divided off at the end of a word, nor is
/// a syllable with ea, ia, eo or io divided ("ne-\nam" is no "neam").
fn is_never_divided(before: &str, behind: &str) -> bool {
    let mut letters = behind.chars();
    let (first, second, third) = (letters.next(), letters.next(), letters.next());
    second.is_none()
        || !before.contains(is_vowel)
        || !behind.contains(is_vowel)
        || (third.is_none() && matches!(first, Some('a' | 'o')) && is_before_short(before))
}

/// Returns whether few words are divided so: a consonant before a vowel belongs to the syllable that
/// follows.
fn is_seldom_divided(before: &str, behind: &str) -> bool {
    let mut letters = behind.chars();
    let (first, second) = (letters.next(), letters.next());
    let is_at_begin = |letter: Option<char>, is: fn(char) -> bool| letter.is_some_and(is);
    if before.ends_with(is_vowel) {
        is_at_begin(first, |letter| NASALS.contains(&letter))
            && !is_at_begin(second, may_follow_nasal)
    } else {
        is_at_begin(first, is_vowel)
    }
}

/// Returns whether a letter may stand behind the n or m that begins a syllable ("mnemonic").
fn may_follow_nasal(letter: char) -> bool {
    is_vowel(letter) || NASALS.contains(&letter)
}

/// Returns whether two parts are words that are written with a hyphen between them.
fn are_words(before: &str, behind: &str) -> bool {
    before.ends_with(GERUND)
        || FIRST_PARTS.contains(&before)
        || LAST_PARTS.contains(&behind)
        || (is_before_pronoun(before, behind)
            && !NO_PRONOUN.contains(&format!("{before}{behind}").as_str()))
        || (RELATIVES.contains(&before) && WHOSE.contains(&behind))
        || (ADVERBS.contains(&behind) && BEFORE_ADVERBS.contains(&before))
        || (behind.starts_with(is_vowel)
            && behind.chars().count() <= MAX_SHORT
            && is_before_short(before))
}

fn is_before_short(before: &str) -> bool {
    BEFORE.contains(&before.to_lowercase().as_str())
}

/// Returns whether the second part is a pronoun before which the first may have a hyphen.
fn is_before_pronoun(before: &str, behind: &str) -> bool {
    let mut ends = ENDS_BEFORE_PRONOUNS.iter();
    (PRONOUNS.contains(&behind) && BEFORE_PRONOUNS.contains(&before))
        || (BEHIND_VERBS.contains(&behind) && VERBS.contains(&before))
        || ends.any(|(pronoun, ends)| {
            *pronoun == behind && ends.iter().any(|end| before.ends_with(end))
        })
}

fn is_vowel(letter: char) -> bool {
    VOWELS.contains(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn few_words_are_known_as_many_are(
            text in "[aăb -]{0,30}",
            words in prop::collection::hash_set("[aăb]{1,2}-?[aăb]{1,2}", 0..6),
        ) {
            prop_assert_eq!(one_by_one(&text, words.clone()), all_at_once(&text, &words));
        }
    }

    fn whole(text: &str) -> String {
        let divided: Vec<usize> = text
            .match_indices(DIVIDER)
            .map(|(index, _)| index)
            .collect();
        with_whole_words(text, &divided).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_divided_word_is_joined_on_its_line() {
        assert_eq!(whole("multe cuvin-\nte, noi"), "multe cuvinte,\nnoi");
        assert_eq!(whole("o locui-\ntoare"), "o locuitoare");
        assert_eq!(whole("ne-\nsocotită"), "nesocotită");
        assert_eq!(whole("mân-\ncare\nbună"), "mâncare\nbună");
    }

    #[test]
    fn a_hyphen_of_the_word_stays() {
        assert_eq!(whole("într-\no zi"), "într-o\nzi");
        assert_eq!(whole("s-\na dus"), "s-a\ndus");
        assert_eq!(whole("văzându-\nse iar"), "văzându-se\niar");
        assert_eq!(whole("show-\nul mare"), "show-ul\nmare");
        assert_eq!(whole("se-\nntoarce iar"), "se-ntoarce\niar");
    }

    #[test]
    fn words_before_a_pronoun_an_adverb_or_in_a_compound_keep_their_hyphen() {
        for (text, expected) in [
            ("Să-\nmi spui", "Să-mi\nspui"),
            ("că-\nți dau", "că-ți\ndau"),
            ("ca să-\nși vadă", "ca să-și\nvadă"),
            ("nu-\nmi place", "nu-mi\nplace"),
            ("sa-\nti spun", "sa-ti\nspun"),
            ("Spune-\nmi tot", "Spune-mi\ntot"),
            ("dă-\nmi pace", "dă-mi\npace"),
            ("du-\nte acasă", "du-te\nacasă"),
            ("inima-\nmi bate", "inima-mi\nbate"),
            ("ajută-\nmă azi", "ajută-mă\nazi"),
            ("gândește-\nte bine", "gândește-te\nbine"),
            ("uitați-\nvă bine", "uitați-vă\nbine"),
            ("închipuiește-\nți doar", "închipuiește-ți\ndoar"),
            ("iată-\nne sus", "iată-ne\nsus"),
            ("soră-\nsa vine", "soră-sa\nvine"),
            ("măria-\nta vrea", "măria-ta\nvrea"),
            ("de-\nacum", "de-acum"),
            ("pe-\nun deal", "pe-un\ndeal"),
            ("prim-\nministrul țării", "prim-ministrul\nțării"),
            ("nord-\nvest de", "nord-vest\nde"),
            ("social-\ndemocrații au", "social-democrații\nau"),
            ("anglo-\nsaxon", "anglo-saxon"),
            ("acordul-\ncadru", "acordul-cadru"),
        ] {
            assert_eq!(whole(text), expected);
        }
        for (text, expected) in [
            ("de-\nși", "deși"),
            ("pri-\nmi", "primi"),
            ("de-\nasupra", "deasupra"),
            ("ex-\nplică", "explică"),
            ("gim-\nnastică", "gimnastică"),
            ("a-\nmne", "amne"),
            ("mulțu-\nmi", "mulțumi"),
            ("strigă-\nte", "strigăte"),
            ("toa-\nte", "toate"),
            ("păduri-\nle", "pădurile"),
            ("spune-\nți", "spuneți"),
            ("cetă-\nți", "cetăți"),
            ("obți-\nne", "obține"),
            ("ca-\nsa", "casa"),
        ] {
            assert_eq!(whole(text), expected);
        }
    }

    #[test]
    fn the_text_itself_decides_if_it_has_the_word() {
        assert_eq!(whole("cuvinte; cuvin-\nte"), "cuvinte; cuvinte");
        assert_eq!(whole("nord-est; nord-\nest"), "nord-est; nord-est");
        assert_eq!(whole("numi; nu-\nmi"), "numi; numi");
        assert_eq!(whole("numi; nu-mi, nu-\nmi"), "numi; nu-mi, nu-mi");
        assert_eq!(whole("cinci; cin-ci, cin-\nci"), "cinci; cin-ci, cinci");
    }

    #[test]
    fn the_text_does_not_decide_where_no_word_is_divided() {
        for (text, expected) in [
            ("sau; s-\nau dus", "sau; s-au\ndus"),
            ("la; l-\na dus", "la; l-a\ndus"),
            ("cei; ce-\ni asta", "cei; ce-i\nasta"),
            ("iar; Le-\nam dat", "iar; Le-am\ndat"),
            ("neam; ne-\nam dus, i-\nar", "neam; ne-am\ndus, i-ar"),
        ] {
            assert_eq!(whole(text), expected);
        }
    }

    #[test]
    fn a_dash_or_a_name_is_no_divided_word() {
        for text in [
            "Cluj-\nNapoca",
            "unu -\ndoi",
            "3-\nlea",
            "a-\n\nb",
            "CON-\nvi",
            "di-\nvi│",
        ] {
            assert_eq!(whole(text), text);
        }
    }
}
