//! The length of a text in a unit of choice.

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

/// What lengths are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Runs of characters without blanks.
    Words,
    /// Unicode code points.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    /// The length of a text.
    #[must_use]
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Words => text.split_whitespace().count(),
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }

    /// As it is written under an axis.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// Where the text of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// The line is the text.
    Plain,
    /// The line is a JSON object, and its field `text` the text: the workflow's shards.
    Json,
}

impl Lines {
    /// The text of a line.
    ///
    /// # Errors
    /// The line is no JSON object with a text.
    pub fn text(self, line: &str) -> Result<String> {
        if self == Self::Plain {
            return Ok(line.to_owned());
        }
        let object: Value = serde_json::from_str(line).context("not JSON")?;
        match object.get("text").and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => bail!("a JSON object without the field text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_depends_on_the_unit() {
        let lengths =
            [Unit::Words, Unit::Characters, Unit::Bytes].map(|unit| unit.length("Țara  mea"));
        assert_eq!(lengths, [2, 9, 10]);
    }

    #[test]
    fn the_text_of_a_json_line_is_its_field() {
        let text = |line| Lines::Json.text(line).map_err(|error| error.to_string());
        assert_eq!(text(r#"{"text": "ș\n", "id": 1}"#).unwrap(), "ș\n");
        assert!(
            text(r#"{"id": 1}"#)
                .unwrap_err()
                .contains("without the field text")
        );
        assert_eq!(text("{").unwrap_err(), "not JSON");
        assert_eq!(Lines::Plain.text("{").unwrap(), "{");
    }
}
