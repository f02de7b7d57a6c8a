//! `gpt2ro completions` and `gpt2ro manual`: what shells and `man` are given.

use std::io::Write as _;

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Arguments;

/// Print the completions for a shell.
///
/// # Errors
/// Standard output fails.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gpt2ro", &mut script);
    Ok(std::io::stdout().write_all(&script)?)
}

/// Print the manual page of the program, then the options of each command.
///
/// # Errors
/// Standard output fails.
pub fn manual() -> Result<()> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands() {
        let section = clap_mangen::Man::new(subcommand.clone());
        writeln!(
            page,
            ".SH \"GPT2RO {}\"",
            subcommand.get_name().to_uppercase()
        )?;
        section.render_description_section(&mut page)?;
        section.render_options_section(&mut page)?;
    }
    Ok(std::io::stdout().write_all(&page)?)
}
