//! Prompts that look like flags, and seeds that nobody chose.

use crate::util::{gpt2ro, run_on};

const GREEDY: [&str; 4] = ["--strategy", "greedy", "-n", "3"];

#[test]
fn a_prompt_may_begin_with_a_dash() {
    for prompt in [
        "- Bună",
        "-- Da",
        "-Ce faci?",
        "-ce mai faci",
        "-sper că da",
        "-Vii aici?",
        "-Bună",
    ] {
        let flags = [&[prompt], &GREEDY[..]].concat();
        let first = run_on("plain", "generate", &flags).out();
        assert!(first.starts_with(prompt), "{first}");
        let flags = [&GREEDY[..], &["--", prompt]].concat();
        assert_eq!(run_on("plain", "generate", &flags).out(), first);
    }
}

#[test]
fn flags_beside_a_prompt_with_a_dash_stay_flags() {
    let short = ["- Bună", "-sgreedy", "-n3"];
    let long = ["- Bună", "--strategy=greedy", "--max-new-tokens=3"];
    assert_eq!(
        run_on("plain", "generate", &short).out(),
        run_on("plain", "generate", &long).out()
    );
    let misspelt = run_on("plain", "generate", &["- Bună", "--sead", "1"]).fails_with(2);
    assert!(
        misspelt.contains("a similar argument exists: '--seed'"),
        "{misspelt}"
    );
    let word = run_on("plain", "generate", &["-Mama"]).fails_with(2);
    assert!(word.contains("use '-- -Mama'"), "{word}");
    // The value of a flag is no prompt.
    run_on("plain", "generate", &["--stop", "- Bună"]).fails_with(2);
    run_on("plain", "generate", &["-n", "- 5", "Bunica"]).fails_with(2);
}

#[test]
fn a_seed_that_nobody_chose_is_a_whole_number_to_every_reader_of_json() {
    for _ in 0..3 {
        let seed =
            run_on("plain", "generate", &["Bunica", "-n", "1", "--json"]).json()["seed"].clone();
        assert!(seed.as_u64().unwrap() < 1 << 53, "{seed}");
    }
}

#[test]
fn perf_tells_the_seed_that_gives_the_text_again() {
    let flags = ["Bunica", "-n", "12", "--perf"];
    let run = run_on("plain", "generate", &flags);
    let told = run.err();
    let (_, seed) = told.trim_end().rsplit_once("; seed ").expect(&told);
    let again = run_on(
        "plain",
        "generate",
        &[&flags[..], &["--seed", seed]].concat(),
    );
    assert_eq!(again.out(), run.out());
    let greedy = run_on(
        "plain",
        "generate",
        &[&["Bunica", "--perf"], &GREEDY[..]].concat(),
    );
    assert!(!greedy.err().contains("seed"), "{greedy}");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for flags in ["--help", "--version", "generate --help"] {
        let command = format!("{} {flags} > /dev/full", env!("CARGO_BIN_EXE_gpt2ro"));
        let run = std::process::Command::new("bash")
            .args(["-c", &command])
            .output()
            .unwrap();
        let told = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{flags}: {told}");
        assert!(
            told.starts_with("gpt2ro: standard output: cannot be written: "),
            "{told}"
        );
    }
    assert_eq!(gpt2ro(&["--help"], b"").err(), "");
}
