//! What `tokens` says of a text.

use std::fs;

use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};
use serde_json::Value;

use crate::util::{Folder, gpt2ro, model, run_on};

const TEXT: &str = "Bunica a făcut\n— Țară ☃!";

/// The text that pieces stand for; bytes that are no whole character are lists.
fn joined(tokens: &[Value]) -> String {
    let bytes = tokens.iter().flat_map(|token| match &token["piece"] {
        Value::String(piece) => piece.bytes().collect::<Vec<u8>>(),
        Value::Array(bytes) => bytes
            .iter()
            .map(|byte| byte.as_u64().unwrap() as u8)
            .collect(),
        other => panic!("{other}"),
    });
    String::from_utf8(bytes.collect()).unwrap()
}

#[test]
fn the_ids_are_the_tokenizer_s_and_the_pieces_the_text() {
    let file = fs::read(format!("{}/tokenizer.json", model("plain"))).unwrap();
    let tokenizer = Tokenizer::from_json(&file).unwrap();
    let found = run_on("plain", "tokens", &[TEXT, "--json"]).json();
    let tokens = found["tokens"].as_array().unwrap();
    let ids: Vec<u64> = tokens
        .iter()
        .map(|token| token["id"].as_u64().unwrap())
        .collect();
    let expected = tokenizer.encode(TEXT, SpecialTokens::Read);
    assert!(
        ids.iter()
            .copied()
            .eq(expected.iter().map(|&id| u64::from(id)))
    );
    assert_eq!(joined(tokens), TEXT);
    // The snowman is three tokens, none of which is a character.
    assert!(
        tokens.iter().any(|token| token["piece"].is_array()),
        "{found}"
    );
    assert_eq!(
        (&found["text"], &found["count"]),
        (&TEXT.into(), &ids.len().into())
    );
}

#[test]
fn a_token_is_a_line_and_count_is_their_number() {
    let lines = run_on("plain", "tokens", &[TEXT]).out();
    let json = run_on("plain", "tokens", &[TEXT, "--json"]).json();
    let tokens = json["tokens"].as_array().unwrap();
    assert_eq!(lines.lines().count(), tokens.len());
    for (line, token) in lines.lines().zip(tokens) {
        let (id, piece) = line.trim_start().split_once("  ").unwrap();
        assert_eq!(id, token["id"].to_string());
        assert!(piece.starts_with('"') && piece.ends_with('"'), "{line}");
    }
    let count = run_on("plain", "tokens", &[TEXT, "--count"]).out();
    assert_eq!(count.trim_end(), tokens.len().to_string());
    let count = run_on("plain", "tokens", &[TEXT, "--count", "--json"]).json();
    assert_eq!(count, serde_json::json!({"count": tokens.len()}));
}

#[test]
fn a_text_may_come_from_a_file_or_from_standard_input() {
    let folder = Folder::new("tokens");
    let file = folder.path().join("text.txt");
    fs::write(&file, format!("\u{feff}{TEXT}\n")).unwrap();
    let expected = run_on("plain", "tokens", &[TEXT]).out();
    let from_file = run_on("plain", "tokens", &["--text-file", file.to_str().unwrap()]);
    assert_eq!(from_file.out(), expected);
    let model = model("plain");
    let piped = gpt2ro(
        &["tokens", "-m", &model, "-"],
        format!("{TEXT}\n").as_bytes(),
    );
    assert_eq!(piped.out(), expected);
    run_on("plain", "tokens", &[]).fails_with(2);
}

/// Such as the folder that the step tokenizer writes, before there is a model.
#[test]
fn tokens_need_no_file_but_the_tokenizer() {
    let folder = Folder::new("tokenizer");
    let name = "tokenizer.json";
    fs::copy(
        std::path::Path::new(&model("plain")).join(name),
        folder.path().join(name),
    )
    .unwrap();
    let flags = ["tokens", "-m", folder.path().to_str().unwrap(), TEXT];
    assert_eq!(
        gpt2ro(&flags, b"").out(),
        run_on("plain", "tokens", &[TEXT]).out()
    );
}
