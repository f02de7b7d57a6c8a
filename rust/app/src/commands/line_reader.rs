//! Lines that a user types, or that standard input holds.

use std::io::{BufRead as _, ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustyline::config::{Behavior, Config};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{DefaultEditor, Editor};

use crate::output::{TO_UTF_8, tell};

/// Lines that the arrow keys find again.
const HISTORY: usize = 1_000;

/// Reads line after line: on a terminal with an editor and a history, elsewhere as they come.
pub(super) struct LineReader {
    editor: Option<DefaultEditor>,
    /// Where the lines of earlier sessions are, and those of this one go.
    history: Option<PathBuf>,
}

impl LineReader {
    /// Begin to read standard input; on a terminal with the history of a file, if one is named.
    ///
    /// # Errors
    /// The terminal cannot be used, or the file is there and cannot be read.
    pub fn new(history: Option<&Path>) -> Result<Self> {
        if !std::io::stdin().is_terminal() {
            return Ok(Self {
                editor: None,
                history: None,
            });
        }
        let config = Config::builder()
            // Standard output may be a file, which the invitation does not belong to.
            .behavior(Behavior::PreferTerm)
            .max_history_size(HISTORY)?
            .auto_add_history(true)
            .build();
        let mut editor = Editor::<(), DefaultHistory>::with_config(config)?;
        if let Some(file) = history.filter(|file| file.exists()) {
            let read = editor.load_history(file);
            read.with_context(|| format!("{}: cannot be read as a history", file.display()))?;
        }
        Ok(Self {
            editor: Some(editor),
            history: history.map(Path::to_owned),
        })
    }

    /// Read a line, without its end; the invitation is shown on a terminal only. None at the end of the
    /// input, and for Ctrl-C. A line that is not UTF-8 is told, and the next one is read.
    ///
    /// # Errors
    /// Standard input cannot be read, or the file of the history cannot be written.
    pub fn line(&mut self, invitation: &str) -> Result<Option<String>> {
        loop {
            let line = match &mut self.editor {
                Some(editor) => edited(editor, invitation),
                None => plain(),
            };
            match line {
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    tell(&format!("gpt2ro: this line is not UTF-8; {TO_UTF_8}"));
                }
                line => {
                    self.remember()?;
                    return Ok(line?);
                }
            }
        }
    }

    /// Write the new lines of the history at once: a session may end in any way.
    fn remember(&mut self) -> Result<()> {
        if let (Some(editor), Some(file)) = (&mut self.editor, &self.history) {
            let written = editor.append_history(file);
            written.with_context(|| format!("{}: cannot be written", file.display()))?;
        }
        Ok(())
    }
}

fn edited(editor: &mut DefaultEditor, invitation: &str) -> std::io::Result<Option<String>> {
    match editor.readline(invitation) {
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
        Err(ReadlineError::Io(error)) => Err(error),
        Err(error) => Err(std::io::Error::other(error)),
    }
}

fn plain() -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8(bytes)
        .map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}
