/// A phone number has ten digits, nine after the code of the country; accounts have more.
const LONG_NUMBER_DIGITS: usize = 9;
/// Signs that can stand between two digits of a phone number, as in "(021) 123".
const SIGNS_IN_NUMBER: usize = 2;
/// 5.2.1.100: an address of the internet's fourth version, of which one number has three digits.
const ADDRESS_DIGITS: usize = 6;
const ADDRESS_DOTS: usize = 3;
/// 2a02:2f0::1
const ADDRESS_COLONS: usize = 3;

/// Returns the numbers, from 0, of the lines that may hold personal data. They have
///
/// - an `@`, or three colons;
/// - nine digits with no more than two blanks, stops, hyphens, slashes and brackets between two;
/// - nine digits, and somewhere two letters before two digits, as accounts begin;
/// - six digits, and three full stops between two digits.
///
/// The exact and slow patterns need be tried on these only.
pub fn personal_lines(text: &str) -> Vec<usize> {
    let lines = text.split('\n').enumerate();
    let suspected = lines.filter(|(_, line)| is_suspected(line.as_bytes()));
    suspected.map(|(number, _)| number).collect()
}

fn is_suspected(line: &[u8]) -> bool {
    let digits = count(line, |byte| byte.is_ascii_digit());
    (digits >= LONG_NUMBER_DIGITS && (has_long_number(line) || has_begin_of_account(line)))
        || count(line, |byte| byte == b'@') > 0
        || count(line, |byte| byte == b':') >= ADDRESS_COLONS
        || (digits >= ADDRESS_DIGITS && has_address(line))
}

fn has_long_number(line: &[u8]) -> bool {
    let (mut digits, mut signs) = (0, 0);
    line.iter().any(|byte| {
        match byte {
            b'0'..=b'9' => (digits, signs) = (digits + 1, 0),
            b' ' | b'.' | b'-' | b'/' | b'(' | b')' if signs < SIGNS_IN_NUMBER => signs += 1,
            _ => (digits, signs) = (0, 0),
        }
        digits >= LONG_NUMBER_DIGITS
    })
}

fn has_begin_of_account(line: &[u8]) -> bool {
    let is_begin = |bytes: &[u8]| {
        bytes[..2].iter().all(u8::is_ascii_alphabetic) && bytes[2..].iter().all(u8::is_ascii_digit)
    };
    line.windows(4).any(is_begin)
}

fn has_address(line: &[u8]) -> bool {
    let is_dot =
        |bytes: &&[u8]| bytes[1] == b'.' && bytes[0].is_ascii_digit() && bytes[2].is_ascii_digit();
    let has_dots = count(line, |byte| byte == b'.') >= ADDRESS_DOTS;
    has_dots && line.windows(3).filter(is_dot).count() >= ADDRESS_DOTS
}

/// Counts without stopping at the first, in sums of one byte: so the compiler takes 16 bytes and
/// more at a time.
fn count(line: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    let chunks = line.chunks(usize::from(u8::MAX));
    let counts = chunks.map(|chunk| chunk.iter().map(|byte| u8::from(wanted(*byte))).sum::<u8>());
    counts.map(usize::from).sum()
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
            "a::b:1",
        ];
        let others = [
            "",
            "unu, 1990",
            "12345678",
            "12.345.678",
            "1.2.3.45",
            "12:30:45",
            "1990, 1991, 1992",
            "1234 - - 56789",
            "1.2, 3.4. 5. 6",
        ];
        let text = [&suspected[..], &others].concat().join("\n");
        assert_eq!(personal_lines(&text), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_long_line_is_counted_to_its_end() {
        let line = format!("{}123456789", "ă".repeat(1000));
        assert_eq!(personal_lines(&line), [0]);
        assert_eq!(
            count("1".repeat(1000).as_bytes(), |byte| byte == b'1'),
            1000
        );
    }
}
