//! Packed weights in a file beside the model, so that the next start needs not pack them.
//!
//! ```text
//!   9 words  what the weights were packed from and how; see [`PackedFile::new`]
//!   1 word   checksum of the weights
//!   zeros    up to 4,096 bytes, a page
//!   weights  the matrices, one after the other, as the kernels read them
//! ```
//!
//! A word is 8 bytes, little-endian. The file is not trusted: one that is not exactly what this model
//! would be packed to, or whose checksum differs, is as good as none.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::Shape;
use crate::archive::Archive;
use crate::kernels::{Listed, Memory, Pool, Precision, SharedMemory};
use crate::whole_file::write_whole;

/// Begins every such file.
const MAGIC: u64 = u64::from_le_bytes(*b"gpt2ropk");
/// Raised whenever weights are packed in another way.
const LAYOUT: u64 = 1;
/// Bytes before the weights: a page of the processor.
const HEADER: usize = 4_096;
/// Bytes of a piece of the weights that one thread checks.
const PIECE: usize = 1 << 20;

type Header = [u8; HEADER];

/// The file of the packed weights of one model in one precision.
pub(super) struct PackedFile<'a> {
    path: &'a Path,
    /// Bytes of the weights.
    bytes: usize,
    /// The header up to the checksum.
    description: Vec<u8>,
}

impl<'a> PackedFile<'a> {
    /// The file at a path that holds these weights, or will.
    pub fn new(
        path: &'a Path,
        archive: &Archive,
        shape: &Shape,
        precision: Precision,
        bytes: usize,
    ) -> Self {
        let sizes = [
            shape.vocabulary,
            shape.width,
            shape.heads,
            shape.layers,
            bytes,
        ];
        let precision = Precision::ALL.iter().position(|&other| other == precision);
        let description = [MAGIC, LAYOUT, archive.fingerprint()]
            .into_iter()
            .chain(sizes.map(|size| size as u64))
            .chain(precision.map(|position| position as u64))
            .flat_map(u64::to_le_bytes)
            .collect();
        Self {
            path,
            bytes,
            description,
        }
    }

    /// The weights, if the file holds them, unchanged.
    pub fn read(&self, pool: &Pool) -> Option<SharedMemory> {
        let mut file = File::open(self.path).ok()?;
        let end = (HEADER + self.bytes) as u64;
        if file.metadata().ok()?.len() != end {
            return None;
        }
        let mut header = [0; HEADER];
        file.read_exact(&mut header).ok()?;
        if !header.starts_with(&self.description) {
            return None;
        }
        let mut weights = Memory::new(self.bytes).ok()?;
        let checksum = self.read_weights(weights.bytes_mut(), pool).ok()?;
        let weights = weights.share().ok()?;
        (header == self.header(checksum)).then_some(weights)
    }

    /// Copy the weights out of the file, and return their checksum: a piece is hashed while it is in the
    /// cache.
    ///
    /// They could be used where the file is mapped, which costs no copy, but a mapped file has ordinary
    /// pages: GPT-2 small in int8 wrote 163 tokens a second from there and 222 from huge ones (AMD
    /// Zen 4, one thread, Linux 6.18).
    fn read_weights(&self, weights: &mut [u8], pool: &Pool) -> io::Result<u64> {
        let mut hashes = Vec::new();
        hashes.resize_with(weights.len().div_ceil(PIECE), || Ok([0; 8]));
        let pieces = weights.chunks_mut(PIECE).zip(&mut hashes);
        pool.each(Listed::from_iter(pieces), |index, (piece, hash)| {
            *hash = self
                .read_piece(HEADER + index * PIECE, piece)
                .map(|()| xxh3_64(piece).to_le_bytes());
        });
        let hashes: io::Result<Vec<[u8; 8]>> = hashes.into_iter().collect();
        Ok(xxh3_64(hashes?.as_flattened()))
    }

    /// With a file handle of its own, since threads would share the place of one in the file.
    fn read_piece(&self, start: usize, piece: &mut [u8]) -> io::Result<()> {
        let mut file = File::open(self.path)?;
        file.seek(SeekFrom::Start(start as u64))?;
        file.read_exact(piece)
    }

    /// Write the file.
    pub fn write(&self, weights: &[u8], pool: &Pool) -> io::Result<()> {
        let header = self.header(checksum(weights, pool));
        write_whole(self.path, &[&header, weights])
    }

    fn header(&self, checksum: u64) -> Header {
        let mut header = [0; HEADER];
        let (description, rest) = header.split_at_mut(self.description.len());
        description.copy_from_slice(&self.description);
        rest[..size_of::<u64>()].copy_from_slice(&checksum.to_le_bytes());
        header
    }
}

/// A hash of the hashes of all pieces, which the threads compute side by side.
fn checksum(weights: &[u8], pool: &Pool) -> u64 {
    let mut hashes = vec![[0; 8]; weights.len().div_ceil(PIECE)];
    let pieces = weights.chunks(PIECE).zip(&mut hashes);
    pool.each(Listed::from_iter(pieces), |_, (piece, hash)| {
        *hash = xxh3_64(piece).to_le_bytes();
    });
    xxh3_64(hashes.as_flattened())
}
