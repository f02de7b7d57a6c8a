//! The activations that a matrix is multiplied with, prepared: normalised, and rounded or quantised.
//!
//! Tokens are taken in groups, as many as are multiplied together; a group is a piece of memory of
//! its own, word after word those of all its tokens, so that groups can be prepared by different
//! threads, and a product reads them from front to end.

use super::arithmetic::{bf16, byte_scale, largest, sum};
use super::isa::Level;
use super::layout::{COLUMNS, Word, padded};
use super::prefetch::prefetch;
#[cfg(target_arch = "aarch64")]
use super::vectors::Neon;
use super::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use super::vectors::{Avx2, Avx512};
use super::{Isa, LANES, Listed, Pool, Precision, Tile};

/// A layer norm's parameters, padded with zeros.
#[derive(Debug, Clone)]
pub struct LayerNorm {
    /// Factor of each value; `gain: (width / 16)`.
    pub gain: Vec<Tile>,
    /// Added to each value; `bias: (width / 16)`.
    pub bias: Vec<Tile>,
    /// Values that are no padding.
    pub width: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

impl LayerNorm {
    /// Ask for the parameters while a product runs that comes before they are needed: after a whole token,
    /// whose weights have gone through the caches, they are in memory only.
    pub fn ask(&self) {
        prefetch(&self.gain[..], 0);
        prefetch(&self.bias[..], 0);
    }
}

/// How activations are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A column a word.
    Fp32,
    /// Two columns a word.
    Bf16,
    /// Four columns a word: value / scale, rounded.
    Bytes,
}

/// Tiles that are rounded together: their sum is one of those that int4 needs.
const PAIR: usize = COLUMNS / LANES;

/// Prepared activations of some tokens.
pub struct Input {
    format: Format,
    /// Tokens of a group.
    group: usize,
    columns: usize,
    tokens: usize,
    /// Group after group, each `(words of a token, tokens of the group)`. Memory for the most tokens
    /// is kept, as in the three below.
    words: Vec<Word>,
    /// Bytes only: a scale for each token.
    scales: Vec<f32>,
    /// Bytes only: the sum of each token's bytes.
    totals: Vec<i32>,
    /// Bytes only: those of 32 columns each; group after group `(columns / 32, tokens of the group)`.
    sums: Vec<i32>,
}

/// Tokens that are multiplied together.
pub(super) struct Group<'a> {
    /// Number of tokens.
    pub tokens: usize,
    /// `(words of a token, tokens)`
    pub words: &'a [Word],
    /// In bytes, the factor of each token.
    pub scales: &'a [f32],
    /// In bytes, the sum of each token.
    pub totals: &'a [i32],
    /// In bytes, the sums of 32 columns each: `(columns / 32, tokens)`.
    pub sums: &'a [i32],
}

/// The same to be filled.
struct GroupMut<'a> {
    format: Format,
    words: &'a mut [Word],
    scales: &'a mut [f32],
    totals: &'a mut [i32],
    sums: &'a mut [i32],
}

impl GroupMut<'_> {
    /// Columns after those of the activations' panels are zero.
    #[inline(always)]
    fn clear_padding(&mut self, panels: usize) {
        let words = panels * LANES / self.format.columns_a_word() * self.scales.len();
        self.words[words..].fill([0; 4]);
    }

    /// Write words of the token at an index, of which so many times as many come before.
    #[inline(always)]
    fn put<const WORDS: usize>(&mut self, words: &[Word; WORDS], before: usize, index: usize) {
        let tokens = self.scales.len();
        if tokens == 1 {
            self.words[before * WORDS..][..WORDS].copy_from_slice(words);
            return;
        }
        let places = self.words[before * WORDS * tokens..].chunks_exact_mut(tokens);
        for (place, word) in places.zip(words) {
            place[index] = *word;
        }
    }
}

impl Format {
    fn of(precision: Precision) -> Self {
        match precision {
            Precision::Fp32 => Self::Fp32,
            Precision::Bf16 => Self::Bf16,
            Precision::Int8 | Precision::Int4 => Self::Bytes,
        }
    }

    fn columns_a_word(self) -> usize {
        match self {
            Self::Fp32 => 1,
            Self::Bf16 => 2,
            Self::Bytes => 4,
        }
    }
}

