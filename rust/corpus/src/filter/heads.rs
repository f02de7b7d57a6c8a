//! With what lines begin that are phrases.

/// Letters of the longest heads that are compared.
const HEAD_LETTERS: u32 = 5;
/// Letters by which most lines are told from all heads at once.
const FIRST_LETTERS: u32 = 3;

/// A set of heads, and of what may stand before them.
#[derive(Clone, Debug)]
pub(super) struct Heads {
    edges: Vec<char>,
    /// For each byte, whether an edge begins with it.
    begin_edges: [bool; 1 + u8::MAX as usize],
    /// Heads by their first byte.
    heads: Vec<Vec<Head>>,
    /// With which first letters heads begin: a bit for the symbols of each three.
    firsts: Vec<bool>,
}

/// Letters and signs are told apart by numbers of so many bits, their symbols: letters are 1 to 26.
const SYMBOL_BITS: u32 = 5;

/// Returns the symbol of what [`base`] returns.
const fn symbol(base: u8) -> usize {
    let symbol = match base {
        b'a'..=b'z' => base - b'a' + 1,
        b' ' => 27,
        b'-' => 28,
        DIGIT => 29,
        SIGN => 30,
        _ => 0,
    };
    symbol as usize
}

impl Heads {
    pub(super) fn new(edges: &str, heads: &[String]) -> Self {
        let mut by_first = vec![Vec::new(); 1 + usize::from(u8::MAX)];
        let mut firsts = vec![false; 1 << (FIRST_LETTERS * SYMBOL_BITS)];
        for head in heads {
            let head = Head::of(head);
            by_first[head.first()].push(head);
            let known = head.length.min(FIRST_LETTERS);
            let bytes = head.letters.to_le_bytes();
            let symbols = bytes[..known as usize]
                .iter()
                .fold(0, |symbols, byte| symbols << SYMBOL_BITS | symbol(*byte));
            // A shorter head begins all lines that go on with anything.
            let rest = (FIRST_LETTERS - known) * SYMBOL_BITS;
            firsts[symbols << rest..][..1 << rest].fill(true);
        }
        let begin_edge = |byte: u8| {
            let mut letter = [0; 4];
            edges
                .chars()
                .any(|edge| edge.encode_utf8(&mut letter).as_bytes()[0] == byte)
        };
        Self {
            edges: edges.chars().collect(),
            begin_edges: std::array::from_fn(|byte| begin_edge(byte as u8)),
            heads: by_first,
            firsts,
        }
    }

    /// Returns whether a head may stand behind the edges with which a line begins.
    #[inline]
    pub(super) fn may_begin(&self, line: &str) -> bool {
        let begins_edge = |byte: &u8| self.begin_edges[usize::from(*byte)];
        let line = match line.as_bytes().first() {
            Some(byte) if begins_edge(byte) => line.trim_start_matches(&self.edges[..]),
            _ => line,
        };
        match first_symbols(line) {
            Some(symbols) => self.firsts[symbols] && self.has_head(line),
            None => self.has_head(line),
        }
    }

    fn has_head(&self, line: &str) -> bool {
        let head = Head::of(line);
        head.is_of_another_alphabet
            || self.heads[head.first()]
                .iter()
                .any(|one| head.starts_with(one))
    }
}

/// Returns the symbols of the first letters of a line; none if there are too few, or one of another
/// alphabet.
#[inline]
fn first_symbols(line: &str) -> Option<usize> {
    let mut letters = line.chars();
    let mut symbols = 0;
    for _ in 0..FIRST_LETTERS {
        let base = base(letters.next()?)?;
        if base == DIGIT {
            letters = letters
                .as_str()
                .trim_start_matches(|one: char| one.is_ascii_digit())
                .chars();
        }
        symbols = symbols << SYMBOL_BITS | symbol(base);
    }
    Some(symbols)
}

/// The first letters of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    /// A byte for each letter, its [`base`], the first in the lowest bits.
    letters: u64,
    length: u32,
    is_of_another_alphabet: bool,
}

impl Head {
    fn of(line: &str) -> Self {
        let mut head = Self::default();
        let mut last = 0;
        for letter in line.chars() {
            let Some(letter) = base(letter) else {
                head.is_of_another_alphabet = true;
                break;
            };
            if letter == DIGIT && last == DIGIT {
                continue;
            }
            last = letter;
            head.letters |= u64::from(letter) << (8 * head.length);
            head.length += 1;
            if head.length == HEAD_LETTERS {
                break;
            }
        }
        head
    }

    fn first(&self) -> usize {
        usize::from(self.letters as u8)
    }

    fn starts_with(&self, other: &Self) -> bool {
        self.letters & ((1 << (8 * other.length)) - 1) == other.letters
    }
}

/// Stand for all digits of ASCII, and for all that is neither of ASCII nor a letter or digit.
const DIGIT: u8 = b'0';
const SIGN: u8 = 0x80;

/// Returns a letter of ASCII or of Romanian in lower case and without its mark; none for another
/// letter, which an expression may not tell from one of ASCII.
fn base(letter: char) -> Option<u8> {
    match letter {
        '0'..='9' => Some(DIGIT),
        '\0'..='\x7f' => Some(letter.to_ascii_lowercase() as u8),
        'ă' | 'â' | 'Ă' | 'Â' => Some(b'a'),
        'î' | 'Î' => Some(b'i'),
        'ș' | 'ş' | 'Ș' | 'Ş' => Some(b's'),
        'ț' | 'ţ' | 'Ț' | 'Ţ' => Some(b't'),
        _ => (!letter.is_alphanumeric()).then_some(SIGN),
    }
}
