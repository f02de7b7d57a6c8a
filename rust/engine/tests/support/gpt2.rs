//! Random GPT-2s, and their logits computed the plain way in float64.

use std::collections::HashMap;

use gpt2ro_engine::model::Shape;

use super::Written;
use super::random::Random;

/// The tensors of a random model, whose choices are not near ties.
pub fn random_tensors(shape: &Shape, seed: u64) -> Vec<Written> {
    let mut random = Random::new(seed);
    let (width, inner) = (shape.width, 4 * shape.width);
    let mut tensors = Vec::new();
    let mut add = |name: String, sizes: &[usize], size: f32, middle: f32| {
        let mut values = random.values(sizes.iter().product(), size);
        values.iter_mut().for_each(|value| *value += middle);
        tensors.push(Written::new(&name, sizes, values));
    };
    add(
        "transformer.wte.weight".to_owned(),
        &[shape.vocabulary, width],
        0.5,
        0.0,
    );
    add(
        "transformer.wpe.weight".to_owned(),
        &[shape.context, width],
        0.3,
        0.0,
    );
    for layer in 0..shape.layers {
        let mut part = |part: &str, sizes: &[usize], size: f32, middle: f32| {
            let name = format!("transformer.h.{layer}.{part}");
            add(format!("{name}.weight"), sizes, size, middle);
            add(format!("{name}.bias"), &sizes[sizes.len() - 1..], 0.1, 0.0);
        };
        part("ln_1", &[width], 0.3, 1.0);
        part("attn.c_attn", &[width, 3 * width], 0.4, 0.0);
        part("attn.c_proj", &[width, width], 0.3, 0.0);
        part("ln_2", &[width], 0.3, 1.0);
        part("mlp.c_fc", &[width, inner], 0.3, 0.0);
        part("mlp.c_proj", &[inner, width], 0.2, 0.0);
    }
    add("transformer.ln_f.weight".to_owned(), &[width], 0.3, 1.0);
    add("transformer.ln_f.bias".to_owned(), &[width], 0.1, 0.0);
    tensors
}

/// A model in float64.
pub struct Reference {
    shape: Shape,
    tensors: HashMap<String, Vec<f64>>,
}

type Rows = Vec<Vec<f64>>;

impl Reference {
    pub fn new(shape: &Shape, tensors: &[Written]) -> Self {
        let exact = |tensor: &Written| {
            let values = tensor
                .values
                .iter()
                .map(|&value| f64::from(value))
                .collect();
            (tensor.name.clone(), values)
        };
        Self {
            shape: *shape,
            tensors: tensors.iter().map(exact).collect(),
        }
    }

    /// Logits of every token of a sequence; `(tokens, vocabulary)`.
    pub fn logits(&self, ids: &[u32]) -> Vec<Vec<f64>> {
        let mut stream = self.embedded(ids);
        for layer in 0..self.shape.layers {
            let name = |part: &str| format!("transformer.h.{layer}.{part}");
            let normed = self.norm(&stream, &name("ln_1"));
            let heads = self.attention(&self.linear(&normed, &name("attn.c_attn")));
            add(&mut stream, &self.linear(&heads, &name("attn.c_proj")));
            let normed = self.norm(&stream, &name("ln_2"));
            let mut inner = self.linear(&normed, &name("mlp.c_fc"));
            inner
                .iter_mut()
                .flatten()
                .for_each(|value| *value = gelu(*value));
            add(&mut stream, &self.linear(&inner, &name("mlp.c_proj")));
        }
        let last = self.norm(&stream, "transformer.ln_f");
        let tokens = self.tensors["transformer.wte.weight"].chunks(self.shape.width);
        last.iter()
            .map(|row| tokens.clone().map(|token| dot(row, token)).collect())
            .collect()
    }

    fn embedded(&self, ids: &[u32]) -> Rows {
        let row = |name: &str, index: usize| {
            self.tensors[name][index * self.shape.width..][..self.shape.width].to_vec()
        };
        let mut rows: Rows = ids
            .iter()
            .map(|&id| row("transformer.wte.weight", id as usize))
            .collect();
        let positions: Rows = (0..ids.len())
            .map(|place| row("transformer.wpe.weight", place))
            .collect();
        add(&mut rows, &positions);
        rows
    }

    fn norm(&self, rows: &Rows, name: &str) -> Rows {
        let gain = &self.tensors[&format!("{name}.weight")];
        let bias = &self.tensors[&format!("{name}.bias")];
        let normed = |row: &Vec<f64>| {
            let width = row.len() as f64;
            let mean = row.iter().sum::<f64>() / width;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / width;
            let deviation = (variance + f64::from(self.shape.epsilon)).sqrt();
            (0..row.len())
                .map(|i| (row[i] - mean) / deviation * gain[i] + bias[i])
                .collect()
        };
        rows.iter().map(normed).collect()
    }

    fn linear(&self, rows: &Rows, name: &str) -> Rows {
        let weight = &self.tensors[&format!("{name}.weight")];
        let bias = &self.tensors[&format!("{name}.bias")];
        let output = |row: &Vec<f64>, place: usize| {
            let column = weight.iter().skip(place).step_by(bias.len());
            row.iter().zip(column).map(|(x, w)| x * w).sum::<f64>() + bias[place]
        };
        rows.iter()
            .map(|row| (0..bias.len()).map(|place| output(row, place)).collect())
            .collect()
    }

    fn attention(&self, projected: &Rows) -> Rows {
        let (width, size) = (self.shape.width, self.shape.width / self.shape.heads);
        let part = |token: usize, kind: usize, head: usize| {
            &projected[token][kind * width + head * size..][..size]
        };
        let attend = |token: usize, head: usize| -> Vec<f64> {
            let query = part(token, 0, head);
            let score = |past| (dot(query, part(past, 1, head)) / (size as f64).sqrt()).exp();
            let scores: Vec<f64> = (0..=token).map(score).collect();
            let total: f64 = scores.iter().sum();
            let value = |place: usize| {
                let values = (0..=token).map(|past| part(past, 2, head)[place] * scores[past]);
                values.sum::<f64>() / total
            };
            (0..size).map(value).collect()
        };
        let heads = |token| (0..self.shape.heads).map(move |head| (token, head));
        (0..projected.len())
            .map(|token| {
                heads(token)
                    .flat_map(|(token, head)| attend(token, head))
                    .collect()
            })
            .collect()
    }
}

fn add(rows: &mut Rows, others: &Rows) {
    for (value, other) in rows.iter_mut().flatten().zip(others.iter().flatten()) {
        *value += other;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn gelu(x: f64) -> f64 {
    let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
    0.5 * x * (1.0 + u.tanh())
}
