//! What several tests need: archives written without Python, in folders that are removed.
#![allow(dead_code)] // each test file uses a part

pub mod gpt2;
pub mod random;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A tensor to write: name, shape and values.
#[derive(Debug, Clone)]
pub struct Written {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Written {
    pub fn new(name: &str, shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(values.len(), shape.iter().product::<usize>());
        Self {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    }
}

/// A member of the zip: name and bytes.
pub type Member = (String, Vec<u8>);

/// The members of an archive as PyTorch writes them.
pub fn members(tensors: &[Written]) -> Vec<Member> {
    let mut members: Vec<Member> = tensors
        .iter()
        .enumerate()
        .map(|(index, tensor)| (format!("model/data/{index}"), tensor.bytes()))
        .collect();
    members.push(("model/data.pkl".to_owned(), pickle(tensors)));
    members.push(("model/byteorder".to_owned(), b"little".to_vec()));
    members
}

/// Write members as a zip without compression.
pub fn write_members(path: &Path, members: &[Member]) {
    let mut zip = ZipWriter::new(std::fs::File::create(path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// Write an archive of these tensors.
pub fn write_archive(path: &Path, tensors: &[Written]) {
    write_members(path, &members(tensors));
}

/// The list of tensors, in the instructions that PyTorch uses.
pub fn pickle(tensors: &[Written]) -> Vec<u8> {
    let mut out = b"\x80\x02c__torch__\nM\nq\x00)\x81}(".to_vec();
    for (index, tensor) in tensors.iter().enumerate() {
        text(&mut out, &tensor.name.replace('.', "|"));
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut out, "storage");
        out.extend(b"ctorch\nFloatStorage\n");
        text(&mut out, &index.to_string());
        text(&mut out, "cpu");
        integer(&mut out, tensor.values.len());
        out.extend(b"tQK\x00(");
        tensor
            .shape
            .iter()
            .for_each(|&size| integer(&mut out, size));
        out.extend(b"t(");
        for dimension in 0..tensor.shape.len() {
            integer(&mut out, tensor.shape[dimension + 1..].iter().product());
        }
        out.extend(b"t\x89ccollections\nOrderedDict\n)RtR");
    }
    text(&mut out, "training");
    out.extend(b"\x88ub.");
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn integer(out: &mut Vec<u8>, value: usize) {
    out.push(b'J');
    out.extend(i32::try_from(value).unwrap().to_le_bytes());
}

/// A folder that is removed in the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let path = std::env::temp_dir().join(format!("gpt2ro-engine-{process}-{number}-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
