//! Products and preparation of their input, with every set of instructions that this processor has,
//! against sums in float64.

mod support;

use gpt2ro_engine::kernels::{
    Chunks, Finish, Input, Isa, LANES, LayerNorm, Matrix, MatrixShape, Memory, PANELS, Pool,
    Precision, ROWS, Tile,
};
use support::random::Random;

/// A matrix of whole panels.
struct Dense {
    rows: usize,
    columns: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn random(rows: usize, columns: usize) -> Self {
        let mut random = Random::new(1);
        Self {
            rows,
            columns,
            weights: random.values(rows * columns, 0.5),
            bias: random.values(rows, 2.0),
        }
    }

    fn packed(&self, precision: Precision) -> Matrix {
        let shape = MatrixShape::padded(precision, self.rows, self.columns);
        let mut memory = Memory::new(shape.bytes()).unwrap();
        let bands = memory.bytes_mut()[..shape.bytes()].chunks_exact_mut(shape.band_bytes());
        let rows = self.weights.chunks_exact(self.columns).zip(&self.bias);
        let mut rows = rows.collect::<Vec<_>>().into_iter();
        for bytes in bands {
            let mut band = shape.band();
            for (row, (weights, &bias)) in rows.by_ref().take(ROWS).enumerate() {
                for (column, &weight) in band.columns.iter_mut().zip(weights) {
                    column[row] = weight;
                }
                band.biases[row] = bias;
            }
            shape.pack(&band, bytes);
        }
        Matrix::new(memory.share().unwrap(), 0..shape.bytes(), shape)
    }

    /// Products with each token in float64; `(rows, tokens)`.
    fn products(&self, tokens: &[Vec<f32>]) -> Vec<f64> {
        let mut products = Vec::new();
        for row in 0..self.rows {
            let weights = &self.weights[row * self.columns..][..self.columns];
            for token in tokens {
                let pairs = weights.iter().zip(token);
                let sum: f64 = pairs.map(|(&w, &x)| f64::from(w) * f64::from(x)).sum();
                products.push(sum + f64::from(self.bias[row]));
            }
        }
        products
    }
}

fn random_tokens(count: usize, width: usize) -> Vec<Vec<f32>> {
    let mut random = Random::new(2);
    (0..count).map(|_| random.values(width, 3.0)).collect()
}

/// `(width / 16, tokens)` tiles of tokens.
fn activations(tokens: &[Vec<f32>]) -> Vec<Tile> {
    let panels = tokens[0].len() / LANES;
    let tile = |panel: usize, token: &Vec<f32>| {
        Tile(std::array::from_fn(|lane| token[panel * LANES + lane]))
    };
    (0..panels)
        .flat_map(|panel| tokens.iter().map(move |token| tile(panel, token)))
        .collect()
}

/// Values in the order `(rows, tokens)` of `(rows / 16, tokens)` tiles.
fn values(tiles: &[Tile], tokens: usize) -> Vec<f32> {
    let row = |row: usize| {
        let panel = &tiles[row / LANES * tokens..][..tokens];
        panel.iter().map(move |tile| tile.0[row % LANES])
    };
    (0..tiles.len() / tokens * LANES).flat_map(row).collect()
}

/// What the kernels compute, in pieces as threads would.
fn computed(isa: Isa, matrix: &Matrix, tokens: &[Vec<f32>], precision: Precision) -> Vec<f32> {
    computed_and(isa, matrix, tokens, precision, Finish::Store)
}

/// The same, and what becomes of it.
fn computed_and(
    isa: Isa,
    matrix: &Matrix,
    tokens: &[Vec<f32>],
    precision: Precision,
    finish: Finish,
) -> Vec<f32> {
    let pool = Pool::new(2).unwrap();
    let all: Vec<usize> = (0..tokens.len()).collect();
    let mut input = Input::new(precision, isa, tokens[0].len(), tokens.len());
    input.prepare(&pool, &activations(tokens), &all, None);
    let shape = matrix.shape();
    let mut output = vec![Tile::ZERO; shape.panels * tokens.len()];
    let pieces = Chunks::new(&mut output, 3 * PANELS * tokens.len());
    pool.each(pieces, |index, piece| {
        let bands = index * 3..shape.bands().min(index * 3 + 3);
        matrix.multiply(isa, bands, &input, piece, finish);
    });
    values(&output, tokens.len())
}

/// Shapes with whole bands and without, and columns that need padding and that do not.
const SIZES: [(usize, usize); 3] = [(8 * LANES, 160), (7 * LANES, 176), (LANES, 16)];

