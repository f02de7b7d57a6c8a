//! The letter, quotation mark or dash for which a sign stands, by what stands around it.
//!
//! A table for each kind of loss holds the contexts, as short as they may be, that decide. It was
//! learned from right text (`examples/learn_lost_letters.rs`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::contexts::Line;
use super::losses::Loss;
use super::signs::QUESTION_MARK;

/// What each context says a sign is.
struct Table(HashMap<&'static str, char>);

impl Table {
    /// Reads lines of a key, a space and a letter; or a question mark, where the sign is none.
    fn read(lines: &'static str) -> Self {
        let entry = |line: &'static str| {
            let (key, letter) = line.split_once(' ')?;
            Some((key, letter.chars().next()?))
        };
        Self(lines.lines().filter_map(entry).collect())
    }

    /// Returns what the longest key that is known says, if that is a letter.
    fn letter(&self, keys: &[String]) -> Option<char> {
        let known = keys.iter().rev().find_map(|key| self.0.get(key.as_str()));
        known.copied().filter(|letter| *letter != QUESTION_MARK)
    }
}

/// Returns what is known of a kind of loss.
fn table(loss: Loss) -> &'static Table {
    static TABLES: [LazyLock<Table>; Loss::ALL.len()] = [
        LazyLock::new(|| Table::read(include_str!("comma.txt"))),
        LazyLock::new(|| Table::read(include_str!("breve.txt"))),
        LazyLock::new(|| Table::read(include_str!("all.txt"))),
    ];
    &TABLES[loss as usize]
}

/// Returns a line with the letters for which signs stand in it, and if all were lost, its quotation marks
/// and dashes; signs that are nothing else stay.
pub(super) fn restored(line: &str, sign: char, loss: Loss) -> String {
    let characters: Vec<char> = line.chars().collect();
    let line = Line {
        characters: &characters,
        sign,
        loss,
    };
    let table = table(loss);
    let mut is_quoted = false;
    let in_place = |place: usize| {
        let character = characters[place];
        if character != sign || line.is_in_address(place) {
            return character;
        }
        if let Some(letter) = table.letter(&line.keys(place)) {
            return match line.is_capital(place) {
                true => letter.to_uppercase().next().unwrap_or(letter),
                false => letter,
            };
        }
        let mark = (loss == Loss::All).then(|| line.mark(place, is_quoted));
        let mark = mark.flatten().unwrap_or(sign);
        is_quoted = mark == '„' || is_quoted && mark != '”';
        mark
    };
    (0..characters.len()).map(in_place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::signs::REPLACEMENT;
    use super::*;

    #[test]
    fn letters_come_back_by_what_stands_around_them() {
        for (line, loss, expected) in [
            (
                "Hotărârea ?i atribu?iile Jude?ului Bra?ov, ?tefan ?i a?a mai departe",
                Loss::Comma,
                "Hotărârea și atribuțiile Județului Brașov, Ștefan și așa mai departe",
            ),
            (
                "?i-a zis c? proiectele de hot?râre au fost aprobate în ?edin??.",
                Loss::Breve,
                "Și-a zis că proiectele de hotărâre au fost aprobate în ședință.",
            ),
            (
                "CONSTITU?IA ROM?NIEI ?n ?ara noastr?",
                Loss::All,
                "CONSTITUȚIA ROMÂNIEI în țara noastră",
            ),
        ] {
            assert_eq!(restored(line, QUESTION_MARK, loss), expected);
            let replaced = line.replace(QUESTION_MARK, "\u{fffd}");
            assert_eq!(restored(&replaced, REPLACEMENT, loss), expected);
        }
    }

    #[test]
    fn quotation_marks_and_dashes_come_back_with_all_letters() {
        for (line, expected) in [
            (
                "?Am citit ziarul?, a zis el.",
                "„Am citit ziarul”, a zis el.",
            ),
            (
                "? Am venit, a zis ?i a plecat.",
                "– Am venit, a zis și a plecat.",
            ),
            ("Cum ? Unde e ?", "Cum ? Unde e ?"),
            ("Ziarul ?Adev?rul?, unde e?", "Ziarul „Adevărul”, unde e?"),
        ] {
            assert_eq!(restored(line, QUESTION_MARK, Loss::All), expected);
        }
        let line = "Am v\u{fffd}zut \u{fffd} acum \u{fffd} \u{fffd}Curierul\u{fffd}?";
        let expected = "Am văzut – acum – „Curierul”?";
        assert_eq!(restored(line, REPLACEMENT, Loss::All), expected);
    }

    #[test]
    fn question_marks_and_addresses_stay() {
        for line in [
            "Ce mai face? Unde e?",
            "www.exemplu.ro/pagina.php?id=3&sec?iune=4",
            "Cum? Da, ? - (?)",
        ] {
            assert_eq!(restored(line, QUESTION_MARK, Loss::Comma), line);
        }
    }

    #[test]
    fn every_table_says_letters_that_are_lost_there() {
        for loss in Loss::ALL {
            let Table(entries) = table(loss);
            assert!(entries.len() > 1000, "{loss:?}");
            for (key, letter) in entries {
                assert!(
                    *letter == QUESTION_MARK || loss.includes(*letter) && letter.is_alphabetic(),
                    "{key} {letter}"
                );
            }
        }
    }
}
