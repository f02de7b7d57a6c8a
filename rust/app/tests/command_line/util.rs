//! Runs the real binary in a fresh folder; a failure prints command, status and both streams.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::Value;

/// A folder that is removed in the end.
pub struct Folder(PathBuf);

impl Folder {
    /// Make a new empty folder, also where another of this name is in use.
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let path = std::env::temp_dir().join(format!("gpt2ro-{process}-{number}-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The prompts that every strategy continues, from the folder of a package on.
pub const PROMPTS: &str = "../../tests/data/continuation_prompts.txt";
/// The seed whose random numbers `transformers` draws with in tiny_deploy.py.
pub const STREAM_SEED: u64 = 11;

/// The first numbers that the seed gives, from 0 to under 1, 53 random bits each: one for each token drawn.
fn random_stream() -> String {
    let mut random = ChaCha12Rng::seed_from_u64(STREAM_SEED);
    let numbers = (0..64).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64);
    serde_json::to_string(&numbers.collect::<Vec<_>>()).unwrap()
}

/// A deploy folder of a tiny model, by its name in tiny_deploy.py, which writes all of them once.
pub fn model(name: &str) -> String {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(tiny_models);
    folder.join(name).to_str().unwrap().to_owned()
}

/// The models, written anew if what they are made from is not what it was: the tests of two packages run
/// one after the other and share them.
fn tiny_models() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tiny");
    let of_app = |file| Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let script = of_app("../app/tests/tiny_deploy.py");
    let prompts = of_app(PROMPTS);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let made_from = [read(&script), read(&prompts), random_stream()].concat();
    let stamp = folder.join("made_from");
    if std::fs::read_to_string(&stamp).is_ok_and(|before| before == made_from) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let output = Command::new("python3")
        .arg(script)
        .arg(&folder)
        .arg(random_stream())
        .output()
        .unwrap();
    let told = text(&output.stderr);
    assert!(output.status.success(), "tiny_deploy.py: {told}");
    std::fs::write(stamp, made_from).unwrap();
    folder
}

/// Copy the files of a model.
pub fn copy_model(name: &str, target: &Path) {
    for entry in std::fs::read_dir(model(name)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
    }
}

/// What `transformers` says of each prompt.
pub fn reference(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new(&model(name)).join("reference.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// How a run of the binary ended.
pub struct Run {
    command: String,
    output: Output,
}

/// The program of the package that is tested.
pub const BINARY: &str = match (
    option_env!("CARGO_BIN_EXE_gpt2ro"),
    option_env!("CARGO_BIN_EXE_gpt2ro-rust-bert"),
) {
    (Some(program), _) | (None, Some(program)) => program,
    (None, None) => panic!("cargo gives the tests of a package its programs"),
};

fn binary() -> Command {
    let mut command = Command::new(BINARY);
    // Threads that spin for each other take three times as long on models this small.
    command.env("OMP_NUM_THREADS", "1");
    command
}

/// Run the binary with these arguments and this standard input.
pub fn gpt2ro(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = binary()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails early does not read; its message is what matters then.
    let _ = child.stdin.take().unwrap().write_all(input);
    Run {
        command: arguments.join(" "),
        output: child.wait_with_output().unwrap(),
    }
}

/// Run a command of the binary on a model, by its name in tiny_deploy.py.
pub fn run_on(name: &str, command: &str, arguments: &[&str]) -> Run {
    gpt2ro(
        &[&[command, "--model", &model(name)], arguments].concat(),
        b"",
    )
}

/// A running binary to talk with.
pub struct Session {
    process: Child,
}

impl Session {
    /// Start a command on the plain model.
    pub fn start(command: &str, arguments: &[&str]) -> Self {
        let process = binary()
            .args([command, "--model", &model("plain")])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { process }
    }

    /// Start a command on the plain model at a terminal, which `script` of util-linux makes.
    pub fn at_terminal(command: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let model = model("plain");
        let fixed = [BINARY, command, "--model", &model];
        let words = fixed.iter().chain(arguments);
        let line: Vec<String> = words.map(|word| format!("'{word}'")).collect();
        let process = Command::new("script")
            .args([
                "--quiet",
                "--return",
                "--command",
                &line.join(" "),
                "/dev/null",
            ])
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Held open by what is left of a failed test, it would keep the test program from ending.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process }
    }

    /// Write to its standard input.
    pub fn say(&mut self, text: &str) {
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Read its standard output up to and including this text, and return it.
    pub fn wait_for(&mut self, expected: &str) -> String {
        let out = self.process.stdout.as_mut().unwrap();
        let mut read = Vec::new();
        while !read.ends_with(expected.as_bytes()) {
            let mut byte = [0];
            assert_eq!(
                out.read(&mut byte).unwrap(),
                1,
                "no {expected:?} in {}",
                text(&read)
            );
            read.extend(byte);
        }
        text(&read)
    }

    /// Send what a terminal sends for Ctrl-C.
    pub fn press_ctrl_c(&self) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Wait for its end, with its input open.
    pub fn end(mut self) -> ExitStatus {
        let _open = self.process.stdin.take();
        self.process.wait().unwrap()
    }

    /// Close its input and wait for its end.
    pub fn end_of_input(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Session {
    /// One that was left, or that a test failed in, must not live on.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Run {
    /// Standard output, after insisting on success.
    pub fn out(&self) -> String {
        assert!(self.output.status.success(), "{self}");
        text(&self.output.stdout)
    }

    /// Standard output, however the run ended.
    pub fn written(&self) -> String {
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

    /// Whether standard output is empty.
    pub fn nothing_was_written(&self) -> bool {
        self.output.stdout.is_empty()
    }

    /// Standard error.
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
