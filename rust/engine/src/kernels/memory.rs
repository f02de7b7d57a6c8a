//! Memory for packed weights: one mapping, in huge pages where the system gives them.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use memmap2::{Mmap, MmapMut};

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
    /// A part of it.
    #[must_use]
    pub fn bytes(&self, place: Range<usize>) -> &[u8] {
        &self.0[place]
    }
}
