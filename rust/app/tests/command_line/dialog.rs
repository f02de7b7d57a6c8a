//! The dialog: who speaks, what is withheld, what is remembered.

use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};

use crate::util::{Run, gpt2ro, model, run_on};

const GREEDY: [&str; 2] = ["--strategy", "greedy"];
const NAMES: [&str; 4] = ["--user-name", "Ana", "--model-name", "Bunica"];
const CONTEXT: usize = 64;

fn dialog(flags: &[&str], input: &str) -> Run {
    let model = &model("plain");
    let fixed = ["dialog", "--model", model];
    gpt2ro(&[&fixed[..], &GREEDY, flags].concat(), input.as_bytes())
}

/// What `generate` makes of a prompt up to the end of the line.
fn continued(prompt: &str, tokens: &str) -> String {
    let flags = ["--no-echo", "--stop", "\n", "-n", tokens];
    let run = run_on(
        "plain",
        "generate",
        &[&[prompt], &GREEDY[..], &flags].concat(),
    );
    run.out().trim().to_owned()
}

#[test]
fn turns_begin_with_the_names_that_are_given() {
    let out = dialog(&[&NAMES[..], &["-n", "12"]].concat(), "Ce faci?\n").out();
    let expected = continued("Ana: Ce faci?\nBunica:", "12");
    assert_eq!(out.trim_end(), format!("Bunica: {expected}"));
}

#[test]
fn without_names_turns_begin_with_a_dash() {
    let out = dialog(&["-n", "12"], "Ce faci?\n").out();
    let expected = continued("— Ce faci?\n—", "12");
    assert_eq!(out.trim_end(), format!("— {expected}"));
}

#[test]
fn nothing_of_a_stop_string_is_shown() {
    let flags = [&NAMES[..], &["-n", "20"]].concat();
    let out = dialog(&flags, "Ce faci?\n").out();
    let answer = out.trim_end().strip_prefix("Bunica: ").unwrap();
    let letters: Vec<char> = answer.chars().collect();
    // As long as some tokens, so that it comes in pieces.
    for start in (2..letters.len() - 6).step_by(5) {
        let stop: String = letters[start..start + 6].iter().collect();
        let stopped = dialog(&[&flags[..], &["--stop", &stop]].concat(), "Ce faci?\n").out();
        let before = &answer[..answer.find(&stop).unwrap()];
        assert_eq!(stopped, format!("Bunica: {before}\n"), "{stop:?}");
    }
}

#[test]
fn what_is_remembered_begins_with_a_whole_turn() {
    let lines = [
        "Ce faci, bunico?",
        "Ai făcut plăcintă?",
        "Unde e Mihai?",
        "Zăpada acoperă casele.",
        "Ariciul doarme.",
        "Mai spune!",
    ];
    let out = dialog(&[&NAMES[..], &["-n", "8"]].concat(), &lines.join("\n")).out();
    let answers: Vec<&str> = out.lines().map(str::trim).collect();
    assert_eq!(answers.len(), lines.len(), "{out}");
    let file = std::fs::read(format!("{}/tokenizer.json", model("plain"))).unwrap();
    let tokenizer = Tokenizer::from_json(&file).unwrap();
    let fits = |prompt: &String| {
        let ids = tokenizer.encode(prompt, SpecialTokens::Read);
        ids.len() <= CONTEXT - 8
    };
    let mut turns: Vec<String> = Vec::new();
    let mut forgotten = 0;
    for (line, answer) in lines.iter().zip(answers) {
        let answer = answer.strip_prefix("Bunica:").unwrap().trim();
        turns.push(format!("Ana: {line}\n"));
        let prompt = |oldest: usize| turns[oldest..].concat() + "Bunica:";
        forgotten = (0..turns.len())
            .find(|&oldest| fits(&prompt(oldest)))
            .unwrap();
        assert_eq!(answer, continued(&prompt(forgotten), "8"), "{line}");
        if !answer.is_empty() {
            turns.push(format!("Bunica: {answer}\n"));
        }
    }
    assert!(forgotten > 2, "only {forgotten} turns were forgotten");
}

#[test]
fn a_turn_that_alone_is_too_long_is_told_and_forgotten() {
    let long = "și ".repeat(100);
    let flags = [&NAMES[..], &["-n", "8"]].concat();
    let run = dialog(&flags, &format!("Ce faci?\n{long}\nUnde ești?\n"));
    assert!(
        run.err()
            .starts_with("gpt2ro: line 2: this turn alone has ")
            && run
                .err()
                .contains("and 56 fit; write less, or lower --max-new-tokens"),
        "{run}"
    );
    let without = dialog(&flags, "Ce faci?\nUnde ești?\n");
    assert_eq!(run.written(), without.out());
}

#[test]
fn an_opening_stands_before_the_first_turn_and_is_never_forgotten() {
    let opening = "Ana și bunica stau la masă.";
    let flags = [&NAMES[..], &["-n", "8", "--opening", opening]].concat();
    let out = dialog(&flags, "Ce faci?\n").out();
    let expected = continued(&format!("{opening}\nAna: Ce faci?\nBunica:"), "8");
    assert_eq!(out.trim_end(), format!("Bunica: {expected}").trim_end());
    let many = ["Ce faci, bunico, pe zăpada aceasta?"; 4].join("\n") + "\n/reset\nCe faci?\n";
    let forgotten = dialog(&flags, &many);
    let last = forgotten.out().lines().last().unwrap().to_owned();
    assert_eq!(last.trim_end(), out.trim_end());
}

#[test]
fn reset_forgets_the_turns_and_is_none() {
    let flags = [&NAMES[..], &["-n", "8"]].concat();
    let run = dialog(&flags, "Ce faci?\n/reset\nUnde ești?\n");
    let alone = dialog(&flags, "Unde ești?\n").out();
    let first = dialog(&flags, "Ce faci?\n").out();
    assert_eq!(run.out(), first + &alone);
    assert_eq!(run.err(), "gpt2ro: the turns so far are forgotten\n");
}

#[test]
fn an_opening_that_leaves_no_room_is_told_before_the_first_turn() {
    let long = "și ".repeat(100);
    let run = dialog(&["-n", "8", "--opening", &long], "Ce faci?\n");
    let told = run.fails_with(1);
    assert!(told.starts_with("gpt2ro: --opening: has "), "{run}");
    assert!(
        told.contains("and 56 fit, with a turn; shorten it"),
        "{run}"
    );
    assert!(run.nothing_was_written(), "{run}");
}
