//! Lines that a user types, or that standard input holds.

use std::fs::{self, File};
use std::io::{BufRead, ErrorKind, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rustyline::config::{Behavior, Config};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{DefaultEditor, Editor};

use super::{INTERRUPTED, Interrupt};
use crate::output::{TO_UTF_8, tell, without_mark};

/// Lines that the arrow keys find again.
const HISTORY: usize = 1_000;
/// Bytes of a line of a pipe: a thousand for each token of GPT-2's context.
const LONGEST: usize = 1 << 20;

/// Reads line after line: on a terminal with an editor and a history, elsewhere as they come.
pub(super) struct LineReader {
    editor: Option<DefaultEditor>,
    /// Where the lines of earlier sessions are, and those of this one go.
    history: Option<PathBuf>,
    /// Lines that were read.
    number: usize,
    /// Those of them that were told and passed over.
    skipped: usize,
    /// Ctrl-C was pressed instead of a line.
    interrupted: bool,
}

impl LineReader {
    /// Begin to read standard input; on a terminal with the history of a file, if one is named.
    ///
    /// # Errors
    /// The terminal cannot be used, or the file cannot be read or written.
    pub fn new(history: Option<&Path>) -> Result<Self> {
        if !std::io::stdin().is_terminal() {
            return Ok(Self::of(None, None));
        }
        let config = Config::builder()
            // Standard output may be a file, which the invitation does not belong to.
            .behavior(Behavior::PreferTerm)
            .max_history_size(HISTORY)?
            .auto_add_history(true)
            .build();
        let mut editor = Editor::<(), DefaultHistory>::with_config(config)?;
        if let Some(file) = history {
            open_history(&mut editor, file)?;
        }
        Ok(Self::of(Some(editor), history))
    }

    fn of(editor: Option<DefaultEditor>, history: Option<&Path>) -> Self {
        Self {
            editor,
            history: history.map(Path::to_owned),
            number: 0,
            skipped: 0,
            interrupted: false,
        }
    }

    /// Read a line, without its end; the invitation is shown on a terminal only. None at the end of the
    /// input, and for Ctrl-C. A line that is not UTF-8, or longer than any prompt, is skipped.
    ///
    /// # Errors
    /// Standard input cannot be read, or the file of the history cannot be written.
    pub fn line(&mut self, invitation: &str) -> Result<Option<String>> {
        loop {
            let line = match &mut self.editor {
                Some(editor) => edited(editor, invitation),
                None => plain(&mut std::io::stdin().lock()),
            };
            self.number += 1;
            match line {
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    self.skip(&format!("this line is not UTF-8; {TO_UTF_8}"));
                }
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    self.skip(&format!(
                        "this line has more than {LONGEST} bytes, which no model reads; write less"
                    ));
                    std::io::stdin().lock().skip_until(b'\n')?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    self.interrupted = true;
                    return Ok(None);
                }
                line => {
                    self.remember()?;
                    let line = line?;
                    if self.number == 1 {
                        return Ok(line.map(|line| without_mark(&line).to_owned()));
                    }
                    return Ok(line);
                }
            }
        }
    }

    /// Tell why the line that was read last is passed over; in a pipe also which one it is.
    pub fn skip(&mut self, why: &str) {
        self.skipped += 1;
        if self.editor.is_some() {
            tell(&format!("gpt2ro: {why}"));
        } else {
            tell(&format!("gpt2ro: line {}: {why}", self.number));
        }
    }

    /// End the session: with the exit code of Ctrl-C if that ended it, or the last continuation of a pipe.
    ///
    /// # Errors
    /// Lines of a pipe were skipped. On a terminal the user has seen it.
    pub fn end(&self, interrupt: &Interrupt) -> Result<()> {
        let piped = self.editor.is_none();
        if self.interrupted || (piped && !interrupt.go_on()) {
            std::process::exit(INTERRUPTED);
        }
        ensure!(
            !piped || self.skipped == 0,
            "standard input: lines skipped: {} of {}",
            self.skipped,
            // The end was read as a line too.
            self.number - 1
        );
        Ok(())
    }

    /// Write the new lines of the history at once: a session may end in any way.
    fn remember(&mut self) -> Result<()> {
        if let (Some(editor), Some(file)) = (&mut self.editor, &self.history) {
            let written = editor.append_history(file).map_err(plain_error);
            written.with_context(|| format!("{}: cannot be written", file.display()))?;
        }
        Ok(())
    }
}

fn edited(editor: &mut DefaultEditor, invitation: &str) -> std::io::Result<Option<String>> {
    match editor.readline(invitation) {
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Eof) => Ok(None),
        Err(ReadlineError::Interrupted) => Err(ErrorKind::Interrupted.into()),
        Err(error) => Err(plain_error(error)),
    }
}

/// The error of the system, where it is one: the editor's repeats it as its own cause.
fn plain_error(error: ReadlineError) -> std::io::Error {
    match error {
        ReadlineError::Io(error) => error,
        error => std::io::Error::other(error),
    }
}

/// Read the lines of earlier sessions, if there are any, and see that those of this one can be written:
/// later, the first of them would be lost.
fn open_history(editor: &mut DefaultEditor, file: &Path) -> Result<()> {
    let is_new = !file.exists();
    let opened = File::options().append(true).create(true).open(file);
    opened.with_context(|| format!("{}: cannot be written as a history", file.display()))?;
    if is_new {
        // The editor makes it anew, for the user's eyes only.
        return Ok(fs::remove_file(file)?);
    }
    let read = editor.load_history(file).map_err(plain_error);
    read.with_context(|| format!("{}: cannot be read as a history", file.display()))
}

/// Read a line without its end; none at the end of the input. Of one that is too long, the rest stays.
fn plain(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let most = LONGEST as u64 + 1; // with the end of the line
    if input.take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > LONGEST && !bytes.ends_with(b"\n") {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let line = String::from_utf8(bytes)
        .map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_have_as_many_bytes_as_are_read_and_no_more() {
        let longest = "a".repeat(LONGEST);
        let text = format!("{longest}\n{longest}b\nșase\n");
        let mut input = text.as_bytes();
        assert_eq!(plain(&mut input).unwrap(), Some(longest.clone()));
        let error = plain(&mut input).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        input.skip_until(b'\n').unwrap();
        assert_eq!(plain(&mut input).unwrap().as_deref(), Some("șase"));
        assert_eq!(plain(&mut input).unwrap(), None);
        // At the end of the input too.
        assert_eq!(plain(&mut longest.as_bytes()).unwrap(), Some(longest));
    }
}
