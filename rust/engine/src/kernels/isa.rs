//! Which vector instructions the processor has, and functions compiled for each set of them.

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
    /// x86-64 with AVX-512 and its VNNI: 16 float32, and sums of products of bytes.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// The same with sums of products of bfloat16.
    #[cfg(target_arch = "x86_64")]
    Avx512Bf16,
    /// aarch64: 4 float32 a vector.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// The same with sums of products of bytes, since 2018.
    #[cfg(target_arch = "aarch64")]
    NeonDot,
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
        #[cfg_attr(
            not(any(target_arch = "x86_64", target_arch = "aarch64")),
            allow(unused_mut)
        )]
        let mut all = vec![Self(Level::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni");
            if avx2 {
                all.push(Self(Level::Avx2));
            }
            if avx2 && avx512 {
                all.push(Self(Level::Avx512));
            }
            if avx2 && avx512 && is_x86_feature_detected!("avx512bf16") {
                all.push(Self(Level::Avx512Bf16));
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            all.push(Self(Level::Neon));
            if std::arch::is_aarch64_feature_detected!("dotprod") {
                all.push(Self(Level::NeonDot));
            }
        }
        all
    }

    pub(super) fn level(self) -> Level {
        self.0
    }

    /// Tokens for which a band is multiplied together: their sums, 32 a token, must fit the registers,
    /// 32 of 16 values with AVX-512, 16 of 8 with AVX2, 32 of 4 with NEON.
    pub(super) fn group(self) -> usize {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 | Level::Avx512Bf16 => 8,
            _ => 2,
        }
    }
}

/// Defines a function with an [`Isa`] as its first argument, whose body is compiled once for each
/// set of instructions; the compiler turns its loops over lanes into vector instructions.
macro_rules! vectorised {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        $visibility fn $name(isa: $crate::kernels::Isa, $($argument: $type),*) {
            #[inline(always)]
            fn body($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $type),*) { body($($argument),*) }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn avx512($($argument: $type),*) { body($($argument),*) }

            use $crate::kernels::isa::Level;
            match isa.level() {
                Level::Portable => body($($argument),*),
                // What is portable on aarch64 has NEON.
                #[cfg(target_arch = "aarch64")]
                Level::Neon | Level::NeonDot => body($($argument),*),
                // SAFETY: an Isa of this level exists only if the processor has the instructions.
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: likewise.
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 | Level::Avx512Bf16 => unsafe { avx512($($argument),*) },
            }
        }
    };
}

pub(super) use vectorised;
