//! Why an archive was refused. Messages begin after the path, which the caller knows.

use thiserror::Error;

/// Why an archive could not be opened.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The file could not be opened or mapped.
    #[error("cannot be read ({0})")]
    Read(#[from] std::io::Error),
    /// Not a zip file, or a cut or damaged one.
    #[error("not a whole TorchScript archive ({0})")]
    Zip(#[from] zip::result::ZipError),
    /// It has more members than a model needs.
    #[error("{found} members; a model has at most {most}")]
    TooManyMembers {
        /// Members in the archive.
        found: usize,
        /// Most that are accepted.
        most: usize,
    },
    /// A member that every archive has is not there.
    #[error("no member {0}; expected a TorchScript archive, as the step convert writes it")]
    MissingMember(&'static str),
    /// A member is compressed or encrypted, so it cannot be mapped.
    #[error("member {0} is compressed or encrypted; expected it stored as it is")]
    NotStored(String),
    /// A member reaches beyond the end of the file.
    #[error("member {0} reaches beyond the end of the file")]
    Outside(String),
    /// Two folders of the archive have a member of this name.
    #[error("member {0} is there twice")]
    Twice(String),
    /// Two members share bytes of the file.
    #[error("members {0} and {1} overlap in the file")]
    Overlap(String, String),
    /// The list of tensors is longer than any model's.
    #[error("data.pkl has {found} bytes; at most {most} are read")]
    LongPickle {
        /// Its size.
        found: u64,
        /// Largest size that is read.
        most: u64,
    },
    /// The values are not little-endian.
    #[error("byte order {0:?}; only little is read")]
    ByteOrder(String),
    /// The list of tensors was refused.
    #[error("the list of tensors in data.pkl is not accepted: {0}")]
    Pickle(#[from] PickleError),
    /// A tensor is not what it is described as.
    #[error("tensor {name} {problem}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        problem: TensorError,
    },
}

/// Why the list of tensors was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PickleError {
    /// It ends inside an instruction, or before the last one.
    #[error("it ends early, at byte {0}")]
    Truncated(usize),
    /// An instruction that no list of tensors needs.
    #[error("instruction {opcode:#04x} at byte {offset} has no place in a list of tensors")]
    Opcode {
        /// The instruction.
        opcode: u8,
        /// Where it stands.
        offset: usize,
    },
    /// It names a Python object that has nothing to do with tensors.
    #[error("it names the Python object {0}; only tensors are read")]
    Global(String),
    /// An instruction finds other values than PyTorch gives it.
    #[error("the values at byte {0} are not those of a list of tensors")]
    Malformed(usize),
    /// A text or a tuple is longer, or values are nested deeper, than in any list of tensors.
    #[error("the value at byte {0} is too long or too deep for a list of tensors")]
    TooLarge(usize),
}

/// What is wrong with a tensor.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TensorError {
    /// Its values are neither float32 nor float16.
    #[error("is of {0}; expected FloatStorage (float32) or HalfStorage (float16)")]
    Kind(String),
    /// The member with its values is not there.
    #[error("has its values in data/{0}, which is missing")]
    MissingStorage(String),
    /// Its storage is not as long as the list of tensors says.
    #[error("has a storage of {expected} values, and data/{storage} holds {found} bytes")]
    StorageSize {
        /// Number of the storage.
        storage: String,
        /// Values that it should hold.
        expected: usize,
        /// Bytes that it holds.
        found: usize,
    },
    /// Its values are not one after the other.
    #[error("has shape {shape:?} and strides {strides:?}; expected contiguous values")]
    Strides {
        /// Its sizes.
        shape: Vec<usize>,
        /// Its strides, in values.
        strides: Vec<usize>,
    },
    /// It reaches beyond the end of its storage.
    #[error("has shape {shape:?} from value {offset}, and its storage has {found} values")]
    Outside {
        /// Its sizes.
        shape: Vec<usize>,
        /// First value in the storage.
        offset: usize,
        /// Values in the storage.
        found: usize,
    },
    /// Two tensors have this name.
    #[error("stands in the archive twice")]
    Twice,
}
