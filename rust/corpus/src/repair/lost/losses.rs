//! Which letters a program did not know.

/// Which letters of Romanian were lost, by the set of characters that the program knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// ș and ț with a comma, as in Windows-1250 and ISO 8859-2, which have a cedilla.
    Comma,
    /// These and ă, as in Latin-1 and Windows-1252.
    Breve,
    /// All, and quotation marks and dashes, as in ASCII.
    All,
}

impl Loss {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Breve, Self::All];

    /// The file of its table.
    pub fn file(self) -> &'static str {
        match self {
            Self::Comma => "comma.txt",
            Self::Breve => "breve.txt",
            Self::All => "all.txt",
        }
    }

    /// Returns whether a character is lost.
    pub fn includes(self, character: char) -> bool {
        match self {
            Self::Comma => "șțȘȚ".contains(character),
            Self::Breve => "șțȘȚăĂ".contains(character),
            Self::All => "șțȘȚăĂâÂîÎ„”“–—…’".contains(character),
        }
    }
}
