//! Files that cannot be read as text, and places where none can be written.

use std::fs;

use crate::util::{Folder, gpt2ro, model, run_on};

/// The first bytes of a file as the programs write them, and what unpacks it.
#[test]
fn a_compressed_file_is_told_with_what_unpacks_it() {
    let folder = Folder::new("compressed");
    for (bytes, with, unpack) in [
        (&b"\x28\xb5\x2f\xfd\x24\x05\x29"[..], "zstd", "zstdcat"),
        (b"\x1f\x8b\x08\x00\xff", "gzip", "zcat"),
        (b"PK\x03\x04\x14\x00\xff", "zip", "unzip -p"),
    ] {
        let file = folder.path().join("text");
        fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        let told = format!(
            "gpt2ro: {file}: compressed with {with}; unpack it first, with - for the file: {unpack} {file} | gpt2ro ... -\n"
        );
        assert_eq!(run_on("plain", "score", &[file]).fails_with(1), told);
        let prompts = run_on("plain", "generate", &["--prompts", file]);
        assert_eq!(prompts.fails_with(1), told);
        let told = format!(
            "gpt2ro: standard input: compressed with {with}; unpack it first: {unpack} FILE | gpt2ro ...\n"
        );
        assert_eq!(gpt2ro(&["corpus", "filter"], bytes).fails_with(1), told);
    }
}

#[test]
fn samples_look_for_both_places_before_they_compute() {
    let folder = Folder::new("places");
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(file("prompts"), "Bunica\n").unwrap();
    let (prompts, here) = (file("prompts"), file("here"));
    let nowhere = file("nowhere/file");
    for (text, json) in [(&nowhere, &here), (&here, &nowhere)] {
        let flags = [
            "--prompts",
            &prompts,
            "--text",
            text,
            "--json",
            json,
            "-n",
            "2",
        ];
        let run = run_on("plain", "samples", &flags);
        let told = run.fails_with(1);
        assert!(
            told.starts_with(&format!("gpt2ro: {nowhere}: cannot be written: ")),
            "{run}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_place_that_can_hold_no_file_is_told_before_anything_is_computed() {
    let folder = Folder::new("no-file");
    let prompts = folder.path().join("prompts");
    fs::write(&prompts, "Bunica\n").unwrap();
    let place = format!("{}/", folder.path().join("none").display());
    let flags = [
        "--prompts",
        prompts.to_str().unwrap(),
        "--output",
        &place,
        "-m",
        "/no/such/folder",
    ];
    let told = gpt2ro(&[&["logits"], &flags[..]].concat(), b"").fails_with(1);
    let expected = format!("gpt2ro: {place}: cannot be written: a folder by its name; ");
    assert!(told.starts_with(&expected), "{told}");
}

#[test]
fn what_another_process_is_writing_is_left_alone() {
    let folder = Folder::new("two-writers");
    let (output, partial) = (
        folder.path().join("out"),
        folder.path().join(".out.partial"),
    );
    let prompts = folder.path().join("prompts");
    fs::write(&prompts, "Bunica\n").unwrap();
    fs::write(&partial, "of another").unwrap();
    let flags = [
        "--prompts",
        prompts.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
        "-n",
        "1",
    ];
    run_on("plain", "logits", &flags).out();
    assert_eq!(fs::read_to_string(&partial).unwrap(), "of another");
    assert!(fs::metadata(&output).unwrap().len() > 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// Closed once after a look, it would end for its reader before anything is written.
#[cfg(unix)]
#[test]
fn a_named_pipe_gets_the_whole_file() {
    let folder = Folder::new("pipe");
    let (prompts, pipe) = (folder.path().join("prompts"), folder.path().join("pipe"));
    let json = folder.path().join("json");
    fs::write(&prompts, "Bunica\n").unwrap();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let command = format!(
        "cat {pipe} & timeout 60 {binary} samples -m {model} --prompts {prompts} --text {pipe} \
         --json {json} -n 1 && wait",
        pipe = pipe.display(),
        binary = env!("CARGO_BIN_EXE_gpt2ro"),
        model = model("plain"),
        prompts = prompts.display(),
        json = json.display(),
    );
    let run = std::process::Command::new("bash")
        .args(["-c", &command])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(
        run.status.success() && text.starts_with("=== Bunica\n"),
        "{text}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_what_is_written_to_it() {
    let binary = env!("CARGO_BIN_EXE_gpt2ro");
    let model = model("plain");
    for arguments in [
        format!("generate -m {model} Bunica -n 2"),
        format!("inspect -m {model}"),
        "completions fish".to_owned(),
        "corpus filter".to_owned(),
    ] {
        let command = format!("echo ș | {binary} {arguments} > /dev/full");
        let run = std::process::Command::new("bash")
            .args(["-c", &command])
            .output()
            .unwrap();
        let told = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{command}: {told}");
        assert!(
            told.starts_with("gpt2ro: standard output: cannot be written: "),
            "{told}"
        );
        assert!(told.ends_with("; free some space, run again\n"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_finds_no_space_is_named() {
    let run = gpt2ro(
        &["corpus", "histogram", "-o", "/dev/full"],
        "a b\n".as_bytes(),
    );
    let told = run.fails_with(1);
    assert!(
        told.starts_with("gpt2ro: /dev/full: cannot be written: "),
        "{run}"
    );
    assert!(told.ends_with("; free some space, run again\n"), "{run}");
}

#[test]
fn input_that_is_not_utf_8_is_an_error() {
    let model = &model("plain");
    let line = gpt2ro(&["generate", "--model", model, "-"], b"\xaati").fails_with(1);
    assert!(line.contains("not UTF-8; convert it"), "{line}");
    assert!(line.contains("iconv -f windows-1250 -t utf-8"), "{line}");
}

#[test]
fn utf_16_is_told_as_such() {
    let model = &model("plain");
    for text in [b"\xff\xfeA\0", b"\xfe\xff\0A"] {
        let line = gpt2ro(&["generate", "--model", model, "-"], text).fails_with(1);
        assert!(line.ends_with("iconv -f utf-16 -t utf-8\n"), "{line}");
    }
}
