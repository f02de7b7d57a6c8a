//! Runs the real binary in a fresh folder; a failure prints command, status and both streams.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A folder that is removed in the end.
pub struct Folder(PathBuf);

impl Folder {
    /// Make a new empty folder.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gpt2ro-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The deploy folder of a tiny model, written once by Python with `transformers`.
pub fn tiny_deploy() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tiny");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny_deploy.py");
        let output = Command::new("python3").arg(script).arg(&folder).output().unwrap();
        assert!(output.status.success(), "tiny_deploy.py: {}", text(&output.stderr));
        folder
    })
}

/// What `transformers` says of each prompt.
pub fn reference() -> Vec<Value> {
    let text = std::fs::read_to_string(tiny_deploy().join("reference.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// How a run of the binary ended.
pub struct Run {
    command: String,
    output: Output,
}

/// Run the binary with these arguments and this standard input.
pub fn gpt2ro(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gpt2ro"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails early does not read; its message is what matters then.
    let _ = child.stdin.take().unwrap().write_all(input);
    Run { command: arguments.join(" "), output: child.wait_with_output().unwrap() }
}

/// Run a command of the binary on the tiny model.
pub fn on_tiny(command: &str, arguments: &[&str]) -> Run {
    let model = tiny_deploy().to_str().unwrap();
    gpt2ro(&[&[command, "--model", model], arguments].concat(), b"")
}

impl Run {
    /// Standard output, after insisting on success.
    pub fn out(&self) -> String {
        assert!(self.output.status.success(), "{self}");
        text(&self.output.stdout)
    }

    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out()).unwrap()
    }

    /// Standard error, after insisting on this exit code.
    pub fn fails_with(&self, code: i32) -> String {
        assert_eq!(self.output.status.code(), Some(code), "{self}");
        text(&self.output.stderr)
    }

    pub fn err(&self) -> String {
        text(&self.output.stderr)
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "gpt2ro {}: {}", self.command, self.output.status)?;
        writeln!(out, "stdout: {}", text(&self.output.stdout))?;
        write!(out, "stderr: {}", text(&self.output.stderr))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
