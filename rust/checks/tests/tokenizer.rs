//! Texts are encoded to the ids that the library `tokenizers` gives.

use std::sync::LazyLock;

use gpt2ro_pretokenizer::letter;
use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// All bytes, merges of Romanian that share letters, one pair twice and one token that two pairs give,
/// and added tokens of every kind.
fn file() -> Value {
    let mut vocabulary: Vec<String> = (0..=u8::MAX).map(|byte| letter(byte).into()).collect();
    let merges = [
        "È Ļ",
        "ÈĻ i",
        "Ġ ÈĻ",
        "a r",
        "r e",
        "ar e",
        "a re",
        "Ġ c",
        "Ġc are",
        "n n",
        "nn nn",
        "a a",
        "aa a",
        "a aa",
        "Ġ Ġ",
        "ĠĠ ĠĠ",
        "1 2",
        "È Ľ",
        "a r",
        "' s",
        "Ċ Ċ",
        "! !",
    ];
    for merge in merges {
        let token = merge.replace(' ', "");
        if !vocabulary.contains(&token) {
            vocabulary.push(token);
        }
    }
    let ids = (0..)
        .zip(&vocabulary)
        .map(|(id, token)| (token.clone(), json!(id)));
    let vocab: serde_json::Map<String, Value> = ids.collect();
    let added = [
        ("<|endoftext|>", true, false),
        ("<|end", true, true),
        ("care", false, false),
        ("are>", false, true),
        ("[ț]", true, false),
    ];
    let added = (vocab.len()..).zip(added);
    let added = added.map(|(id, (content, special, normalized))| {
        json!({
            "id": id, "content": content, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": normalized, "special": special,
        })
    });
    json!({
        "version": "1.0",
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
        "model": {"type": "BPE", "vocab": vocab, "merges": merges},
    })
}

fn with_prefix() -> Value {
    let mut file = file();
    file["pre_tokenizer"]["add_prefix_space"] = json!(true);
    file
}

/// Ours, and the library's.
type Both = (Tokenizer, tokenizers::Tokenizer);

fn both(file: &Value) -> Both {
    let file = file.to_string();
    let library = tokenizers::Tokenizer::from_bytes(&file).expect("a tokenizer");
    (
        Tokenizer::from_json(file.as_bytes()).expect("a tokenizer"),
        library,
    )
}

static BOTH: LazyLock<[Both; 2]> = LazyLock::new(|| [both(&file()), both(&with_prefix())]);

fn encoded_alike(text: &str) -> Result<(), TestCaseError> {
    for (ours, library) in &*BOTH {
        for special in [SpecialTokens::Read, SpecialTokens::AsText] {
            let mut library = library.clone();
            library.set_encode_special_tokens(special == SpecialTokens::AsText);
            let expected = library.encode_fast(text, false).expect("a text");
            prop_assert_eq!(ours.encode(text, special), expected.get_ids());
        }
    }
    Ok(())
}

#[test]
fn romanian_is_encoded_as_the_library_does() {
    for text in [
        "",
        " ",
        "Și care-i treaba? Nu-i care... ăă",
        "  care\n\n care \u{a0}care!! ",
        "a<|endoftext|> are <|end are><|endoftext|",
        "nnnnnnn aaaaaaa",
        "[ț] care> 1212 '5 's",
    ] {
        encoded_alike(text).unwrap();
    }
}

proptest! {
    #[test]
    fn any_text_is_encoded_as_the_library_does(text in "\\PC{0,40}") {
        encoded_alike(&text)?;
    }

    #[test]
    fn texts_of_what_is_merged_are_encoded_as_the_library_does(
        parts in vec(
            prop_oneof![
                "[aren țș12'\n!]{1,6}",
                Just("<|endoftext|>".to_owned()),
                Just("<|end".to_owned()),
                Just(" care".to_owned()),
                Just("are>".to_owned()),
                Just("[ț]".to_owned()),
            ],
            0..12,
        )
    ) {
        encoded_alike(&parts.concat())?;
    }

    #[test]
    fn ids_are_decoded_to_their_text(text in "\\PC{0,40}") {
        let (ours, _) = &BOTH[0];
        let ids = ours.encode(&text, SpecialTokens::Read);
        prop_assert_eq!(ours.decode(&ids), text);
    }
}