impl Input {
    /// Room for as many tokens, each of this many columns, a multiple of 16. Int4 and int8 have the
    /// same input.
    #[must_use]
    pub fn new(precision: Precision, isa: Isa, columns: usize, most_tokens: usize) -> Self {
        let format = Format::of(precision);
        let words = padded(columns) / format.columns_a_word() * most_tokens;
        Self {
            format,
            group: isa.group(),
            columns,
            tokens: 0,
            words: vec![[0; 4]; words],
            scales: vec![0.0; most_tokens],
            totals: vec![0; most_tokens],
            sums: vec![0; padded(columns) / COLUMNS * most_tokens],
        }
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Values of a token, a multiple of 16.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether matrices of this precision can be multiplied with it.
    #[must_use]
    pub fn fits(&self, precision: Precision) -> bool {
        self.format == Format::of(precision)
    }

    /// Values of a token with the padding of packed matrices.
    pub(super) fn padded_columns(&self) -> usize {
        padded(self.columns)
    }

    /// Prepare some tokens of `activations: (columns / 16, all tokens)`, after a layer norm if given.
    ///
    /// # Panics
    /// There are more tokens than there is room for, or the sizes do not fit.
    pub fn prepare(
        &mut self,
        isa: Isa,
        pool: &Pool,
        activations: &[Tile],
        tokens: &[usize],
        norm: Option<&LayerNorm>,
    ) {
        assert!(tokens.len() <= self.scales.len());
        let stride = activations.len() / (self.columns / LANES);
        self.tokens = tokens.len();
        let size = self.group;
        let mut groups = tokens.chunks(size).zip(self.groups_mut());
        let fill = |(tokens, group)| fill(isa, activations, stride, tokens, norm, group);
        if tokens.len() <= size {
            // To list one group would take half as long as to fill it.
            groups.next().into_iter().for_each(fill);
        } else {
            pool.each(Listed::from_iter(groups), |_, group| fill(group));
        }
    }

    /// Words of a token.
    fn width(&self) -> usize {
        self.padded_columns() / self.format.columns_a_word()
    }

    fn groups_mut(&mut self) -> impl Iterator<Item = GroupMut<'_>> + Send {
        let (width, blocks) = (self.width(), self.padded_columns() / COLUMNS);
        let (format, group, tokens) = (self.format, self.group, self.tokens);
        let mut words = self.words[..tokens * width].chunks_mut(group * width);
        let mut scales = self.scales[..tokens].chunks_mut(group);
        let mut totals = self.totals.chunks_mut(group);
        let mut sums = self.sums.chunks_mut(group * blocks);
        std::iter::from_fn(move || {
            Some(GroupMut {
                format,
                words: words.next()?,
                scales: scales.next()?,
                totals: totals.next()?,
                sums: sums.next()?,
            })
        })
    }

    /// The groups that are multiplied together.
    #[inline(always)]
    pub(super) fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let (width, blocks) = (self.width(), self.padded_columns() / COLUMNS);
        (0..self.tokens).step_by(self.group).map(move |first| {
            let tokens = self.group.min(self.tokens - first);
            let place = |size| first * size..(first + tokens) * size;
            Group {
                tokens,
                words: &self.words[place(width)],
                scales: &self.scales[place(1)],
                totals: &self.totals[place(1)],
                sums: &self.sums[place(blocks)],
            }
        })
    }
}

/// Prepare the tokens of one group.
fn fill(
    isa: Isa,
    activations: &[Tile],
    stride: usize,
    tokens: &[usize],
    norm: Option<&LayerNorm>,
    group: GroupMut<'_>,
) {
    let job = Job {
        activations,
        stride,
        tokens,
        norm,
        group,
    };
    match isa.level() {
        // SAFETY: every processor can do this.
        Level::Portable => unsafe { job.fill::<Tile>() },
        // SAFETY: an Isa of this level exists only if the processor has the instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512(_) => unsafe { avx512(job) },
        // SAFETY: likewise.
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => unsafe { job.fill::<Neon>() },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(job: Job<'_>) {
    // SAFETY: this function is only called where these instructions are.
    unsafe { job.fill::<Avx2>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512(job: Job<'_>) {
    // SAFETY: likewise.
    unsafe { job.fill::<Avx512>() }
}

/// A group to prepare.
struct Job<'a> {
    activations: &'a [Tile],
    stride: usize,
    tokens: &'a [usize],
    norm: Option<&'a LayerNorm>,
    group: GroupMut<'a>,
}

impl Job<'_> {
    /// # Safety
    /// The processor must have the instructions of V, here and in all functions below.
    #[inline(always)]
    unsafe fn fill<V: Vector>(self) {
        let mut group = self.group;
        group.clear_padding(self.activations.len() / self.stride);
        for (index, &token) in self.tokens.iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                let row = Row::<V>::new(self.activations, self.stride, token, self.norm);
                match group.format {
                    Format::Fp32 => write(&row, index, &mut group, fp32_words),
                    Format::Bf16 => write(&row, index, &mut group, bf16_words),
                    Format::Bytes => quantise(&row, index, &mut group),
                }
            }
        }
    }
}

/// Write a token's words into those of a group, at its index.
///
/// # Safety
/// As above.
#[inline(always)]
unsafe fn write<V: Vector, const WORDS: usize>(
    row: &Row<'_, V>,
    index: usize,
    group: &mut GroupMut<'_>,
    words: impl Fn(&Tile) -> [Word; WORDS],
) {
    for panel in 0..row.panels() {
        // SAFETY: the caller's promise.
        let tile = unsafe { row.vector(panel).tile() };
        group.put(&words(&tile), panel, index);
    }
}

