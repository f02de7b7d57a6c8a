//! `gpt2ro completions` and `gpt2ro manual`: what shells and `man` are given.

use std::io::Write as _;

use anyhow::Result;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Arguments;
use crate::output::StandardOutput;

/// Print the completions for a shell.
///
/// # Errors
/// Standard output fails.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gpt2ro", &mut script);
    print(&script)
}

/// Print the manual page of the program, then the usage, options and examples of each command.
///
/// # Errors
/// Standard output fails.
pub fn manual() -> Result<()> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    render_commands(&command, &mut page)?;
    print(&page)
}

fn print(bytes: &[u8]) -> Result<()> {
    let mut out = StandardOutput::lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Append a section for each command below this one.
fn render_commands(command: &Command, page: &mut Vec<u8>) -> Result<()> {
    for below in command.get_subcommands() {
        if below.get_name() == "help" {
            continue;
        }
        let name = below.get_bin_name().unwrap_or_default();
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        let section = clap_mangen::Man::new(below.clone());
        section.render_synopsis_section(page)?;
        section.render_description_section(page)?;
        section.render_options_section(page)?;
        section.render_extra_section(page)?;
        render_commands(below, page)?;
    }
    Ok(())
}
