//! What each command reads and writes.

use std::fs;

use gpt2ro_engine::kernels::Isa;
use serde_json::Value;

use crate::util::{Folder, Session, gpt2ro, model, run_on};

#[test]
fn the_prompt_is_echoed_unless_asked_not_to() {
    let options = ["Bunica", "--strategy", "greedy", "-n", "3"];
    let echoed = run_on("plain", "generate", &options).out();
    let bare = run_on(
        "plain",
        "generate",
        &[&options[..], &["--no-echo"]].concat(),
    )
    .out();
    assert_eq!(echoed, format!("Bunica{bare}"));
}

#[test]
fn the_prompt_may_come_from_a_file_or_from_standard_input() {
    let folder = Folder::new("prompt");
    let file = folder.path().join("prompt.txt");
    fs::write(&file, "Țara").unwrap();
    let model = &model("plain");
    let common = [
        "generate",
        "--model",
        model,
        "--strategy",
        "greedy",
        "-n",
        "4",
    ];
    let from_file = gpt2ro(
        &[&common[..], &["--prompt-file", file.to_str().unwrap()]].concat(),
        b"",
    )
    .out();
    let from_input = gpt2ro(&[&common[..], &["-"]].concat(), "Țara".as_bytes()).out();
    assert!(from_file.starts_with("Țara"));
    assert_eq!(from_file, from_input);
}

#[test]
fn the_end_of_the_last_line_and_the_mark_of_the_encoding_are_no_part_of_a_prompt() {
    let folder = Folder::new("last-line");
    let file = folder.path().join("prompt.txt");
    let model = &model("plain");
    for (text, expected) in [
        ("Țara\n", "Țara"),
        ("\u{feff}Țara\r\n", "Țara"),
        ("Țara\n\n", "Țara\n"),
        ("\n", ""),
    ] {
        fs::write(&file, text).unwrap();
        let flags = ["--prompt-file", file.to_str().unwrap(), "--json", "-n", "1"];
        assert_eq!(
            run_on("plain", "generate", &flags).json()["prompt"],
            expected
        );
        let piped = ["generate", "-m", model, "-", "--json", "-n", "1"];
        assert_eq!(gpt2ro(&piped, text.as_bytes()).json()["prompt"], expected);
    }
}

#[test]
fn an_empty_prompt_begins_a_document() {
    let said = run_on(
        "plain",
        "generate",
        &["", "--strategy", "greedy", "-n", "3", "--json"],
    )
    .json();
    assert_eq!(said["prompt"], "");
    assert_eq!(said["tokens"].as_array().unwrap().len(), 3);
}

#[test]
fn samples_are_equal_in_every_run_and_hold_all_strategies() {
    let folder = Folder::new("samples");
    let prompts = folder.path().join("prompts");
    fs::write(&prompts, "Bunica\n\n— Ce faci\n").unwrap();
    let run = |name: &str| {
        let (text, json) = (
            folder.path().join(format!("{name}.txt")),
            folder.path().join(format!("{name}.json")),
        );
        let files = [
            "--prompts",
            prompts.to_str().unwrap(),
            "--text",
            text.to_str().unwrap(),
            "--json",
            json.to_str().unwrap(),
            "--seed",
            "3",
            "-n",
            "6",
        ];
        run_on("plain", "samples", &files).out();
        (
            fs::read_to_string(text).unwrap(),
            fs::read_to_string(json).unwrap(),
        )
    };
    let (text, json) = run("one");
    assert_eq!((text.clone(), json.clone()), run("two"));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["samples"].as_array().unwrap().len(), 2);
    for name in ["greedy", "beam", "top-k", "top-p", "top-k-top-p"] {
        assert_eq!(text.matches(&format!("--- {name}\n")).count(), 2, "{name}");
    }
    assert!(!fs::read_dir(folder.path()).unwrap().any(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("partial")
    }));
}

