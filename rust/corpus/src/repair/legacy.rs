//! Romanian in ISO 8859-2, Windows-1250 or ISO 8859-16 that was read as Latin-1 or Windows-1252.
//!
//! The three have the Romanian letters in the same places, so all six mistakes look alike:
//! "Bucureºti", "þarã", "ªtiinþã". Only ISO 8859-16 has its quotation marks where Latin-1 has ¥ and
//! µ. Latin-1's own languages write the same characters: º and ª as ordinals, ã in Portuguese, þ
//! in Icelandic. So a text is repaired when such letters stand where Romanian has them, often
//! enough, and when the other letters and the words of their lines do not speak for one of those.

mod evidence;
mod place;
mod windows_1256;

use super::language::Vocabulary;
use evidence::{Evidence, is_partly_right};
use place::{Place, places};

pub(super) use place::LEGACY;
pub(super) use windows_1256::LEADS as WINDOWS_1256_LEADS;

/// Letters with a caron that were typed for ă and Ă.
pub(super) const CARONS: [char; 2] = ['ǎ', 'Ǎ'];

/// Returns the text with its Romanian letters, if it was read in a wrong encoding, or if ǎ was typed
/// for ă.
///
/// Returns none for another text, and for one with mojibake, which must be repaired first; but UTF-8
/// read as Windows-1256 is repaired here, since nobody else does.
pub(super) fn with_legacy_letters(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    if let Some(read) = windows_1256::read_as_utf_8(text) {
        return Some(read);
    }
    let has_caron = CARONS.iter().any(|caron| text.contains(*caron));
    if has_caron && !text.contains(has_other_carons) {
        return Some(text.replace(CARONS[0], "ă").replace(CARONS[1], "Ă"));
    }
    if places(text).any(Place::begins_mojibake) {
        return None;
    }
    let evidence = Evidence::of(text, vocabulary);
    if !evidence.is_enough() {
        return None;
    }
    let letter: fn(Place) -> char = if is_partly_right(text) {
        Place::restored_in_word
    } else if evidence.is_partly_portuguese() {
        Place::restored_but_portuguese
    } else {
        Place::restored
    };
    Some(places(text).map(letter).collect())
}

/// Returns whether a letter is of a language that may have ǎ too, and Romanian has it not: Chinese in
/// Latin letters has ǐ, Fon ɔ and ɛ, Fur ŋ.
fn has_other_carons(letter: char) -> bool {
    let is_latin = matches!(letter, 'ŋ' | 'Ŋ' | '\u{180}'..='\u{2af}');
    is_latin && !matches!(letter, 'ǎ' | 'Ǎ' | 'Ș'..='ț')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text with the letters restored that stand where Romanian has them.
    fn restored(text: &str) -> String {
        let words = |words: &str| words.split(' ').map(str::to_owned).collect();
        let vocabulary = Vocabulary {
            romanian: words("și să că după"),
            foreign: words("não mais foi"),
        };
        with_legacy_letters(text, &vocabulary).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn romanian_letters_are_restored() {
        assert_eq!(restored("ªtiinþa din Bucureºti"), "Știința din București");
        assert_eq!(
            restored("PIAÞA ORAªULUI ªI BÃILE"),
            "PIAȚA ORAȘULUI ȘI BĂILE"
        );
        assert_eq!(restored("Zice cã vine dupã masã"), "Zice că vine după masă");
        assert_eq!(
            restored("Eu aº pleca, dacã vrei. N-aº sta."),
            "Eu aș pleca, dacă vrei. N-aș sta."
        );
        assert_eq!(
            restored("Zice cã bunãoarã dupã masã ºi cinã Benkõ þese"),
            "Zice că bunăoară după masă și cină Benkő țese"
        );
        assert_eq!(restored("Știu ºi eu, ºi tu."), "Știu și eu, și tu.");
        assert_eq!(
            restored("În garã, cã opriserã și"),
            "În gară, că opriseră și"
        );
        assert_eq!(restored("Þipătul ca un Þipăt"), "Țipătul ca un Țipăt");
        assert_eq!(
            restored("Þi-aș da, că Þi-oi zice"),
            "Ți-aș da, că Ți-oi zice"
        );
        assert_eq!(restored("¥Aºa e!µ zise ºi tãcu."), "„Așa e!” zise și tăcu.");
    }

    #[test]
    fn a_caron_stands_for_a_breve_unless_a_letter_is_of_a_language_that_has_it() {
        assert_eq!(restored("sǎ fie Ǎ"), "să fie Ă");
        assert_eq!(restored("viaţǎ și ȘȚ, țarǎ"), "viaţă și ȘȚ, țară");
        for text in ["salutul nǐ hǎo", "mɛɖe ɖo alɔ ǎ", "áláŋ kwǎ"] {
            assert_eq!(restored(text), text);
        }
    }

    #[test]
    fn words_beside_the_letters_count_and_no_others() {
        assert_eq!(
            restored(
                "The foi mais foi layer is foi mais foi mais.\nMasca este utilizatã, modificatã, mutatã"
            ),
            "The foi mais foi layer is foi mais foi mais.\nMasca este utilizată, modificată, mutată"
        );
        assert_eq!(
            restored("não foi masã, mais foi casã, cinã"),
            "não foi masã, mais foi casã, cinã"
        );
        assert_eq!(
            restored("id_foi foi_1 mais_a id_foi pagubã, daunã, umilã"),
            "id_foi foi_1 mais_a id_foi pagubă, daună, umilă"
        );
    }

    #[test]
    fn words_without_any_romanian_one_must_differ_or_have_the_letter_inside() {
        assert_eq!(
            restored("Irlã Ana, Irlã Eva, Irlã Ida"),
            "Irlã Ana, Irlã Eva, Irlã Ida"
        );
        assert_eq!(restored("Judeþul, Judeþul"), "Județul, Județul");
        assert_eq!(restored("pagubã, daunã, moralã"), "pagubă, daună, morală");
    }

    #[test]
    fn other_languages_and_ordinals_stay() {
        for text in [
            "A manhã não foi mais uma manhã, irmã",
            "o João, a mãe, o pão, a lição",
            "Þetta er það sem þú þarft",
            "Þessir óþekktu lyklar fundust",
            "irmã, manhã, lã, amanhã",
            "hetã vaʼerã ha tetãnguéra oñopytyvõ terã",
            "artículo 1º, nº 5, 2ª, Dª María",
            "de la 23 ºC la 60ºC, apoi ºC ºC",
            "Bucureºti",
            "Ã®n mÃ¢nÄƒ mÃªme cãtre ºi þarã",
            "un unghi are aº și celălalt are bº, aº + bº",
            "Srª Maria, Drª Ana și Profª Ioana după Srª Eva",
            "Parcul Thingvellir (Þingvellir), Thor (Þor), Thing (Þing) sunt că",
            "Natã, Irã, Islã și Aquidauanã sunt în Brazilia, că după",
        ] {
            assert_eq!(restored(text), text);
        }
    }
}
