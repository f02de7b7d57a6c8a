//! The real binary on a tiny model, against `transformers` where it has an answer.
#![cfg(feature = "rust-bert")]

#[allow(dead_code)]
mod util;

use std::fs;

use safetensors::SafeTensors;
use serde_json::Value;
use util::{Folder, gpt2ro, on_tiny, reference, tiny_deploy};

fn ids(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()
}

#[test]
fn greedy_and_beam_search_choose_what_transformers_chooses() {
    for expected in reference() {
        let prompt = expected["prompt"].as_str().unwrap();
        for strategy in ["greedy", "beam"] {
            let said = on_tiny("generate", &[prompt, "--strategy", strategy, "-n", "24", "--json"]).json();
            assert_eq!(ids(&said["tokens"]), ids(&expected[strategy]), "{strategy}: {prompt}");
        }
    }
}

#[test]
fn logits_are_those_of_pytorch() {
    let folder = Folder::new("logits");
    let (prompts, output) = (folder.path().join("prompts"), folder.path().join("out.safetensors"));
    let expected = reference();
    let lines: Vec<&str> = expected.iter().map(|facts| facts["prompt"].as_str().unwrap()).collect();
    fs::write(&prompts, lines.join("\n")).unwrap();
    let files = ["--prompts", prompts.to_str().unwrap(), "--output", output.to_str().unwrap()];
    on_tiny("logits", &files).out();
    let bytes = fs::read(&output).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    for (index, facts) in expected.iter().enumerate() {
        let logits = tensors.tensor(&format!("prompt.{index}.logits")).unwrap();
        let values: Vec<f32> =
            logits.data().chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        let last = &values[values.len() - logits.shape()[1]..];
        for (found, wanted) in last.iter().zip(facts["logits"].as_array().unwrap()) {
            assert!((f64::from(*found) - wanted.as_f64().unwrap()).abs() < 1e-3);
        }
        assert_eq!(logits.shape()[0], ids(&facts["ids"]).len());
    }
}

#[test]
fn a_seed_gives_the_same_text_with_one_thread_and_with_two() {
    let say = |threads| {
        let options = ["Bunica", "--seed", "5", "-n", "20", "--threads", threads];
        on_tiny("generate", &options).out()
    };
    assert_eq!(say("1"), say("2"));
}

#[test]
fn other_seeds_give_other_texts() {
    let say = |seed| on_tiny("generate", &["Bunica", "--seed", seed, "-n", "20"]).out();
    assert_ne!(say("1"), say("2"));
}

#[test]
fn the_prompt_is_echoed_unless_asked_not_to() {
    let options = ["Bunica", "--strategy", "greedy", "-n", "3"];
    let echoed = on_tiny("generate", &options).out();
    let bare = on_tiny("generate", &[&options[..], &["--no-echo"]].concat()).out();
    assert_eq!(echoed, format!("Bunica{bare}"));
}

#[test]
fn the_prompt_may_come_from_a_file_or_from_standard_input() {
    let folder = Folder::new("prompt");
    let file = folder.path().join("prompt.txt");
    fs::write(&file, "Țara").unwrap();
    let model = tiny_deploy().to_str().unwrap();
    let common = ["generate", "--model", model, "--strategy", "greedy", "-n", "4"];
    let from_file = gpt2ro(&[&common[..], &["--prompt-file", file.to_str().unwrap()]].concat(), b"").out();
    let from_input = gpt2ro(&[&common[..], &["-"]].concat(), "Țara".as_bytes()).out();
    assert!(from_file.starts_with("Țara"));
    assert_eq!(from_file, from_input);
}

#[test]
fn an_empty_prompt_begins_a_document() {
    let said = on_tiny("generate", &["", "--strategy", "greedy", "-n", "3", "--json"]).json();
    assert_eq!(said["prompt"], "");
    assert_eq!(said["tokens"].as_array().unwrap().len(), 3);
}

#[test]
fn a_full_context_ends_the_text_and_is_told() {
    let run = on_tiny("generate", &["Bunica", "--strategy", "greedy", "-n", "1000"]);
    assert!(run.out().starts_with("Bunica"));
    assert_eq!(run.err(), "gpt2ro: the context of 64 tokens is full\n");
}

#[test]
fn a_prompt_longer_than_the_context_is_an_error_with_both_numbers() {
    let run = on_tiny("generate", &[&"și ".repeat(100)]);
    let line = run.fails_with(1);
    assert!(line.starts_with("gpt2ro: the prompt has "), "{line}");
    assert!(line.contains("the context of the model is 64; shorten it to at most 63"), "{line}");
}

#[test]
fn the_text_ends_before_a_stop_string() {
    let options = ["Bunica a", "--strategy", "greedy", "-n", "20", "--json"];
    let whole = on_tiny("generate", &options).json();
    let text = whole["text"].as_str().unwrap();
    let stop: String = text.chars().skip(6).take(2).collect();
    let stopped = on_tiny("generate", &[&options[..], &["--stop", &stop]].concat()).json();
    assert_eq!(stopped["ending"], "stop-string");
    assert_eq!(stopped["text"].as_str().unwrap(), &text[..text.find(&stop).unwrap()]);
}

