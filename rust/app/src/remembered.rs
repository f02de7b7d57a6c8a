//! Weights that were once found whole are remembered in a file beside them, so that the next start need
//! not read all of them.
//!
//! The record holds for one file only: of this size and inode, and not changed since by the clock of the
//! file system, which programs cannot set back. It does not notice bits that a disk loses; a start that
//! reads everything (`--verify`) does.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gpt2ro_engine::whole_file::write_whole;
use serde::{Deserialize, Serialize};

/// A file system's clock may stand still this long: two changes within it look like one. Linux counts
/// in steps of up to 10 ms.
const STILL: Duration = Duration::from_millis(100);

/// A file that has the SHA-256 that was expected of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    sha256: String,
    bytes: u64,
    /// Its number in the file system.
    inode: u64,
    /// When anything of it was changed, seconds and nanoseconds since 1970.
    changed: (i64, i64),
}

impl Whole {
    /// The record of a file with this hash; none if the system does not say when it was changed, or if
    /// that was just now.
    #[must_use]
    #[cfg(unix)]
    pub fn new(metadata: &Metadata, sha256: &str) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        let since = Duration::new(changed.0.try_into().ok()?, changed.1.try_into().ok()?);
        let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + since);
        (age.ok()? > STILL).then(|| Self {
            sha256: sha256.to_owned(),
            bytes: metadata.len(),
            inode: metadata.ino(),
            changed,
        })
    }

    /// Other systems have no such numbers: nothing is remembered.
    #[must_use]
    #[cfg(not(unix))]
    pub fn new(_: &Metadata, _: &str) -> Option<Self> {
        None
    }

    /// Whether this is what is remembered of the file at a path.
    #[must_use]
    pub fn is_remembered(&self, path: &Path) -> bool {
        let text = std::fs::read(beside(path)).ok();
        let found = text.and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        found.as_ref() == Some(self)
    }

    /// Write the record; if that fails, the next start reads everything again.
    pub fn remember(&self, path: &Path) {
        if let Ok(text) = serde_json::to_vec(self) {
            let _ = write_whole(&beside(path), &[&text]);
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("verified")
}
