//! Bounded reads from the bytes of a pickle.

use crate::archive::PickleError;

/// Longest text. The longest name of a parameter of GPT-2 has 40 bytes.
const LONGEST_TEXT: usize = 256;

/// Bytes, and how far they have been read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Place of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or(PickleError::Truncated(self.at))?;
        self.at += count;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned little-endian number of 1 to 4 bytes.
    pub fn number(&mut self, width: usize) -> Result<u32, PickleError> {
        let mut bytes = [0; 4];
        bytes[..width].copy_from_slice(self.take(width)?);
        Ok(u32::from_le_bytes(bytes))
    }

    /// A number of its own width, which comes first: at most eight bytes, little-endian, signed.
    pub fn long(&mut self) -> Result<i64, PickleError> {
        let start = self.at;
        let width = usize::from(self.byte()?);
        let taken = self.take(width)?;
        let negative = taken.last().is_some_and(|&byte| byte >= 0x80);
        let mut bytes = if negative { [0xff; 8] } else { [0; 8] };
        let target = bytes.get_mut(..width);
        target
            .ok_or(PickleError::TooLarge(start))?
            .copy_from_slice(taken);
        Ok(i64::from_le_bytes(bytes))
    }

    /// A text after its length.
    pub fn text(&mut self) -> Result<&'a str, PickleError> {
        let start = self.at;
        let length = self.number(4)? as usize;
        if length > LONGEST_TEXT {
            return Err(PickleError::TooLarge(start));
        }
        std::str::from_utf8(self.take(length)?).map_err(|_| PickleError::Malformed(start))
    }

    /// A text up to the end of its line.
    pub fn line(&mut self) -> Result<&'a str, PickleError> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|&byte| byte == b'\n');
        let length = length.ok_or(PickleError::Truncated(self.bytes.len()))?;
        if length > LONGEST_TEXT {
            return Err(PickleError::TooLarge(start));
        }
        let line = self.take(length + 1)?;
        std::str::from_utf8(&line[..length]).map_err(|_| PickleError::Malformed(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longs_are_signed_and_at_most_eight_bytes() {
        assert_eq!(Reader::new(&[2, 0x34, 0x12]).long(), Ok(0x1234));
        assert_eq!(Reader::new(&[1, 0xff]).long(), Ok(-1));
        assert_eq!(Reader::new(&[0]).long(), Ok(0));
        assert_eq!(Reader::new(&[9; 10]).long(), Err(PickleError::TooLarge(0)));
    }
}
