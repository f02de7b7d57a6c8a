//! Every check holds on the inputs that are kept for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gpt2ro_checks::CHECKS;

/// The inputs are for every checkout, so they stay small.
const MOST_BYTES: u64 = 200_000;

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_must_hold_holds_on_every_input() {
    for (name, check) in CHECKS {
        let files = files(&inputs().join(name));
        let is_whole = |file: &PathBuf| file.file_stem().is_some_and(|stem| stem == "whole");
        assert!(files.iter().any(is_whole), "{name} has no whole input");
        for file in files {
            // The name of the input that fails is the last one told.
            println!("{}", file.display());
            let accepted = check(&fs::read(&file).unwrap());
            // Else a check would only ever see what is refused.
            assert!(
                accepted || !is_whole(&file),
                "{} is refused",
                file.display()
            );
        }
    }
}

#[test]
fn every_check_bears_cut_inputs_and_none() {
    for (name, check) in CHECKS {
        check(b"");
        let files = files(&inputs().join(name));
        let whole = fs::read(&files[0]).unwrap();
        for length in (0..whole.len()).step_by(1 + whole.len() / 16) {
            check(&whole[..length]);
        }
    }
}

#[test]
fn every_folder_of_inputs_has_a_check_and_a_fuzz_target() {
    let names: BTreeSet<String> = CHECKS.iter().map(|(name, _)| name.to_string()).collect();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let folders: BTreeSet<String> = files(&inputs()).into_iter().map(stem).collect();
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let targets: BTreeSet<String> = files(&targets).into_iter().map(stem).collect();
    assert_eq!(folders, names);
    assert_eq!(targets, names);
}

#[test]
fn the_inputs_are_few_bytes() {
    let size = |path: PathBuf| fs::metadata(path).unwrap().len();
    let all = files(&inputs())
        .into_iter()
        .flat_map(|folder| files(&folder));
    let bytes: u64 = all.map(size).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
