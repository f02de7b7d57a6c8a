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

/// Bytes between what a product reads and what it asks for. With 512 and 2,048 int8 was as fast.
#[cfg(target_arch = "x86_64")]
const AHEAD: usize = 1_024;

/// Ask for the memory that lies a little further on than what is being read, as much of it.
///
/// The processor foresees a read from front to end by itself, but less well where a band ends and the
/// sums of its rows are finished. Asking made a token in int8 5 % faster (AMD Zen 4, one thread, GPT-2
/// small); in bfloat16 and float32 it made no difference.
#[inline(always)]
pub(super) fn prefetch<T>(reading: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(size_of::<super::Tile>()) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let place = std::ptr::from_ref(reading).cast::<i8>();
        // Into the second cache: the first one is filled from there in time, and is small.
        // SAFETY: a hint, for which every address is as good as another: it is not read here.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(place.wrapping_add(AHEAD + line)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = reading;
}
