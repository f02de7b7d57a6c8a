//! Asking for memory before it is read. On processors other than x86-64 nothing is asked.

use std::sync::LazyLock;

use super::Tile;

/// Bytes of a cache line.
const LINE: usize = size_of::<Tile>();
/// Bytes between what is read and what is asked for straight on. With 512 and 2,048 int8 was as fast.
const AHEAD: usize = 1_024;
/// Weights up to this size stay in a third cache, of which other programs have their share. In streams
/// 6 MB of int8 were read at half the speed, 12 MB of it at the same and of bfloat16 at 1.3 times.
const CACHED: usize = 12 << 20;
/// Bytes that are asked for as one: far less than a second cache holds, and far more than what the
/// memory sends between a request and its answer. Half as many were up to 15 % slower, twice as
/// many no faster.
const WINDOW: usize = 64 << 10;
/// Streams in which a window comes. Two and eight gain less.
const STREAMS: usize = 4;

/// Whether this processor reads large memory faster in streams. Zen 3 does and Zen 5 does not; others were
/// not measured, and of these only Zen and Zen 2 are taken to be as Zen 3: AMD's with AVX2 and without
/// AVX-512.
static STREAMS_ARE_FASTER: LazyLock<bool> = LazyLock::new(|| {
    #[cfg(target_arch = "x86_64")]
    {
        is_amd() && is_x86_feature_detected!("avx2") && !is_x86_feature_detected!("avx512f")
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
});

/// Whether the processor says that AMD has made it.
#[cfg(target_arch = "x86_64")]
fn is_amd() -> bool {
    let name = std::arch::x86_64::__cpuid(0);
    [name.ebx, name.edx, name.ecx]
        .map(u32::to_le_bytes)
        .as_flattened()
        == b"AuthenticAMD"
}

/// Ask for the memory that lies some bytes further on than what is being read, as much of it.
#[inline(always)]
pub(super) fn prefetch<T: ?Sized>(reading: &T, ahead: usize) {
    let place = std::ptr::from_ref(reading).cast::<u8>();
    for line in (0..size_of_val(reading)).step_by(LINE) {
        ask(place.wrapping_add(line + ahead));
    }
}

/// In which order to ask for weights, which are read once, from front to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Not at all.
    None,
    /// What lies 1 kB further on: the processor foresees such a read by itself, but less well where a band
    /// ends and the sums of its rows are finished. This made a token in int8 5 % faster (AMD Zen 4, one
    /// thread, GPT-2 small).
    Straight,
    /// The next window, as four streams side by side, of which the memory answers more requests at the same
    /// time than of one. On AMD Zen 3 GPT-2 small's matrices were read a tenth to a third faster than
    /// straight on, but at half the speed where they lie in the third cache; on Zen 5 a token took 9 to 38 %
    /// longer (docs/performance.md).
    Streams,
}

impl Order {
    /// The better one for so many bytes of weights.
    pub fn of(bytes: usize) -> Self {
        if bytes > CACHED && *STREAMS_ARE_FASTER {
            Self::Streams
        } else {
            Self::Straight
        }
    }

    /// Ask for as much as is being read just now.
    #[inline(always)]
    pub fn prefetch<T: ?Sized>(self, reading: &T) {
        match self {
            Self::None => (),
            Self::Straight => prefetch(reading, AHEAD),
            Self::Streams => prefetch_streams(reading),
        }
    }
}

/// Ask for a part of the next window, as large as what is being read of this one.
#[inline(always)]
fn prefetch_streams<T: ?Sized>(reading: &T) {
    let start = std::ptr::from_ref(reading).cast::<u8>();
    for line in (0..size_of_val(reading)).step_by(LINE) {
        let place = start.wrapping_add(line);
        let offset = place.addr() % WINDOW;
        let next = place.wrapping_sub(offset).wrapping_add(WINDOW);
        ask(next.wrapping_add(in_streams(offset / LINE) * LINE));
    }
}

/// The line of a window that is asked for in some turn.
#[inline(always)]
fn in_streams(turn: usize) -> usize {
    turn % STREAMS * (WINDOW / LINE / STREAMS) + turn / STREAMS
}

/// Ask for a line.
#[inline(always)]
fn ask(place: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // Into the second cache: the first one is filled from there in time, and is small.
        // SAFETY: a hint, for which every address is as good as another: it is not read here.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(place.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

#[cfg(test)]
mod tests {
    use super::{LINE, WINDOW, in_streams};

    #[test]
    fn every_line_of_a_window_is_asked_for_once() {
        let mut lines: Vec<usize> = (0..WINDOW / LINE).map(in_streams).collect();
        lines.sort_unstable();
        assert!(lines.into_iter().eq(0..WINDOW / LINE));
    }
}
