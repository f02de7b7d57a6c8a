//! The step clean: documents in lines of JSON, repaired, and kept or dropped with a reason.

mod books;

use std::borrow::Cow;
use std::sync::Arc;

use crate::blocks::characters;
use crate::filter::{Fault, LineRemover, MeterRoom, TextMeter, personal_lines};
use crate::repair::{Kinds, Repairer, lines as lines_of};

pub use books::{Books, Dropped};

use crate::documents::{Record, lines_of_block};

/// Boilerplate can come to light when lines are repaired, and lines to repair when it is gone.
const MAX_ROUNDS: usize = 10;

/// What the caller does for a [`Cleaner`]; none of it is often needed.
pub trait Helper {
    /// Why the caller cannot go on.
    type Error;

    /// Returns a line that may hold mojibake without it.
    ///
    /// # Errors
    ///
    /// The caller cannot go on.
    fn line_without_mojibake(&mut self, line: &str) -> Result<String, Self::Error>;

    /// Returns lines that may hold personal data with that masked; as many as are given.
    ///
    /// # Errors
    ///
    /// The caller cannot go on.
    fn masked(&mut self, lines: &str) -> Result<String, Self::Error>;

    /// Cleans a line that is no document in the usual form; `number` counts the lines of the block
    /// from 0.
    ///
    /// # Errors
    ///
    /// The line is no document, or the caller cannot go on.
    fn by_hand(&mut self, line: &[u8], number: usize) -> Result<Cleaned, Self::Error>;
}

/// A document that was cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// Its line, with the line end.
    pub line: Vec<u8>,
    /// Why it is dropped; none if it is kept.
    pub reason: Option<String>,
    /// Bytes of its text as it came.
    pub bytes: usize,
    /// Bytes of its text as it is.
    pub bytes_now: usize,
    /// Characters of its text as it is.
    pub characters: usize,
    /// The repairs that changed it.
    pub kinds: Kinds,
    /// Whether it lost boilerplate.
    pub has_boilerplate: bool,
}

/// Repairs and judges documents.
pub struct Cleaner {
    /// Makes all repairs but the removal of boilerplate.
    pub repairer: Arc<Repairer>,
    /// Removes boilerplate, if that is asked for.
    pub remover: Option<Arc<LineRemover>>,
    /// Whether personal data is masked.
    pub masks: bool,
    /// Measures texts.
    pub meter: TextMeter,
    /// Texts of fewer characters are dropped.
    pub min_characters: usize,
    /// For these texts are dropped; the first fault found is the reason.
    pub faults: Vec<Fault>,
}

/// What is used for one document after the other.
#[derive(Default)]
struct Room {
    /// The text as it came.
    text: String,
    meter: MeterRoom,
}

/// The reason of a text without characters, and of one with too few; the others are those of faults.
const EMPTY: &str = "empty";
const TOO_SHORT: &str = "too short";

impl Cleaner {
    /// Cleans the documents of a block, one in each line.
    ///
    /// # Errors
    ///
    /// Those of the helper.
    pub fn clean<H: Helper>(&self, block: &[u8], helper: &mut H) -> Result<Books, H::Error> {
        let mut books = Books::default();
        books.kept.reserve(block.len());
        let mut room = Room::default();
        for (number, (line, text)) in lines_of_block(block).enumerate() {
            match text {
                Some(line) => self.clean_line(line, number, &mut room, helper, &mut books)?,
                None => books.enter_cleaned(helper.by_hand(line, number)?),
            }
        }
        Ok(books)
    }

    fn clean_line<H: Helper>(
        &self,
        line: &str,
        number: usize,
        room: &mut Room,
        helper: &mut H,
        books: &mut Books,
    ) -> Result<(), H::Error> {
        let Room { text, meter } = room;
        let Some(record) = Record::read(line, text) else {
            books.enter_cleaned(helper.by_hand(line.as_bytes(), number)?);
            return Ok(());
        };
        let repaired = self.repaired(text, helper, books)?;
        let masked = self.masked(repaired, helper)?;
        let is_own = matches!(masked, Cow::Borrowed(_));
        let verdict = self.verdict(&masked, meter);
        books.enter(text.len(), masked.len(), verdict);
        let reason = verdict.err();
        record.write(&masked, is_own, reason, books.lines(reason));
        Ok(())
    }

    /// Returns the text with every repair made, and counts those that changed it.
    fn repaired<'text, H: Helper>(
        &self,
        text: &'text str,
        helper: &mut H,
        books: &mut Books,
    ) -> Result<Cow<'text, str>, H::Error> {
        let mut text = Cow::Borrowed(text);
        let mut kinds = Kinds::default();
        let mut has_boilerplate = false;
        for _ in 0..MAX_ROUNDS {
            let repair = |line: &str| helper.line_without_mojibake(line);
            if let Some(repaired) = self.repairer.repair(&text, repair)? {
                text = Cow::Owned(repaired.text);
                kinds = kinds.iter().chain(repaired.kinds.iter()).collect();
            }
            let remover = self.remover.as_ref();
            let Some(shorter) = remover.and_then(|remover| remover.without_phrases(&text)) else {
                break;
            };
            text = Cow::Owned(shorter);
            has_boilerplate = true;
        }
        books.enter_repairs(kinds, has_boilerplate);
        Ok(text)
    }

    fn masked<'text, H: Helper>(
        &self,
        text: Cow<'text, str>,
        helper: &mut H,
    ) -> Result<Cow<'text, str>, H::Error> {
        let suspected = if self.masks {
            personal_lines(&text)
        } else {
            Vec::new()
        };
        if suspected.is_empty() {
            return Ok(text);
        }
        let mut lines: Vec<&str> = lines_of(&text).collect();
        let given: Vec<&str> = suspected.iter().map(|number| lines[*number]).collect();
        let given = given.join("\n");
        let masked = helper.masked(&given)?;
        if masked == given {
            return Ok(text);
        }
        for (number, line) in suspected.into_iter().zip(masked.split('\n')) {
            lines[number] = line;
        }
        Ok(Cow::Owned(lines.join("\n")))
    }

    /// Returns how many characters a text has that is kept, or why it is dropped.
    fn verdict(&self, text: &str, room: &mut MeterRoom) -> Result<usize, &str> {
        if text.is_empty() {
            return Err(EMPTY);
        }
        // A character has one byte at least and four at most, so few texts need be counted before.
        let has_room = |bytes: usize| text.len() >= bytes * self.min_characters;
        if !has_room(1) || (!has_room(4) && characters(text) < self.min_characters) {
            return Err(TOO_SHORT);
        }
        let (fault, characters) = self.meter.fault(text, &self.faults, room);
        fault.map_or(Ok(characters), |fault| Err(fault.reason.as_str()))
    }
}
