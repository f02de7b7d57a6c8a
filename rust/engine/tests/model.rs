//! GPT-2s of several shapes against the same in float64, however their tokens are fed.

mod support;

use gpt2ro_engine::kernels::{Isa, Precision};
use gpt2ro_engine::model::{ForwardError, Gpt2, LoadError, Options, Shape, Wanted};
use support::gpt2::{Reference, random_tensors};
use support::random::Random;
use support::{Folder, Written, write_archive};

/// Heads of 8, 16, 20, 40 and 72 values, which are 1, 1, 2, 3 and 5 tiles; vocabularies that are no
/// multiple of 16; a context of 3 blocks.
const SHAPES: [Shape; 5] = [
    shape(53, 40, 24, 3),
    shape(160, 150, 64, 4),
    shape(70, 40, 40, 2),
    shape(33, 40, 80, 2),
    shape(33, 40, 72, 1),
];

const fn shape(vocabulary: usize, context: usize, width: usize, heads: usize) -> Shape {
    Shape {
        vocabulary,
        context,
        width,
        heads,
        layers: 2,
        epsilon: 1e-5,
    }
}

fn options(precision: Precision, threads: usize) -> Options {
    Options {
        threads: Some(threads),
        ..Options::new(precision)
    }
}

fn load(tensors: &[Written], shape: &Shape, options: Options) -> Result<Gpt2, LoadError> {
    let folder = Folder::new("model");
    let path = folder.file("model.ot");
    write_archive(&path, tensors);
    Gpt2::load(&path, *shape, options)
}

fn random_model(shape: &Shape, options: Options) -> Gpt2 {
    load(&random_tensors(shape, 5), shape, options).unwrap()
}

/// The logits of every token of a sequence that begins here.
fn all_logits(model: &mut Gpt2, ids: &[u32]) -> Vec<f32> {
    logits(model, &[ids.to_vec()], Wanted::All)
}

fn logits(model: &mut Gpt2, tokens: &[Vec<u32>], wanted: Wanted) -> Vec<f32> {
    model.forward(tokens, wanted).unwrap().to_vec()
}

fn ids(shape: &Shape, count: usize, seed: u64) -> Vec<u32> {
    let mut random = Random::new(seed);
    let limit = shape.vocabulary as f32;
    let id = |value: f32| ((value + 1.0) / 2.0 * limit).min(limit - 1.0) as u32;
    (0..count).map(|_| id(random.value())).collect()
}

/// The differences from what is expected, and what is expected without its mean.
fn compare(found: &[f32], expected: &[f64]) -> (Vec<f64>, Vec<f64>) {
    assert_eq!(found.len(), expected.len());
    let mean = expected.iter().sum::<f64>() / expected.len() as f64;
    let pairs = found.iter().zip(expected);
    let differences = pairs
        .map(|(&found, expected)| f64::from(found) - expected)
        .collect();
    (
        differences,
        expected.iter().map(|value| value - mean).collect(),
    )
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}

#[test]
fn fp32_logits_are_those_of_float64() {
    for shape in SHAPES {
        let tensors = random_tensors(&shape, 5);
        let ids = ids(&shape, shape.context, 1);
        let expected = Reference::new(&shape, &tensors).logits(&ids).concat();
        for isa in Isa::all() {
            let options = Options {
                isa,
                ..options(Precision::Fp32, 2)
            };
            let mut model = load(&tensors, &shape, options).unwrap();
            let found = all_logits(&mut model, &ids);
            let (differences, _) = compare(&found, &expected);
            for difference in differences {
                assert!(difference.abs() < 1e-4, "{isa:?} {shape:?}: {difference}");
            }
        }
    }
}

/// Half a step in each factor of a sum is an error of 0.2 % (bfloat16), 1 % (bytes) or 10 % (4 bits) or
/// so, and two layers of random weights, which damp nothing, make some times that of it.
#[test]
fn rounded_logits_are_within_a_share_of_their_spread() {
    for (precision, most) in [
        (Precision::Bf16, 0.02),
        (Precision::Int8, 0.05),
        (Precision::Int4, 0.40),
    ] {
        for shape in SHAPES {
            let tensors = random_tensors(&shape, 5);
            let ids = ids(&shape, shape.context, 1);
            let expected = Reference::new(&shape, &tensors).logits(&ids).concat();
            let mut model = load(&tensors, &shape, options(precision, 2)).unwrap();
            let found = all_logits(&mut model, &ids);
            let (differences, spread) = compare(&found, &expected);
            let share = root_mean_square(&differences) / root_mean_square(&spread);
            assert!(share < most, "{precision:?} {shape:?}: {share}");
        }
    }
}