#[inline(always)]
fn fp32_words(tile: &Tile) -> [Word; LANES] {
    tile.0.map(f32::to_le_bytes)
}

#[inline(always)]
fn bf16_words(tile: &Tile) -> [Word; LANES / 2] {
    let mut words = [[0; 4]; LANES / 2];
    for (word, pair) in words.iter_mut().zip(tile.0.as_chunks::<2>().0) {
        let [first, second] = pair.map(|value| u32::from(bf16(value)));
        *word = (first | second << 16).to_le_bytes();
    }
    words
}

/// Write a token's bytes into a group, at its index, with their scale and sums.
///
/// # Safety
/// As above.
#[inline(always)]
unsafe fn quantise<V: Vector>(row: &Row<'_, V>, index: usize, group: &mut GroupMut<'_>) {
    let tokens = group.scales.len();
    // SAFETY: the caller's promise, here and below.
    let (scale, inverse) = unsafe { row.byte_scale() };
    // The bytes of what is no finite number are arbitrary, and so are their sums, which may overflow; the
    // scale is no number then.
    let mut total = 0_i32;
    for (block, panel) in (0..row.panels()).step_by(PAIR).enumerate() {
        let (bytes, sum) = unsafe {
            let inverse = V::splat(inverse);
            let first = row.vector(panel).times(inverse);
            let mut second = V::splat(0.0);
            if panel + 1 < row.panels() {
                second = row.vector(panel + 1).times(inverse);
            }
            V::rounded([first, second])
        };
        let words: &[Word; COLUMNS / 4] = bytes.as_chunks().0.try_into().expect("whole words");
        group.put(words, block, index);
        group.sums[block * tokens + index] = sum;
        total = total.wrapping_add(sum);
    }
    group.scales[index] = scale;
    group.totals[index] = total;
}

/// One token of the activations, normalised as it is read. Its functions have no closures: they would be
/// compiled without the instructions.
struct Row<'a, V> {
    activations: &'a [Tile],
    stride: usize,
    token: usize,
    norm: Option<Normalised<'a, V>>,
}

struct Normalised<'a, V> {
    norm: &'a LayerNorm,
    mean: V,
    inverse_deviation: V,
}

impl<'a, V: Vector> Row<'a, V> {
    #[inline(always)]
    unsafe fn new(
        activations: &'a [Tile],
        stride: usize,
        token: usize,
        norm: Option<&'a LayerNorm>,
    ) -> Self {
        let mut row = Self {
            activations,
            stride,
            token,
            norm: None,
        };
        if let Some(norm) = norm {
            // SAFETY: the caller's promise, here and below.
            row.norm = Some(unsafe { row.statistics(norm) });
        }
        row
    }

    #[inline(always)]
    fn panels(&self) -> usize {
        self.activations.len() / self.stride
    }

    #[inline(always)]
    unsafe fn raw(&self, panel: usize) -> V {
        unsafe { V::of(&self.activations[panel * self.stride + self.token]) }
    }

    #[inline(always)]
    unsafe fn vector(&self, panel: usize) -> V {
        unsafe {
            let raw = self.raw(panel);
            let Some(normalised) = &self.norm else {
                return raw;
            };
            let (gain, bias) = (&normalised.norm.gain[panel], &normalised.norm.bias[panel]);
            let value = raw
                .minus(normalised.mean)
                .times(normalised.inverse_deviation);
            value.times(V::of(gain)).plus(V::of(bias))
        }
    }

    /// Mean and deviation of the token, the latter from the differences to the mean: the mean of
    /// GPT-2's residual stream is large against its deviation in some layers.
    #[inline(always)]
    unsafe fn statistics(&self, norm: &'a LayerNorm) -> Normalised<'a, V> {
        let width = norm.width as f32;
        unsafe {
            let mut total = V::splat(0.0);
            for panel in 0..self.panels() {
                total = total.plus(self.raw(panel));
            }
            let mean = sum(&total.tile()) / width;
            let mut squares = V::splat(0.0);
            for panel in 0..self.panels() {
                let difference = self.raw(panel).minus(V::splat(mean));
                squares = squares.plus(difference.times(difference));
            }
            let padding = (self.panels() * LANES - norm.width) as f32;
            // Padding is zeros, each of which has added the square of the mean.
            let variance = (sum(&squares.tile()) - padding * mean * mean) / width;
            Normalised {
                norm,
                mean: V::splat(mean),
                inverse_deviation: V::splat(1.0 / (variance + norm.epsilon).sqrt()),
            }
        }
    }

    /// The [`byte_scale`] of the row's values.
    #[inline(always)]
    unsafe fn byte_scale(&self) -> (f32, f32) {
        unsafe {
            let (mut most, mut zero) = (V::splat(0.0), V::splat(0.0));
            for panel in 0..self.panels() {
                let vector = self.vector(panel);
                most = vector.larger_magnitude(most);
                zero = zero.plus(vector.times(V::splat(0.0)));
            }
            byte_scale(largest(&most.tile()), sum(&zero.tile()))
        }
    }
}
