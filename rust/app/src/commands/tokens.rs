//! `gpt2ro tokens`: what the tokenizer makes of a text.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};
use serde_json::{Value, json};

use crate::cli::TokensOptions;
use crate::deploy::{TOKENIZER, open_tokenizer};
use crate::manifest::{Reading, verify};
use crate::output::{StandardOutput, read_prompt};

/// Run the command.
///
/// # Errors
/// The text cannot be read, or the tokenizer is missing or damaged; no other file is read.
pub fn run(options: &TokensOptions) -> Result<()> {
    let text = match (&options.text, &options.text_file) {
        (_, Some(file)) => read_prompt(file)?,
        (Some(text), None) if text == "-" => read_prompt(Path::new(text))?,
        (Some(text), None) => text.clone(),
        (None, None) => unreachable!("clap asks for one of them"),
    };
    let tokenizer = open_tokenizer(&options.model)?;
    verify(&options.model, &[TOKENIZER], Reading::Whole)?;
    let ids = tokenizer.encode(&text, SpecialTokens::Read);
    let mut out = StandardOutput::lock();
    match (options.count, options.json) {
        (true, false) => writeln!(out, "{}", ids.len())?,
        (true, true) => writeln!(out, "{}", json!({"count": ids.len()}))?,
        (false, false) => write!(out, "{}", lines(&tokenizer, &ids))?,
        (false, true) => {
            let tokens = ids.iter().map(|&id| {
                let piece = json_of(tokenizer.bytes(id));
                json!({"id": id, "piece": piece})
            });
            let tokens: Vec<Value> = tokens.collect();
            let object = json!({"text": text, "count": ids.len(), "tokens": tokens});
            writeln!(out, "{object}")?;
        }
    }
    Ok(out.flush()?)
}

/// A line for each token: its id, and its piece in quotes.
fn lines(tokenizer: &Tokenizer, ids: &[u32]) -> String {
    let mut lines = String::new();
    for &id in ids {
        let _ = writeln!(lines, "{id:>6}  \"{}\"", shown(tokenizer.bytes(id)));
    }
    lines
}

/// A piece that is whole characters as a string, another one as its bytes.
fn json_of(piece: &[u8]) -> Value {
    std::str::from_utf8(piece).map_or_else(|_| json!(piece), |text| json!(text))
}

/// A piece on one line.
fn shown(piece: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in piece.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || ['"', '\\'].contains(&character) {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02X}");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_shown_on_one_line_with_the_bytes_that_are_no_character() {
        for (piece, expected) in [
            (" bună".as_bytes(), " bună"),
            (b"\n", "\\n"),
            (b"a\"\\", "a\\\"\\\\"),
            (b"\xc8", "\\xC8"),
            (b"\x9bi", "\\x9Bi"),
        ] {
            assert_eq!(shown(piece), expected);
        }
    }
}
