//! How fast threads read memory. A token needs every weight once, so this is the floor of its time.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use super::memory::{Memory, SharedMemory};
use super::prefetch::Order;
use super::{Listed, Pool};

/// Bytes that are read: more than every cache of a processor holds.
const BYTES: usize = 256 << 20;
/// Words of two cache lines, of which each has a sum, so that none waits for the one before.
const WORDS: usize = 16;

/// A buffer in memory like that of weights.
pub struct BandwidthProbe(SharedMemory);

impl BandwidthProbe {
    /// Fill the buffer.
    ///
    /// # Errors
    /// The system has no such memory.
    pub fn new() -> io::Result<Self> {
        Self::of(BYTES)
    }

    fn of(bytes: usize) -> io::Result<Self> {
        let mut memory = Memory::new(bytes)?;
        memory.bytes_mut().fill(1);
        memory.share().map(Self)
    }

    /// Read the buffer once, each thread its share, in the way in which products read weights; bytes per
    /// second.
    pub fn measure(&self, pool: &Pool) -> f64 {
        let bytes = self.0.size();
        let shares = self
            .0
            .bytes(0..bytes)
            .chunks(bytes.div_ceil(pool.threads()));
        let start = Instant::now();
        let order = Order::of(bytes);
        pool.each(Listed::from_iter(shares), |_, share| read(share, order));
        bytes as f64 / start.elapsed().as_secs_f64()
    }
}

fn read(bytes: &[u8], order: Order) {
    let (words, _) = bytes.as_chunks::<{ size_of::<u64>() }>();
    let mut sums = [0_u64; WORDS];
    for words in words.as_chunks::<WORDS>().0 {
        order.prefetch(words);
        for (sum, word) in sums.iter_mut().zip(words) {
            *sum ^= u64::from_ne_bytes(*word);
        }
    }
    black_box(sums);
}

#[cfg(test)]
mod tests {
    use super::{BandwidthProbe, Pool};

    #[test]
    fn any_number_of_threads_reads_at_some_rate() {
        let probe = BandwidthProbe::of(1 << 20).unwrap();
        for threads in [1, 3] {
            let rate = probe.measure(&Pool::new(threads).unwrap());
            assert!(rate.is_finite() && rate > 0.0, "{rate}");
        }
    }
}
