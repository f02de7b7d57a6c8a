//! GPT-2 of any size: pre-layer-norm blocks, `gelu_new`, the output head tied to the embedding.

mod block;
mod cache;
mod config;
mod embedding;
mod error;
mod machine;
mod packed_file;
mod shape;
mod source;
mod weights;

use std::path::Path;

use crate::archive::Archive;
use crate::kernels::{CacheFormat, Isa, Place, Pool, Precision};
use block::Buffers;
use cache::Cache;
pub use config::Config;
pub use error::{ConfigError, ForwardError, LoadError};
use machine::Machine;
pub use shape::Shape;
pub use weights::Cached;
use weights::Weights;

/// Most tokens that go through the layers together: enough that the weights, which are read once for
/// all of them, cost less than the sums; few enough that their activations stay in the cache.
const BLOCK: usize = 64;

/// Of which tokens the logits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The last one of each sequence.
    Last,
    /// Every one.
    All,
}

impl Wanted {
    /// Whether the logits of a token are wanted, of so many in its sequence.
    fn has(self, place: &Place, length: usize) -> bool {
        self == Self::All || place.position + 1 == length
    }

    /// How many tokens that are, of so many sequences with so many new tokens each.
    fn count(self, sequences: usize, tokens: usize) -> usize {
        match self {
            Self::Last => sequences,
            Self::All => sequences * tokens,
        }
    }
}

/// How a model is computed.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Of weights and activations.
    pub precision: Precision,
    /// Threads, with the calling one; None for one a core.
    pub threads: Option<usize>,
    /// Vector instructions; [`Isa::best`] is the usual choice.
    pub isa: Isa,
}

/// A loaded GPT-2, and what it remembers of the sequences it has read.
pub struct Gpt2 {
    shape: Shape,
    machine: Machine,
    archive: Archive,
    weights: Weights,
    cache: Cache,
    /// The new tokens that go through the layers together.
    block: Vec<Place>,
    buffers: Buffers,
    /// Of the wanted tokens of the last call, one after the other; of one token they stay in the buffers.
    logits: Vec<f32>,
}

impl Options {
    /// With the best instructions and one thread a core.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        Self {
            precision,
            threads: None,
            isa: Isa::best(),
        }
    }
}

impl Gpt2 {
    /// Load the weights of a file `rust_model.ot`.
    ///
    /// # Errors
    /// The file is damaged or holds the weights of another shape, or memory or threads are short.
    pub fn load(path: &Path, shape: Shape, options: Options) -> Result<Self, LoadError> {
        Self::load_with(path, shape, options, None).map(|(model, _)| model)
    }

    /// The same, with a file of packed weights: it is read if it holds them, which takes no time to
    /// speak of, and written otherwise.
    ///
    /// # Errors
    /// As for [`Gpt2::load`]. That the file cannot be read or written is none.
    pub fn load_cached(
        path: &Path,
        shape: Shape,
        options: Options,
        cache: &Path,
    ) -> Result<(Self, Cached), LoadError> {
        let (model, cached) = Self::load_with(path, shape, options, Some(cache))?;
        Ok((model, cached.expect("there was a file to read or write")))
    }

    /// Hold the tensors of a file against sizes, without loading them.
    ///
    /// # Errors
    /// The file is damaged or holds the weights of another shape.
    pub fn check_file(path: &Path, shape: &Shape) -> Result<(), LoadError> {
        shape.check()?;
        Weights::check(&Archive::open(path)?, shape)
    }

    fn load_with(
        path: &Path,
        shape: Shape,
        options: Options,
        cache: Option<&Path>,
    ) -> Result<(Self, Option<Cached>), LoadError> {
        shape.check()?;
        let threads = options.threads.unwrap_or_else(cores);
        let pool = Pool::new(threads).map_err(LoadError::Threads)?;
        let archive = Archive::open(path)?;
        let (weights, cached) = Weights::load(&archive, &shape, options.precision, &pool, cache)?;
        let model = Self {
            shape,
            machine: Machine {
                isa: options.isa,
                pool,
            },
            // Only the embeddings are read from now on.
            archive: archive.reopened()?,
            weights,
            cache: Cache::new(&shape, CacheFormat::of(options.precision)),
            block: Vec::with_capacity(BLOCK),
            buffers: Buffers::new(&shape, options),
            logits: Vec::new(),
        };
        Ok((model, cached))
    }

    /// Sizes of the model.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Bytes of the packed weights, all of which are read for a token.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        self.weights.bytes
    }

    /// Forget every sequence.
    pub fn reset(&mut self) {
        self.cache.clear();
    }

    /// Make room for so many more tokens, those of all sequences counted, so that reading them takes no
    /// memory of the system. Without it room is made when there is none, for twice as many.
    pub fn reserve(&mut self, tokens: usize) {
        self.cache.reserve(tokens);
    }

    /// Replace the sequences: the new sequence i continues the old sequence `parents[i]`.
    ///
    /// # Panics
    /// There is no such parent.
    pub fn reorder(&mut self, parents: &[usize]) {
        self.cache.reorder(parents);
    }

    /// Read `tokens[i]` at the end of sequence i, and return logits.
    ///
    /// The first call after a reset decides how many sequences there are. The logits are
    /// `(sequences, vocabulary)` for the last tokens, `(sequences, tokens, vocabulary)` for all. They lie
    /// in memory that the next call uses again.
    ///
    /// # Errors
    /// The lists of tokens differ in number from the sequences or in length from each other, an id
    /// is outside the vocabulary, or a sequence would outgrow the context. Nothing was read then.
    pub fn forward<T: AsRef<[u32]>>(
        &mut self,
        tokens: &[T],
        wanted: Wanted,
    ) -> Result<&[f32], ForwardError> {
        self.check(tokens)?;
        let (count, length) = (tokens.len(), tokens[0].as_ref().len());
        let rows = wanted.count(count, length);
        let before = self.cache.length();
        self.cache.extend(count, length);
        self.logits.clear();
        for first in (0..count * length).step_by(BLOCK) {
            let places = (first..count * length).take(BLOCK).map(|index| Place {
                sequence: index / length,
                position: before + index % length,
            });
            self.block.clear();
            self.block.extend(places);
            let has = |place| wanted.has(place, before + length);
            let is_wanted = self.block.iter().any(has);
            self.read(tokens, is_wanted);
            let made = self.head(wanted);
            if rows > 1 {
                self.append_logits(made);
            }
        }
        if rows == 1 {
            return Ok(self.only_logits());
        }
        Ok(&self.logits)
    }

    fn check<T: AsRef<[u32]>>(&self, tokens: &[T]) -> Result<(), ForwardError> {
        let Shape {
            context,
            vocabulary,
            ..
        } = self.shape;
        let expected = self.cache.sequences().unwrap_or(tokens.len().max(1));
        if tokens.len() != expected {
            let found = tokens.len();
            return Err(ForwardError::Sequences { found, expected });
        }
        let length = tokens[0].as_ref().len();
        if length == 0 || tokens.iter().any(|tokens| tokens.as_ref().len() != length) {
            return Err(ForwardError::Lengths);
        }
        let found = self.cache.length() + length;
        if found > context {
            return Err(ForwardError::ContextFull { found, context });
        }
        let mut ids = tokens.iter().flat_map(AsRef::as_ref);
        match ids.find(|&&id| id as usize >= vocabulary) {
            Some(&id) => Err(ForwardError::TokenId { id, vocabulary }),
            None => Ok(()),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
