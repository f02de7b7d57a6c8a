//! Files that appear complete or not at all; texts and prompts read from files or standard input.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, StdoutLock, Write};
use std::path::{Path, PathBuf, is_separator};

use anyhow::{Context as _, Result, anyhow, ensure};
use gpt2ro_engine::whole_file::{partial_path, write_whole};

/// How compressed files begin, what they are compressed with, and what unpacks them to standard output.
const COMPRESSED: [(&[u8], &str, &str); 5] = [
    (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
    (b"\x1f\x8b", "gzip", "zcat"),
    (b"PK\x03\x04", "zip", "unzip -p"),
    (b"BZh", "bzip2", "bzcat"),
    (b"\xfd7zXZ\0", "xz", "xzcat"),
];
/// The marks with which UTF-16 begins, little end first and last; UTF-8 has no such bytes.
const OF_UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
/// What to do about bytes that are not UTF-8.
pub const TO_UTF_8: &str = "convert it (old Romanian text: iconv -f windows-1250 -t utf-8)";

/// Standard output, locked; its errors say that they are.
pub struct StandardOutput(StdoutLock<'static>);

impl StandardOutput {
    /// Lock it.
    #[must_use]
    pub fn lock() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(of_output)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(of_output)
    }
}

/// The kind stays: that of a closed pipe is no failure.
pub(crate) fn of_output(error: io::Error) -> io::Error {
    let error = with_remedy(error);
    let told = format!("standard output: cannot be written: {error}");
    io::Error::new(error.kind(), told)
}

/// Tell the user a line on standard error. If nobody reads it, that is no failure.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Write a file under a temporary name beside it, then rename it. What is there and no file, such as
/// /dev/stdout or /dev/null, is written to, and stays what it is.
///
/// # Errors
/// The disk is full, the folder is missing, ...
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = |target: PathBuf| {
        if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
            let opened = File::options().write(true).open(&target);
            opened.and_then(|mut file| file.write_all(bytes))
        } else {
            write_whole(&target, &[bytes])
        }
    };
    let written = target_of(path).and_then(write);
    written
        .map_err(with_remedy)
        .with_context(|| format!("{}: cannot be written", path.display()))
}

/// Check that [`write_atomically`] will find a place for a file, before hours are spent on what it holds.
///
/// # Errors
/// The folder is missing or may not be written to, ...
pub fn check_place(path: &Path) -> Result<()> {
    let check = |target: PathBuf| match fs::metadata(&target) {
        // Its reader would take it for the end when it is closed again.
        Ok(metadata) if is_pipe(&metadata) => Ok(()),
        Ok(metadata) if !metadata.is_file() => File::options().write(true).open(&target).map(drop),
        _ => {
            let partial = partial_path(&target);
            File::create(&partial).and_then(|_| fs::remove_file(&partial))
        }
    };
    let checked = target_of(path).and_then(check);
    checked.with_context(|| format!("{}: cannot be written", path.display()))
}

/// The file that a path means: a link stays one, and what it names is written.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    if let Ok(target) = fs::canonicalize(path) {
        return Ok(target);
    }
    let name = path.as_os_str().as_encoded_bytes();
    if name.last().is_some_and(|&byte| is_separator(byte.into())) {
        let told = "a folder by its name; name a file";
        return Err(io::Error::new(ErrorKind::IsADirectory, told));
    }
    Ok(path.to_owned())
}

#[cfg(unix)]
fn is_pipe(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &fs::Metadata) -> bool {
    false
}

/// An error of writing, with what to do about a full disk.
fn with_remedy(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ (ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            io::Error::new(kind, format!("{error}; free some space, run again"))
        }
        _ => error,
    }
}

/// How standard input is named to the user.
const STANDARD_INPUT: &str = "standard input";

/// How a file is named to the user: "-" is standard input.
#[must_use]
pub fn name(path: &Path) -> Cow<'_, str> {
    if is_standard_input(path) {
        return Cow::from(STANDARD_INPUT);
    }
    path.to_string_lossy()
}

/// Whether a file is named by "-".
#[must_use]
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// What some editors begin a file in UTF-8 with; it is no part of the text.
const MARK: char = '\u{feff}';

/// A text without the mark of its encoding.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// Read a UTF-8 text file, or standard input for "-", without a mark of its encoding.
///
/// # Errors
/// The file is missing or not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = if is_standard_input(path) {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.with_context(|| format!("{}: cannot be read", name(path)))?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let place = format!("byte {}", error.utf8_error().valid_up_to() + 1);
        not_utf_8(&name(path), error.as_bytes(), &place)
    })?;
    if text.starts_with(MARK) {
        text.remove(0);
    }
    Ok(text)
}

/// Read a prompt from a file or, for "-", standard input, without the end of its last line: editors and `echo`
/// write one, and after it the model would begin another paragraph.
///
/// # Errors
/// The file is missing or not UTF-8.
pub fn read_prompt(path: &Path) -> Result<String> {
    let text = read_text(path)?;
    let prompt = text.strip_suffix('\n').unwrap_or(&text);
    Ok(prompt.strip_suffix('\r').unwrap_or(prompt).to_owned())
}

/// The error of a file, named to the user as in [`name`], whose first bytes are these, and that is not UTF-8
/// at a place: it is compressed, UTF-16, or in an old encoding.
#[must_use]
pub fn not_utf_8(file: &str, first: &[u8], place: &str) -> anyhow::Error {
    let known = COMPRESSED.iter();
    let mut known = known.filter(|(beginning, ..)| first.starts_with(beginning));
    match known.next() {
        Some((_, with, unpack)) if file == STANDARD_INPUT => {
            anyhow!("{file}: compressed with {with}; unpack it first: {unpack} FILE | gpt2ro ...")
        }
        Some((_, with, unpack)) => anyhow!(
            "{file}: compressed with {with}; unpack it first, with - for the file: {unpack} {file} | gpt2ro ... -"
        ),
        None if OF_UTF_16.iter().any(|mark| first.starts_with(mark)) => anyhow!(
            "{file}: written as UTF-16, expected UTF-8; convert it: iconv -f utf-16 -t utf-8"
        ),
        None => anyhow!("{file}: {place} is not UTF-8; {TO_UTF_8}"),
    }
}

/// Read prompts from a file or, for "-", standard input, one a line; empty lines are skipped.
///
/// # Errors
/// The file is missing, not UTF-8, or without a prompt.
pub fn read_prompts(path: &Path) -> Result<Vec<String>> {
    let text = read_text(path)?;
    let prompts: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    ensure!(
        !prompts.is_empty(),
        "{}: no prompt in it; write one a line",
        name(path)
    );
    Ok(prompts)
}
