//! Files that are there whole or not at all: they are written under another name, then renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between making a file and locking it lies less than this.
const JUST_MADE: Duration = Duration::from_secs(60);

/// Write a file, one piece after the other. Another process that writes the same file does so for itself;
/// what one that was killed has left of it is removed.
///
/// # Errors
/// The disk is full, the folder is missing, ... Then nothing of the file stays.
pub fn write_whole(path: &Path, pieces: &[&[u8]]) -> io::Result<()> {
    remove_abandoned(path);
    let partial = partial_path(path);
    let written = File::create(&partial).and_then(|mut file| {
        // The system gives the lock back, however the process ends. Where there are no locks, what is
        // left stays.
        let _ = file.try_lock();
        for piece in pieces {
            file.write_all(piece)?;
        }
        file.sync_all()?;
        fs::rename(&partial, path)
    });
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// What a file is called while it is written, by this process.
#[must_use]
pub fn partial_path(path: &Path) -> PathBuf {
    let process = std::process::id();
    path.with_file_name(format!("{}{process}{PARTIAL}", beginning(path)))
}

const PARTIAL: &str = ".partial";

/// How the names begin under which a file is written.
fn beginning(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.")
}

/// Remove what processes that are no more have left of a file. None of it can be read anyway, so that it
/// stays where it cannot be removed is no failure.
fn remove_abandoned(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let beginning = beginning(path);
    let is_partial = |name: &str| {
        let process = name
            .strip_prefix(&beginning)
            .and_then(|rest| rest.strip_suffix(PARTIAL));
        process.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_partial(&entry.file_name().to_string_lossy()) && is_abandoned(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody is writing a file.
fn is_abandoned(partial: &Path) -> bool {
    let age = |file: &File| {
        file.metadata()?
            .modified()?
            .elapsed()
            .map_err(io::Error::other)
    };
    File::options()
        .write(true)
        .open(partial)
        .is_ok_and(|file| age(&file).is_ok_and(|age| age > JUST_MADE) && file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    /// A folder that is removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let process = std::process::id();
            let path = std::env::temp_dir().join(format!("gpt2ro-whole-file-{process}-{name}"));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }

        /// A file that was last written two minutes ago.
        fn old_file(&self, name: &str) -> File {
            let file = File::create(self.0.join(name)).unwrap();
            let then = SystemTime::now() - 2 * JUST_MADE;
            file.set_modified(then).unwrap();
            file
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn pieces_stand_one_after_the_other() {
        let folder = Folder::new("pieces");
        let path = folder.0.join("out");
        write_whole(&path, &[b"unu ", b"doi"]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"unu doi");
        assert_eq!(folder.names(), ["out"]);
    }

    #[test]
    fn what_a_killed_process_has_left_is_removed_and_of_other_files_nothing() {
        let folder = Folder::new("killed");
        for name in [
            ".out.17.partial",
            ".other.17.partial",
            ".out.partial",
            ".out.x.partial",
        ] {
            folder.old_file(name);
        }
        write_whole(&folder.0.join("out"), &[b"unu"]).unwrap();
        assert_eq!(
            folder.names(),
            [".other.17.partial", ".out.partial", ".out.x.partial", "out"]
        );
    }

    #[test]
    fn what_another_process_is_writing_stays() {
        let folder = Folder::new("writing");
        let held = folder.old_file(".out.17.partial");
        held.lock().unwrap();
        // Made, and not locked yet.
        File::create(folder.0.join(".out.18.partial")).unwrap();
        write_whole(&folder.0.join("out"), &[b"unu"]).unwrap();
        assert_eq!(
            folder.names(),
            [".out.17.partial", ".out.18.partial", "out"]
        );
    }

    #[test]
    fn of_a_file_that_cannot_be_written_nothing_stays() {
        let folder = Folder::new("failed");
        fs::create_dir(folder.0.join("out")).unwrap();
        assert!(write_whole(&folder.0.join("out"), &[b"unu"]).is_err());
        assert_eq!(folder.names(), ["out"]);
    }
}
