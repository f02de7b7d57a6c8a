//! What each strategy writes.

use std::fs;

use gpt2ro_tokenizer::Tokenizer;
use safetensors::SafeTensors;
use serde_json::Value;

use crate::comparisons::ids;
use crate::util::{Folder, model, run_on};

#[test]
fn of_a_prompt_longer_than_a_sliding_context_the_end_is_read() {
    let prompt = "Bunica a făcut o plăcintă cu mere. ".repeat(20);
    let flags = [&prompt[..], "-n", "5", "--no-echo", "--strategy", "greedy"];
    let line = run_on("plain", "generate", &flags).fails_with(1);
    assert!(line.contains("the context of the model is 64"), "{line}");
    run_on("plain", "generate", &[&flags[..], &["--slide"]].concat()).out();
}

#[test]
fn a_beam_search_does_not_slide() {
    let flags = ["Bunica", "--strategy", "beam", "--slide"];
    let line = run_on("plain", "generate", &flags).fails_with(2);
    assert!(line.contains("--slide: a beam search"), "{line}");
}

#[test]
fn a_seed_gives_the_same_text_with_one_thread_and_with_two() {
    let say = |threads| {
        let options = ["Bunica", "--seed", "5", "-n", "20", "--threads", threads];
        run_on("plain", "generate", &options).out()
    };
    assert_eq!(say("1"), say("2"));
}

#[test]
fn other_seeds_give_other_texts() {
    let say = |seed| run_on("plain", "generate", &["Bunica", "--seed", seed, "-n", "20"]).out();
    assert_ne!(say("1"), say("2"));
}

#[test]
fn the_text_ends_before_a_stop_string() {
    let options = ["Bunica a", "--strategy", "greedy", "-n", "20", "--json"];
    let whole = run_on("plain", "generate", &options).json();
    let text = whole["text"].as_str().unwrap();
    let stop: String = text.chars().skip(6).take(2).collect();
    let stopped = run_on(
        "plain",
        "generate",
        &[&options[..], &["--stop", &stop]].concat(),
    )
    .json();
    assert_eq!(stopped["ending"], "stop-string");
    assert_eq!(
        stopped["text"].as_str().unwrap(),
        &text[..text.find(&stop).unwrap()]
    );
}

#[test]
fn no_ngram_comes_twice_when_that_is_barred() {
    let options = [
        "Bunica",
        "--strategy",
        "greedy",
        "-n",
        "50",
        "--json",
        "--no-repeat-ngram",
        "2",
    ];
    let said = run_on("plain", "generate", &options).json();
    let tokens = ids(&said["tokens"]);
    let mut pairs: Vec<&[u64]> = tokens.windows(2).collect();
    let count = pairs.len();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(pairs.len(), count);
}

#[test]
fn a_full_context_ends_the_text_and_is_told() {
    let run = run_on(
        "plain",
        "generate",
        &["Bunica", "--strategy", "greedy", "-n", "1000"],
    );
    assert!(run.out().starts_with("Bunica"));
    assert_eq!(run.err(), "gpt2ro: the context of 64 tokens is full\n");
}

#[test]
fn end_of_text_in_a_prompt_is_one_token() {
    let folder = Folder::new("special");
    let (prompts, output) = (
        folder.path().join("prompts"),
        folder.path().join("out.safetensors"),
    );
    fs::write(&prompts, "și<|endoftext|>și\n").unwrap();
    let files = [
        "--prompts",
        prompts.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
    ];
    run_on("plain", "logits", &files).out();
    let bytes = fs::read(&output).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let found = tensors.tensor("prompt.0.ids").unwrap();
    let ids: Vec<i64> = found
        .data()
        .chunks(8)
        .map(|eight| i64::from_le_bytes(eight.try_into().unwrap()))
        .collect();
    let end = tensors.tensor("prompt.0.logits").unwrap().shape()[1] as i64 - 1;
    let middle = ids.len() / 2;
    assert_eq!(ids[middle], end);
    assert_eq!(ids[..middle], ids[middle + 1..]);
}

#[test]
fn a_shortest_length_bars_the_end_of_text() {
    let say = |shortest| {
        let flags = [
            "și",
            "--strategy",
            "greedy",
            "-n",
            "20",
            "--json",
            "--min-new-tokens",
            shortest,
        ];
        run_on("ending", "generate", &flags).json()
    };
    assert!(ids(&say("0")["tokens"]).len() < 15);
    assert_eq!(say("0")["ending"], "end-of-text");
    assert!(ids(&say("15")["tokens"]).len() >= 15);
}

/// Sample a continuation with these flags besides.
fn sampled(flags: &[&str]) -> Value {
    let fixed = ["Bunica", "--seed", "3", "-n", "20", "--json"];
    run_on("plain", "generate", &[&fixed[..], flags].concat()).json()
}

#[test]
fn min_p_of_one_and_a_small_typical_p_leave_little_choice() {
    let greedy = sampled(&["--strategy", "greedy"]);
    let sure = sampled(&["--strategy", "min-p", "--min-p", "1"]);
    assert_eq!(sure["tokens"], greedy["tokens"]);
    let seeded = |seed| {
        let flags = [
            "--strategy",
            "typical",
            "--typical-p",
            "0.000001",
            "--seed",
            seed,
        ];
        let fixed = ["Bunica", "-n", "20", "--json"];
        run_on("plain", "generate", &[&fixed[..], &flags].concat()).json()["tokens"].clone()
    };
    assert_eq!(seeded("1"), seeded("2"));
}

