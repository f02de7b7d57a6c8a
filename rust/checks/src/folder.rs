//! A folder for the files of a check.

use std::path::PathBuf;

use crate::support::Folder;

thread_local! {
    // One a thread: making one for each of a million inputs would take most of the time.
    static FOLDER: Folder = Folder::new("checks");
}

/// Where a file of this name is, in a folder that is removed when the thread ends.
pub(crate) fn file(name: &str) -> PathBuf {
    FOLDER.with(|folder| folder.file(name))
}

/// Write a file into that folder.
pub(crate) fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = file(name);
    std::fs::write(&path, bytes).expect("the folder for temporary files can be written");
    path
}
