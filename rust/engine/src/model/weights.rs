//! From the tensors of the archive to packed matrices.

use std::ops::Range;
use std::path::Path;

use super::packed_file::PackedFile;
use super::source::{Axis, StoredMatrix};
use super::{LoadError, Shape};
use crate::archive::{Archive, Tensor};
use crate::kernels::{
    LANES, LayerNorm, Listed, Matrix, MatrixShape, Memory, Pool, Precision, SharedMemory, Tile,
    tiles,
};

/// Name of the token embedding, `(vocabulary, width)`, which is also the output head.
pub(super) const TOKENS: &str = "transformer.wte.weight";
/// Name of the position embedding, `(context, width)`.
pub(super) const POSITIONS: &str = "transformer.wpe.weight";

/// The packed weights of a model.
pub(super) struct Weights {
    pub layers: Vec<Layer>,
    pub last_norm: LayerNorm,
    pub head: Matrix,
    /// Bytes of all matrices.
    pub bytes: usize,
}

/// The packed weights of one layer; a matrix's rows are what it gives.
pub(super) struct Layer {
    pub attention_norm: LayerNorm,
    /// Queries, keys and values: rows `(3, heads, head size)`.
    pub projection: Matrix,
    /// What the heads found, back to the residual stream: columns `(heads, head size)`.
    pub attention_out: Matrix,
    pub feed_forward_norm: LayerNorm,
    pub feed_forward_in: Matrix,
    pub feed_forward_out: Matrix,
}

/// What became of the file of packed weights that was asked for.
#[derive(Debug)]
pub enum Cached {
    /// It was there, and the weights are it.
    Read,
    /// It was not there, or of another model or damaged, and is now.
    Written,
    /// It cannot be written; the weights are packed nevertheless.
    NotWritten(std::io::Error),
}

impl Weights {
    /// Check all tensors.
    pub fn check(archive: &Archive, shape: &Shape) -> Result<(), LoadError> {
        Tensors { archive, shape }.all().map(|_| ())
    }

    /// Check all tensors, then pack them with all threads, or take them from a file of packed weights
    /// if there is such a one.
    pub fn load(
        archive: &Archive,
        shape: &Shape,
        precision: Precision,
        pool: &Pool,
        cache: Option<&Path>,
    ) -> Result<(Self, Option<Cached>), LoadError> {
        let (stored, norms) = Tensors { archive, shape }.all()?;
        let shapes = shapes(&stored, precision);
        let bytes = shapes.iter().map(MatrixShape::bytes).sum();
        let file = cache.map(|path| PackedFile::new(path, archive, shape, precision, bytes));
        let packed = || pack(&stored, &shapes, bytes, pool).map_err(LoadError::Memory);
        let (memory, cached) = match file {
            None => (packed()?, None),
            Some(file) => match file.read(pool) {
                Some(memory) => (memory, Some(Cached::Read)),
                None => {
                    let memory = packed()?;
                    let written = file.write(memory.bytes(0..bytes), pool);
                    let cached = written.map_or_else(Cached::NotWritten, |()| Cached::Written);
                    (memory, Some(cached))
                }
            },
        };
        Ok((assemble(&memory, shapes, norms), cached))
    }
}

/// Give each layer its matrices and norms, which come in the order of [`Tensors`].
fn assemble(memory: &SharedMemory, shapes: Vec<MatrixShape>, norms: Vec<LayerNorm>) -> Weights {
    let mut end = 0;
    let mut matrices = shapes.into_iter().map(|shape| {
        let start = end;
        end += shape.bytes();
        Matrix::new(memory.clone(), start..end, shape)
    });
    let mut norms = norms.into_iter();
    let head = matrices.next().expect("Tensors::matrices begins with it");
    let last_norm = norms.next().expect("Tensors::norms begins with it");
    let mut layer = || {
        Some(Layer {
            attention_norm: norms.next()?,
            projection: matrices.next()?,
            attention_out: matrices.next()?,
            feed_forward_norm: norms.next()?,
            feed_forward_in: matrices.next()?,
            feed_forward_out: matrices.next()?,
        })
    };
    Weights {
        layers: std::iter::from_fn(&mut layer).collect(),
        last_norm,
        head,
        bytes: memory.size(),
    }
}

/// The precision of the head, which decides which token is written: in int4 it would cost more of what the
/// model knows than all layers together, so it is int8 then.
pub(super) fn of_head(precision: Precision) -> Precision {
    match precision {
        Precision::Int4 => Precision::Int8,
        other => other,
    }
}

