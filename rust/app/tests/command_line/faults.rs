//! What a user is told when something is wrong.

use std::fs;

use serde_json::{Value, json};

use crate::util::{Folder, copy_model, gpt2ro, model, run_on};

#[test]
fn a_prompt_longer_than_the_context_is_an_error_with_both_numbers() {
    let run = run_on("plain", "generate", &[&"și ".repeat(100)]);
    let line = run.fails_with(1);
    assert!(line.starts_with("gpt2ro: the prompt has "), "{line}");
    assert!(
        line.contains("the context of the model is 64; shorten it to at most 63"),
        "{line}"
    );
}

#[test]
fn a_missing_or_damaged_file_of_the_model_is_named() {
    let folder = Folder::new("damaged");
    let copy = || copy_model("plain", folder.path());
    let model = folder.path().to_str().unwrap();
    let flags = ["generate", "--model", model, "x", "--weights", "fp32"];
    let error = || gpt2ro(&flags, b"").fails_with(1);
    for name in ["rust_model.ot", "config.json", "tokenizer.json"] {
        copy();
        fs::remove_file(folder.path().join(name)).unwrap();
        assert!(
            error().contains(&format!("{name}: not found")),
            "{name}: {}",
            error()
        );
    }
    for name in ["rust_model.ot", "config.json", "tokenizer.json"] {
        copy();
        let bytes = fs::read(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name), &bytes[..bytes.len() / 2]).unwrap();
        let line = error();
        assert!(
            line.contains(name) && line.contains("run the step convert again"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn the_three_files_that_are_read_are_a_whole_model() {
    let (folder, bare) = (Folder::new("complete"), Folder::new("bare"));
    copy_model("plain", folder.path());
    for name in ["rust_model.ot", "config.json", "tokenizer.json"] {
        fs::copy(folder.path().join(name), bare.path().join(name)).unwrap();
    }
    let say = |folder: &Folder| {
        let model = folder.path().to_str().unwrap();
        gpt2ro(&["generate", "-m", model, "x", "--seed", "1"], b"").out()
    };
    assert_eq!(say(&bare), say(&folder));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let line = gpt2ro(&["generate", "--model", "/no/such/folder", "x"], b"").fails_with(1);
    assert!(
        line.starts_with("gpt2ro: /no/such/folder: no such folder"),
        "{line}"
    );
}

#[test]
fn wrong_usage_ends_with_2_and_names_the_valid_values() {
    let line = run_on("plain", "generate", &["x", "--strategy", "gready"]).fails_with(2);
    assert!(line.contains("greedy"), "{line}");
    assert!(
        run_on("plain", "generate", &["x", "--top-p", "1.5"])
            .fails_with(2)
            .contains("up to 1")
    );
    assert!(
        run_on("plain", "generate", &[])
            .fails_with(2)
            .contains("required")
    );
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let model = &model("plain");
    let command = format!(
        "set -o pipefail; yes Bunica | head -n 50 | {} loop --model {model} -n 20 | head -c 1",
        env!("CARGO_BIN_EXE_gpt2ro")
    );
    let output = std::process::Command::new("bash")
        .arg("-c")
        .arg(command)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).is_empty());
}

#[test]
fn weights_that_give_no_numbers_are_told() {
    let folder = Folder::new("not-numbers");
    let text = folder.path().join("text");
    fs::write(&text, "Bunica\n").unwrap();
    let text = text.to_str().unwrap();
    for (name, found) in [("not_numbers", "NaN"), ("infinite", "inf")] {
        let told = format!("logits are not numbers ({found}), so its weights are damaged; run");
        for flags in [
            &["generate", "x", "--strategy", "greedy"][..],
            &["generate", "x", "--strategy", "beam"],
            &["generate", "x", "--strategy", "top-p"],
            &["generate", "x", "--precision", "int8", "-c", "2"],
            &["score", text],
        ] {
            let line = run_on(name, flags[0], &flags[1..]).fails_with(1);
            assert!(line.contains(&told), "{line}");
            assert_eq!(line.lines().count(), 1, "{line}");
        }
    }
}

#[test]
fn a_configuration_that_would_be_computed_wrongly_is_refused() {
    let folder = Folder::new("config");
    copy_model("plain", folder.path());
    let path = folder.path().join("config.json");
    let whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let model = folder.path().to_str().unwrap();
    for (key, value, told) in [
        (
            "activation_function",
            json!("relu"),
            "activation_function is relu",
        ),
        (
            "eos_token_id",
            json!(5),
            "eos_token_id is 5, and the tokenizer's <|endoftext|> is",
        ),
        (
            "vocab_size",
            json!(500),
            "vocab_size is 500, and the tokenizer has",
        ),
        (
            "layer_norm_epsilon",
            json!(-1),
            "layer_norm_epsilon is -1; expected a small number over 0",
        ),
        (
            "scale_attn_weights",
            json!(false),
            "scale_attn_weights is false; only true is computed",
        ),
        (
            "n_head",
            json!(3),
            "n_embd 64 is not a multiple of n_head 3",
        ),
        (
            "n_positions",
            json!("many"),
            "not the configuration of a GPT-2",
        ),
        ("n_layer", json!(3), "not the weights of this model"),
    ] {
        let mut changed = whole.clone();
        changed[key] = value;
        fs::write(&path, changed.to_string()).unwrap();
        let line = gpt2ro(&["generate", "--model", model, "x"], b"").fails_with(1);
        assert!(
            line.contains(told) && line.contains("run the step convert again"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn an_argument_that_is_not_utf_8_is_wrong_usage() {
    use std::os::unix::ffi::OsStrExt as _;
    let prompt = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpt2ro"));
    let output = command
        .args(["generate", "--model", "x"])
        .arg(prompt)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("invalid UTF-8"));
}

#[test]
fn a_prompt_too_long_is_named_by_its_place_in_the_file() {
    let folder = Folder::new("place");
    let prompts = folder.path().join("prompts");
    fs::write(&prompts, format!("Bunica\n{}\n", "și ".repeat(100))).unwrap();
    let output = folder.path().join("out");
    let (prompts, output) = (prompts.to_str().unwrap(), output.to_str().unwrap());
    let logits = run_on(
        "plain",
        "logits",
        &["--prompts", prompts, "--output", output],
    );
    assert!(
        logits
            .fails_with(1)
            .contains("prompts: prompt 2: the prompt has"),
        "{logits}"
    );
    let samples = run_on(
        "plain",
        "samples",
        &["--prompts", prompts, "--text", output, "--json", output],
    );
    assert!(
        samples
            .fails_with(1)
            .contains("prompts: prompt 2: the prompt has"),
        "{samples}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let continued = run_on("plain", "generate", &["--prompts", prompts, "-n", "1"]);
    assert!(
        continued
            .fails_with(1)
            .contains("prompts: prompt 2: the prompt has"),
        "{continued}"
    );
    // Nothing is computed before that is told.
    assert!(continued.nothing_was_written(), "{continued}");
}

#[test]
fn a_bias_that_cannot_be_is_told() {
    let cases = [
        ("mere", 2, "expected TOKEN=NUMBER"),
        ("=1", 2, "expected TOKEN=NUMBER"),
        ("5=mult", 2, "expected a number after ="),
        ("99999=1", 1, "the token 99999 is none of"),
        ("+5=1", 1, "\"+5\" is 2 tokens; expected one"),
        ("o propoziție întreagă=1", 1, "tokens; expected one"),
    ];
    for (bias, code, expected) in cases {
        let line = run_on("plain", "generate", &["Bunica", "--logit-bias", bias]).fails_with(code);
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn a_number_out_of_its_range_is_told_with_the_range() {
    let cases = [
        ("--temperature", "-1", "expected a number over 0"),
        ("--top-p", "-0.5", "expected a number over 0 and up to 1"),
        ("--top-k", "-1", "expected a whole number from 1"),
        ("--repetition-penalty", "1e-300", "expected a number over 0"),
        ("--length-penalty", "nan", "expected a number"),
        ("--frequency-penalty", "inf", "expected a number"),
        ("--temperature", "0", "for 0, choose --strategy greedy"),
        ("--top-k", "0", "--strategy top-p has no such limit"),
        ("--seed", "-1", "without the flag it is a new one each time"),
        ("--max-new-tokens", "-1", "expected a whole number from 0"),
        ("--min-new-tokens", "-1", "expected a whole number from 0"),
        ("--no-repeat-ngram", "-1", "expected a whole number from 0"),
        ("--beams", "0", "expected a whole number from 1 to 1000"),
        ("--beams", "1001", "expected a whole number from 1 to 1000"),
        ("--bad-word", " ", "expected a word"),
    ];
    for (flag, value, expected) in cases {
        let said = run_on("plain", "generate", &["Bunica", flag, value]).fails_with(2);
        assert!(
            said.contains(&format!("invalid value '{value}' for '{flag}")),
            "{said}"
        );
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_flag_that_the_strategy_does_not_look_at_is_wrong_usage() {
    let cases = [
        (
            "greedy",
            "--temperature=0.5",
            "top-k or top-p or top-k-top-p or min-p or typical",
        ),
        ("top-p", "--top-k=5", "top-k or top-k-top-p"),
        ("min-p", "--top-p=0.5", "top-p or top-k-top-p"),
        ("top-k-top-p", "--min-p=0.5", "min-p"),
        ("beam", "--typical-p=0.5", "typical"),
        ("top-k", "--beams=2", "beam"),
        ("greedy", "--length-penalty=2", "beam"),
        ("greedy", "--early-stopping", "beam"),
    ];
    for (strategy, flag, expected) in cases {
        for command in ["generate", "loop", "dialog"] {
            let mut flags = vec!["--strategy", strategy, flag];
            flags.extend((command == "generate").then_some("Bunica"));
            let line = run_on("plain", command, &flags).fails_with(2);
            let name = flag.split('=').next().unwrap();
            let told = format!("{name} needs --strategy {expected}; it is {strategy}\n");
            assert!(line.contains(&told), "{line}");
        }
    }
}

#[test]
fn wrong_usage_is_told_before_a_model_is_looked_for() {
    for flags in [
        &["--strategy", "beam", "--slide"][..],
        &["--min-new-tokens", "9", "-n", "8"],
        &["--strategy", "greedy", "-c", "2"],
        &["--stop", ""],
        &["--bad-word", ""],
    ] {
        let all = [&["generate", "-m", "/no/such/folder", "x"], flags].concat();
        gpt2ro(&all, b"").fails_with(2);
    }
    let flags = [
        "generate",
        "-m",
        "/no/such/folder",
        "x",
        "--min-new-tokens",
        "200",
    ];
    let line = gpt2ro(&flags, b"").fails_with(2);
    let told = "--min-new-tokens is 200 and --max-new-tokens 100; raise the second, -n";
    assert!(line.contains(told), "{line}");
}

#[test]
fn texts_that_begin_with_a_dash_are_no_flags() {
    for flags in [
        ["--stop", "- "],
        ["--stop", "--"],
        ["--bad-word", "-x"],
        ["--logit-bias", "-=2"],
    ] {
        let arguments = ["Bunica", "-n", "2", "--seed", "1", flags[0], flags[1]];
        run_on("plain", "generate", &arguments).out();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn messages_that_nobody_reads_are_no_failure() {
    let model = model("plain");
    let command = format!(
        "{} generate -m {model} Bunica -n 2 --perf 2> /dev/full",
        env!("CARGO_BIN_EXE_gpt2ro")
    );
    let run = std::process::Command::new("bash")
        .args(["-c", &command])
        .status()
        .unwrap();
    assert_eq!(run.code(), Some(0));
}

#[test]
fn huge_penalties_end_in_a_text() {
    for flags in [
        ["--repetition-penalty", "1e-38"],
        ["--frequency-penalty", "-3e38"],
        ["--logit-bias", "5=3e38"],
    ] {
        let arguments = ["Bunica", "-n", "4", "--seed", "1", flags[0], flags[1]];
        run_on("plain", "generate", &arguments).out();
    }
}

#[test]
fn more_continuations_than_a_strategy_has_are_told() {
    let say = |flags: &[&str]| {
        run_on(
            "plain",
            "generate",
            &[&["Bunica", "-c", "5"], flags].concat(),
        )
        .fails_with(2)
    };
    assert!(say(&["--strategy", "beam"]).contains("4 beams finds at most 4; raise --beams"));
    assert!(say(&["--strategy", "greedy"]).contains("has only one; choose another --strategy"));
}

#[test]
fn a_file_that_is_not_the_one_of_the_manifest_is_told() {
    let folder = Folder::new("manifest");
    copy_model("plain", folder.path());
    let manifest = folder.path().join("MANIFEST.json");
    let entry = |bytes: usize, hash: &str| {
        let facts = json!({"files": {"merges.txt": {"bytes": bytes, "sha256": hash}}});
        fs::write(&manifest, facts.to_string()).unwrap();
    };
    let arguments = [
        "generate",
        "-m",
        folder.path().to_str().unwrap(),
        "x",
        "-n",
        "1",
    ];
    let error = || gpt2ro(&arguments, b"").fails_with(1);
    let bytes = fs::read(folder.path().join("merges.txt")).unwrap().len();
    entry(bytes + 1, "");
    let expected = format!(
        "merges.txt: {bytes} bytes found, {} expected by MANIFEST",
        bytes + 1
    );
    assert!(error().contains(&expected), "{}", error());
    entry(bytes, "00");
    assert!(
        error().contains("MANIFEST.json says 00; run the step convert again"),
        "{}",
        error()
    );
    gpt2ro(&[&arguments[..], &["--no-verify"]].concat(), b"").out();
    fs::write(
        &manifest,
        r#"{"files": {"../x": {"bytes": 1, "sha256": ""}}}"#,
    )
    .unwrap();
    assert!(
        error().contains("names ../x, which is no file of the folder"),
        "{}",
        error()
    );
    fs::write(&manifest, "{}").unwrap();
    assert!(
        error().contains("MANIFEST.json: not a manifest"),
        "{}",
        error()
    );
}
