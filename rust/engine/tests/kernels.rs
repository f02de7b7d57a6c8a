//! Products and preparation of their input, with every set of instructions that this processor has,
//! against sums in float64.

mod support;

use gpt2ro_engine::kernels::{
    Input, Isa, LANES, LayerNorm, Matrix, MatrixShape, Memory, PanelSource, Pool, Precision, Tile,
};
use support::random::Random;

/// A matrix of whole panels.
struct Dense {
    rows: usize,
    columns: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

struct Panel<'a>(&'a Dense, usize);

impl PanelSource for Panel<'_> {
    fn weight(&self, row: usize, column: usize) -> f32 {
        self.0.weights[(self.1 * LANES + row) * self.0.columns + column]
    }

    fn bias(&self, row: usize) -> f32 {
        self.0.bias[self.1 * LANES + row]
    }
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
        let panels = memory.bytes_mut()[..shape.bytes()].chunks_exact_mut(shape.panel_bytes());
        for (index, panel) in panels.enumerate() {
            shape.pack(&Panel(self, index), panel);
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
    let pool = Pool::new(2).unwrap();
    let all: Vec<usize> = (0..tokens.len()).collect();
    let mut input = Input::new(precision, isa, tokens[0].len(), tokens.len());
    input.prepare(isa, &pool, &activations(tokens), &all, None);
    let mut output = vec![Tile::ZERO; matrix.panels() * tokens.len()];
    let pieces = output.chunks_mut(3 * tokens.len()).enumerate();
    pool.each(pieces, |(index, piece)| {
        let start = index * 3;
        let panels = start..start + piece.len() / tokens.len();
        matrix.multiply(isa, panels, &input, piece, false);
    });
    values(&output, tokens.len())
}

#[test]
fn fp32_products_are_those_of_float64() {
    let dense = Dense::random(7 * LANES, 160);
    let matrix = dense.packed(Precision::Fp32);
    for isa in Isa::all() {
        for count in 1..=19 {
            let tokens = random_tokens(count, 160);
            let found = computed(isa, &matrix, &tokens, Precision::Fp32);
            for (found, expected) in found.iter().zip(dense.products(&tokens)) {
                assert!(
                    (f64::from(*found) - expected).abs() < 1e-4,
                    "{isa:?} {count}"
                );
            }
        }
    }
}

/// A rounding error of up to half a step for each weight and each activation, at random: with 160
/// products it stays well below 0.25.
#[test]
fn int8_products_are_close_and_equal_with_all_instructions() {
    let dense = Dense::random(7 * LANES, 160);
    let matrix = dense.packed(Precision::Int8);
    for count in 1..=19 {
        let tokens = random_tokens(count, 160);
        let portable = computed(Isa::all()[0], &matrix, &tokens, Precision::Int8);
        for (found, expected) in portable.iter().zip(dense.products(&tokens)) {
            assert!((f64::from(*found) - expected).abs() < 0.25, "{count}");
        }
        for isa in Isa::all() {
            let found = computed(isa, &matrix, &tokens, Precision::Int8);
            assert_eq!(found, portable, "{isa:?} {count}");
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
    let matrix = dense.packed(Precision::Int8);
    for sign in [1.0, -1.0] {
        let token = vec![vec![sign; columns]];
        for isa in Isa::all() {
            let found = computed(isa, &matrix, &token, Precision::Int8);
            for (row, found) in found.iter().enumerate() {
                let expected = if row % 2 == 0 { sign } else { -sign } * columns as f32;
                assert!((found - expected).abs() < 0.01, "{isa:?} {found}");
            }
        }
    }
}

#[test]
fn a_product_can_be_added_to_what_is_there() {
    let dense = Dense::random(LANES, 32);
    let tokens = random_tokens(2, 32);
    for precision in [Precision::Fp32, Precision::Int8] {
        let (isa, matrix) = (Isa::best(), dense.packed(precision));
        let pool = Pool::new(1).unwrap();
        let mut input = Input::new(precision, isa, 32, 2);
        input.prepare(isa, &pool, &activations(&tokens), &[0, 1], None);
        let (mut once, mut added) = (vec![Tile::ZERO; 2], vec![Tile([10.0; LANES]); 2]);
        matrix.multiply(isa, 0..1, &input, &mut once, false);
        matrix.multiply(isa, 0..1, &input, &mut added, true);
        for (once, added) in once.iter().zip(&added) {
            assert!((0..LANES).all(|lane| (once.0[lane] + 10.0 - added.0[lane]).abs() < 1e-5));
        }
    }
}

/// A layer norm is checked through a matrix that gives its input back.
#[test]
fn a_layer_norm_counts_no_padding() {
    let (width, padded) = (25, 32);
    let mut random = Random::new(3);
    let mut token = random.values(width, 2.0);
    let (gain, bias) = (random.values(width, 1.5), random.values(width, 0.5));
    let mean = token.iter().map(|&x| f64::from(x)).sum::<f64>() / width as f64;
    let variance = token
        .iter()
        .map(|&x| (f64::from(x) - mean).powi(2))
        .sum::<f64>()
        / width as f64;
    let expected: Vec<f64> = (0..width)
        .map(|index| {
            let value = (f64::from(token[index]) - mean) / (variance + 1e-5).sqrt();
            value * f64::from(gain[index]) + f64::from(bias[index])
        })
        .collect();
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
        input.prepare(
            isa,
            &pool,
            &activations(&[token.clone()]),
            &[0],
            Some(&norm),
        );
        let mut output = vec![Tile::ZERO; 2];
        identity
            .packed(Precision::Fp32)
            .multiply(isa, 0..2, &input, &mut output, false);
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
fn numbers_that_are_none_are_not_hidden_by_int8() {
    let dense = Dense::random(LANES, 32);
    let matrix = dense.packed(Precision::Int8);
    for poison in [f32::NAN, f32::INFINITY] {
        let mut tokens = random_tokens(2, 32);
        tokens[1][5] = poison;
        for isa in Isa::all() {
            let found = computed(isa, &matrix, &tokens, Precision::Int8);
            for pair in found.chunks(2) {
                assert!(pair[0].is_finite() && pair[1].is_nan(), "{isa:?} {pair:?}");
            }
        }
    }
}