#[test]
fn the_loop_continues_every_line() {
    let flags = ["loop", "--model", &model("plain"), "-n", "3", "--seed", "1"];
    let run = gpt2ro(&flags, b"Bunica\n\nPisica\n");
    let out = run.out();
    assert!(
        out.starts_with("Bunica") && out.contains("\nPisica"),
        "{run}"
    );
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = gpt2ro(&["--help"], b"").out();
    for command in [
        "generate",
        "loop",
        "dialog",
        "samples",
        "logits",
        "Exit codes",
    ] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn ctrl_c_stops_the_continuation_and_not_the_loop() {
    // So many beams take a second, long enough to be interrupted.
    let flags = ["-n", "60", "--strategy", "beam", "--beams", "400"];
    let whole = run_on("plain", "generate", &[&["Bunica"][..], &flags].concat()).out();
    let mut process = Session::start("loop", &flags);
    process.say("Bunica\n");
    process.wait_for("Bunica");
    process.press_ctrl_c();
    let interrupted = process.wait_for("\n");
    assert!(interrupted.len() < whole.len() / 2, "{interrupted}");
    process.press_ctrl_c();
    assert_eq!(process.end().code(), Some(130));
}

#[test]
fn the_end_of_the_input_ends_the_loop() {
    let mut process = Session::start("loop", &["-n", "2"]);
    process.say("Bunica\n");
    process.wait_for("Bunica");
    assert_eq!(process.end_of_input().code(), Some(0));
}

#[test]
fn the_same_prompt_twice_gives_two_texts() {
    let model = &model("plain");
    let run = gpt2ro(
        &["loop", "--model", model, "-n", "12", "--seed", "1"],
        b"Bunica\nBunica\n",
    );
    let out = run.out();
    // A text may hold line ends of its own, so the halves are found by the prompt.
    let texts: Vec<&str> = out.split("Bunica").skip(1).collect();
    assert_eq!(texts.len(), 2, "{run}");
    assert_ne!(texts[0], texts[1], "{run}");
}

/// Score a file of the reference's text, with these flags besides; return the lines of JSON.
fn score(flags: &[&str]) -> (Value, Vec<Value>) {
    let folder = Folder::new("score");
    let file = folder.path().join("text.txt");
    let facts = fs::read(std::path::Path::new(&model("plain")).join("score.json")).unwrap();
    let facts: Value = serde_json::from_slice(&facts).unwrap();
    fs::write(&file, facts["text"].as_str().unwrap()).unwrap();
    let flags = [&[file.to_str().unwrap(), "--json"], flags].concat();
    let out = run_on("plain", "score", &flags).out();
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
    (facts, lines.collect())
}

#[test]
fn score_gives_the_bits_per_byte_of_pytorch() {
    let (expected, found) = score(&[]);
    let bytes = expected["text"].as_str().unwrap().len();
    let wanted = expected["nats"].as_f64().unwrap() / std::f64::consts::LN_2 / bytes as f64;
    let [found] = &found[..] else {
        panic!("{found:?}")
    };
    assert!((found["bits_per_byte"].as_f64().unwrap() / wanted - 1.0).abs() < 1e-4);
    assert_eq!(found["tokens"], expected["tokens"]);
    assert_eq!(found["bytes"], bytes);
}

#[test]
fn score_of_lines_takes_each_for_a_text() {
    let (expected, found) = score(&["--lines"]);
    let text = expected["text"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(found.len(), lines.len() + 1);
    for (line, score) in lines.iter().zip(&found) {
        assert_eq!(score["text"], *line);
        assert_eq!(score["bytes"], line.len());
    }
    // Every line has an end of its own, and its line break is not scored.
    let tokens: i64 = found[..lines.len()]
        .iter()
        .map(|score| score["tokens"].as_i64().unwrap())
        .sum();
    assert_eq!(found[lines.len()]["tokens"], tokens);
    assert_eq!(found[lines.len()]["bytes"], text.len() - (lines.len() - 1));
}

#[test]
fn score_of_json_lines_is_that_of_their_texts() {
    let folder = Folder::new("score-jsonl");
    let (lines, jsonl) = (folder.path().join("lines"), folder.path().join("jsonl"));
    fs::write(&lines, "Bunica a făcut\nși ariciul\n").unwrap();
    let object = |text: &str| serde_json::json!({"id": "a/b/0", "text": text}).to_string();
    let objects = [object("Bunica a făcut"), object("și ariciul")].join("\n");
    fs::write(&jsonl, objects).unwrap();
    let score = |path: &std::path::Path, flag: &str| {
        let flags = [path.to_str().unwrap(), flag, "--json"];
        let out = run_on("plain", "score", &flags).out();
        serde_json::from_str::<Value>(out.lines().last().unwrap()).unwrap()
    };
    let (of_lines, of_objects) = (score(&lines, "--lines"), score(&jsonl, "--jsonl"));
    for key in ["bits_per_byte", "tokens", "bytes"] {
        assert_eq!(of_lines[key], of_objects[key], "{key}");
    }
    fs::write(&jsonl, "{}").unwrap();
    let flags = [jsonl.to_str().unwrap(), "--jsonl"];
    let line = run_on("plain", "score", &flags).fails_with(1);
    assert!(
        line.contains("jsonl: line 1: a JSON object without the field text"),
        "{line}"
    );
}

#[test]
fn score_of_json_lines_as_a_text_is_refused() {
    let folder = Folder::new("score-raw-jsonl");
    for name in ["a.jsonl", "b.NDJSON"] {
        let file = folder.path().join(name);
        fs::write(&file, "{\"text\": \"Bunica a făcut\"}\n").unwrap();
        let file = file.to_str().unwrap();
        for flags in [&[file][..], &[file, "--lines"]] {
            let line = run_on("plain", "score", flags).fails_with(1);
            assert!(
                line.contains("expected a text; add --jsonl to score"),
                "{line}"
            );
        }
        run_on("plain", "score", &[file, "--jsonl"]).out();
    }
}

#[test]
fn score_writes_a_large_perplexity_by_its_power_of_ten() {
    let folder = Folder::new("score-perplexity");
    let file = folder.path().join("one-word.txt");
    fs::write(&file, "zăpadă".repeat(9)).unwrap();
    let out = run_on("plain", "score", &[file.to_str().unwrap()]).out();
    let words = out.split_once("perplexity ").unwrap().1;
    let word = words.split_once(" a word").unwrap().0;
    assert!(word.len() < 9, "{out}");
    assert!(word[3..].starts_with('e'), "{out}");
}

#[test]
fn score_of_standard_input_is_that_of_a_file() {
    let text = "Bunica a făcut\nși ariciul\n";
    let folder = Folder::new("score-input");
    let file = folder.path().join("text.txt");
    fs::write(&file, text).unwrap();
    let score = |file: &str| {
        let flags = ["score", "-m", &model("plain"), file, "--json"];
        gpt2ro(&flags, text.as_bytes()).json()
    };
    let (mut of_file, of_input) = (score(file.to_str().unwrap()), score("-"));
    of_file["text"] = "standard input".into();
    assert_eq!(of_input, of_file);
}

#[test]
fn score_of_several_files_ends_with_that_of_all() {
    let folder = Folder::new("score-all");
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (one, two) = (file("one"), file("two"));
    fs::write(&one, "Bunica a făcut\n").unwrap();
    fs::write(&two, "și ariciul doarme sub zăpadă").unwrap();
    let out = run_on("plain", "score", &[&one, &two, "--json"]).out();
    let scores: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [one_alone, two_alone, all] = &scores[..] else {
        panic!("{out}")
    };
    assert_eq!(all["text"], "all");
    let number = |score: &Value, key: &str| score[key].as_f64().unwrap();
    for key in ["tokens", "bytes"] {
        let sum = number(one_alone, key) + number(two_alone, key);
        assert_eq!(number(all, key), sum, "{key}");
    }
    let bits = |score| number(score, "bits_per_byte") * number(score, "bytes");
    let wanted = (bits(one_alone) + bits(two_alone)) / number(all, "bytes");
    assert!((number(all, "bits_per_byte") / wanted - 1.0).abs() < 1e-5);
    let text = run_on("plain", "score", &[&one, &two]).out();
    assert!(text.lines().last().unwrap().starts_with("all: "), "{text}");
    assert_eq!(run_on("plain", "score", &[&one]).out().lines().count(), 1);
}

#[test]
fn score_of_a_text_without_words_fails() {
    let folder = Folder::new("blank");
    let file = folder.path().join("blank.txt");
    fs::write(&file, " \n").unwrap();
    let line = run_on("plain", "score", &[file.to_str().unwrap()]).fails_with(1);
    assert!(line.contains("blank.txt: holds no words"), "{line}");
}

#[test]
fn every_prompt_of_a_file_is_continued_on_a_line_of_json() {
    let folder = Folder::new("prompts");
    let file = folder.path().join("prompts.txt");
    fs::write(&file, "Bunica\n\nȚara\n").unwrap();
    let flags = ["--prompts", file.to_str().unwrap(), "--json", "-n", "3"];
    let out = run_on("plain", "generate", &flags).out();
    let prompts: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["prompt"].clone())
        .collect();
    assert_eq!(prompts, ["Bunica", "Țara"]);
}

#[test]
fn several_continuations_are_numbered() {
    let flags = ["Bunica", "-c", "2", "-n", "3", "--no-echo", "--seed", "1"];
    let out = run_on("plain", "generate", &flags).out();
    assert!(
        out.starts_with("--- 1\n") && out.contains("\n--- 2\n"),
        "{out}"
    );
}

#[test]
fn perf_tells_the_time_on_standard_error() {
    let flags = ["Bunica", "-n", "3", "--strategy", "greedy", "--perf"];
    let told = run_on("plain", "generate", &flags).err();
    assert!(
        told.starts_with("gpt2ro: loaded in ") && told.contains("; 2 written at "),
        "{told}"
    );
}

#[test]
fn bench_gives_rates_and_the_share_of_the_floor() {
    let flags = [
        "--prompt-tokens",
        "20",
        "-n",
        "5",
        "--rounds",
        "2",
        "--json",
    ];
    let found = run_on("plain", "bench", &flags).json();
    for key in [
        "prompt_tokens_per_second",
        "new_tokens_per_second",
        "share_of_memory_floor",
    ] {
        assert!(found[key].as_f64().unwrap() > 0.0, "{key} in {found}");
    }
    // 2 layers of width 64 and a vocabulary of some 400, in float32.
    let weights = found["weight_bytes"].as_f64().unwrap() / 4.0;
    assert!((120_000.0..130_000.0).contains(&weights), "{weights}");
    assert_eq!(found["instructions"], Isa::best().to_string());
}

#[test]
fn bench_of_a_short_context_reads_and_writes_less() {
    let out = run_on("plain", "bench", &["--rounds", "1"]).out();
    assert!(
        out.contains("prompt of 48 ") && out.contains("\n16   new tokens"),
        "{out}"
    );
    let instructions = format!("\ninstructions        {}\n", Isa::best());
    assert!(out.contains(&instructions), "{out}");
}

#[test]
fn bench_of_more_tokens_than_there_are_numbers_fails() {
    let most = usize::MAX.to_string();
    let line = run_on("plain", "bench", &["--prompt-tokens", &most, "-n", "1"]).fails_with(1);
    assert!(line.contains("exceed the context of 64"), "{line}");
}

#[test]
fn bench_of_more_than_the_context_fails() {
    let line = run_on("plain", "bench", &["--prompt-tokens", "64", "-n", "1"]).fails_with(1);
    assert!(
        line.contains("exceed the context of 64; lower one"),
        "{line}"
    );
}

#[test]
fn the_manual_has_flags_and_examples_of_commands_at_every_depth() {
    let page = gpt2ro(&["manual"], b"").out();
    for expected in [
        ".SH \"GPT2RO CORPUS FILTER\"",
        "\\-\\-min\\-words",
        "gpt2ro corpus histogram",
        "\\-\\-max\\-new\\-tokens",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("GPT2RO HELP"));
}

#[test]
fn completions_and_the_manual_name_every_command() {
    for arguments in [&["completions", "bash"][..], &["manual"]] {
        let out = gpt2ro(arguments, b"").out();
        for command in [
            "generate", "loop", "dialog", "samples", "score", "tokens", "bench",
        ] {
            assert!(
                out.to_lowercase().contains(command),
                "{command} in {arguments:?}"
            );
        }
    }
}
