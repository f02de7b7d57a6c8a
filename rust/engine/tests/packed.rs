//! The file of packed weights: what it saves, and that nothing in it is believed.

mod support;

use std::fs;
use std::path::PathBuf;

use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Cached, Gpt2, Options, Shape, Wanted};
use support::gpt2::random_tensors;
use support::{Folder, write_archive};

const SHAPE: Shape = Shape {
    vocabulary: 53,
    context: 40,
    width: 24,
    heads: 3,
    layers: 2,
    epsilon: 1e-5,
};

/// A folder with a model and room for its packed weights.
struct Place {
    folder: Folder,
}

impl Place {
    fn new(seed: u64) -> Self {
        let place = Self {
            folder: Folder::new("packed"),
        };
        place.write_model(seed);
        place
    }

    fn write_model(&self, seed: u64) {
        write_archive(&self.folder.file("model.ot"), &random_tensors(&SHAPE, seed));
    }

    fn packed(&self) -> PathBuf {
        self.folder.file("model.packed")
    }

    /// Logits of some tokens, and what became of the file.
    fn load(&self, precision: Precision) -> (Vec<f32>, Cached) {
        let options = Options {
            threads: Some(2),
            ..Options::new(precision)
        };
        let path = self.folder.file("model.ot");
        let (mut model, cached) = Gpt2::load_cached(&path, SHAPE, options, &self.packed()).unwrap();
        let logits = model.forward(&[[3, 1, 4, 1, 5]], Wanted::All).unwrap();
        (logits.to_vec(), cached)
    }
}

#[test]
fn the_second_start_reads_what_the_first_has_written() {
    for precision in Precision::ALL {
        let place = Place::new(5);
        let (packed, first) = place.load(precision);
        let (read, second) = place.load(precision);
        assert!(matches!(first, Cached::Written), "{first:?}");
        assert!(matches!(second, Cached::Read), "{second:?}");
        assert_eq!(packed, read, "{precision:?}");
    }
}

#[test]
fn weights_of_another_model_or_precision_are_packed_again() {
    let place = Place::new(5);
    place.load(Precision::Int8);
    let (logits, cached) = place.load(Precision::Bf16);
    assert!(matches!(cached, Cached::Written), "{cached:?}");
    place.write_model(6);
    let (others, cached) = place.load(Precision::Bf16);
    assert!(matches!(cached, Cached::Written), "{cached:?}");
    assert_ne!(logits, others);
}

#[test]
fn a_damaged_file_is_written_again() {
    let place = Place::new(5);
    let (expected, _) = place.load(Precision::Int8);
    let whole = fs::read(place.packed()).unwrap();
    let changed = |position: usize| {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        bytes
    };
    let longer = [&whole[..], &[0]].concat();
    for bytes in [
        changed(0),
        changed(8),
        changed(70),
        changed(4_000),
        changed(4_096),
        changed(whole.len() - 1),
        whole[..whole.len() - 1].to_vec(),
        longer,
        Vec::new(),
    ] {
        fs::write(place.packed(), &bytes).unwrap();
        let (logits, cached) = place.load(Precision::Int8);
        assert!(matches!(cached, Cached::Written), "{cached:?}");
        assert_eq!(logits, expected);
        assert!(fs::read(place.packed()).unwrap() == whole);
    }
}

#[test]
fn a_file_that_cannot_be_written_keeps_no_model_from_speaking() {
    let place = Place::new(5);
    let (expected, _) = place.load(Precision::Int8);
    fs::remove_file(place.packed()).unwrap();
    // A folder of that name: nothing can be renamed to it.
    fs::create_dir_all(place.packed().join("in")).unwrap();
    let (logits, cached) = place.load(Precision::Int8);
    assert!(matches!(cached, Cached::NotWritten(_)), "{cached:?}");
    assert_eq!(logits, expected);
    let entries = fs::read_dir(place.packed().parent().unwrap()).unwrap();
    assert_eq!(entries.count(), 2, "nothing partial stays");
}

/// The hash (FNV-1a) of files as this layout has them. Where one changes, files that were written
/// before would be read wrongly: raise LAYOUT in `packed_file.rs`, then change it here.
#[test]
fn files_are_those_of_the_layout_that_their_header_names() {
    let found = Precision::ALL.map(|precision| {
        let place = Place::new(5);
        place.load(precision);
        let bytes = fs::read(place.packed()).unwrap();
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    });
    let expected = [
        0x7216_2f39_aca7_37c3,
        0x22b8_2c2e_51cf_a871,
        0xf4c6_8ff0_982f_a116,
        0xbeb4_3a9c_5be0_1330,
    ];
    assert_eq!(found, expected, "{found:#x?}");
}
