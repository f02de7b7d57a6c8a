//! Items of lists that are more than names and titles.

use memchr::memchr2_iter;

use crate::unicode::{is_blank, is_letter};

/// Of real travel pages, 14 items of each length were read, all with half of their words small: of
/// four and five words they are names ("Săpăturile arheologice din Mérida"), of six and seven about
/// half are clauses, from eight on two thirds.
const MIN_WORDS: usize = 6;

/// Returns whether an item is more than a name, a title or a number.
///
/// It has six words or more, and half of them or more begin with a small letter. A word is what stands
/// between blanks and begins with a letter, outside of tags, whose attributes do too.
pub(super) fn is_clause(item: &str) -> bool {
    let (mut words, mut small) = (0, 0);
    for piece in without_tags(item) {
        let firsts = piece.split(is_blank).filter_map(|word| word.chars().next());
        for first in firsts.filter(|&first| is_letter(first)) {
            words += 1;
            small += usize::from(first.is_lowercase());
        }
    }
    words >= MIN_WORDS && 2 * small >= words
}

/// Returns what stands between the tags of a text; a bracket that ends at no other is none.
fn without_tags(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut opens = None;
        for place in memchr2_iter(b'<', b'>', whole.as_bytes()) {
            if whole.as_bytes()[place] == b'<' {
                opens = Some(place);
            } else if let Some(start) = opens {
                rest = Some(&whole[place + 1..]);
                return Some(&whole[..start]);
            }
        }
        rest.take()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_words_half_of_them_small_are_a_clause() {
        assert!(is_clause("unu doi trei patru cinci șase"));
        assert!(is_clause("Unu Doi Trei patru cinci șase"));
        assert!(!is_clause("unu doi trei patru cinci"));
        assert!(!is_clause("Unu Doi Trei Patru cinci șase"));
        assert!(!is_clause("1990 – 12 3 4 5 6 7 8"));
    }

    #[test]
    fn the_attributes_of_a_tag_are_no_words() {
        assert!(!is_clause(
            r#"<eat name="Flora" alt="" directions="" phone="" email="" url="">pizza</eat>"#
        ));
        assert!(is_clause(
            r#"unu doi trei <b class="x">patru</b> cinci șase"#
        ));
    }

    #[test]
    fn brackets_that_are_no_tags_stay() {
        let pieces = |text| without_tags(text).collect::<Vec<_>>();
        assert_eq!(pieces("a<b>c"), ["a", "c"]);
        assert_eq!(pieces("a>b <c<d>e<"), ["a>b <c", "e<"]);
        assert_eq!(pieces("<>"), ["", ""]);
        assert_eq!(pieces(""), [""]);
    }
}
