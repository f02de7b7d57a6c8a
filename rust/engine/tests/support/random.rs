//! Numbers that look random and are the same in every run.

/// A generator of 64-bit numbers (Steele, Lea and Flood 2014, SplitMix).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from -1 to 1.
    pub fn value(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// Numbers from -size to size.
    pub fn values(&mut self, count: usize, size: f32) -> Vec<f32> {
        (0..count).map(|_| self.value() * size).collect()
    }
}