/// One token's sums are taken in several chains, so their last bits differ. A last bit decides now and
/// then how an activation is rounded, which in bfloat16 is a step of 0.4 % of it, in bytes of less.
#[test]
fn tokens_one_by_one_give_what_they_give_together() {
    let shape = SHAPES[1];
    for precision in Precision::ALL {
        let most = if precision == Precision::Fp32 {
            1e-3
        } else {
            0.05
        };
        let mut model = random_model(&shape, options(precision, 2));
        let ids = ids(&shape, 150, 2);
        let together = all_logits(&mut model, &ids);
        model.reset();
        for (id, expected) in ids.iter().zip(together.chunks(shape.vocabulary)) {
            let found = model.forward(&[[*id]], Wanted::Last).unwrap();
            for (found, expected) in found.iter().zip(expected) {
                let difference = (found - expected).abs();
                assert!(difference < most, "{precision:?} {found} {expected}");
            }
        }
    }
}

/// Sums of bytes are exact, and attention takes its sums in the same order for one token and for several,
/// also where a sequence begins within a block of slots.
#[test]
fn in_bytes_tokens_one_by_one_give_the_bits_that_they_give_together() {
    for shape in SHAPES {
        for isa in Isa::all() {
            let options = Options {
                isa,
                ..options(Precision::Int8, 2)
            };
            let mut model = random_model(&shape, options);
            let sequences: Vec<Vec<u32>> = (0..3).map(|seed| ids(&shape, 39, seed)).collect();
            let together = logits(&mut model, &sequences, Wanted::Last);
            for piece in [1, 5, 14] {
                model.reset();
                let mut last = Vec::new();
                for first in (0..39).step_by(piece) {
                    let end = 39.min(first + piece);
                    let tokens: Vec<Vec<u32>> = sequences
                        .iter()
                        .map(|sequence| sequence[first..end].to_vec())
                        .collect();
                    last = logits(&mut model, &tokens, Wanted::Last);
                }
                assert!(last == together, "{shape:?} {isa:?}, {piece} at a time");
            }
        }
    }
}

/// Of blocks of tokens whose logits nobody wants, the last layer only remembers keys and values.
#[test]
fn a_long_prompt_is_remembered_whole_when_only_its_last_logits_are_wanted() {
    let shape = SHAPES[1];
    for precision in Precision::ALL {
        let mut model = random_model(&shape, options(precision, 2));
        let ids = ids(&shape, 149, 6);
        let mut after = |wanted| {
            model.reset();
            model.forward(std::slice::from_ref(&ids), wanted).unwrap();
            logits(&mut model, &[vec![3]], Wanted::Last)
        };
        assert!(after(Wanted::Last) == after(Wanted::All), "{precision:?}");
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let shape = SHAPES[1];
    for precision in Precision::ALL {
        let with_threads = |threads| {
            let mut model = random_model(&shape, options(precision, threads));
            let mut found = all_logits(&mut model, &ids(&shape, 70, 3));
            found.extend(logits(&mut model, &[vec![1]], Wanted::Last));
            found
        };
        let one = with_threads(1);
        for threads in [2, 3, 7] {
            assert!(with_threads(threads) == one, "{precision:?} {threads}");
        }
    }
}

#[test]
fn sequences_side_by_side_do_not_see_each_other() {
    let shape = SHAPES[0];
    for precision in Precision::ALL {
        let mut model = random_model(&shape, options(precision, 2));
        let sequences: Vec<Vec<u32>> = (0..5).map(|seed| ids(&shape, 30, seed)).collect();
        let together = logits(&mut model, &sequences, Wanted::Last);
        for (sequence, expected) in sequences.iter().zip(together.chunks(shape.vocabulary)) {
            model.reset();
            let alone = model
                .forward(std::slice::from_ref(sequence), Wanted::Last)
                .unwrap();
            for (alone, expected) in alone.iter().zip(expected) {
                assert!((alone - expected).abs() < 1e-4, "{precision:?}");
            }
        }
    }
}

/// The last logits of sequences that were reordered and went on, each with those of the same tokens unbroken.
fn reordered_and_unbroken(
    model: &mut Gpt2,
    shape: &Shape,
    (first, next): (usize, usize),
) -> Vec<(Vec<f32>, Vec<f32>)> {
    let sequences =
        |seeds: std::ops::Range<u64>, length| seeds.map(|seed| ids(shape, length, seed)).collect();
    let (first, next): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
        (sequences(0..3, first), sequences(10..14, next));
    model.forward(&first, Wanted::Last).unwrap();
    let parents = [2, 0, 2, 2];
    model.reorder(&parents);
    let found = logits(model, &next, Wanted::Last);
    let found = found
        .chunks(shape.vocabulary)
        .zip(parents.iter().zip(&next));
    found
        .map(|(found, (&parent, next))| {
            model.reset();
            let whole = [&first[parent][..], next].concat();
            let unbroken = logits(model, &[whole], Wanted::Last);
            (found.to_vec(), unbroken)
        })
        .collect()
}

#[test]
fn reordered_sequences_go_on_from_their_parents() {
    let shape = SHAPES[0];
    let mut model = random_model(&shape, options(Precision::Fp32, 1));
    for (found, expected) in reordered_and_unbroken(&mut model, &shape, (8, 3)) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4);
        }
    }
}

