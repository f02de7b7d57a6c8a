//! Memory for packed weights: one mapping, in huge pages where the system gives them, or of a file.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use memmap2::{Mmap, MmapMut, MmapOptions};

/// Memory that is being filled.
pub struct Memory(MmapMut);

/// Filled memory, of which matrices hold parts.
#[derive(Clone)]
pub struct SharedMemory(Arc<Mmap>);

impl Memory {
    /// Zeroed memory.
    ///
    /// # Errors
    /// There is not as much.
    pub fn new(bytes: usize) -> io::Result<Self> {
        // An empty mapping is an error of the system.
        let map = MmapMut::map_anon(bytes.max(1))?;
        // A token reads all weights: 124 MB are 30,000 ordinary pages, many times what the
        // processor can look up, but only 60 huge ones. Without them it is only slower.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self(map))
    }

    /// All of it, to be filled.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Make it read-only.
    ///
    /// # Errors
    /// The system refuses.
    pub fn share(self) -> io::Result<SharedMemory> {
        Ok(SharedMemory(Arc::new(self.0.make_read_only()?)))
    }
}

impl SharedMemory {
    /// A part of a file, which begins at a multiple of the size of a page.
    ///
    /// # Errors
    /// The file cannot be mapped.
    pub fn of_file(file: &File, place: Range<u64>) -> io::Result<Self> {
        let length = usize::try_from(place.end - place.start).map_err(io::Error::other)?;
        let mut options = MmapOptions::new();
        options.offset(place.start).len(length);
        // SAFETY: the map is only read. Were the file cut short while mapped, reading it would end
        // the process; this program replaces such files by renaming and never writes into them.
        let map = unsafe { options.map(file) }?;
        Ok(Self(Arc::new(map)))
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// A part of it.
    #[must_use]
    pub fn bytes(&self, place: Range<usize>) -> &[u8] {
        &self.0[place]
    }
}
