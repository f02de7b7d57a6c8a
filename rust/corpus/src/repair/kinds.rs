//! The kinds of repair, in the order in which they are made.

/// One kind of repair.
///
/// The order: what was read in the wrong encoding, then letters, then lines and blanks. Legacy encodings
/// go before mojibake, as ftfy takes their "Îºi" (își) for a broken "κi"; they leave a text alone that
/// holds mojibake, until the next round. Misread letters go behind mojibake, as ftfy repairs a line only
/// while all of it is broken. Composition goes before cedilla letters, as it makes some of
/// a letter and a combining cedilla. Lost letters go behind all other repairs of letters, which they are
/// told by. Wrapped lines go before divided words, which make lines longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `&amp;` and other character references of HTML.
    Entities,
    /// Left-over tags of HTML.
    Tags,
    /// Romanian encodings read as Latin-1.
    LegacyEncodings,
    /// Text that ftfy changes: UTF-8 read as another encoding, and what else it is asked for.
    Mojibake,
    /// Letters of UTF-8 read as another encoding, in lines that ftfy leaves as they are.
    MisreadLetters,
    /// Line ends other than `\n`.
    LineEnds,
    /// Characters that show nothing.
    InvisibleCharacters,
    /// Text that is not in Unicode's form NFC, and accents beside their letters.
    ComposedLetters,
    /// ş and ţ with a cedilla where Romanian has a comma.
    CedillaLetters,
    /// Letters for which question marks, replacement characters or, in scanned pages, section signs stand.
    LostLetters,
    /// Look-alikes of the hyphen.
    Hyphens,
    /// Lines broken to a width, and the words that their ends divide.
    WrappedLines,
    /// Words divided at the end of a line that stays.
    DividedWords,
    /// Blanks before punctuation.
    SpacedPunctuation,
    /// Punctuation and words with no blank behind them.
    GluedPunctuation,
    /// Blanks and blank lines to spare.
    Blanks,
}

impl Kind {
    /// Every kind, in the order of the repairs.
    pub const ALL: [Self; 16] = [
        Self::Entities,
        Self::Tags,
        Self::LegacyEncodings,
        Self::Mojibake,
        Self::MisreadLetters,
        Self::LineEnds,
        Self::InvisibleCharacters,
        Self::ComposedLetters,
        Self::CedillaLetters,
        Self::LostLetters,
        Self::Hyphens,
        Self::WrappedLines,
        Self::DividedWords,
        Self::SpacedPunctuation,
        Self::GluedPunctuation,
        Self::Blanks,
    ];

    /// The name under which repairs are counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entities => "HTML entities",
            Self::Tags => "HTML tags",
            Self::Mojibake => "mojibake",
            Self::LegacyEncodings => "legacy encodings",
            Self::MisreadLetters => "misread letters",
            Self::LineEnds => "line ends",
            Self::InvisibleCharacters => "invisible characters",
            Self::ComposedLetters => "composed letters",
            Self::CedillaLetters => "cedilla letters",
            Self::LostLetters => "lost letters",
            Self::Hyphens => "hyphens",
            Self::DividedWords => "divided words",
            Self::WrappedLines => "wrapped lines",
            Self::SpacedPunctuation => "spaced punctuation",
            Self::GluedPunctuation => "glued punctuation",
            Self::Blanks => "blanks",
        }
    }

    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub(super) u32);

impl Kinds {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= kind.bit();
    }

    /// Takes a kind out, if it is there.
    pub(super) fn remove(&mut self, kind: Kind) {
        self.0 &= !kind.bit();
    }

    /// Returns whether a kind is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Returns whether a kind is in both sets.
    pub(super) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the kinds of the set, in the order of the repairs.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL
            .into_iter()
            .filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<Items: IntoIterator<Item = Kind>>(items: Items) -> Self {
        let mut kinds = Self::default();
        items.into_iter().for_each(|kind| kinds.insert(kind));
        kinds
    }
}