/// Where slots are anywhere, the sums of a token are nevertheless taken in the order of its past.
#[test]
fn in_bytes_reordered_sequences_give_the_bits_of_unbroken_ones() {
    for shape in SHAPES {
        for isa in Isa::all() {
            let options = Options {
                isa,
                ..options(Precision::Int8, 2)
            };
            let mut model = random_model(&shape, options);
            for (found, expected) in reordered_and_unbroken(&mut model, &shape, (19, 9)) {
                assert!(found == expected, "{shape:?} {isa:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let shape = SHAPES[0];
    let mut model = random_model(&shape, options(Precision::Int8, 1));
    let begin = ids(&shape, 38, 1);
    let expected = logits(&mut model, &[begin.clone(), begin.clone()], Wanted::Last);
    let mut refused = |tokens: &[Vec<u32>]| model.forward(tokens, Wanted::Last).unwrap_err();
    let sequences = ForwardError::Sequences {
        found: 1,
        expected: 2,
    };
    assert_eq!(refused(&[vec![1]]), sequences);
    assert_eq!(refused(&[vec![1], vec![]]), ForwardError::Lengths);
    assert_eq!(
        refused(&[vec![1, 2, 3], vec![1, 2, 3]]).to_string(),
        "a sequence of 41 tokens; the context is 40"
    );
    assert_eq!(
        refused(&[vec![1], vec![53]]).to_string(),
        "token id 53; the vocabulary has 53"
    );
    let last = *begin.last().unwrap();
    model
        .forward(&[vec![last], vec![last]], Wanted::Last)
        .unwrap();
    model.reset();
    assert!(model.forward::<Vec<u32>>(&[], Wanted::Last).is_err());
    let found = logits(&mut model, &[begin.clone(), begin], Wanted::Last);
    assert_eq!(found, expected);
}

#[test]
fn weights_of_another_shape_are_refused_by_name() {
    let shape = SHAPES[0];
    let tensors = random_tensors(&shape, 5);
    let refusal = |tensors: &[Written], shape: &Shape| {
        let result = load(tensors, shape, options(Precision::Fp32, 1));
        result.err().expect("it is refused").to_string()
    };
    let without: Vec<Written> = tensors
        .iter()
        .filter(|tensor| tensor.name != "transformer.h.1.mlp.c_fc.bias")
        .cloned()
        .collect();
    assert_eq!(
        refusal(&without, &shape),
        "tensor transformer.h.1.mlp.c_fc.bias is missing"
    );
    let changed = |change: fn(&mut Shape)| {
        let mut changed = shape;
        change(&mut changed);
        refusal(&tensors, &changed)
    };
    for (line, told) in [
        (
            changed(|shape| shape.context = 41),
            "tensor transformer.wpe.weight has shape [40, 24]; the configuration says [41, 24]",
        ),
        (
            changed(|shape| shape.layers = 3),
            "tensor transformer.h.2.attn.c_attn.weight is missing",
        ),
        (
            changed(|shape| shape.layers = 1),
            "tensor transformer.h.1.attn.c_attn.bias is there; the configuration says 1 layers",
        ),
        (
            changed(|shape| shape.heads = 5),
            "a GPT-2 cannot have these sizes",
        ),
    ] {
        assert!(line.contains(told), "expected {told:?} in {line:?}");
    }
}

#[test]
fn weights_that_are_not_numbers_show_in_the_logits() {
    let shape = SHAPES[0];
    for name in ["transformer.ln_f.bias", "transformer.h.0.mlp.c_fc.weight"] {
        let mut tensors = random_tensors(&shape, 5);
        let tensor = tensors
            .iter_mut()
            .find(|tensor| tensor.name == name)
            .unwrap();
        tensor.values[0] = f32::NAN;
        for precision in Precision::ALL {
            let mut model = load(&tensors, &shape, options(precision, 1)).unwrap();
            let logits = model.forward(&[vec![1, 2]], Wanted::Last).unwrap();
            assert!(
                logits.iter().any(|logit| logit.is_nan()),
                "{name} {precision:?}"
            );
        }
    }
}
