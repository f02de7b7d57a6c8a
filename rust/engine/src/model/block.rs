//! Some tokens on their way through the layers.

use super::cache::LayerCache;
use super::embedding::{Token, embed};
use super::machine::Machine;
use super::weights::{Layer, of_head};
use super::{BLOCK, Gpt2, Options, Shape, Wanted};
use crate::kernels::{
    Attention, CacheFormat, Chunks, Finish, HeadCache, Input, LANES, LOOKING, LayerNorm, Pasts,
    Tile, tiles,
};

/// Room for the activations of a block, made once.
pub(super) struct Buffers {
    /// The residual stream; `(width / 16, tokens)`.
    stream: Vec<Tile>,
    /// Queries, keys and values; `(3, heads, head size / 16, tokens)`.
    projected: Vec<Tile>,
    /// What the heads found; `(heads, head size / 16, tokens)`.
    attended: Vec<Tile>,
    /// Inside a feed-forward layer; `(4 width / 16, tokens)`.
    inner: Vec<Tile>,
    /// Scores of the pasts of tokens that look back together; `(heads, tokens, context / 16)`.
    scores: Vec<Tile>,
    /// `(vocabulary / 16, tokens)`; as large as it has been needed.
    logits: Vec<Tile>,
    /// Prepared for products: the stream, what the heads found, what is inside, and the stream for the head
    /// that makes the logits, whose precision may be another one.
    stream_input: Input,
    attended_input: Input,
    inner_input: Input,
    head_input: Input,
    /// 0, 1, 2, ...: every token of a block.
    every: Vec<usize>,
    /// Those whose logits are wanted.
    wanted: Vec<usize>,
}

impl Buffers {
    /// Room for a block of tokens.
    pub fn new(shape: &Shape, options: Options) -> Self {
        let room = |tiles: usize| vec![Tile::ZERO; tiles * BLOCK];
        let Options { precision, isa, .. } = options;
        let input = |precision, tiles| Input::new(precision, isa, tiles * LANES, BLOCK);
        let (width, inner) = (tiles(shape.width), tiles(shape.inner()));
        let heads = shape.heads_tiles();
        Self {
            stream: room(width),
            projected: room(3 * heads),
            attended: room(heads),
            inner: room(inner),
            scores: vec![Tile::ZERO; shape.heads * LOOKING * tiles(shape.context)],
            logits: Vec::new(),
            stream_input: input(precision, width),
            attended_input: input(precision, heads),
            inner_input: input(precision, inner),
            head_input: input(of_head(precision), width),
            every: (0..BLOCK).collect(),
            wanted: Vec::with_capacity(BLOCK),
        }
    }
}

impl Gpt2 {
    /// Take the block of new tokens through all layers; the stream has them then. Where none is wanted, the
    /// last layer only remembers them: what else it would find of them nobody looks at.
    pub(super) fn read<T: AsRef<[u32]>>(&mut self, tokens: &[T], wanted: bool) {
        let Self {
            shape,
            machine,
            archive,
            weights,
            cache,
            block,
            buffers,
            ..
        } = self;
        let (layers, slots) = cache.parts();
        let pasts = Pasts { slots, block };
        let ids = block.iter().map(|place| {
            let new = tokens[place.sequence].as_ref();
            let before = slots[place.sequence].len() - new.len();
            Token {
                id: new[place.position - before],
                position: place.position,
            }
        });
        let stream = &mut buffers.stream[..tiles(shape.width) * block.len()];
        embed(archive, shape.width, ids, stream);
        let mut pass = Pass {
            shape,
            machine,
            buffers,
            pasts,
        };
        let last = weights.layers.len() - 1;
        for (index, (layer, mut cache)) in weights.layers.iter().zip(layers).enumerate() {
            pass.project(layer);
            if index == last && !wanted {
                pass.remember(&mut cache);
                break;
            }
            pass.attend(layer, &mut cache);
            let following = weights.layers.get(index + 1);
            let next = following.map_or(&weights.last_norm, |layer| &layer.attention_norm);
            pass.feed_forward(layer, next);
        }
    }

    /// Make the logits of the wanted tokens of the block that was read last, and return how many there are.
    pub(super) fn head(&mut self, wanted: Wanted) -> usize {
        let (machine, buffers, weights) = (&self.machine, &mut self.buffers, &self.weights);
        let length = self.cache.length();
        let rows = self.block.iter().enumerate();
        let rows = rows.filter(|(_, place)| wanted.has(place, length));
        buffers.wanted.clear();
        buffers.wanted.extend(rows.map(|(row, _)| row));
        let count = buffers.wanted.len();
        if count == 0 {
            return 0;
        }
        let stream = &buffers.stream[..tiles(self.shape.width) * self.block.len()];
        let input = &mut buffers.head_input;
        machine.prepare(stream, &buffers.wanted, Some(&weights.last_norm), input);
        let size = weights.head.shape().panels * count;
        buffers.logits.resize(size, Tile::ZERO);
        machine.product(&weights.head, input, &mut buffers.logits, Finish::Store);
        count
    }