#[test]
fn a_bad_word_is_not_written() {
    let text = |flags: &[&str]| {
        let greedy = [&["--strategy", "greedy"], flags].concat();
        sampled(&greedy)["text"].as_str().unwrap().to_owned()
    };
    let free = text(&[]);
    let word: String = free.chars().filter(|c| c.is_alphabetic()).take(1).collect();
    let without = text(&["--bad-word", &word]);
    assert!(
        free.contains(&word) && without != free,
        "{word} in {without}"
    );
}

#[test]
fn a_high_presence_penalty_makes_every_token_new() {
    let said = sampled(&["--strategy", "greedy", "--presence-penalty", "1000"]);
    let mut tokens = ids(&said["tokens"]);
    let count = tokens.len();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), count);
    let usual = ids(&sampled(&["--strategy", "greedy"])["tokens"]);
    assert_ne!(ids(&said["tokens"]), usual);
}

#[test]
fn several_continuations_are_those_of_the_seeds_that_follow() {
    let run = |seed, count| {
        let flags = ["Bunica", "--seed", seed, "-n", "9", "--json", "-c", count];
        let out = run_on("plain", "generate", &flags).out();
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let three = run("7", "3");
    assert_eq!(
        three,
        [run("7", "1"), run("8", "1"), run("9", "1")].concat()
    );
}

/// More than one batch, with a prompt that is read once for each, and texts that end at different places.
#[test]
fn several_continuations_side_by_side_are_those_that_their_seeds_give_alone() {
    for precision in ["int8", "int4"] {
        for stop in ["e", "x"] {
            let run = |seed: usize, count: &str| {
                let seed = seed.to_string();
                let flags = [
                    "Bunica",
                    "--seed",
                    &seed,
                    "-n",
                    "40",
                    "--json",
                    "-c",
                    count,
                    "--stop",
                    stop,
                    "--precision",
                    precision,
                    "--perf",
                ];
                run_on("ending", "generate", &flags)
            };
            let together = run(7, "11");
            let alone: String = (7..18).map(|seed| run(seed, "1").out()).collect();
            assert_eq!(together.out(), alone, "{precision} {stop}");
            let read = |told: String| {
                let (_, rest) = told.split_once(" s; ").unwrap();
                rest.split_once(' ').unwrap().0.parse::<usize>().unwrap()
            };
            assert_eq!(
                read(together.err()),
                2 * read(run(7, "1").err()),
                "{together}"
            );
        }
    }
}

#[test]
fn continuations_are_shown_as_they_are_written() {
    for precision in ["fp32", "int8"] {
        let command = format!(
            "{} generate -m {} Bunica -n 1 --json -c 1000000000000 --precision {precision} | head -n 3",
            env!("CARGO_BIN_EXE_gpt2ro"),
            model("plain")
        );
        let run = std::process::Command::new("bash")
            .args(["-c", &command])
            .output()
            .unwrap();
        let shown = String::from_utf8(run.stdout).unwrap();
        assert_eq!(shown.lines().count(), 3, "{shown}");
        assert!(
            run.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

#[test]
fn several_continuations_slide_as_one_does() {
    let run = |seed: &str, count| {
        let flags = [
            "Bunica",
            "--seed",
            seed,
            "-n",
            "90",
            "--json",
            "-c",
            count,
            "--slide",
            "--precision",
            "int8",
        ];
        run_on("plain", "generate", &flags).out()
    };
    assert_eq!(run("7", "2"), run("7", "1") + &run("8", "1"));
}

#[test]
fn a_beam_search_gives_its_best_sequences_first() {
    let flags = [
        "Bunica",
        "--strategy",
        "beam",
        "-n",
        "9",
        "--json",
        "--seed",
        "1",
    ];
    let one = run_on("plain", "generate", &flags).out();
    let out = run_on("plain", "generate", &[&flags[..], &["-c", "4"]].concat()).out();
    let four: Vec<&str> = out.lines().collect();
    assert_eq!(four[0], one.trim_end());
    assert_eq!(
        four.iter().collect::<std::collections::HashSet<_>>().len(),
        4
    );
}

#[test]
fn the_tokens_of_a_beam_search_end_with_the_stop_string() {
    let flags = ["Bunica", "--strategy", "beam", "-n", "12", "--json"];
    let whole = run_on("plain", "generate", &flags).json();
    let text = whole["text"].as_str().unwrap();
    let letters: Vec<char> = text.chars().collect();
    let stop: String = letters[letters.len() / 3..][..2].iter().collect();
    let stopped = run_on(
        "plain",
        "generate",
        &[&flags[..], &["--stop", &stop]].concat(),
    )
    .json();
    let before = text.split(&stop).next().unwrap();
    assert_eq!(stopped["text"].as_str().unwrap(), before, "{stop:?}");
    assert_eq!(stopped["ending"], "stop-string");
    let tokens = |of: &Value| of["tokens"].as_array().unwrap().clone();
    let (all, some) = (tokens(&whole), tokens(&stopped));
    assert!(some.len() < all.len(), "{stopped}");
    assert_eq!(some, all[..some.len()]);
    // The last of them is the one that completes the stop string.
    let file = std::fs::read(format!("{}/tokenizer.json", model("plain"))).unwrap();
    let tokenizer = Tokenizer::from_json(&file).unwrap();
    let bytes: Vec<u8> = some
        .iter()
        .flat_map(|token| tokenizer.bytes(token.as_u64().unwrap() as u32).to_vec())
        .collect();
    let written = String::from_utf8_lossy(&bytes);
    assert_eq!(written.find(&stop), Some(before.len()), "{written:?}");
    let last = tokenizer.bytes(some.last().unwrap().as_u64().unwrap() as u32);
    let shorter = String::from_utf8_lossy(&bytes[..bytes.len() - last.len()]);
    assert!(!shorter.contains(&stop), "{shorter:?}");
}
