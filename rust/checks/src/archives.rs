//! The archive of weights: what opens is a zip that another reader understands in the same way.

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gpt2ro_engine::archive::Archive;
use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Gpt2, Options, Shape};
use zip::ZipArchive;

use crate::folder::{file, written};
use crate::support::gpt2::random_tensors;
use crate::support::{Member, Written, members, write_members};

/// As small as a model can be.
pub(crate) const SHAPE: Shape = Shape {
    vocabulary: 3,
    context: 4,
    width: 2,
    heads: 1,
    layers: 1,
    epsilon: 1e-5,
};

static TENSORS: LazyLock<Vec<Written>> = LazyLock::new(|| random_tensors(&SHAPE, 1));
static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| members(&TENSORS));

/// The bytes are a file `rust_model.ot`.
pub fn archive(bytes: &[u8]) -> bool {
    let path = written("archive.ot", bytes);
    if let Ok(archive) = Archive::open(&path) {
        check_tensors(&archive, bytes.len());
        check_second_reader(&archive, bytes);
    }
    load(&path)
}

/// The bytes are the list of tensors of an archive that is whole otherwise.
pub fn pickle(bytes: &[u8]) -> bool {
    let mut members = MEMBERS.clone();
    for (name, content) in &mut members {
        if name == "model/data.pkl" {
            *content = bytes.to_vec();
        }
    }
    let path = file("pickle.ot");
    write_members(&path, &members);
    if let Ok(archive) = Archive::open(&path) {
        let values: usize = TENSORS.iter().map(|tensor| tensor.values.len()).sum();
        check_tensors(&archive, size_of::<f32>() * values);
    }
    load(&path)
}

/// An archive of a model that [`archive`] accepts.
#[must_use]
pub fn whole_archive() -> Vec<u8> {
    let path = model();
    std::fs::read(path).expect("it was just written")
}

/// The list of tensors of [`whole_archive`].
#[must_use]
pub fn whole_pickle() -> Vec<u8> {
    crate::support::pickle(&TENSORS)
}

/// Write an archive of a model.
pub(crate) fn model() -> PathBuf {
    let path = file("model.ot");
    write_members(&path, &MEMBERS);
    path
}

/// Every tensor can be read to its end and lies in the file.
fn check_tensors(archive: &Archive, most_bytes: usize) {
    for name in archive.names() {
        let tensor = archive.tensor(name).expect("a name of the archive");
        let values = tensor.to_vec();
        assert_eq!(values.len(), tensor.shape().iter().product::<usize>());
        assert!(size_of_val(&values[..]) <= most_bytes);
    }
}

/// What opens is a zip to another reader too, whose members hold the values of the tensors.
fn check_second_reader(archive: &Archive, bytes: &[u8]) {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip to another reader too");
    let mut contents = Vec::new();
    for index in 0..zip.len() {
        // A member that is not read may be compressed or have a wrong checksum.
        let Ok(mut member) = zip.by_index_raw(index) else {
            continue;
        };
        let mut content = Vec::new();
        let _ = member.read_to_end(&mut content);
        contents.push(content);
    }
    for name in archive.names() {
        let values = archive
            .tensor(name)
            .expect("a name of the archive")
            .to_vec();
        let expected: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        let holds = |content: &Vec<u8>| {
            let mut windows = content
                .windows(expected.len().max(1))
                .step_by(size_of::<f32>());
            expected.is_empty() || windows.any(|window| window == expected)
        };
        assert!(
            contents.iter().any(holds),
            "no member has the values of {name}"
        );
    }
}

/// A model that loads can be computed, whatever its weights.
fn load(path: &Path) -> bool {
    let options = Options {
        threads: Some(1),
        ..Options::new(Precision::Fp32)
    };
    let loaded = Gpt2::load(path, SHAPE, options);
    loaded.is_ok_and(|mut model| !compute(&mut model).is_empty())
}

/// The logits of all ids, in two steps.
pub(crate) fn compute(model: &mut Gpt2) -> Vec<u32> {
    let vocabulary = model.shape().vocabulary;
    let ids = 0..vocabulary as u32;
    let mut logits = Vec::new();
    for id in ids {
        let found = model.forward(&[vec![id]], gpt2ro_engine::model::Wanted::Last);
        let found = found.expect("ids of the vocabulary, fewer than the context");
        assert_eq!(found.len(), vocabulary);
        // As bits: not a number equals nothing, itself included.
        logits.extend(found.iter().copied().map(f32::to_bits));
    }
    logits
}
