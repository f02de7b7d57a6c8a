//! The activations that a matrix is multiplied with, prepared: normalised, and rounded or quantised.
//!
//! Tokens are taken in groups, as many as are multiplied together; a group is a piece of memory of
//! its own, word after word those of all its tokens, so that groups can be prepared by different
//! threads, and a product reads them from front to end.

use super::arithmetic::bf16;
use super::isa::Level;
use super::layout::{COLUMNS, Word, padded};
use super::row::{LayerNorm, Row};
use super::signed::{negative_sum, signed};
#[cfg(target_arch = "aarch64")]
use super::vectors::Neon;
use super::vectors::Vector;
#[cfg(target_arch = "x86_64")]
use super::vectors::{Avx2, Avx512};
use super::{Isa, LANES, Listed, Pool, Precision, Tile};

/// How activations are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A column a word.
    Fp32,
    /// Two columns a word.
    Bf16,
    /// Four columns a word: value / scale, rounded.
    Bytes,
    /// The same in two words, of magnitudes and of signs.
    Signed,
}

/// Tiles that are rounded together: their sum is one of those that int4 needs.
const PAIR: usize = COLUMNS / LANES;

/// Prepared activations of some tokens.
pub struct Input {
    format: Format,
    isa: Isa,
    columns: usize,
    tokens: usize,
    /// Group after group, each `(words of a token, tokens of the group)`, the two words of signed bytes side
    /// by side. Memory for the most tokens is kept, as in the three below.
    words: Vec<Word>,
    /// Bytes only: a scale for each token.
    scales: Vec<f32>,
    /// Bytes only: the sum of each token's bytes; of signed ones that of the negative ones.
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
    /// In bytes, the sum of each token; of signed ones that of the negative ones.
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
}

/// Write words of the token at an index, of which so many times as many come before, to their places,
/// which are `(words of a token, tokens)`.
#[inline(always)]
fn put<W: Copy, const WORDS: usize>(
    places: &mut [W],
    tokens: usize,
    words: &[W; WORDS],
    before: usize,
    index: usize,
) {
    if tokens == 1 {
        places[before * WORDS..][..WORDS].copy_from_slice(words);
        return;
    }
    let places = places[before * WORDS * tokens..].chunks_exact_mut(tokens);
    for (place, word) in places.zip(words) {
        place[index] = *word;
    }
}

impl Format {
    fn of(precision: Precision, isa: Isa) -> Self {
        match precision {
            Precision::Fp32 => Self::Fp32,
            Precision::Bf16 => Self::Bf16,
            Precision::Int8 if isa.takes_signs_apart() => Self::Signed,
            Precision::Int8 | Precision::Int4 => Self::Bytes,
        }
    }

    fn columns_a_word(self) -> usize {
        match self {
            Self::Fp32 => 1,
            Self::Bf16 | Self::Signed => 2,
            Self::Bytes => 4,
        }
    }
}

impl Input {
    /// Room for as many tokens, each of this many columns, a multiple of 16.
    #[must_use]
    pub fn new(precision: Precision, isa: Isa, columns: usize, most_tokens: usize) -> Self {
        let format = Format::of(precision, isa);
        let words = padded(columns) / format.columns_a_word() * most_tokens;
        Self {
            format,
            isa,
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

    /// Whether matrices of this precision can be multiplied with it, by these instructions.
    #[must_use]
    pub fn fits(&self, precision: Precision, isa: Isa) -> bool {
        self.format == Format::of(precision, isa) && self.isa == isa
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
        pool: &Pool,
        activations: &[Tile],
        tokens: &[usize],
        norm: Option<&LayerNorm>,
    ) {
        assert!(tokens.len() <= self.scales.len());
        let stride = activations.len() / (self.columns / LANES);
        self.tokens = tokens.len();
        let (isa, size) = (self.isa, self.isa.group());
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
        let (format, group, tokens) = (self.format, self.isa.group(), self.tokens);
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
        let size = self.isa.group();
        (0..self.tokens).step_by(size).map(move |first| {
            let tokens = size.min(self.tokens - first);
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
                    Format::Bytes | Format::Signed => quantise(&row, index, &mut group),
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
    let tokens = group.scales.len();
    for panel in 0..row.panels() {
        // SAFETY: the caller's promise.
        let tile = unsafe { row.vector(panel).tile() };
        put(group.words, tokens, &words(&tile), panel, index);
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
        group.sums[block * tokens + index] = sum;
        if group.format == Format::Signed {
            let (places, _) = group.words.as_chunks_mut();
            put(places, tokens, &signed(&bytes), block, index);
            total = total.wrapping_add(negative_sum(&bytes));
        } else {
            let words: &[Word; COLUMNS / 4] = bytes.as_chunks().0.try_into().expect("whole words");
            put(group.words, tokens, words, block, index);
            total = total.wrapping_add(sum);
        }
    }
    group.scales[index] = scale;
    group.totals[index] = total;
}