/// The shapes of packed matrices, of which the head comes first.
fn shapes(stored: &[StoredMatrix<'_>], precision: Precision) -> Vec<MatrixShape> {
    let precisions = std::iter::once(of_head(precision)).chain(std::iter::repeat(precision));
    let shape = |(matrix, precision): (&StoredMatrix<'_>, Precision)| {
        let (rows, columns) = matrix.padded();
        MatrixShape::padded(precision, rows, columns)
    };
    stored.iter().zip(precisions).map(shape).collect()
}

/// Pack matrices one after the other into one memory.
fn pack(
    stored: &[StoredMatrix<'_>],
    shapes: &[MatrixShape],
    bytes: usize,
    pool: &Pool,
) -> std::io::Result<SharedMemory> {
    let mut memory = Memory::new(bytes)?;
    let mut rest = memory.bytes_mut();
    let mut bands = Vec::new();
    for (stored, shape) in stored.iter().zip(shapes) {
        let matrix;
        (matrix, rest) = rest.split_at_mut(shape.bytes());
        let bytes = matrix.chunks_exact_mut(shape.band_bytes());
        bands.extend(
            bytes
                .enumerate()
                .map(|(index, bytes)| (stored, shape, index, bytes)),
        );
    }
    pool.each(
        Listed::from_iter(bands),
        |_, (stored, shape, index, bytes)| {
            let mut band = shape.band();
            stored.fill(index, &mut band);
            shape.pack(&band, bytes);
        },
    );
    memory.share()
}

/// The tensors of a model, found by name and checked against its shape.
struct Tensors<'a> {
    archive: &'a Archive,
    shape: &'a Shape,
}

impl<'a> Tensors<'a> {
    /// The matrices and the norms, which are all there is.
    fn all(&self) -> Result<(Vec<StoredMatrix<'a>>, Vec<LayerNorm>), LoadError> {
        let (matrices, norms) = (self.matrices()?, self.norms()?);
        self.require_no_other_layer()?;
        Ok((matrices, norms))
    }

    /// The head, then those of each layer in the order they are used.
    fn matrices(&self) -> Result<Vec<StoredMatrix<'a>>, LoadError> {
        let Shape {
            vocabulary,
            context,
            width,
            ..
        } = *self.shape;
        self.tensor(POSITIONS, &[context, width])?;
        let embedding = self.tensor(TOKENS, &[vocabulary, width])?;
        let mut matrices = vec![StoredMatrix::outputs_first(embedding)];
        let (heads, inner) = (self.shape.heads, self.shape.inner());
        let plain = |size| Axis::new(1, size);
        let by_head = |groups| Axis::new(groups, self.shape.head_size());
        for layer in 0..self.shape.layers {
            let mut push = |part: &str, (rows, row_axis), (columns, column_axis)| {
                let name = format!("transformer.h.{layer}.{part}");
                let weight = self.tensor(&format!("{name}.weight"), &[columns, rows])?;
                let bias = self.tensor(&format!("{name}.bias"), &[rows])?;
                let matrix = StoredMatrix::inputs_first(weight, bias, row_axis, column_axis);
                matrices.push(matrix);
                Ok::<_, LoadError>(())
            };
            let stream = || (width, plain(width));
            push("attn.c_attn", (3 * width, by_head(3 * heads)), stream())?;
            push("attn.c_proj", stream(), (width, by_head(heads)))?;
            push("mlp.c_fc", (inner, plain(inner)), stream())?;
            push("mlp.c_proj", stream(), (inner, plain(inner)))?;
        }
        Ok(matrices)
    }

    /// The last one, then the two of each layer.
    fn norms(&self) -> Result<Vec<LayerNorm>, LoadError> {
        let mut norms = vec![self.norm("transformer.ln_f")?];
        for layer in 0..self.shape.layers {
            norms.push(self.norm(&format!("transformer.h.{layer}.ln_1"))?);
            norms.push(self.norm(&format!("transformer.h.{layer}.ln_2"))?);
        }
        Ok(norms)
    }

    fn norm(&self, name: &str) -> Result<LayerNorm, LoadError> {
        let Shape { width, epsilon, .. } = *self.shape;
        Ok(LayerNorm {
            gain: padded(self.tensor(&format!("{name}.weight"), &[width])?, 0..width),
            bias: padded(self.tensor(&format!("{name}.bias"), &[width])?, 0..width),
            width,
            epsilon,
        })
    }

    fn tensor(&self, name: &str, expected: &[usize]) -> Result<Tensor<'a>, LoadError> {
        let tensor = self.archive.tensor(name);
        let tensor = tensor.ok_or_else(|| LoadError::Missing(name.to_owned()))?;
        if tensor.shape() == expected {
            return Ok(tensor);
        }
        Err(LoadError::TensorShape {
            name: name.to_owned(),
            found: tensor.shape().to_vec(),
            expected: expected.to_vec(),
        })
    }

    /// Leaving a layer out would give wrong text and no error.
    fn require_no_other_layer(&self) -> Result<(), LoadError> {
        let layers = self.shape.layers;
        let next = format!("transformer.h.{layers}.");
        let mut names = self.archive.names();
        match names.find(|name| name.starts_with(&next)) {
            Some(name) => Err(LoadError::ExtraLayer {
                name: name.to_owned(),
                layers,
            }),
            None => Ok(()),
        }
    }
}

/// Values of a tensor as tiles, the last one padded with zeros.
pub(super) fn padded(tensor: Tensor<'_>, range: Range<usize>) -> Vec<Tile> {
    let mut result = vec![Tile::ZERO; tiles(range.len())];
    for (index, value) in tensor.values(range).enumerate() {
        result[index / LANES].0[index % LANES] = value;
    }
    result
}
