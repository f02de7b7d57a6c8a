//! Lines that `loop` and `dialog` read from a pipe: what is skipped, what is no text, how they end.

use crate::util::{Run, Session, gpt2ro, model};

const GREEDY: [&str; 4] = ["--strategy", "greedy", "-n", "3"];
const COMMANDS: [&str; 2] = ["loop", "dialog"];

fn talked(command: &str, input: &[u8]) -> Run {
    let model = &model("plain");
    gpt2ro(&[&[command, "--model", model][..], &GREEDY].concat(), input)
}

#[test]
fn a_line_that_is_too_long_leaves_nothing_on_standard_output_and_the_next_one_is_read() {
    let long = "și ".repeat(100);
    for command in COMMANDS {
        let run = talked(command, format!("Bunica\n{long}\nPisica\n").as_bytes());
        let told = run.fails_with(1);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 2, "{run}");
        assert!(lines[0].starts_with("gpt2ro: line 2: th"), "{run}");
        assert!(lines[0].contains(" tokens, and "), "{run}");
        assert_eq!(lines[1], "gpt2ro: standard input: lines skipped: 1 of 3");
        let without = talked(command, b"Bunica\nPisica\n");
        assert_eq!(run.written(), without.out(), "{command}");
    }
}

#[test]
fn a_line_longer_than_any_prompt_is_told_and_the_next_one_is_read() {
    let long = "și ".repeat(1 << 20);
    for command in COMMANDS {
        let run = talked(command, format!("{long}\nBunica\n").as_bytes());
        let told = run.fails_with(1);
        assert!(
            told.starts_with("gpt2ro: line 1: this line has more than 1048576 bytes, "),
            "{run}"
        );
        assert!(told.ends_with("lines skipped: 1 of 2\n"), "{run}");
        assert_eq!(run.written(), talked(command, b"Bunica\n").out());
    }
}

#[test]
fn a_line_that_is_not_utf_8_is_told_and_the_next_one_is_read() {
    for command in COMMANDS {
        let run = talked(command, b"r\xe3u\nBunica\n");
        let told = run.fails_with(1);
        assert!(
            told.starts_with("gpt2ro: line 1: this line is not UTF-8; convert it"),
            "{run}"
        );
        assert!(told.ends_with("lines skipped: 1 of 2\n"), "{run}");
        assert_eq!(run.written(), talked(command, b"Bunica\n").out());
    }
}

#[test]
fn the_mark_of_the_encoding_is_no_part_of_the_first_line() {
    for command in COMMANDS {
        let marked = talked(command, "\u{feff}Bunica\nPisica\n".as_bytes());
        let plain = talked(command, b"Bunica\nPisica\n");
        assert_eq!(marked.out(), plain.out(), "{command}");
    }
}

#[test]
fn ctrl_c_while_nothing_is_written_ends_with_130() {
    for command in COMMANDS {
        let mut process = Session::start(command, &["-n", "2", "--seed", "1"]);
        process.say("Bunica\n");
        process.wait_for("\n");
        process.press_ctrl_c();
        assert_eq!(process.end().code(), Some(130), "{command}");
    }
}

#[test]
fn the_end_of_the_input_after_a_stopped_continuation_ends_with_130() {
    // So many beams take a second, long enough to be interrupted.
    let flags = ["-n", "30", "--strategy", "beam", "--beams", "400"];
    for (command, shown) in COMMANDS.into_iter().zip(["Bunica", "— "]) {
        let mut process = Session::start(command, &flags);
        process.say("Bunica\n");
        process.wait_for(shown);
        process.press_ctrl_c();
        assert_eq!(process.end_of_input().code(), Some(130), "{command}");
    }
}
