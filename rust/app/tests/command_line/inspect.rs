//! What `inspect` says of a deploy folder.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::util::{Folder, copy_model, gpt2ro, run_on};

fn inspected(name: &str) -> Value {
    run_on(name, "inspect", &["--json"]).json()
}

fn tensor<'a>(report: &'a Value, name: &str) -> &'a Value {
    let tensors = report["tensors"].as_array().unwrap();
    tensors
        .iter()
        .find(|tensor| tensor["name"] == name)
        .unwrap()
}

#[test]
fn tensors_have_name_shape_kind_and_bytes() {
    let report = inspected("plain");
    let vocabulary = report["config"]["vocab_size"].as_u64().unwrap();
    let embedding = tensor(&report, "transformer.wte.weight");
    assert_eq!(embedding["shape"], json!([vocabulary, 64]));
    assert_eq!(embedding["dtype"], "float32");
    assert_eq!(embedding["bytes"], vocabulary * 64 * 4);
    // Two layers of width 64: 12 d^2 + 13 d each, the embeddings, the last norm; no masks.
    let parameters = 2 * (12 * 64 * 64 + 13 * 64) + (vocabulary + 64) * 64 + 2 * 64;
    assert_eq!(report["parameters"], parameters);
    let masks = 2 * 64 * 64;
    assert_eq!(report["tensor_bytes"], 4 * (parameters + masks));
}

#[test]
fn the_halves_take_half() {
    let whole = inspected("plain");
    let halves = run_on("plain", "inspect", &["--json", "--weights", "fp16"]).json();
    assert_eq!(halves["weights"], "rust_model_fp16.ot");
    assert_eq!(tensor(&halves, "transformer.ln_f.bias")["dtype"], "float16");
    let bytes = |report: &Value| report["tensor_bytes"].as_u64().unwrap();
    assert_eq!(2 * bytes(&halves), bytes(&whole));
    assert_eq!(halves["parameters"], whole["parameters"]);
}

#[test]
fn the_tokenizer_is_described() {
    let facts = inspected("plain")["tokenizer"].clone();
    let vocabulary = facts["vocabulary"].as_u64().unwrap();
    // All bytes, one token a merge, and end-of-text.
    assert_eq!(facts["merges"], vocabulary - 256 - 1);
    assert_eq!(
        facts["special_tokens"],
        json!({"<|endoftext|>": vocabulary - 1})
    );
    let letters = facts["whole_letters"].as_object().unwrap();
    assert_eq!(letters.len(), 5);
    assert_eq!(letters["ă"], true);
}

#[test]
fn every_file_is_held_against_the_manifest() {
    let folder = Folder::new("inspect");
    copy_model("plain", folder.path());
    let path = folder.path().to_str().unwrap();
    let merges = fs::read(folder.path().join("merges.txt")).unwrap();
    let digits = Sha256::digest(&merges);
    let sha256: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    let facts = json!({"files": {"merges.txt": {"bytes": merges.len(), "sha256": sha256}}});
    fs::write(folder.path().join("MANIFEST.json"), facts.to_string()).unwrap();
    let report = gpt2ro(&["inspect", "-m", path, "--json"], b"").json();
    let of_file = |report: &Value, name: &str| {
        let files = report["files"].as_array().unwrap();
        files
            .iter()
            .find(|file| file["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        of_file(&report, "merges.txt"),
        json!({"name": "merges.txt", "bytes": merges.len(), "sha256": sha256, "as_in_manifest": true})
    );
    assert_eq!(
        of_file(&report, "config.json")["as_in_manifest"],
        Value::Null
    );
    fs::write(folder.path().join("merges.txt"), "other").unwrap();
    let changed = gpt2ro(&["inspect", "-m", path], b"");
    assert!(
        changed
            .fails_with(1)
            .contains("not as MANIFEST.json says: merges.txt; run the step convert again"),
        "{changed}"
    );
}

#[test]
fn a_folder_of_only_what_the_binary_needs_is_whole() {
    let folder = Folder::new("inspect-few");
    copy_model("plain", folder.path());
    let path = folder.path().to_str().unwrap();
    let whole = gpt2ro(&["inspect", "-m", path, "--json"], b"").json();
    let files = whole["files"].as_array().unwrap();
    let named: serde_json::Map<String, Value> = files
        .iter()
        .map(|file| {
            let facts = json!({"bytes": file["bytes"], "sha256": file["sha256"]});
            (file["name"].as_str().unwrap().to_owned(), facts)
        })
        .collect();
    for name in named.keys() {
        if !["rust_model.ot", "config.json", "tokenizer.json"].contains(&&**name) {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
    let manifest = folder.path().join("MANIFEST.json");
    fs::write(manifest, json!({"files": named}).to_string()).unwrap();
    let out = gpt2ro(&["inspect", "-m", path], b"").out();
    let line = out
        .lines()
        .find(|line| line.contains("merges.txt"))
        .unwrap();
    assert!(line.ends_with("  not here"), "{line}");
    assert_eq!(out.matches(" equal\n").count(), 3, "{out}");
    let report = gpt2ro(&["inspect", "-m", path, "--json"], b"").json();
    let files = report["files"].as_array().unwrap();
    let merges = files.iter().find(|file| file["name"] == "merges.txt");
    let expected =
        json!({"name": "merges.txt", "bytes": null, "sha256": null, "as_in_manifest": null});
    assert_eq!(merges, Some(&expected));
}

#[test]
fn sizes_of_another_model_are_told_after_the_report() {
    let folder = Folder::new("inspect-sizes");
    copy_model("plain", folder.path());
    let config = folder.path().join("config.json");
    let text = fs::read_to_string(&config).unwrap();
    let path = folder.path().to_str().unwrap();
    for (key, told) in [
        (
            "\"n_layer\": 2",
            "tensor transformer.h.2.attn.c_attn.weight is missing",
        ),
        (
            "\"n_positions\": 64",
            "tensor transformer.wpe.weight has shape [64, 64]",
        ),
    ] {
        assert!(text.contains(key), "{text}");
        let (name, _) = key.rsplit_once(' ').unwrap();
        fs::write(&config, text.replace(key, &format!("{name} 3"))).unwrap();
        let run = gpt2ro(&["inspect", "-m", path], b"");
        let line = run.fails_with(1);
        assert!(
            line.contains("rust_model.ot: not the weights of this model"),
            "{run}"
        );
        assert!(line.contains(told), "{run}");
        assert_eq!(line.lines().count(), 1, "{run}");
        assert!(
            run.to_string().contains("shapes NOT as config.json says"),
            "{run}"
        );
    }
}

#[test]
fn the_report_is_readable_without_json() {
    let out = run_on("plain", "inspect", &[]).out();
    for told in [
        "layers 2, width 64, heads 2, context 64, vocabulary ",
        "special tokens: <|endoftext|> ",
        "transformer.h.1.mlp.c_fc.weight",
        "[64, 256]",
        "ă yes",
        "shapes as config.json says",
    ] {
        assert!(out.contains(told), "{told:?} in {out}");
    }
}
