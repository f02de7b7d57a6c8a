//! What there is at a terminal only: editing, history, bold prompts.

use std::fs;

use crate::util::{Folder, Session, run_on};

const GREEDY: [&str; 4] = ["--strategy", "greedy", "-n", "5"];
const UP: &str = "\x1b[A";
const CTRL_A: &str = "\x01";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const ENTER: &str = "\r";

fn looped(flags: &[&str]) -> Session {
    let mut session = Session::at_terminal("loop", &[&GREEDY[..], flags].concat(), &[]);
    session.wait_for("prompt> ");
    session
}

/// Type, and wait until the prompt is shown again, in bold, with its continuation and the next invitation.
fn type_and_expect(session: &mut Session, keys: &str, prompt: &str) {
    let flags = [&[prompt, "--no-echo"], &GREEDY[..]].concat();
    let continuation = run_on("plain", "generate", &flags).out();
    session.say(keys);
    session.wait_for(&format!("\x1b[1m{prompt}\x1b[0m"));
    let shown = session.wait_for("prompt> ");
    assert!(shown.starts_with(continuation.trim_end()), "{shown:?}");
}

#[test]
fn a_prompt_is_edited_and_found_again() {
    let mut session = looped(&[]);
    type_and_expect(&mut session, &format!("unica{CTRL_A}B{ENTER}"), "Bunica");
    type_and_expect(&mut session, &format!("Țara{ENTER}"), "Țara");
    type_and_expect(&mut session, &format!("{UP}{UP}{ENTER}"), "Bunica");
    session.say(CTRL_D);
    assert!(session.end().success());
}

#[test]
fn ctrl_c_at_the_prompt_ends_the_loop_with_130() {
    let mut session = looped(&[]);
    session.say(CTRL_C);
    assert_eq!(session.end().code(), Some(130));
}

#[test]
fn a_history_that_cannot_be_kept_is_told_before_a_prompt_is_typed() {
    let folder = Folder::new("bad-history");
    let inside = folder.path().join("missing").join("history");
    let cases = [(folder.path(), "Is a directory"), (&inside, "No such file")];
    for (file, told) in cases {
        let file = file.to_str().unwrap();
        for command in ["loop", "dialog"] {
            let mut session = Session::at_terminal(command, &["--history", file], &[]);
            let line = session.wait_for("\n");
            let expected = format!("gpt2ro: {file}: cannot be written as a history: {told}");
            assert!(line.starts_with(&expected), "{line}");
            assert_eq!(line.matches("os error").count(), 1, "{line}");
            assert_eq!(session.end().code(), Some(1));
        }
    }
}

#[test]
fn a_history_in_a_file_is_found_by_the_next_session() {
    let folder = Folder::new("history");
    let file = folder.path().join("prompts");
    let flags = ["--history", file.to_str().unwrap()];
    let mut first = looped(&flags);
    type_and_expect(&mut first, &format!("Bunica{ENTER}"), "Bunica");
    // It is written at once.
    assert!(fs::read_to_string(&file).unwrap().contains("Bunica"));
    first.say(CTRL_D);
    assert!(first.end().success());
    let mut second = looped(&flags);
    type_and_expect(&mut second, &format!("{UP}{ENTER}"), "Bunica");
    second.say(CTRL_D);
    assert!(second.end().success());
}

#[test]
fn a_dialog_finds_turns_again() {
    let names = ["--user-name", "Ana", "--model-name", "Bunica"];
    let mut session = Session::at_terminal("dialog", &[&GREEDY[..], &names].concat(), &[]);
    session.wait_for("Ana: ");
    session.say(&format!("Ce faci?{ENTER}"));
    session.wait_for("\x1b[1mBunica: \x1b[0m");
    session.wait_for("Ana: ");
    session.say(&format!("{UP}{ENTER}"));
    session.wait_for("Ana: Ce faci?");
    session.wait_for("Ana: ");
    session.say(CTRL_D);
    assert!(session.end().success());
}

#[test]
fn nothing_is_bold_where_colours_are_not_wanted() {
    let flags = [&["Bunica"], &GREEDY[..]].concat();
    let mut session = Session::at_terminal("generate", &flags, &[("NO_COLOR", "1")]);
    let shown = session.wait_for("\n");
    assert!(shown.starts_with("Bunica"), "{shown:?}");
    let mut session = Session::at_terminal("generate", &flags, &[]);
    let shown = session.wait_for("\n");
    assert!(shown.starts_with("\x1b[1mBunica\x1b[0m"), "{shown:?}");
}
