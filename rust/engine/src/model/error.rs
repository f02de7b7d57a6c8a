//! Why a model could not be loaded, or would not read on. Messages begin after the path.

use thiserror::Error;

use super::Shape;
use crate::archive::ArchiveError;

/// Why a configuration is none of a model.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] std::io::Error),
    /// It is not JSON, or a key is missing or has another type.
    #[error("not the configuration of a GPT-2 ({0})")]
    Format(#[from] serde_json::Error),
    /// A value is of no model that can be computed.
    #[error("{0}")]
    Value(String),
}

/// Why a model could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file is no whole archive of tensors.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A tensor of the model is not there.
    #[error("tensor {0} is missing")]
    Missing(String),
    /// A tensor has another shape than the configuration says.
    #[error("tensor {name} has shape {found:?}; the configuration says {expected:?}")]
    TensorShape {
        /// The tensor.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// Its shape by the configuration.
        expected: Vec<usize>,
    },
    /// There are weights of a layer that the configuration does not have.
    #[error("tensor {name} is there; the configuration says {layers} layers")]
    ExtraLayer {
        /// A tensor of the first layer too many.
        name: String,
        /// Layers by the configuration.
        layers: usize,
    },
    /// The configuration describes no model.
    #[error("a GPT-2 cannot have these sizes: {0:?}")]
    Shape(Shape),
    /// The system has too little memory.
    #[error("no memory for the weights ({0})")]
    Memory(std::io::Error),
    /// The system gives no more threads.
    #[error("no threads ({0}); ask for fewer")]
    Threads(std::io::Error),
}

/// Why a model would not read tokens.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ForwardError {
    /// Another number of sequences than were begun.
    #[error("tokens for {found} sequences; expected {expected}")]
    Sequences {
        /// Sequences with tokens.
        found: usize,
        /// Sequences that were begun.
        expected: usize,
    },
    /// The sequences' new tokens are none, or not equally many.
    #[error("each sequence must get as many tokens as the others, at least one")]
    Lengths,
    /// A sequence would be longer than the context.
    #[error("a sequence of {found} tokens; the context is {context}")]
    ContextFull {
        /// Tokens it would have.
        found: usize,
        /// Most tokens of a sequence.
        context: usize,
    },
    /// A token that the vocabulary does not have.
    #[error("token id {id}; the vocabulary has {vocabulary}")]
    TokenId {
        /// The id.
        id: u32,
        /// Number of ids.
        vocabulary: usize,
    },
}
