use super::measures::{Measure, Measures};

/// A fault for which texts are dropped.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name.
    pub reason: String,
    /// What is compared with the bounds.
    pub measure: Measure,
    /// The least value without fault.
    pub low: f64,
    /// The greatest value without fault.
    pub high: f64,
}

impl Fault {
    /// Returns whether a text has the fault; nothing if that depends on what is not counted.
    fn is_in(&self, text: &Measures) -> Option<bool> {
        let (least, most) = text.bounds(self.measure);
        if self.low <= least && most <= self.high {
            return Some(false);
        }
        (most < self.low || self.high < least).then_some(true)
    }
}

/// Returns the first fault of a text, if it has one; nothing if that depends on what is not counted,
/// with the faults left that it may have.
pub(super) fn first_fault<'fault>(
    faults: &mut &'fault [Fault],
    text: &Measures,
) -> Option<Option<&'fault Fault>> {
    while let [fault, rest @ ..] = *faults {
        if fault.is_in(text)? {
            return Some(Some(fault));
        }
        *faults = rest;
    }
    Some(None)
}
