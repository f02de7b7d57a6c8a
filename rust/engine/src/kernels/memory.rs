//! Mappings of memory: for packed weights, in huge pages where the system gives them; such memory for
//! tiles; and files.

use std::fs::File;
use std::io;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

use memmap2::{Mmap, MmapMut};

use super::Tile;

/// Bytes of a huge page.
const HUGE: usize = 2 << 20;

/// Memory that is being filled.
pub struct Memory {
    map: MmapMut,
    bytes: usize,
}

/// Tiles, zeros at first, in such memory.
pub struct TileMemory(Memory);

/// Filled memory, of which matrices hold parts.
#[derive(Clone)]
pub struct SharedMemory {
    map: Arc<Mmap>,
    bytes: usize,
}

/// The bytes of a file, which are read as they are needed.
#[derive(Debug)]
pub struct MappedFile(Mmap);

impl Memory {
    /// Zeroed memory.
    ///
    /// # Errors
    /// There is not as much.
    pub fn new(bytes: usize) -> io::Result<Self> {
        // Linux aligns a mapping to huge pages only if it consists of them. An empty one is an error.
        let pages = if bytes < HUGE { 1 } else { HUGE };
        let map = MmapMut::map_anon(bytes.max(1).next_multiple_of(pages))?;
        // A token reads all weights: 124 MB are 30,000 ordinary pages, many times what the
        // processor can look up, but only 60 huge ones. Without them it is only slower.
        // Miri does not know the call.
        #[cfg(all(target_os = "linux", not(miri)))]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self { map, bytes })
    }

    /// All of it, to be filled.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.map[..self.bytes]
    }

    /// Make it read-only.
    ///
    /// # Errors
    /// The system refuses.
    pub fn share(self) -> io::Result<SharedMemory> {
        Ok(SharedMemory {
            map: Arc::new(self.map.make_read_only()?),
            bytes: self.bytes,
        })
    }
}

impl TileMemory {
    /// Zeros.
    ///
    /// # Panics
    /// There is not as much memory, as where a vector cannot grow.
    #[must_use]
    pub fn new(tiles: usize) -> Self {
        let bytes = tiles * size_of::<Tile>();
        Self(Memory::new(bytes).unwrap_or_else(|error| panic!("{bytes} bytes of memory: {error}")))
    }
}

impl Deref for TileMemory {
    type Target = [Tile];

    fn deref(&self) -> &[Tile] {
        // SAFETY: any bits are a tile. A mapping begins with a page, so no bytes are left over.
        let (_, tiles, _) = unsafe { self.0.map[..self.0.bytes].align_to() };
        tiles
    }
}

impl DerefMut for TileMemory {
    fn deref_mut(&mut self) -> &mut [Tile] {
        // SAFETY: likewise.
        let (_, tiles, _) = unsafe { self.0.bytes_mut().align_to_mut() };
        tiles
    }
}

impl SharedMemory {
    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// A part of it.
    #[must_use]
    pub fn bytes(&self, place: Range<usize>) -> &[u8] {
        &self.map[..self.bytes][place]
    }
}

impl MappedFile {
    /// Map a file that is replaced by renaming and never written into: cut short while it is mapped,
    /// reading it would end the process.
    ///
    /// # Errors
    /// The system has no room for a mapping.
    pub fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the map is only read, and the file does not change.
        unsafe { Mmap::map(file) }.map(Self)
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
