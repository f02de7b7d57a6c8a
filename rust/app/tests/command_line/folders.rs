//! What a user is told who names something else than a deploy folder.

use std::fs;
use std::path::Path;

use crate::util::{Folder, copy_model, gpt2ro};

/// What `generate` says of a model that it cannot open.
fn told(model: &Path) -> String {
    let model = model.to_str().unwrap();
    let line = gpt2ro(&["generate", "-m", model, "x"], b"").fails_with(1);
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

/// Results with a model in `deploy`, and a folder beside it that is none.
fn results() -> Folder {
    let results = Folder::new("results");
    for name in ["deploy", "model"] {
        fs::create_dir(results.path().join(name)).unwrap();
    }
    copy_model("plain", &results.path().join("deploy"));
    results
}

#[test]
fn a_file_is_told_with_the_folder_that_it_is_in() {
    let results = results();
    let deploy = results.path().join("deploy");
    let line = told(&deploy.join("rust_model.ot"));
    let expected = format!(
        "rust_model.ot: a file; expected the folder that it is in: -m {}\n",
        deploy.display()
    );
    assert!(line.ends_with(&expected), "{line}");
}

#[test]
fn the_deployed_model_in_a_folder_or_beside_it_is_named() {
    let results = results();
    let expected = format!(
        "; a deployed model is in {0}: -m {0}\n",
        results.path().join("deploy").display()
    );
    for name in ["", "model", "depoly"] {
        let line = told(&results.path().join(name));
        assert!(line.ends_with(&expected), "{name:?}: {line}");
    }
}

#[test]
fn a_folder_without_a_model_near_it_is_told_with_the_step_that_makes_one() {
    let empty = Folder::new("empty");
    let line = told(empty.path());
    assert!(
        line.ends_with("rust_model.ot: not found; run the step convert again\n"),
        "{line}"
    );
}

/// A loop of links cannot be opened by anyone, where a file without permission can by root.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_is_not_to_be_converted_again() {
    for name in [
        "config.json",
        "tokenizer.json",
        "rust_model.ot",
        "rust_model_fp16.ot",
    ] {
        let folder = Folder::new("loop-of-links");
        copy_model("plain", folder.path());
        for other in ["rust_model.ot", "rust_model_fp16.ot"] {
            let _ = name
                .ends_with(".ot")
                .then(|| fs::remove_file(folder.path().join(other)));
        }
        let path = folder.path().join(name);
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(&path, &path).unwrap();
        let weights = if name.contains("fp16") {
            "fp16"
        } else {
            "fp32"
        };
        let model = folder.path().to_str().unwrap();
        let flags = ["generate", "-m", model, "x", "--weights", weights];
        let line = gpt2ro(&flags, b"").fails_with(1);
        assert!(
            line.contains(&format!("{name}: cannot be read: ")),
            "{line}"
        );
        assert!(!line.contains("convert"), "{line}");
    }
}
