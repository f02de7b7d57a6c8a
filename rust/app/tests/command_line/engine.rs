//! The engine: what it writes is what `transformers` writes, and what rounding and caches change.

use std::fs;

use serde_json::{Value, json};

use crate::comparisons::{
    chooses_what_transformers_chooses, continues_as_transformers_does, logits,
    random_strategies_choose_what_transformers_chooses, slides_as_pytorch_would,
    writes_the_logits_of_pytorch,
};
use crate::util::{BINARY, Folder, Run, copy_model, gpt2ro, reference, run_on};

const FP32: [&str; 0] = [];
const BF16: [&str; 2] = ["--precision", "bf16"];
const INT8: [&str; 2] = ["--precision", "int8"];
const INT4: [&str; 2] = ["--precision", "int4"];

fn with<'a>(flags: &[&'a str], backend: &[&'a str]) -> Vec<&'a str> {
    [flags, backend].concat()
}

#[test]
fn greedy_and_beam_search_choose_what_transformers_chooses() {
    chooses_what_transformers_chooses(&FP32);
}

#[test]
fn fifty_prompts_are_continued_as_transformers_does() {
    continues_as_transformers_does(&FP32);
}

#[test]
fn random_strategies_choose_what_transformers_does() {
    random_strategies_choose_what_transformers_chooses("plain", &FP32);
}

#[test]
fn random_strategies_end_where_transformers_does() {
    random_strategies_choose_what_transformers_chooses("ending", &FP32);
}

#[test]
fn a_sliding_context_is_its_newer_half_read_anew() {
    slides_as_pytorch_would(&FP32);
}

#[test]
fn fp32_logits_are_those_of_pytorch() {
    writes_the_logits_of_pytorch(&FP32);
}

const HALVES: [&str; 2] = ["--weights", "fp16"];

/// As far apart as two roundings of all weights to 11 bits: a thousandth of the logits' size.
#[test]
fn logits_of_the_halves_differ_by_less_than_a_thousandth_of_their_size() {
    let prompts = reference("plain");
    let pairs = logits(&prompts, &FP32)
        .into_iter()
        .zip(logits(&prompts, &HALVES));
    for (exact, halves) in pairs {
        let share = distance(&exact.values, &halves.values);
        assert!(share > 0.0 && share < 1e-3, "{share}");
    }
}

#[test]
fn a_folder_may_have_the_halves_only() {
    let folder = Folder::new("halves");
    copy_model("plain", folder.path());
    let model = folder.path().to_str().unwrap();
    let say = |flags: &[&str]| {
        let asked = [
            "generate", "--model", model, "Bunica", "--seed", "5", "--json",
        ];
        gpt2ro(&with(&asked, flags), b"")
    };
    let expected = say(&HALVES).out();
    fs::remove_file(folder.path().join("rust_model.ot")).unwrap();
    assert_eq!(say(&FP32).out(), expected);
    let line = say(&["--weights", "fp32"]).fails_with(1);
    assert!(line.contains("rust_model.ot: not found"), "{line}");
}

/// The root of the mean square of the difference, as a share of that of the first.
fn distance(exact: &[f32], other: &[f32]) -> f32 {
    let error: f32 = exact.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum();
    let size: f32 = exact.iter().map(|a| a.powi(2)).sum();
    (error / size).sqrt()
}

/// The weights of the tiny model are random and large, which is hard on rounding; a trained model's
/// errors are smaller.
#[test]
fn rounded_logits_differ_by_less_than_a_share_of_their_size() {
    let prompts = reference("plain");
    let exact = logits(&prompts, &FP32);
    for (backend, most) in [(BF16, 0.02), (INT8, 0.1), (INT4, 0.5)] {
        let rounded = logits(&prompts, &backend);
        for (exact, rounded) in exact.iter().zip(&rounded) {
            let share = distance(&exact.values, &rounded.values);
            assert!(share > 0.0 && share < most, "{backend:?}: {share}");
        }
    }
}

#[test]
fn one_thread_and_two_write_the_same() {
    for backend in [&FP32[..], &BF16, &INT8, &INT4] {
        for strategy in ["top-p", "beam"] {
            let say = |threads| {
                let flags = ["Bunica", "--seed", "5", "-n", "40", "--threads", threads];
                let flags = with(&with(&flags, &["--strategy", strategy]), backend);
                run_on("plain", "generate", &flags).out()
            };
            assert_eq!(say("1"), say("2"));
        }
    }
}

#[test]
fn a_cache_changes_no_text_and_is_mended_where_damaged() {
    let folder = Folder::new("engine-cache");
    copy_model("plain", folder.path());
    let model = folder.path().to_str().unwrap();
    let packed = folder.path().join("rust_model.int8.packed");
    let say = |flags: &[&str]| {
        let asked = ["generate", "--model", model, "Bunica", "--seed", "5"];
        gpt2ro(&with(&with(&asked, &INT8), flags), b"").out()
    };
    let expected = say(&[]);
    assert!(!packed.exists());
    assert_eq!(say(&["--cache"]), expected);
    let whole = fs::read(&packed).unwrap();
    assert_eq!(say(&["--cache"]), expected);
    fs::write(&packed, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(say(&["--cache"]), expected);
    assert!(fs::read(&packed).unwrap() == whole);
}

/// A model with a manifest, and a start of it; what is just written is not remembered, hence the wait.
fn start_of_a_model_with_a_manifest(folder: &Folder) -> impl Fn(&[&str]) -> Run {
    copy_model("plain", folder.path());
    let model = folder.path().to_str().unwrap().to_owned();
    std::thread::sleep(std::time::Duration::from_millis(200));
    move |flags| {
        let asked = ["generate", "-m", &model, "x", "-n", "1"];
        gpt2ro(&with(&with(&asked, &FP32), flags), b"")
    }
}

fn write_manifest(folder: &Folder, sha256: &str) {
    let bytes = fs::metadata(folder.path().join("rust_model.ot")).unwrap();
    let facts = json!({"rust_model.ot": {"bytes": bytes.len(), "sha256": sha256}});
    let text = json!({ "files": facts }).to_string();
    fs::write(folder.path().join("MANIFEST.json"), text).unwrap();
}

/// The hash of the weights, as the binary tells it.
fn hash_of_weights(folder: &Folder, start: &impl Fn(&[&str]) -> Run) -> String {
    write_manifest(folder, "00");
    let told = start(&[]).fails_with(1);
    let hash = told.split("its SHA-256 is ").nth(1).unwrap();
    hash.split(',').next().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn weights_found_whole_are_read_again_only_when_changed_or_asked() {
    let folder = Folder::new("engine-verified");
    let start = start_of_a_model_with_a_manifest(&folder);
    let record = folder.path().join("rust_model.verified");
    let hash = hash_of_weights(&folder, &start);
    write_manifest(&folder, &hash);
    start(&[]).out();
    assert!(!record.exists(), "nothing is remembered without --cache");
    start(&["--cache"]).out();
    // That the weights are not read shows only where manifest and memory are wrong alike.
    write_manifest(&folder, "00");
    let remembered = fs::read_to_string(&record).unwrap();
    start(&["--cache"]).fails_with(1);
    let forged = remembered.replace(&hash, "00");
    fs::write(&record, &forged).unwrap();
    start(&["--cache"]).out();
    for flags in [&[][..], &["--cache", "--verify"]] {
        assert!(start(flags).fails_with(1).contains("its SHA-256 is"));
    }
    fs::write(&record, &forged[..forged.len() / 2]).unwrap();
    start(&["--cache"]).fails_with(1);
}

#[cfg(unix)]
#[test]
fn weights_changed_after_they_were_found_whole_are_told() {
    let folder = Folder::new("engine-changed");
    let start = start_of_a_model_with_a_manifest(&folder);
    let hash = hash_of_weights(&folder, &start);
    write_manifest(&folder, &hash);
    start(&["--cache"]).out();
    let path = folder.path().join("rust_model.ot");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    // Its time of modification can be set back.
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(time).unwrap();
    let told = start(&["--cache"]).fails_with(1);
    assert!(told.contains("its SHA-256 is"), "{told}");
}

#[test]
fn a_cache_that_cannot_be_written_is_told_and_no_failure() {
    let folder = Folder::new("engine-no-cache");
    copy_model("plain", folder.path());
    let model = folder.path().to_str().unwrap();
    fs::create_dir_all(folder.path().join("rust_model.fp32.packed/in")).unwrap();
    let flags = with(&["generate", "--model", model, "x", "--cache"], &FP32);
    let said = gpt2ro(&flags, b"");
    assert!(
        said.err()
            .contains("rust_model.fp32.packed: cannot be written (")
    );
    said.out();
}

#[test]
fn weights_that_are_not_numbers_are_told() {
    for backend in [&FP32[..], &BF16, &INT8, &INT4] {
        let line = run_on("not_numbers", "generate", &with(&["x"], backend)).fails_with(1);
        assert!(line.contains("logits are not numbers (NaN)"), "{line}");
    }
}

#[test]
fn damaged_weights_are_told_in_one_line() {
    let folder = Folder::new("engine-damaged");
    let model = folder.path().to_str().unwrap();
    let weights = folder.path().join("rust_model.ot");
    let error = || {
        let flags = with(&["generate", "--model", model, "x"], &FP32);
        gpt2ro(&flags, b"").fails_with(1)
    };
    copy_model("plain", folder.path());
    let whole = fs::read(&weights).unwrap();
    // Not a zip, cut, and with another kind of storage in its list of tensors.
    let garbage = b"PK not at all".to_vec();
    let cut = whole[..whole.len() / 2].to_vec();
    let mut changed = whole.clone();
    let kind = b"FloatStorage";
    let place = changed
        .windows(kind.len())
        .position(|window| window == kind);
    changed[place.unwrap()] = b'D';
    for bytes in [garbage, cut, changed] {
        fs::write(&weights, bytes).unwrap();
        let line = error();
        assert!(
            line.contains("rust_model.ot: not the weights of this model (")
                && line.contains("run the step convert again"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn weights_of_another_configuration_are_told_by_the_tensor() {
    let folder = Folder::new("engine-config");
    copy_model("plain", folder.path());
    let path = folder.path().join("config.json");
    let whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let model = folder.path().to_str().unwrap();
    for (key, value, told) in [
        (
            "n_layer",
            json!(3),
            "tensor transformer.h.2.attn.c_attn.weight is missing",
        ),
        (
            "n_layer",
            json!(1),
            "is there; the configuration says 1 layers",
        ),
        (
            "n_positions",
            json!(32),
            "tensor transformer.wpe.weight has shape [64, 64]; the configuration says [32, 64]",
        ),
    ] {
        let mut changed = whole.clone();
        changed[key] = value;
        fs::write(&path, changed.to_string()).unwrap();
        let flags = with(&["generate", "--model", model, "x"], &FP32);
        let line = gpt2ro(&flags, b"").fails_with(1);
        assert!(line.contains(told), "{line}");
    }
}

#[test]
fn rounding_with_rust_bert_is_wrong_usage_with_the_remedy() {
    for precision in ["bf16", "int8", "int4"] {
        let flags = ["x", "--precision", precision, "--backend", "rust-bert"];
        let line = run_on("plain", "generate", &flags).fails_with(2);
        let told = format!("--precision {precision} needs --backend engine");
        assert!(line.contains(&told), "{line}");
    }
}

/// A copy of the binary in a folder of its own, and what it says when it is to compute with rust-bert.
#[cfg(unix)]
fn asked_for_rust_bert(folder: &Folder) -> std::process::Output {
    let binary = folder.path().join("gpt2ro");
    if !binary.exists() {
        fs::copy(BINARY, &binary).unwrap();
    }
    let mut command = std::process::Command::new(binary);
    command.args(["score", "-m", "a b", "x", "--backend", "rust-bert"]);
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn the_program_with_rust_bert_stands_beside_this_one_and_gets_its_arguments() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("beside");
    let missing = asked_for_rust_bert(&folder);
    assert_eq!(missing.status.code(), Some(1));
    let line = String::from_utf8_lossy(&missing.stderr).into_owned();
    let told =
        "gpt2ro-rust-bert: not found; --backend rust-bert needs it, which the step rust builds";
    assert!(line.contains(told), "{line}");
    let program = folder.path().join("gpt2ro-rust-bert");
    fs::write(&program, "#!/bin/sh\nprintf '%s,' \"$@\"\nexit 7\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let started = asked_for_rust_bert(&folder);
    assert_eq!(started.status.code(), Some(7));
    let arguments = String::from_utf8_lossy(&started.stdout).into_owned();
    assert_eq!(arguments, "score,-m,a b,x,--backend,rust-bert,");
}
