//! Values of flags that have a range.

use std::str::FromStr;

/// A number over 0.
pub(super) fn positive<T: FromStr + Into<f64> + Copy>(text: &str) -> Result<T, String> {
    match text.parse::<T>() {
        Ok(value) if value.into() > 0.0 && value.into().is_finite() => Ok(value),
        _ => Err("expected a number over 0".to_owned()),
    }
}

/// A temperature; what others mean by 0 has a name of its own here.
pub(super) fn temperature(text: &str) -> Result<f64, String> {
    positive(text).map_err(|expected| expected + "; for 0, choose --strategy greedy")
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("expected a number over 0 and up to 1".to_owned()),
    }
}

/// A number of tokens or words.
pub(super) fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| format!("expected a whole number from 0 to {}", usize::MAX))
}

/// A seed; what others mean by -1 is said.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| {
        let most = u64::MAX;
        format!(
            "expected a whole number from 0 to {most}; without the flag it is a new one each time"
        )
    })
}

/// Most tokens to draw among; what others mean by 0 is said.
pub(super) fn top_k(text: &str) -> Result<usize, String> {
    at_least_one(text).map_err(|expected| expected + "; --strategy top-p has no such limit")
}

/// A token, by its id or its text, and what is added to its logit.
#[derive(Debug, Clone, PartialEq)]
pub struct Bias {
    pub(super) token: String,
    pub(super) number: f32,
}

/// `TOKEN=NUMBER`: the token is what stands before the last equals sign.
pub(super) fn bias(text: &str) -> Result<Bias, String> {
    let (token, number) = text.rsplit_once('=').ok_or("expected TOKEN=NUMBER")?;
    if token.is_empty() {
        return Err("expected TOKEN=NUMBER".to_owned());
    }
    let number = finite(number).map_err(|expected| expected + " after =")?;
    Ok(Bias {
        token: token.to_owned(),
        number,
    })
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if value > 0 => Ok(value),
        _ => Err("expected a whole number from 1".to_owned()),
    }
}

/// Most candidates of a beam search. Each takes memory for all tokens that it shares with no other: 74 kB
/// each in GPT-2 small.
const MOST_BEAMS: usize = 1_000;

pub(super) fn beams(text: &str) -> Result<usize, String> {
    let count = text.parse().ok();
    let count = count.filter(|count| (1..=MOST_BEAMS).contains(count));
    count.ok_or_else(|| format!("expected a whole number from 1 to {MOST_BEAMS}"))
}

/// A word that is not only blanks.
pub(super) fn word(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("expected a word".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn finite<T: FromStr + Into<f64> + Copy>(text: &str) -> Result<T, String> {
    match text.parse::<T>() {
        Ok(value) if value.into().is_finite() => Ok(value),
        _ => Err("expected a number".to_owned()),
    }
}
