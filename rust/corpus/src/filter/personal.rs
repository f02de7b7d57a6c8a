use std::sync::LazyLock;

use regex::Regex;

use crate::blocks::{BLOCK, Bytes, Gather, ROOM, Task, below, block_at, run, set};

/// Phone numbers have nine digits behind a 0 or the code of the country; Romanian personal numbers 13,
/// accounts nine at least.
const LONG_NUMBER_DIGITS: usize = 9;
/// 5.2.1.100: an address of the internet's fourth version, of which one number has three digits.
const ADDRESS_DIGITS: usize = 6;
const ADDRESS_STOPS: usize = 3;
/// 2a02::1, of the sixth; those of the public internet begin with 2 or 3.
const ADDRESS_COLONS: usize = 2;

static LONG_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"0\)?[\x20.-]?[237][0-9](?:[\x20.\-/()]{0,2}[0-9]){7}
        | [0-9]{13}
        | [A-Z]{2}[0-9]{2}[A-Z0-9]{11}
        | (?i:RO|MD)[0-9]{2}(?:\x20?[A-Za-z0-9]{4}){5}",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"[0-9]{3}(?:\.[0-9]{1,3}){3}
        | [0-9]\.[0-9]{3}(?:\.[0-9]{1,3}){2}
        | [0-9](?:\.[0-9]{1,3})\.[0-9]{3}\.[0-9]
        | [0-9](?:\.[0-9]{1,3}){2}\.[0-9]{3}",
    )
});

fn expression(pattern: &str) -> Regex {
    Regex::new(&format!("(?x-u){pattern}")).expect("a valid expression")
}

/// Returns the numbers, from 0, of the lines that may hold personal data. They have
///
/// - an `@` between two characters of addresses, among which those of no ASCII count;
/// - two colons, one of them behind 2 or 3 and three hexadecimal digits and before one more or a colon;
/// - nine digits, and a phone number: 0, and nine digits more of which the first is 2, 3 or 7, the
///   second beside it, and no more than two blanks, stops, hyphens, slashes and brackets between the
///   others; 0 may end a code in brackets, before a blank, stop or hyphen;
/// - nine digits, and 13 side by side;
/// - nine digits, and the begin of an account: two capitals, two digits, and eleven of both; or RO or
///   MD, two digits, and five groups of four letters and digits, behind a blank each or none;
/// - six digits, and four numbers with stops between them, one of three digits, the others of no more.
///
/// The exact and slow patterns need be tried on these only.
pub fn personal_lines(text: &str) -> Vec<usize> {
    if !run(Count(text.as_bytes())).are_enough() {
        return Vec::new();
    }
    let mut found = Vec::new();
    run(Lines {
        text,
        found: &mut found,
    });
    found
}

/// How many signs of personal data there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Signs {
    digits: usize,
    at_signs: usize,
    colons: usize,
}

/// The signs of a block, as sets.
struct SignSets {
    digits: u64,
    at_signs: u64,
    colons: u64,
}

impl SignSets {
    #[inline(always)]
    fn of(gather: impl Gather, block: &Bytes) -> Self {
        Self {
            digits: set(gather, block, |byte, _| byte.is_ascii_digit()),
            at_signs: set(gather, block, |byte, _| byte == b'@'),
            colons: set(gather, block, |byte, _| byte == b':'),
        }
    }
}

impl Signs {
    /// Adds those signs of a block that are among some of its bytes.
    #[inline(always)]
    fn add(&mut self, sets: &SignSets, bytes: u64) {
        self.digits += (sets.digits & bytes).count_ones() as usize;
        self.at_signs += (sets.at_signs & bytes).count_ones() as usize;
        self.colons += (sets.colons & bytes).count_ones() as usize;
    }

    /// Returns whether there may be personal data; then order decides.
    #[inline(always)]
    fn are_enough(&self) -> bool {
        self.digits >= ADDRESS_DIGITS || self.at_signs > 0 || self.colons >= ADDRESS_COLONS
    }
}

/// Counts the signs of a text.
struct Count<'text>(&'text [u8]);

impl Task for Count<'_> {
    type Output = Signs;

    #[inline(always)]
    fn run(self, gather: impl Gather) -> Signs {
        let (mut signs, mut room) = (Signs::default(), ROOM);
        for start in (0..self.0.len()).step_by(BLOCK) {
            let (block, length) = block_at(self.0, start, &mut room);
            signs.add(&SignSets::of(gather, block), below(length));
        }
        signs
    }
}

