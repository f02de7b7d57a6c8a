//! Texts that begin with a dash, as dialogues do in ASCII: "- Bună". To clap they are flags.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, Error};

/// What stands before arguments that are no flags.
const NO_FLAGS: &str = "--";

/// Read the arguments of a command. Where that fails, each that may be a text is read as one; this is no
/// property of the argument `prompt`, as with `allow_hyphen_values` it would also take `-n5` and misspelt flags.
///
/// # Errors
/// clap's: wrong usage, or a wish for help.
pub(super) fn matches(command: &Command, arguments: &[OsString]) -> Result<ArgMatches, Error> {
    let read = |arguments: &[OsString]| command.clone().try_get_matches_from(arguments);
    let mut error = match read(arguments) {
        Ok(matches) => return Ok(matches),
        Err(error) => error,
    };
    if arguments.iter().any(|argument| argument == NO_FLAGS) {
        return Err(error);
    }
    for (place, text) in arguments.iter().enumerate() {
        if !is_text(text) {
            continue;
        }
        let mut moved = arguments.to_vec();
        moved.remove(place);
        moved.extend([NO_FLAGS.into(), text.clone()]);
        match read(&moved) {
            Ok(matches) => return Ok(matches),
            // It was a text, and something else is wrong.
            Err(other) if is_about(&error, text) => error = other,
            Err(_) => {}
        }
    }
    Err(with_whole_tip(error, arguments))
}

/// Whether clap complains of the beginning of an argument, as it does of unknown short flags.
fn is_about(error: &Error, argument: &OsStr) -> bool {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return false;
    };
    let argument = argument.as_encoded_bytes();
    error.kind() == ErrorKind::UnknownArgument && argument.starts_with(flag.as_bytes())
}

/// The error with a tip that has the whole argument: of "-Mama", clap's own has "-M".
fn with_whole_tip(mut error: Error, arguments: &[OsString]) -> Error {
    let mut about = arguments
        .iter()
        .filter(|argument| is_about(&error, argument));
    let Some(argument) = about.next().and_then(|argument| argument.to_str()) else {
        return error;
    };
    if !argument.starts_with(NO_FLAGS) {
        let tip = format!("to pass '{argument}' as a value, use '{NO_FLAGS} {argument}'");
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

/// Whether what begins with a dash has more than one word, or letters that no flag has.
fn is_text(argument: &OsStr) -> bool {
    let Some(argument) = argument.to_str() else {
        return false;
    };
    let Some(text) = argument.strip_prefix('-') else {
        return false;
    };
    // --stop=a b is a flag, and "-- Da" a text.
    let is_long = text
        .strip_prefix('-')
        .is_some_and(|text| !text.starts_with(' '));
    !is_long && (text.contains(' ') || !text.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_several_words_or_letters_that_no_flag_has() {
        for text in ["- Da", "-- Da", "-Ce faci?", "-Mâine"] {
            assert!(is_text(OsStr::new(text)), "{text}");
        }
        for flag in [
            "-n",
            "-n5",
            "--stop",
            "--stop=a b",
            "--ștop",
            "-",
            "--",
            "Da, da",
        ] {
            assert!(!is_text(OsStr::new(flag)), "{flag}");
        }
    }
}
