//! A TorchScript archive (`rust_model.ot`) as named, memory-mapped tensors of float32 or float16.
//!
//! The file is a zip whose members are stored, not compressed: `data.pkl` lists the tensors,
//! `data/N` holds the values of the N-th. It is not trusted: nothing in it is executed, and every
//! offset, size and shape is checked before it is used.

mod error;
mod members;
mod pickle;
mod tensor;

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::kernels::MappedFile;
pub use error::{ArchiveError, PickleError, TensorError};
use members::Members;
pub use tensor::{Dtype, Tensor};

/// An open archive, every tensor of which was checked. Tensors are views of the mapped file.
#[derive(Debug)]
pub struct Archive {
    file: File,
    map: MappedFile,
    tensors: BTreeMap<String, Place>,
    fingerprint: u64,
}

/// Where the values of a tensor lie in the file.
#[derive(Debug)]
struct Place {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Range<usize>,
}

impl Archive {
    /// Open an archive and check all that it says of its tensors.
    ///
    /// # Errors
    /// The file cannot be read, is not such an archive, or describes a tensor that it does not hold.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = File::open(path)?;
        let map = MappedFile::new(&file)?;
        let members = Members::find(&map)?;
        let tensors = tensors(&members)?;
        Ok(Self {
            fingerprint: xxh3_64(&members.directory),
            file,
            map,
            tensors,
        })
    }

    /// The same archive, without the memory that its values took as they were read.
    ///
    /// # Errors
    /// The system has no room for a mapping.
    pub fn reopened(self) -> Result<Self, ArchiveError> {
        drop(self.map);
        Ok(Self {
            map: MappedFile::new(&self.file)?,
            ..self
        })
    }

    /// What tells this archive from others without reading all of it: a hash of the names, sizes and
    /// CRC-32s of its members, which whoever writes the archive computes from their bytes.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// A tensor by its name, such as `transformer.wte.weight`.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<Tensor<'_>> {
        let place = self.tensors.get(name)?;
        Some(Tensor::new(place, &self.map[place.bytes.clone()]))
    }

    /// The names of all tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }
}

fn tensors(members: &Members) -> Result<BTreeMap<String, Place>, ArchiveError> {
    let mut tensors = BTreeMap::new();
    for (attribute, record) in pickle::tensor_records(&members.pickle)? {
        // An attribute's name may hold no dot, so the writer puts a bar in its place.
        let name = attribute.replace('|', ".");
        let problem = |problem| ArchiveError::Tensor {
            name: name.clone(),
            problem,
        };
        let storage = members.storages.get(&record.storage);
        let place = tensor::place(&record, storage).map_err(problem)?;
        if tensors.insert(name.clone(), place).is_some() {
            return Err(problem(TensorError::Twice));
        }
    }
    Ok(tensors)
}
