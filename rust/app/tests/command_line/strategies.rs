//! What is written, against `transformers` where it has an answer.

use std::collections::BTreeMap;
use std::fs;

use safetensors::SafeTensors;
use serde_json::Value;

use crate::util::{Folder, reference, run_on};

pub fn ids(value: &Value) -> Vec<u64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_u64().unwrap())
        .collect()
}

#[test]
fn greedy_and_beam_search_choose_what_transformers_chooses() {
    chooses_what_transformers_chooses(&[]);
}

/// Run every case of the references, with these flags besides.
pub fn chooses_what_transformers_chooses(backend: &[&str]) {
    let folder = Folder::new(&format!("choices{}", backend.join("")));
    let file = folder.path().join("prompts");
    for model in ["plain", "ending"] {
        for (flags, cases) in cases(model) {
            // All prompts that have these flags in one run: loading libtorch takes longest.
            let prompts: Vec<&str> = cases.iter().map(|(prompt, _)| &**prompt).collect();
            fs::write(&file, prompts.join("\n")).unwrap();
            let fixed = ["--prompts", file.to_str().unwrap(), "-n", "24", "--json"];
            let flags: Vec<&str> = flags.iter().map(|flag| &**flag).collect();
            let run = run_on(model, "generate", &[&fixed[..], &flags, backend].concat());
            let lines = run.out();
            let found = lines.lines().map(|line| {
                let continuation: Value = serde_json::from_str(line).unwrap();
                ids(&continuation["tokens"])
            });
            let expected: Vec<Vec<u64>> = cases.iter().map(|(_, tokens)| ids(tokens)).collect();
            assert_eq!(found.collect::<Vec<_>>(), expected, "{run}");
        }
    }
}

/// The prompts and tokens of the references, by the flags of the binary.
fn cases(model: &str) -> BTreeMap<Vec<String>, Vec<(String, Value)>> {
    let mut cases: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for facts in reference(model) {
        let prompt = facts["prompt"].as_str().unwrap();
        for case in facts["cases"].as_array().unwrap() {
            let flags = case["flags"].as_array().unwrap().iter();
            let flags = flags.map(|flag| flag.as_str().unwrap().to_owned());
            let of_flags = cases.entry(flags.collect()).or_default();
            of_flags.push((prompt.to_owned(), case["tokens"].clone()));
        }
    }
    cases
}

#[test]
fn a_sliding_context_is_its_newer_half_read_anew() {
    slides_as_pytorch_would(&[]);
}

/// Continue each prompt beyond the context, with these flags besides.
pub fn slides_as_pytorch_would(backend: &[&str]) {
    for facts in reference("plain") {
        let prompt = facts["prompt"].as_str().unwrap();
        let fixed = [prompt, "-n", "120", "--json", "--strategy", "greedy"];
        let run = run_on(
            "plain",
            "generate",
            &[&fixed[..], &["--slide"], backend].concat(),
        );
        let found = run.json();
        assert_eq!(ids(&found["tokens"]), ids(&facts["sliding"]), "{run}");
        assert_eq!(found["ending"], "max-new-tokens");
        let stopped = run_on("plain", "generate", &[&fixed[..], backend].concat()).json();
        assert_eq!(stopped["ending"], "context-full");
    }
}

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
fn logits_are_those_of_pytorch() {
    writes_the_logits_of_pytorch(&[]);
}

/// Compare the logits of every prompt's last token, with these flags besides.
pub fn writes_the_logits_of_pytorch(backend: &[&str]) {
    let expected = reference("plain");
    for (found, facts) in logits(&expected, backend).iter().zip(&expected) {
        let wanted = facts["logits"].as_array().unwrap();
        let last = &found.values[found.values.len() - wanted.len()..];
        for (found, wanted) in last.iter().zip(wanted) {
            assert!((f64::from(*found) - wanted.as_f64().unwrap()).abs() < 1e-3);
        }
        let tokens = ids(&facts["ids"]).len();
        assert_eq!(found.values.len(), tokens * wanted.len());
    }
}

/// What the command `logits` writes of a prompt.
pub struct PromptLogits {
    pub values: Vec<f32>,
    #[cfg_attr(not(feature = "rust-bert"), allow(dead_code))] // two backends are compared by it
    pub greedy: Vec<u8>,
}

/// The logits of the prompts of a reference, with these flags besides.
pub fn logits(prompts: &[Value], backend: &[&str]) -> Vec<PromptLogits> {
    let folder = Folder::new(&format!("logits{}", backend.join("")));
    let file = folder.path().join("prompts");
    let output = folder.path().join("out.safetensors");
    let prompt = |facts: &Value| facts["prompt"].as_str().unwrap().to_owned();
    let lines: Vec<String> = prompts.iter().map(prompt).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let files = [
        "--prompts",
        file.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
    ];
    run_on("plain", "logits", &[&files, backend].concat()).out();
    let bytes = fs::read(&output).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let of_prompt = |index: usize| {
        let logits = tensors.tensor(&format!("prompt.{index}.logits")).unwrap();
        let fours = logits.data().chunks(4);
        PromptLogits {
            values: fours
                .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
                .collect(),
            greedy: tensors
                .tensor(&format!("greedy.{index}.ids"))
                .unwrap()
                .data()
                .to_vec(),
        }
    };
    (0..prompts.len()).map(of_prompt).collect()
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
