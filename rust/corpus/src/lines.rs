use xxhash_rust::xxh3::xxh3_64;

use crate::words::Words;

/// Stands for a line without a letter or a digit, which is never counted.
pub const NO_LINE: u64 = 0;

/// Returns a key for every line of a text, in order: the hash of its folded words and of its site.
///
/// Two lines have one key when they differ at most in case, diacritics, punctuation and spacing,
/// and stand on one site. The key is the XXH3 hash of the words combined with `site` by exclusive
/// or, so that a site's own key is free for the number of its documents.
pub fn line_keys(text: &str, site: u64) -> Vec<u64> {
    text.split('\n')
        .map(|line| match Words::folded(line).as_str() {
            "" => NO_LINE,
            words => xxh3_64(words.as_bytes()) ^ site,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_a_line_have_one_key() {
        let keys = line_keys("Citește și…\nciteste SI\nCitește și tu", 7);
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }

    #[test]
    fn another_site_is_another_key() {
        assert_ne!(line_keys("Acasă", 1), line_keys("Acasă", 2));
        assert_eq!(line_keys("Acasă", 0), [xxh3_64(b"acasa")]);
    }

    #[test]
    fn a_line_without_words_has_no_key() {
        assert_eq!(line_keys("", 7), [NO_LINE]);
        assert_eq!(line_keys("* * *\n\n—", 7), [NO_LINE; 3]);
    }
}