/// Looks for suspected lines.
struct Lines<'text> {
    text: &'text str,
    found: &'text mut Vec<usize>,
}

impl Task for Lines<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, gather: impl Gather) {
        let bytes = self.text.as_bytes();
        let (mut signs, mut room) = (Signs::default(), ROOM);
        let (mut line_start, mut number) = (0, 0);
        for start in (0..bytes.len()).step_by(BLOCK) {
            let (block, length) = block_at(bytes, start, &mut room);
            let sets = SignSets::of(gather, block);
            let mut rest = below(length);
            let mut ends = set(gather, block, |byte, _| byte == b'\n') & rest;
            while ends != 0 {
                let end = ends.trailing_zeros() as usize;
                signs.add(&sets, rest & below(end));
                if signs.are_enough() && is_suspected(&self.text[line_start..start + end], signs) {
                    self.found.push(number);
                }
                signs = Signs::default();
                (line_start, number) = (start + end + 1, number + 1);
                rest &= !below(end);
                ends &= ends - 1;
            }
            signs.add(&sets, rest);
        }
        if signs.are_enough() && is_suspected(&self.text[line_start..], signs) {
            self.found.push(number);
        }
    }
}

fn is_suspected(line: &str, signs: Signs) -> bool {
    let bytes = line.as_bytes();
    let has_stops = || bytes.iter().filter(|byte| **byte == b'.').count() >= ADDRESS_STOPS;
    (signs.at_signs > 0 && has_mail_address(bytes))
        || (signs.colons >= ADDRESS_COLONS && has_begin_of_address(bytes))
        || (signs.digits >= LONG_NUMBER_DIGITS && LONG_NUMBER.is_match(line))
        || (signs.digits >= ADDRESS_DIGITS && has_stops() && ADDRESS.is_match(line))
}

fn has_mail_address(line: &[u8]) -> bool {
    let may_be_letter = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let ends_name = |byte: u8| may_be_letter(byte) || b"_%+-".contains(&byte);
    line.windows(3)
        .any(|bytes| bytes[1] == b'@' && ends_name(bytes[0]) && may_be_letter(bytes[2]))
}

/// Returns whether somewhere an address of the internet's sixth version may begin: prose has colons too,
/// but blanks behind them.
fn has_begin_of_address(line: &[u8]) -> bool {
    let is_begin = |bytes: &[u8]| match bytes {
        [b'2' | b'3', digits @ .., b':', behind] => {
            digits.iter().all(u8::is_ascii_hexdigit)
                && (behind.is_ascii_hexdigit() || *behind == b':')
        }
        _ => false,
    };
    line.windows("2a02::".len()).any(is_begin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_may_hold_an_address_or_a_number() {
        let suspected = [
            "a@b",
            "ă@ș",
            "0213 456 789",
            "+40 (0) 21-.2.3-4/5 6 7 8",
            "(+40)21 2345678",
            "x1234567890123",
            "RO49 AAAA 1B31 0075 9384 0000",
            "DE49A1B31007593",
            "1.2.3.456",
            "1.2.345.6",
            "1.234.5.6.",
            "12.123.5.6.7",
            "a 2a02:2f0::1",
            "2a02::1",
            "2A02:2f0:",
            "3FFE:::",
        ];
        let others = [
            "",
            "unu, 1990",
            "a @b",
            "ă@.ș",
            "12345678",
            "123 456 789",
            "0 213 456 78",
            "021 2 - - 345678",
            "041 345 678",
            "RO49 1, 2 A3, 4, 5, 6, 7",
            "De49A1B31007593",
            "12.345.678",
            "1.2.3.45, 678",
            "1.2.3.45",
            "12:30:45",
            "a::b:1",
            "a 2a02:2f0",
            "unu: doi: 2024: trei: 24:00",
            "12a02: 2f0::1",
            "12g02:2::f",
            "1990, 1991, 1992",
            "1234 - - 56789",
            "1.2, 3.4. 5. 6",
        ];
        let text = [&suspected[..], &others].concat().join("\n");
        let expected: Vec<usize> = (0..suspected.len()).collect();
        assert_eq!(personal_lines(&text), expected);
    }

    #[test]
    fn a_long_line_is_counted_to_its_end() {
        let line = format!("{}0213456789", "ă".repeat(1000));
        assert_eq!(personal_lines(&line), [0]);
        let signs = run(Count("1@:.".repeat(1000).as_bytes()));
        assert_eq!([signs.digits, signs.at_signs, signs.colons], [1000; 3]);
    }
}