/// Check every precision's products against float64, for 1 to 19 tokens with all instructions.
fn products_are_within(precision: Precision, tolerance: f64) {
    for (rows, columns) in SIZES {
        let dense = Dense::random(rows, columns);
        let matrix = dense.packed(precision);
        for count in 1..=19 {
            let tokens = random_tokens(count, columns);
            let expected = dense.products(&tokens);
            for isa in Isa::all() {
                let found = computed(isa, &matrix, &tokens, precision);
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    let error = (f64::from(*found) - expected).abs();
                    assert!(error < tolerance, "{precision:?} {isa:?} {count}: {error}");
                }
            }
        }
    }
}

#[test]
fn fp32_products_are_those_of_float64() {
    products_are_within(Precision::Fp32, 1e-4);
}

/// The errors of rounding are at random, each up to half a step of a weight and of an activation:
/// 2^-9 of its size in bfloat16, 1/254 of the largest in bytes, 1/16 in 4 bits. The sum of 176 of
/// them is not over five times what it is on average.
#[test]
fn products_of_rounded_weights_are_close() {
    products_are_within(Precision::Bf16, 0.15);
    products_are_within(Precision::Int8, 0.25);
    products_are_within(Precision::Int4, 3.0);
}

#[test]
fn quantised_products_are_equal_with_all_instructions() {
    for precision in [Precision::Int8, Precision::Int4] {
        for (rows, columns) in SIZES {
            let matrix = Dense::random(rows, columns).packed(precision);
            for count in 1..=19 {
                let tokens = random_tokens(count, columns);
                let portable = computed(Isa::all()[0], &matrix, &tokens, precision);
                for isa in Isa::all() {
                    let found = computed(isa, &matrix, &tokens, precision);
                    assert_eq!(found, portable, "{precision:?} {isa:?} {count}");
                }
            }
        }
    }
}

/// Weights that 4 bits hold exactly come back: 4.5 bits a weight, in the right places.
#[test]
fn whole_numbers_in_4_bits_are_exact() {
    let (rows, columns) = (3 * LANES, 96);
    let mut dense = Dense::random(rows, columns);
    for (index, weight) in dense.weights.iter_mut().enumerate() {
        // Every group of 32 has a -8, and so the scale 1.
        *weight = (index * 7 % 16) as f32 - 8.0;
    }
    let matrix = dense.packed(Precision::Int4);
    let shape = matrix.shape();
    assert_eq!(shape.bytes(), 2 * (2 * 64 + 3 * ROWS * (16 + 2)));
    let tokens: Vec<Vec<f32>> = (0..columns)
        .map(|one| {
            (0..columns)
                .map(|column| f32::from(u8::from(column == one)) * 127.0)
                .collect()
        })
        .collect();
    for isa in Isa::all() {
        let found = computed(isa, &matrix, &tokens, Precision::Int4);
        for (found, expected) in found.iter().zip(dense.products(&tokens)) {
            assert!((f64::from(*found) - expected).abs() < 1e-3, "{isa:?}");
        }
    }
}

#[test]
fn the_largest_bytes_do_not_overflow() {
    let columns = 4096;
    let dense = Dense {
        rows: LANES,
        columns,
        weights: (0..LANES * columns)
            .map(|index| if index / columns % 2 == 0 { 1.0 } else { -1.0 })
            .collect(),
        bias: vec![0.0; LANES],
    };
    for precision in [Precision::Int8, Precision::Int4] {
        let matrix = dense.packed(precision);
        for sign in [1.0, -1.0] {
            let token = vec![vec![sign; columns]];
            for isa in Isa::all() {
                let found = computed(isa, &matrix, &token, precision);
                for (row, found) in found.iter().enumerate() {
                    let expected = if row % 2 == 0 { sign } else { -sign } * columns as f32;
                    assert!((found - expected).abs() < 0.01, "{isa:?} {found}");
                }
            }
        }
    }
}

#[test]
fn a_product_can_be_added_to_what_is_there() {
    let dense = Dense::random(LANES, 32);
    let tokens = random_tokens(2, 32);
    for precision in Precision::ALL {
        let (isa, matrix) = (Isa::best(), dense.packed(precision));
        let pool = Pool::new(1).unwrap();
        let mut input = Input::new(precision, isa, 32, 2);
        input.prepare(&pool, &activations(&tokens), &[0, 1], None);
        let (mut once, mut added) = (vec![Tile::ZERO; 2], vec![Tile([10.0; LANES]); 2]);
        matrix.multiply(isa, 0..1, &input, &mut once, Finish::Store);
        matrix.multiply(isa, 0..1, &input, &mut added, Finish::Add);
        for (once, added) in once.iter().zip(&added) {
            assert!((0..LANES).all(|lane| (once.0[lane] + 10.0 - added.0[lane]).abs() < 1e-5));
        }
    }
}