#[test]
fn no_ngram_comes_twice_when_that_is_barred() {
    let options = ["Bunica", "--strategy", "greedy", "-n", "50", "--json", "--no-repeat-ngram", "2"];
    let said = on_tiny("generate", &options).json();
    let tokens = ids(&said["tokens"]);
    let mut pairs: Vec<&[u64]> = tokens.windows(2).collect();
    let count = pairs.len();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(pairs.len(), count);
}

#[test]
fn samples_are_equal_in_every_run_and_hold_all_strategies() {
    let folder = Folder::new("samples");
    let prompts = folder.path().join("prompts");
    fs::write(&prompts, "Bunica\n\n— Ce faci\n").unwrap();
    let run = |name: &str| {
        let (text, json) = (folder.path().join(format!("{name}.txt")), folder.path().join(format!("{name}.json")));
        let files = [
            "--prompts", prompts.to_str().unwrap(), "--text", text.to_str().unwrap(),
            "--json", json.to_str().unwrap(), "--seed", "3", "-n", "6",
        ];
        on_tiny("samples", &files).out();
        (fs::read_to_string(text).unwrap(), fs::read_to_string(json).unwrap())
    };
    let (text, json) = run("one");
    assert_eq!((text.clone(), json.clone()), run("two"));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["samples"].as_array().unwrap().len(), 2);
    for name in ["greedy", "beam", "top-k", "top-p", "top-k-top-p"] {
        assert_eq!(text.matches(&format!("--- {name}\n")).count(), 2, "{name}");
    }
    assert!(!fs::read_dir(folder.path()).unwrap().any(|entry| {
        entry.unwrap().file_name().to_string_lossy().contains("partial")
    }));
}

#[test]
fn the_loop_continues_every_line_and_survives_one_that_is_too_long() {
    let model = tiny_deploy().to_str().unwrap();
    let input = format!("Bunica\n\n{}\nPisica\n", "și ".repeat(100));
    let run = gpt2ro(&["loop", "--model", model, "-n", "3", "--seed", "1"], input.as_bytes());
    let out = run.out();
    assert!(out.starts_with("Bunica") && out.contains("\nPisica"), "{run}");
    assert!(run.err().contains("the prompt has"), "{run}");
}

#[test]
fn a_dialog_goes_on_after_its_beginning_no_longer_fits() {
    let model = tiny_deploy().to_str().unwrap();
    let input = "Ce faci, bunico? Ai făcut plăcintă?\n".repeat(8);
    let options = ["dialog", "--model", model, "-n", "8", "--seed", "1", "--model-name", "Bunica"];
    let out = gpt2ro(&options, input.as_bytes()).out();
    assert_eq!(out.lines().filter(|line| line.starts_with("Bunica: ")).count(), 8, "{out}");
}

#[test]
fn a_turn_that_alone_is_too_long_is_an_error() {
    let model = tiny_deploy().to_str().unwrap();
    let run = gpt2ro(&["dialog", "--model", model, "-n", "8"], "și ".repeat(100).as_bytes());
    assert!(run.fails_with(1).contains("this turn alone has"), "{run}");
}

#[test]
fn a_missing_or_damaged_file_of_the_model_is_named() {
    let folder = Folder::new("damaged");
    let copy = || {
        for entry in fs::read_dir(tiny_deploy()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    };
    let model = folder.path().to_str().unwrap();
    let error = || gpt2ro(&["generate", "--model", model, "x"], b"").fails_with(1);
    for name in ["rust_model.ot", "config.json", "tokenizer.json", "vocab.json", "merges.txt"] {
        copy();
        fs::remove_file(folder.path().join(name)).unwrap();
        assert!(error().contains(&format!("{name}: not found")), "{name}: {}", error());
    }
    for name in ["rust_model.ot", "config.json", "tokenizer.json"] {
        copy();
        let bytes = fs::read(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name), &bytes[..bytes.len() / 2]).unwrap();
        let line = error();
        assert!(line.contains(name) && line.contains("run the step convert again"), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let line = gpt2ro(&["generate", "--model", "/no/such/folder", "x"], b"").fails_with(1);
    assert!(line.starts_with("gpt2ro: /no/such/folder: no such folder"), "{line}");
}

#[test]
fn wrong_usage_ends_with_2_and_names_the_valid_values() {
    let line = on_tiny("generate", &["x", "--strategy", "gready"]).fails_with(2);
    assert!(line.contains("greedy"), "{line}");
    assert!(on_tiny("generate", &["x", "--top-p", "1.5"]).fails_with(2).contains("up to 1"));
    assert!(on_tiny("generate", &[]).fails_with(2).contains("required"));
}

#[test]
fn input_that_is_not_utf_8_is_an_error() {
    let model = tiny_deploy().to_str().unwrap();
    let line = gpt2ro(&["generate", "--model", model, "-"], b"\xff\xfe").fails_with(1);
    assert!(line.contains("not UTF-8"), "{line}");
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = gpt2ro(&["--help"], b"").out();
    for command in ["generate", "loop", "dialog", "samples", "logits", "Exit codes"] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let model = tiny_deploy().to_str().unwrap();
    let command = format!(
        "set -o pipefail; yes Bunica | head -n 50 | {} loop --model {model} -n 20 | head -c 1",
        env!("CARGO_BIN_EXE_gpt2ro")
    );
    let output = std::process::Command::new("bash").arg("-c").arg(command).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).is_empty());
}
