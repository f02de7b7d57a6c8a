//! The tools for texts, one a line.

use std::fs;

use crate::util::{Folder, gpt2ro};

const TEXTS: &[u8] = "unu\nunu doi\r\n\n  \nunu doi trei\nȚara mea este frumoasă foarte".as_bytes();

#[test]
fn filter_keeps_the_lines_of_some_lengths_as_they_are() {
    let flags = ["corpus", "filter", "--min-words", "2", "--max-words", "3"];
    let run = gpt2ro(&flags, TEXTS);
    assert_eq!(run.out(), "unu doi\nunu doi trei\n");
    assert_eq!(
        run.err(),
        "gpt2ro: 2 of 4 texts kept, 1 too short, 1 too long\n"
    );
}

#[test]
fn filter_of_json_lines_looks_at_their_text() {
    let lines = b"{\"text\": \"unu doi\", \"id\": 1}\n{\"text\": \"unu\", \"id\": 2}\n";
    let out = gpt2ro(&["corpus", "filter", "--jsonl", "--min-words", "2"], lines).out();
    assert_eq!(out, "{\"text\": \"unu doi\", \"id\": 1}\n");
}

#[test]
fn a_line_that_is_no_text_is_told_with_its_number() {
    let json = gpt2ro(&["corpus", "filter", "--jsonl"], b"{\"text\": \"a\"}\n{}\n").fails_with(1);
    assert!(
        json.contains("standard input: line 2: a JSON object without the field text"),
        "{json}"
    );
    let bytes = gpt2ro(&["corpus", "histogram"], b"a\n\xff\n").fails_with(1);
    assert!(
        bytes.contains("standard input: line 2 is not UTF-8"),
        "{bytes}"
    );
}

#[test]
fn bounds_that_exclude_each_other_are_told() {
    let flags = ["corpus", "filter", "--min-words", "9", "--max-words", "3"];
    let line = gpt2ro(&flags, b"").fails_with(2);
    assert!(
        line.contains("--min-words is 9 and --max-words 3"),
        "{line}"
    );
}

#[test]
fn histogram_shows_bars_and_draws_a_picture() {
    let folder = Folder::new("histogram");
    let (texts, picture) = (folder.path().join("texte.txt"), folder.path().join("h.svg"));
    fs::write(&texts, TEXTS).unwrap();
    let files = [texts.to_str().unwrap(), "-o", picture.to_str().unwrap()];
    let out = gpt2ro(&[&["corpus", "histogram"], &files[..]].concat(), b"").out();
    assert!(
        out.starts_with("4 texts, 11 words, 2.8 in the mean, 5 at most\n"),
        "{out}"
    );
    assert_eq!(out.lines().count(), 4);
    let svg = fs::read_to_string(&picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("4 texts, 11 words"));
}

#[test]
fn histogram_counts_in_other_units_and_from_standard_input() {
    let out = gpt2ro(
        &["corpus", "histogram", "--unit", "bytes"],
        "ș\n".as_bytes(),
    )
    .out();
    assert!(out.starts_with("1 texts, 2 bytes"), "{out}");
}

#[test]
fn a_mark_of_the_encoding_is_no_part_of_a_text() {
    let marked = "\u{feff}{\"text\": \"unu doi\"}\n".as_bytes();
    let out = gpt2ro(&["corpus", "filter", "--jsonl", "--min-words", "2"], marked).out();
    assert_eq!(out, "{\"text\": \"unu doi\"}\n");
    let marked = "\u{feff}ș\n".as_bytes();
    let out = gpt2ro(&["corpus", "histogram", "--unit", "bytes", "-"], marked).out();
    assert!(out.starts_with("1 texts, 2 bytes"), "{out}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_picture_may_go_to_what_is_no_file() {
    let folder = Folder::new("fifo");
    let (fifo, link) = (folder.path().join("fifo"), folder.path().join("link"));
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink(&fifo, &link).unwrap();
    let reader = std::process::Command::new("cat")
        .arg(&fifo)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let flags = ["corpus", "histogram", "-o", link.to_str().unwrap()];
    gpt2ro(&flags, b"unu doi\n").out();
    let read = reader.wait_with_output().unwrap();
    assert!(read.stdout.starts_with(b"<svg"));
    assert!(!fifo.metadata().unwrap().is_file() && link.is_symlink());
}

#[test]
fn no_text_is_told() {
    let line = gpt2ro(&["corpus", "histogram"], b"\n \n").fails_with(1);
    assert!(
        line.contains("no text found; expected one a line"),
        "{line}"
    );
}