    /// Append the logits that were made of so many tokens to those of the blocks before.
    pub(super) fn append_logits(&mut self, count: usize) {
        let (vocabulary, tiles) = (self.shape.vocabulary, &self.buffers.logits);
        let start = self.logits.len();
        self.logits.resize(start + count * vocabulary, 0.0);
        let targets = Chunks::new(&mut self.logits[start..], vocabulary);
        self.machine.pool.each(targets, |row, target| {
            copy_row(tiles, count, row, target);
        });
    }

    /// The logits that were made of one token.
    pub(super) fn only_logits(&self) -> &[f32] {
        &Tile::values(&self.buffers.logits)[..self.shape.vocabulary]
    }
}

/// Copy one token of `(panels, tokens)` tiles, without padding.
fn copy_row(tiles: &[Tile], tokens: usize, token: usize, target: &mut [f32]) {
    let tiles = tiles.iter().skip(token).step_by(tokens);
    for (values, tile) in target.chunks_mut(LANES).zip(tiles) {
        values.copy_from_slice(&tile.0[..values.len()]);
    }
}

/// What the layers need of a block.
struct Pass<'a> {
    shape: &'a Shape,
    machine: &'a Machine,
    buffers: &'a mut Buffers,
    pasts: Pasts<'a>,
}

impl Pass<'_> {
    /// Make queries, keys and values of the stream.
    fn project(&mut self, layer: &Layer) {
        let (machine, buffers) = (self.machine, &mut *self.buffers);
        let tokens = self.pasts.block.len();
        let every = &buffers.every[..tokens];
        let stream = &buffers.stream[..tiles(self.shape.width) * tokens];
        let projected = &mut buffers.projected[..3 * self.shape.heads_tiles() * tokens];

        let input = &mut buffers.stream_input;
        machine.prepare(stream, every, Some(&layer.attention_norm), input);
        machine.product(&layer.projection, input, projected, Finish::Store);
    }

    /// Remember the keys and values for the tokens to come.
    fn remember(&self, cache: &mut LayerCache<'_>) {
        let attention = attention(
            self.shape,
            self.pasts,
            &self.buffers.projected,
            cache.format,
        );
        let heads = cache.heads(attention.heads);
        self.machine.pool.each(heads, |head, (keys, values)| {
            attention.remember(head, HeadCache { keys, values });
        });
    }

    /// Add to the stream what the heads of a layer find.
    fn attend(&mut self, layer: &Layer, cache: &mut LayerCache<'_>) {
        let (machine, buffers) = (self.machine, &mut *self.buffers);
        let tokens = self.pasts.block.len();
        let every = &buffers.every[..tokens];
        let stream = &mut buffers.stream[..tiles(self.shape.width) * tokens];
        let attended = &mut buffers.attended[..self.shape.heads_tiles() * tokens];

        let attention = attention(self.shape, self.pasts, &buffers.projected, cache.format);
        look_back(machine, &attention, cache, &mut buffers.scores, attended);
        let input = &mut buffers.attended_input;
        machine.prepare(attended, every, None, input);
        layer.feed_forward_norm.ask();
        machine.product(&layer.attention_out, input, stream, Finish::Add);
    }

    /// Add to the stream what the feed-forward part of a layer makes of it, before the next norm.
    fn feed_forward(&mut self, layer: &Layer, next: &LayerNorm) {
        let (machine, buffers) = (self.machine, &mut *self.buffers);
        let tokens = self.pasts.block.len();
        let every = &buffers.every[..tokens];
        let stream = &mut buffers.stream[..tiles(self.shape.width) * tokens];
        let inner = &mut buffers.inner[..tiles(self.shape.inner()) * tokens];

        let input = &mut buffers.stream_input;
        machine.prepare(stream, every, Some(&layer.feed_forward_norm), input);
        machine.product(&layer.feed_forward_in, input, inner, Finish::Gelu);
        let input = &mut buffers.inner_input;
        machine.prepare(inner, every, None, input);
        next.ask();
        machine.product(&layer.feed_forward_out, input, stream, Finish::Add);
    }
}

/// What the heads need of the tokens with these pasts.
fn attention<'a>(
    shape: &Shape,
    pasts: Pasts<'a>,
    projected: &'a [Tile],
    format: CacheFormat,
) -> Attention<'a> {
    Attention {
        projected: &projected[..3 * shape.heads_tiles() * pasts.block.len()],
        heads: shape.heads,
        head_tiles: shape.head_tiles(),
        format,
        pasts,
        scale: 1.0 / (shape.head_size() as f32).sqrt(),
    }
}

/// Compute all heads; `output: (heads, head size / 16, tokens)`.
fn look_back(
    machine: &Machine,
    attention: &Attention<'_>,
    cache: &mut LayerCache<'_>,
    scores: &mut [Tile],
    output: &mut [Tile],
) {
    let (isa, heads) = (machine.isa, attention.heads);
    let (scores_size, output_size) = (scores.len() / heads, output.len() / heads);
    let room = (
        Chunks::new(scores, scores_size),
        Chunks::new(output, output_size),
    );
    let parts = (cache.heads(heads), room);
    machine.pool.each(parts, |head, parts| {
        let ((keys, values), (scores, output)) = parts;
        attention.head(isa, head, HeadCache { keys, values }, scores, output);
    });
}
