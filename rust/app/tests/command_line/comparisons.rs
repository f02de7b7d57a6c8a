//! What a backend of the binary writes, against `transformers` and PyTorch: for the tests of each backend.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use safetensors::SafeTensors;
use serde_json::Value;

use crate::util::{Folder, PROMPTS, STREAM_SEED, model, reference, run_on};

/// Token ids in JSON.
pub fn ids(value: &Value) -> Vec<u64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_u64().unwrap())
        .collect()
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
    #[allow(dead_code)] // of the tests that compare two back ends
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

const STRATEGIES: [&str; 3] = ["greedy", "beam", "top-k"];

/// Continue fifty prompts with every strategy, with these flags besides.
///
/// Compared are the ids, 24 tokens or up to the end of the text, of greedy decoding, of a beam search
/// with 4 beams, and of top-k sampling (k 50, temperature 0.8). For the last, `transformers` draws with the
/// random numbers of the binary's seed in place of its own: see `tiny_deploy.py`.
pub fn continues_as_transformers_does(backend: &[&str]) {
    let prompts = Path::new(env!("CARGO_MANIFEST_DIR")).join(PROMPTS);
    let prompts = prompts.to_str().unwrap();
    let seed = STREAM_SEED.to_string();
    for name in ["plain", "ending"] {
        let file = Path::new(&model(name)).join("continuations.json");
        let expected: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        for strategy in STRATEGIES {
            let flags = ["--prompts", prompts, "--json", "-n", "24", "--seed", &seed];
            let flags = [&flags[..], &["--strategy", strategy], backend].concat();
            let out = run_on(name, "generate", &flags).out();
            let expected = expected[strategy].as_array().unwrap();
            assert_eq!((out.lines().count(), expected.len()), (50, 50));
            for (line, expected) in out.lines().zip(expected) {
                let found: Value = serde_json::from_str(line).unwrap();
                assert_eq!(
                    ids(&found["tokens"]),
                    ids(expected),
                    "{name} {strategy}: {line}"
                );
            }
        }
    }
}

/// Random parameters: every case has a prompt, a strategy with its parameters and some of what changes
/// logits; all are drawn in `tiny_deploy.py`, which says how. Of a beam search all sequences that are asked
/// for are compared.
pub fn random_strategies_choose_what_transformers_chooses(name: &str, backend: &[&str]) {
    let seed = STREAM_SEED.to_string();
    let file = Path::new(&model(name)).join("random_cases.json");
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(cases.len(), 40);
    for case in cases {
        let flags = case["flags"].as_array().unwrap();
        let flags: Vec<&str> = flags.iter().map(|flag| flag.as_str().unwrap()).collect();
        let prompt = case["prompt"].as_str().unwrap();
        let fixed = [prompt, "-n", "24", "--json", "--seed", &seed];
        let run = run_on(name, "generate", &[&fixed[..], &flags, backend].concat());
        let lines = run.out();
        let found: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["tokens"].take())
            .collect();
        let expected = case["tokens"].as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{run}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(ids(found), ids(expected), "{name}: {run}");
        }
    }
}
