use std::collections::BTreeMap;

use super::Cleaned;
use crate::repair::{Kind, Kinds};

/// What became of the documents of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Lines of the kept documents.
    pub kept: Vec<u8>,
    /// Lines of the dropped ones, each with its reason.
    pub dropped: Vec<u8>,
    /// Documents.
    pub documents: usize,
    /// Bytes of their texts as they came.
    pub bytes: usize,
    /// Kept documents.
    pub kept_documents: usize,
    /// Bytes of their texts.
    pub kept_bytes: usize,
    /// Documents dropped for each reason.
    pub reasons: BTreeMap<String, Dropped>,
    /// Documents changed by each kind of repair.
    pub repairs: [usize; Kind::ALL.len()],
    /// Documents that lost boilerplate.
    pub boilerplate: usize,
    /// Kept documents by length: the n-th have 2^n characters or more, fewer than 2^(n+1).
    pub lengths: [usize; u32::BITS as usize],
}

/// Documents dropped for one reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// How many.
    pub documents: usize,
    /// Bytes of their texts.
    pub bytes: usize,
}

impl Books {
    /// Counts a document whose text had `bytes`, and has `bytes_now`. The verdict on a kept one is how
    /// many characters it has, on another the reason.
    pub(super) fn enter(&mut self, bytes: usize, bytes_now: usize, verdict: Result<usize, &str>) {
        self.documents += 1;
        self.bytes += bytes;
        let reason = match verdict {
            Ok(characters) => {
                self.kept_documents += 1;
                self.kept_bytes += bytes_now;
                self.lengths[characters.ilog2() as usize] += 1;
                return;
            }
            Err(reason) => reason,
        };
        // Only the first document of a reason needs a copy of its name.
        let dropped = match self.reasons.get_mut(reason) {
            Some(dropped) => dropped,
            None => self.reasons.entry(reason.to_owned()).or_default(),
        };
        dropped.documents += 1;
        dropped.bytes += bytes_now;
    }

    /// Returns the lines to which a document belongs.
    pub(super) fn lines(&mut self, reason: Option<&str>) -> &mut Vec<u8> {
        match reason {
            None => &mut self.kept,
            Some(_) => &mut self.dropped,
        }
    }

    pub(super) fn enter_cleaned(&mut self, cleaned: Cleaned) {
        let reason = cleaned.reason.as_deref();
        self.enter_repairs(cleaned.kinds, cleaned.has_boilerplate);
        let verdict = reason.map_or(Ok(cleaned.characters), Err);
        self.enter(cleaned.bytes, cleaned.bytes_now, verdict);
        self.lines(reason).extend_from_slice(&cleaned.line);
    }

    pub(super) fn enter_repairs(&mut self, kinds: Kinds, has_boilerplate: bool) {
        for kind in kinds.iter() {
            self.repairs[kind as usize] += 1;
        }
        self.boilerplate += usize::from(has_boilerplate);
    }
}