#[test]
fn an_activation_can_follow_a_product() {
    let dense = Dense::random(3 * LANES, 32);
    let tokens = random_tokens(11, 32);
    for precision in Precision::ALL {
        let matrix = dense.packed(precision);
        for isa in Isa::all() {
            let finished = |finish| computed_and(isa, &matrix, &tokens, precision, finish);
            let (products, activated) = (finished(Finish::Store), finished(Finish::Gelu));
            for (x, found) in products.iter().zip(&activated) {
                let x = f64::from(*x);
                let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
                let error = (f64::from(*found) - 0.5 * x * (1.0 + u.tanh())).abs();
                assert!(error < 1e-5, "{precision:?} {isa:?}: gelu({x}): {error}");
            }
        }
    }
}

/// A layer norm in f64.
fn normed(token: &[f32], gain: &[f32], bias: &[f32], epsilon: f64) -> Vec<f64> {
    let values = || token.iter().map(|&value| f64::from(value));
    let count = token.len() as f64;
    let mean = values().sum::<f64>() / count;
    let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    values()
        .zip(gain.iter().zip(bias))
        .map(|(value, (&gain, &bias))| {
            (value - mean) / (variance + epsilon).sqrt() * f64::from(gain) + f64::from(bias)
        })
        .collect()
}

/// A layer norm is checked through a matrix that gives its input back.
#[test]
fn a_layer_norm_counts_no_padding() {
    let (width, padded) = (25, 32);
    let mut random = Random::new(3);
    let mut token = random.values(width, 2.0);
    let (gain, bias) = (random.values(width, 1.5), random.values(width, 0.5));
    let expected = normed(&token, &gain, &bias, 1e-5);
    let tiles = |values: &[f32]| {
        let mut values = values.to_vec();
        values.resize(padded, 0.0);
        activations(&[values])
    };
    let norm = LayerNorm {
        gain: tiles(&gain),
        bias: tiles(&bias),
        width,
        epsilon: 1e-5,
    };
    token.resize(padded, 0.0);
    let identity = Dense {
        rows: padded,
        columns: padded,
        weights: (0..padded * padded)
            .map(|index| f32::from(u8::from(index % (padded + 1) == 0)))
            .collect(),
        bias: vec![0.0; padded],
    };
    for isa in Isa::all() {
        let pool = Pool::new(1).unwrap();
        let mut input = Input::new(Precision::Fp32, isa, padded, 1);
        input.prepare(&pool, &activations(&[token.clone()]), &[0], Some(&norm));
        let mut output = vec![Tile::ZERO; 2];
        identity
            .packed(Precision::Fp32)
            .multiply(isa, 0..1, &input, &mut output, Finish::Store);
        let found = values(&output, 1);
        for index in 0..width {
            assert!(
                (f64::from(found[index]) - expected[index]).abs() < 1e-5,
                "{isa:?}"
            );
        }
        assert!(found[width..].iter().all(|&value| value == 0.0));
    }
}

#[test]
fn numbers_that_are_none_are_not_hidden_by_rounding() {
    let dense = Dense::random(LANES, 32);
    for precision in Precision::ALL {
        let matrix = dense.packed(precision);
        for poison in [f32::NAN, f32::INFINITY] {
            let mut tokens = random_tokens(2, 32);
            tokens[1][5] = poison;
            for isa in Isa::all() {
                let found = computed(isa, &matrix, &tokens, precision);
                for pair in found.chunks(2) {
                    let told = pair[0].is_finite() && !pair[1].is_finite();
                    assert!(told, "{precision:?} {isa:?} {pair:?}");
                }
            }
        }
    }
}

#[test]
fn weights_that_are_none_are_not_hidden_by_rounding() {
    for precision in Precision::ALL {
        for poison in [f32::NAN, f32::NEG_INFINITY] {
            let mut dense = Dense::random(ROWS, 64);
            dense.weights[20 * 64 + 40] = poison;
            let matrix = dense.packed(precision);
            for isa in Isa::all() {
                let found = computed(isa, &matrix, &random_tokens(1, 64), precision);
                for (row, found) in found.iter().enumerate() {
                    let told = found.is_finite() != (row == 20);
                    assert!(told, "{precision:?} {isa:?} row {row}: {found}");
                }
            }
        }
    }
}
