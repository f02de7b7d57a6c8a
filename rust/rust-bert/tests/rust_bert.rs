//! The back end on libtorch: what it writes is what `transformers` and the engine write.

#[path = "../../app/tests/command_line/comparisons.rs"]
mod comparisons;
#[allow(dead_code)] // of the tests of gpt2ro
#[path = "../../app/tests/command_line/util.rs"]
mod util;

use comparisons::{
    chooses_what_transformers_chooses, continues_as_transformers_does, logits,
    random_strategies_choose_what_transformers_chooses, slides_as_pytorch_would,
    writes_the_logits_of_pytorch,
};
use util::{Folder, copy_model, gpt2ro, reference};

const RUST_BERT: [&str; 2] = ["--backend", "rust-bert"];

#[test]
fn greedy_and_beam_search_choose_what_transformers_chooses() {
    chooses_what_transformers_chooses(&RUST_BERT);
}

#[test]
fn fifty_prompts_are_continued_as_transformers_does() {
    continues_as_transformers_does(&RUST_BERT);
}

#[test]
fn random_strategies_choose_what_transformers_does() {
    random_strategies_choose_what_transformers_chooses("plain", &RUST_BERT);
}

#[test]
fn random_strategies_end_where_transformers_does() {
    random_strategies_choose_what_transformers_chooses("ending", &RUST_BERT);
}

#[test]
fn a_sliding_context_is_its_newer_half_read_anew() {
    slides_as_pytorch_would(&RUST_BERT);
}

#[test]
fn logits_are_those_of_pytorch() {
    writes_the_logits_of_pytorch(&RUST_BERT);
}

#[test]
fn logits_and_greedy_tokens_are_those_of_the_engine() {
    let prompts = reference("plain");
    let (ours, theirs) = (logits(&prompts, &[]), logits(&prompts, &RUST_BERT));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours.values.len(), theirs.values.len());
        for (ours, theirs) in ours.values.iter().zip(&theirs.values) {
            assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }
        assert_eq!(ours.greedy, theirs.greedy);
    }
}

#[test]
fn damaged_weights_are_told_in_one_line() {
    let folder = Folder::new("rust-bert-damaged");
    copy_model("plain", folder.path());
    let weights = folder.path().join("rust_model.ot");
    let whole = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &whole[..whole.len() / 2]).unwrap();
    let model = folder.path().to_str().unwrap();
    let asked = ["generate", "--model", model, "x"];
    let line = gpt2ro(&[&asked[..], &RUST_BERT].concat(), b"").fails_with(1);
    assert!(
        line.contains("rust_model.ot: not the weights of this model ("),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn both_backends_read_the_same_halves() {
    let prompts = reference("plain");
    let theirs = logits(&prompts, &["--weights", "fp16", "--backend", "rust-bert"]);
    for (ours, theirs) in logits(&prompts, &["--weights", "fp16"]).iter().zip(&theirs) {
        for (ours, theirs) in ours.values.iter().zip(&theirs.values) {
            assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }
        assert_eq!(ours.greedy, theirs.greedy);
    }
}
