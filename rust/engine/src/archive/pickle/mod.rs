//! The list of tensors in `data.pkl`: a Python pickle, of which only the part that PyTorch writes
//! for a module of parameters is understood.
//!
//! A pickle is a program for a machine with a stack. Nothing is ever called here: the few Python
//! objects that a list of tensors names are symbols, and any other name or instruction is refused.
//! Lengths, nesting and the number of objects are bounded, so memory is bounded by the size of the
//! pickle.

mod machine;
mod reader;
mod value;

use super::PickleError;
use machine::Machine;

/// A tensor as the pickle describes it: a window on a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TensorRecord {
    /// Number of the storage: its values are the member `data/N`.
    pub storage: String,
    /// Kind of the storage, such as `FloatStorage`.
    pub kind: String,
    /// Values in the storage.
    pub elements: usize,
    /// First value of the tensor in the storage.
    pub offset: usize,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Steps of each dimension, in values.
    pub strides: Vec<usize>,
}

/// The module's tensors by attribute name, in the order of the file.
pub(super) fn tensor_records(bytes: &[u8]) -> Result<Vec<(String, TensorRecord)>, PickleError> {
    Machine::new(bytes).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The start of a pickle of one tensor, up to its storage's kind.
    const HEAD: &[u8] = b"\x80\x02c__torch__\nM\nq\0)\x81}(X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\n";
    const TAIL: &[u8] = b"\nX\x01\0\0\x000X\x03\0\0\0cpuK\x06tQK\0(K\x02K\x03t(K\x03K\x01t\x89ccollections\nOrderedDict\n)RtRX\x08\0\0\0training\x88ubq\x01.";

    fn pickle(kind: &str) -> Vec<u8> {
        [HEAD, kind.as_bytes(), TAIL].concat()
    }

    #[test]
    fn a_module_of_one_tensor_is_read() {
        let records = tensor_records(&pickle("FloatStorage")).unwrap();
        let [(name, record)] = &records[..] else {
            panic!("{records:?}")
        };
        assert_eq!(name, "w");
        assert_eq!((&record.storage[..], record.elements), ("0", 6));
        assert_eq!(
            (&record.shape[..], &record.strides[..]),
            (&[2, 3][..], &[3, 1][..])
        );
    }

    #[test]
    fn other_python_objects_are_named_and_refused() {
        let error = tensor_records(b"\x80\x02cposix\nsystem\nX\x02\0\0\0lstR.").unwrap_err();
        assert_eq!(error, PickleError::Global("posix.system".to_owned()));
    }

    #[test]
    fn an_unknown_instruction_is_refused_with_its_place() {
        let error = tensor_records(b"\x80\x02\x8c\x01a.").unwrap_err();
        let expected = PickleError::Opcode {
            opcode: 0x8c,
            offset: 2,
        };
        assert_eq!(error, expected);
    }

    #[test]
    fn nesting_and_lengths_are_bounded() {
        let nested = [&b"\x80\x02"[..], &b"(".repeat(50), b")", &b"t".repeat(50)].concat();
        assert!(matches!(
            tensor_records(&nested),
            Err(PickleError::TooLarge(_))
        ));
        let wide = [&b"\x80\x02("[..], &b"K\0".repeat(50), b"t"].concat();
        assert!(matches!(
            tensor_records(&wide),
            Err(PickleError::TooLarge(_))
        ));
        let long = [&b"\x80\x02X\x00\x01\x01\x00"[..], &b"a".repeat(0x10100)].concat();
        assert!(matches!(
            tensor_records(&long),
            Err(PickleError::TooLarge(_))
        ));
    }

    #[test]
    #[cfg_attr(miri, ignore = "20,000 objects take miri minutes")]
    fn the_number_of_objects_is_bounded() {
        // The storage of the module's tensor again and again, each with copies of its texts.
        let id = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x06tq\0Q";
        let many = [&b"\x80\x02"[..], id, &b"h\0Q".repeat(20_000), b"."].concat();
        assert!(matches!(
            tensor_records(&many),
            Err(PickleError::TooLarge(_))
        ));
    }

    #[test]
    fn every_cut_pickle_is_refused() {
        let whole = pickle("FloatStorage");
        for length in 0..whole.len() {
            assert!(tensor_records(&whole[..length]).is_err(), "{length}");
        }
    }
}
