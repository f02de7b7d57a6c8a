//! Repairs Romanian text: encodings, letters, Unicode form, markup, lines, blanks.
//!
//! One scan of a text finds which repairs it may need; an ordinary text needs none and is left as it
//! is. The others are repaired in rounds until nothing changes, because one repair can lay bare work
//! for another: an entity that hides mojibake that hides a cedilla.

mod accents;
mod characters;
mod classes;
mod divided;
mod entities;
mod glued;
mod hidden;
mod kinds;
mod language;
mod legacy;
mod letters;
mod lines;
pub mod lost;
mod marks;
mod misread;
mod pairs;
mod pieces;
mod punctuation;
mod quotes;
mod scan;
mod scanned;
mod tags;
mod touching;
mod wrapped;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use regex::Regex;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub use kinds::{Kind, Kinds};
pub use language::Vocabulary;
pub(crate) use lines::lines;

use classes::Classes;
use entities::Entities;
use scan::Findings;

/// Three rounds were the most that any text of the test corpora took.
const MAX_ROUNDS: usize = 10;

/// The characters on which the caller's repair of mojibake acts.
pub struct Gate {
    /// Acted on only beside others of them.
    pub ruled: String,
    /// Acted on wherever they stand.
    pub alone: String,
    /// Those of `ruled` that are acted on behind an opening quote or a dash.
    pub doomed: String,
    /// A regular expression: on lines that it does not match, nothing acts.
    pub lines: String,
}

/// A text that was changed, and by which repairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The text after the repairs.
    pub text: String,
    /// The kinds of repair that changed it.
    pub kinds: Kinds,
}

/// Repairs texts.
pub struct Repairer {
    enabled: Kinds,
    classes: Classes,
    mojibake_lines: Regex,
    entities: Entities,
    vocabulary: Vocabulary,
}

impl Repairer {
    /// Makes a repairer.
    ///
    /// `enabled` are the repairs to make, `entities` the named ones (`&amp;` to `&`).
    ///
    /// # Errors
    ///
    /// The expression of the gate is not valid.
    pub fn new(
        enabled: Kinds,
        gate: &Gate,
        entities: HashMap<String, String>,
        vocabulary: Vocabulary,
    ) -> Result<Self, regex::Error> {
        Ok(Self {
            enabled,
            classes: Classes::new(gate),
            mojibake_lines: Regex::new(&gate.lines)?,
            entities: Entities::new(entities),
            vocabulary,
        })
    }

    /// Returns the repaired text, or none if it stays as it is.
    ///
    /// The result is a fixed point: repairing it again changes nothing. Lines that may hold mojibake
    /// are given to `line_without_mojibake`.
    ///
    /// # Errors
    ///
    /// Those of `line_without_mojibake`.
    pub fn repair<Error>(
        &self,
        text: &str,
        mut line_without_mojibake: impl FnMut(&str) -> Result<String, Error>,
    ) -> Result<Option<Repaired>, Error> {
        let mut found = scan::findings(text, &self.classes);
        if !found.kinds.meet(self.enabled) {
            return Ok(None);
        }
        // Lines without mojibake; in the next round they are there again.
        let mut sound = HashSet::new();
        let mut line_without_mojibake = |line: &str| {
            if sound.contains(line) || !self.mojibake_lines.is_match(line) {
                return Ok(line.to_owned());
            }
            let repaired = line_without_mojibake(line)?;
            if repaired == line {
                sound.insert(repaired.clone());
            }
            Ok(repaired)
        };
        let mut kinds = Kinds::default();
        let mut current = Cow::Borrowed(text);
        // Repairs that do nothing to the text as it is.
        let mut done = Kinds::default();
        for _ in 0..MAX_ROUNDS {
            let mut changed = false;
            for kind in self.enabled.iter() {
                if !found.kinds.contains(kind) || done.contains(kind) {
                    continue;
                }
                if kind == Kind::Blanks {
                    found.spare = characters::blanks_to_spare(&current);
                }
                let repaired = self.repaired(kind, &current, &found, &mut line_without_mojibake)?;
                if let Some(repaired) = repaired.filter(|repaired| *repaired != current) {
                    let known = match kind {
                        Kind::CedillaLetters => Some(found.with_comma_letters(&repaired)),
                        Kind::Blanks => found.with_meant_blanks(&repaired),
                        _ => None,
                    };
                    found = known.unwrap_or_else(|| scan::findings(&repaired, &self.classes));
                    current = Cow::Owned(repaired);
                    kinds.insert(kind);
                    done = Kinds::default();
                    changed = true;
                } else {
                    done.insert(kind);
                }
            }
            if !changed {
                break;
            }
        }
        let changed = kinds != Kinds::default();
        Ok(changed.then_some(Repaired {
            text: current.into_owned(),
            kinds,
        }))
    }

    /// Returns the text after one kind of repair, or none if that finds nothing.
    fn repaired<Error>(
        &self,
        kind: Kind,
        text: &str,
        found: &Findings,
        line_without_mojibake: &mut impl FnMut(&str) -> Result<String, Error>,
    ) -> Result<Option<String>, Error> {
        Ok(match kind {
            Kind::Entities => Some(self.entities.replaced(text)),
            Kind::Tags => Some(tags::without_tags(text)),
            Kind::Mojibake => {
                return lines::with_lines_at(text, &found.suspicious, line_without_mojibake);
            }
            Kind::MisreadLetters => {
                return lines::with_lines_at(text, &found.suspicious, |line| {
                    Ok(misread::with_right_letters(line))
                });
            }
            Kind::LegacyEncodings => legacy::with_legacy_letters(text, &self.vocabulary),
            Kind::LineEnds => Some(characters::with_plain_line_ends(text)),
            Kind::InvisibleCharacters => Some(characters::without_invisible(text)),
            Kind::ComposedLetters => {
                if let Some(joined) = accents::with_accents_on_letters(text) {
                    return Ok(Some(joined));
                }
                // No character composes with a line end.
                return lines::with_lines_at(text, &found.composed, |line| {
                    Ok(match is_nfc_quick(line.chars()) {
                        IsNormalized::Yes => line.to_owned(),
                        _ => line.nfc().collect(),
                    })
                });
            }
            Kind::CedillaLetters if found.turkish.is_empty() => letters::with_comma_letters(text),
            Kind::CedillaLetters => {
                letters::with_comma_letters_of_romanian(text, &found.turkish, &self.vocabulary)
            }
            Kind::LostLetters => scanned::with_scanned_letters(text)
                .or_else(|| lost::with_lost_letters(text, &self.vocabulary)),
            Kind::Hyphens => Some(characters::with_plain_hyphens(text)),
            Kind::WrappedLines => wrapped::with_joined_lines(text, found.line_ends),
            Kind::DividedWords => divided::with_whole_words(text, &found.divided),
            Kind::SpacedPunctuation => punctuation::with_attached_punctuation(text, &found.spaced),
            Kind::GluedPunctuation => {
                glued::with_missing_blanks(text, &found.glued, &self.vocabulary)
            }
            Kind::Blanks => characters::with_meant_blanks(text, &found.spare),
        })
    }
}
