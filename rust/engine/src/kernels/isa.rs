//! Which vector instructions the processor has.

use std::fmt;

/// A set of vector instructions that this processor has: there is no way to make another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(Level);

/// The sets that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// What every processor of the architecture has.
    Portable,
    /// x86-64 with AVX2 and FMA: 8 float32 a vector.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512: 16 float32.
    #[cfg(target_arch = "x86_64")]
    Avx512(Products),
    /// aarch64: 4 float32 a vector.
    #[cfg(target_arch = "aarch64")]
    Neon(Products),
}

/// What a processor multiplies and adds up in one instruction.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Products {
    /// Float32.
    OfFloats,
    /// Bytes too: AVX-512 VNNI, NEON's FEAT_DotProd.
    OfBytes,
    /// Bfloat16 too: AVX-512 BF16.
    #[cfg(target_arch = "x86_64")]
    OfBf16,
}

impl Isa {
    /// The best set that this processor has.
    #[must_use]
    pub fn best() -> Self {
        *Self::all()
            .last()
            .expect("the portable one is always there")
    }

    /// Every set that this processor has, the best one last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let portable = std::iter::once(Level::Portable);
        portable.chain(vector_levels()).map(Self).collect()
    }

    pub(super) fn level(self) -> Level {
        self.0
    }

    /// Tokens for which a band is multiplied together: their sums, 32 a token, must fit the registers,
    /// 32 of 16 values with AVX-512, 16 of 8 with AVX2, 32 of 4 with NEON.
    pub(super) fn group(self) -> usize {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => 8,
            _ => 2,
        }
    }

    /// Whether products of bytes need activations whose magnitudes and signs are apart.
    pub(super) fn takes_signs_apart(self) -> bool {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => true,
            _ => false,
        }
    }
}

/// As the makers of the processors call it.
impl fmt::Display for Isa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Level::Portable => "none",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(Products::OfFloats) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(Products::OfBytes) => "AVX-512 with VNNI",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(Products::OfBf16) => "AVX-512 with VNNI and BF16",
            #[cfg(target_arch = "aarch64")]
            Level::Neon(Products::OfFloats) => "NEON",
            #[cfg(target_arch = "aarch64")]
            Level::Neon(Products::OfBytes) => "NEON with DotProd",
        })
    }
}

/// The sets of vector instructions that this processor has, the best one last.
#[cfg(target_arch = "x86_64")]
fn vector_levels() -> Vec<Level> {
    let mut levels = Vec::new();
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        return levels;
    }
    levels.push(Level::Avx2);
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    if !avx512 {
        return levels;
    }
    levels.push(Level::Avx512(Products::OfFloats));
    if is_x86_feature_detected!("avx512vnni") {
        levels.push(Level::Avx512(Products::OfBytes));
        if is_x86_feature_detected!("avx512bf16") {
            levels.push(Level::Avx512(Products::OfBf16));
        }
    }
    levels
}

/// The sets of vector instructions that this processor has, the best one last.
#[cfg(target_arch = "aarch64")]
fn vector_levels() -> Vec<Level> {
    let mut levels = vec![Level::Neon(Products::OfFloats)];
    if std::arch::is_aarch64_feature_detected!("dotprod") {
        levels.push(Level::Neon(Products::OfBytes));
    }
    levels
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn vector_levels() -> Vec<Level> {
    Vec::new()
}
