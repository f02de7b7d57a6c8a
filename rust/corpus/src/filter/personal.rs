use crate::repair::lines;

/// A phone number has ten digits, nine after the code of the country; accounts have more.
const LONG_NUMBER_DIGITS: usize = 9;
/// Signs that can stand between two digits of a phone number, as in "(021) 123".
const SIGNS_IN_NUMBER: usize = 2;
/// 5.2.1.100: an address of the internet's fourth version, of which one number has three digits.
const ADDRESS_DIGITS: usize = 6;
const ADDRESS_DOTS: usize = 3;
/// 2a02:2f0::1, of the sixth; those of the public internet begin with 2 or 3.
const ADDRESS_COLONS: usize = 3;

/// Returns the numbers, from 0, of the lines that may hold personal data. They have
///
/// - an `@`;
/// - three colons, one of them behind 2 or 3 and three hexadecimal digits and before one more or a colon;
/// - nine digits with no more than two blanks, stops, hyphens, slashes and brackets between two;
/// - nine digits, and somewhere two letters before two digits, as accounts begin;
/// - six digits, and three full stops between two digits.
///
/// The exact and slow patterns need be tried on these only.
pub fn personal_lines(text: &str) -> Vec<usize> {
    if !Signs::of(text.as_bytes()).are_enough() {
        return Vec::new();
    }
    let lines = lines(text).enumerate();
    let suspected = lines.filter(|(_, line)| is_suspected(line.as_bytes()));
    suspected.map(|(number, _)| number).collect()
}

/// How many signs of personal data there are.
#[derive(Clone, Copy, Default)]
struct Signs {
    digits: usize,
    at_signs: usize,
    colons: usize,
    stops: usize,
}

impl Signs {
    /// Counts without stopping at the first, in sums of one byte: so the compiler takes 16 bytes and
    /// more at a time.
    fn of(text: &[u8]) -> Self {
        let mut signs = Self::default();
        for chunk in text.chunks(usize::from(u8::MAX)) {
            let (mut digits, mut at_signs, mut colons, mut stops) = (0, 0, 0, 0);
            for byte in chunk {
                digits += u8::from(byte.is_ascii_digit());
                at_signs += u8::from(*byte == b'@');
                colons += u8::from(*byte == b':');
                stops += u8::from(*byte == b'.');
            }
            signs.digits += usize::from(digits);
            signs.at_signs += usize::from(at_signs);
            signs.colons += usize::from(colons);
            signs.stops += usize::from(stops);
        }
        signs
    }

    /// Returns whether there may be personal data; then order decides.
    fn are_enough(&self) -> bool {
        self.digits >= ADDRESS_DIGITS || self.at_signs > 0 || self.colons >= ADDRESS_COLONS
    }
}

fn is_suspected(line: &[u8]) -> bool {
    let signs = Signs::of(line);
    signs.at_signs > 0
        || (signs.colons >= ADDRESS_COLONS && has_begin_of_address(line))
        || (signs.digits >= LONG_NUMBER_DIGITS && has_long_number_or_account(line))
        || (signs.digits >= ADDRESS_DIGITS && signs.stops >= ADDRESS_DOTS && has_address(line))
}

/// Returns whether there is a long number or the begin of an account, going from digits to digits.
fn has_long_number_or_account(line: &[u8]) -> bool {
    let mut index = 0;
    while let Some(distance) = line[index..].iter().position(u8::is_ascii_digit) {
        index += distance;
        if is_begin_of_account(line, index) {
            return true;
        }
        let (mut digits, mut signs) = (0, 0);
        for byte in &line[index..] {
            match byte {
                b'0'..=b'9' => (digits, signs) = (digits + 1, 0),
                b' ' | b'.' | b'-' | b'/' | b'(' | b')' if signs < SIGNS_IN_NUMBER => signs += 1,
                _ => break,
            }
            if digits >= LONG_NUMBER_DIGITS {
                return true;
            }
            index += 1;
        }
    }
    false
}

/// Returns whether a digit is the first of two behind two letters.
fn is_begin_of_account(line: &[u8], digit: usize) -> bool {
    let letters = &line[digit.saturating_sub(2)..digit];
    letters.len() == 2
        && letters.iter().all(u8::is_ascii_alphabetic)
        && line.get(digit + 1).is_some_and(u8::is_ascii_digit)
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

fn has_address(line: &[u8]) -> bool {
    let is_dot =
        |bytes: &&[u8]| bytes[1] == b'.' && bytes[0].is_ascii_digit() && bytes[2].is_ascii_digit();
    line.windows(3).filter(is_dot).count() >= ADDRESS_DOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_may_hold_an_address_or_a_number() {
        let suspected = [
            "a@b",
            "123 456 789",
            "+40 (21) 2.3-4/5 6 7",
            "RO49 1, 2 A3, 4, 5, 6, 7",
            "1.2.3.456",
            "a 2a02:2f0::1",
            "3FFE:::",
        ];
        let others = [
            "",
            "unu, 1990",
            "12345678",
            "12.345.678",
            "1.2.3.45",
            "12:30:45",
            "a::b:1",
            "unu: doi: 2024: trei: 24:00",
            "12a02: 2f0::1",
            "12g02:2::f",
            "1990, 1991, 1992",
            "1234 - - 56789",
            "1.2, 3.4. 5. 6",
        ];
        let text = [&suspected[..], &others].concat().join("\n");
        assert_eq!(personal_lines(&text), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_long_line_is_counted_to_its_end() {
        let line = format!("{}123456789", "ă".repeat(1000));
        assert_eq!(personal_lines(&line), [0]);
        let signs = Signs::of("1@:.".repeat(1000).as_bytes());
        assert_eq!(
            [signs.digits, signs.at_signs, signs.colons, signs.stops],
            [1000; 4]
        );
    }
}
