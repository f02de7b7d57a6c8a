//! ş and ţ with a cedilla, in what a user types.

use std::fs;

use crate::util::{Folder, Run, gpt2ro, model, run_on};

const CEDILLAS: &str = "Acum Ştefan şi ţăranii";
const COMMAS: &str = "Acum Ștefan și țăranii";
const TOLD: &str = "gpt2ro: ş and ţ with a cedilla are read as ș and ț with a comma";
const GREEDY: [&str; 4] = ["--strategy", "greedy", "-n", "8"];

fn generated(prompt: &str, flags: &[&str]) -> Run {
    run_on(
        "plain",
        "generate",
        &[&[prompt], &GREEDY[..], flags].concat(),
    )
}

fn talked(command: &str, flags: &[&str], input: &str) -> Run {
    let fixed = [command, "--model", &model("plain")];
    gpt2ro(&[&fixed[..], &GREEDY, flags].concat(), input.as_bytes())
}

#[test]
fn a_prompt_with_cedillas_is_continued_as_with_commas() {
    let read = generated(CEDILLAS, &[]);
    let plain = generated(COMMAS, &[]);
    assert_eq!(read.out(), plain.out());
    assert!(read.out().starts_with(COMMAS));
    assert!(read.err().starts_with(TOLD), "{read}");
    assert_eq!(plain.err(), "", "{plain}");
}

#[test]
fn cedillas_are_kept_on_request() {
    let run = generated(CEDILLAS, &["--keep-cedillas"]);
    assert!(run.out().starts_with(CEDILLAS), "{run}");
    assert_eq!(run.err(), "", "{run}");
}

#[test]
fn a_word_of_turkish_keeps_its_letters() {
    let run = generated("yağış", &[]);
    assert!(run.out().starts_with("yağış"), "{run}");
    assert_eq!(run.err(), "", "{run}");
}

#[test]
fn a_session_reads_every_line_with_commas_and_says_so_once() {
    for command in ["loop", "dialog"] {
        let cedillas = format!("{CEDILLAS}\n{CEDILLAS}\n");
        let read = talked(command, &[], &cedillas);
        let plain = talked(command, &[], &cedillas.replace(CEDILLAS, COMMAS));
        assert_eq!(read.out(), plain.out());
        assert_eq!(read.err().matches(TOLD).count(), 1, "{read}");
    }
}

#[test]
fn names_and_the_texts_of_flags_are_read_as_prompts_are() {
    let run = talked("dialog", &["--model-name", "Ştefan"], "Ce faci?\n");
    assert!(run.out().starts_with("Ștefan: "), "{run}");
    let word = |word: &str| generated("Ana", &["--bad-word", word]);
    assert!(word("peşte").err().starts_with(TOLD));
    assert_eq!(word("peşte").out(), word("pește").out());
}

#[test]
fn samples_show_the_prompts_as_they_were_read() {
    let folder = Folder::new("letters-samples");
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(file("prompts"), CEDILLAS).unwrap();
    let (prompts, text, json) = (file("prompts"), file("text"), file("json"));
    let files = [
        "--prompts",
        &prompts,
        "--text",
        &text,
        "--json",
        &json,
        "-n",
        "2",
    ];
    let run = run_on("plain", "samples", &files);
    assert!(run.err().starts_with(TOLD), "{run}");
    let written = fs::read_to_string(&text).unwrap();
    assert!(written.starts_with(&format!("=== {COMMAS}\n")), "{written}");
}

#[test]
fn a_text_is_scored_as_it_is_and_its_cedillas_are_told() {
    let score = |text: &str| gpt2ro(&["score", "-m", &model("plain"), "-"], text.as_bytes());
    let (cedillas, commas) = (score(CEDILLAS), score(COMMAS));
    assert_ne!(cedillas.out(), commas.out());
    let told = "3 letters ş ţ with a cedilla, scored as they are";
    assert!(cedillas.err().contains(told), "{cedillas}");
    assert_eq!(commas.err(), "");
}
