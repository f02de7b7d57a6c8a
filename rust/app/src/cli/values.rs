//! Values of flags that have a range.

use std::str::FromStr;

pub(super) fn positive<T: FromStr + Into<f64> + Copy>(text: &str) -> Result<T, String> {
    match text.parse::<T>() {
        Ok(value) if value.into() > 0.0 && value.into().is_finite() => Ok(value),
        _ => Err("expected a number over 0".to_owned()),
    }
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("expected a number over 0 and up to 1".to_owned()),
    }
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if value > 0 => Ok(value),
        _ => Err("expected a whole number from 1".to_owned()),
    }
}

pub(super) fn finite<T: FromStr + Into<f64> + Copy>(text: &str) -> Result<T, String> {
    match text.parse::<T>() {
        Ok(value) if value.into().is_finite() => Ok(value),
        _ => Err("expected a number".to_owned()),
    }
}
