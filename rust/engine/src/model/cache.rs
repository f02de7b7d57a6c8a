//! What a model remembers: a key and a value for each token, layer and head.
//!
//! A token's are in a *slot*, and a sequence is a list of slots. Sequences with a common beginning,
//! such as the beams of a beam search, share its slots, so reordering copies nothing but lists.

use super::Shape;
use crate::kernels::{CacheFormat, Chunks, LANES, Tile, TileMemory};

/// Slots to begin with, a multiple of 16; they double when they do not suffice and none were reserved.
const FIRST_SLOTS: usize = 128;

/// Keys and values of all layers, and which sequence has which of them.
pub(super) struct Cache {
    shape: Shape,
    format: CacheFormat,
    /// Layer after layer, the keys and then the values.
    memory: TileMemory,
    slots: usize,
    /// Slots of each sequence, oldest token first.
    sequences: Vec<Vec<u32>>,
    /// Slots that no sequence had when they were last counted; the next one to use is the last.
    free: Vec<u32>,
}

/// Keys and values of one layer, head after head, as [`HeadCache`] has them.
pub(super) struct LayerCache<'a> {
    /// What they are kept as.
    pub format: CacheFormat,
    keys: &'a mut [Tile],
    values: &'a mut [Tile],
}

impl LayerCache<'_> {
    /// The keys and the values of each of so many heads, which are its [`HeadCache`].
    ///
    /// [`HeadCache`]: crate::kernels::HeadCache
    pub fn heads(&mut self, heads: usize) -> (Chunks<'_, Tile>, Chunks<'_, Tile>) {
        let (keys, values) = (self.keys.len() / heads, self.values.len() / heads);
        let keys = Chunks::new(self.keys, keys);
        (keys, Chunks::new(self.values, values))
    }
}

impl Cache {
    /// A cache without sequences.
    pub fn new(shape: &Shape, format: CacheFormat) -> Self {
        let mut cache = Self {
            shape: *shape,
            format,
            memory: TileMemory::new(0),
            slots: 0,
            sequences: Vec::new(),
            free: Vec::new(),
        };
        cache.grow(FIRST_SLOTS);
        cache
    }

    /// Number of sequences; none before the first tokens.
    pub fn sequences(&self) -> Option<usize> {
        (!self.sequences.is_empty()).then_some(self.sequences.len())
    }

    /// Tokens of each sequence.
    pub fn length(&self) -> usize {
        self.sequences.first().map_or(0, Vec::len)
    }

    /// Forget every sequence, and give back what more room there is than for a whole context: a batch
    /// takes many times that, and what is read next may be one short prompt.
    pub fn clear(&mut self) {
        self.sequences.clear();
        let most = self.shape.context.next_multiple_of(LANES).max(FIRST_SLOTS);
        if self.slots > most {
            // Given back before there is other memory.
            self.memory = TileMemory::new(0);
            self.slots = 0;
            self.grow(most);
        }
        self.find_free();
    }

    /// Let the new sequence i continue the old one `parents[i]`.
    pub fn reorder(&mut self, parents: &[usize]) {
        let continued = |&parent: &usize| self.sequences[parent].clone();
        self.sequences = parents.iter().map(continued).collect();
    }

    /// Have free slots for so many more tokens, those of all sequences counted.
    pub fn reserve(&mut self, tokens: usize) {
        self.make_room(tokens, 0);
    }

    /// Give each of so many sequences slots for more tokens.
    pub fn extend(&mut self, sequences: usize, tokens: usize) {
        let context = self.shape.context;
        self.sequences
            .resize_with(sequences, || Vec::with_capacity(context));
        self.make_room(sequences * tokens, 2 * self.slots);
        for sequence in &mut self.sequences {
            let rest = self.free.len() - tokens;
            sequence.extend(self.free.drain(rest..).rev());
        }
    }

    /// The memory of the layers and, beside it, the slots of the sequences, oldest token first.
    pub fn parts(&mut self) -> (impl Iterator<Item = LayerCache<'_>>, &[Vec<u32>]) {
        let sizes = Sizes::new(&self.shape, self.format, self.slots);
        let layers = self.memory.chunks_exact_mut(sizes.layer());
        let format = self.format;
        let layers = layers.map(move |layer| {
            let (keys, values) = layer.split_at_mut(sizes.heads * sizes.keys);
            LayerCache {
                format,
                keys,
                values,
            }
        });
        (layers, &self.sequences)
    }

    /// Find the slots that no sequence has, the lowest to be used first: one after the other in
    /// memory.
    fn find_free(&mut self) {
        let mut used = vec![false; self.slots];
        for &slot in self.sequences.iter().flatten() {
            used[slot as usize] = true;
        }
        let free = (0..self.slots as u32)
            .rev()
            .filter(|&slot| !used[slot as usize]);
        self.free.clear();
        self.free.extend(free);
    }

    /// Have so many free slots; if there must be more, have at least so many in all.
    fn make_room(&mut self, free: usize, slots: usize) {
        if self.free.len() < free {
            self.find_free();
        }
        if self.free.len() < free {
            let used = self.slots - self.free.len();
            self.grow(slots.max(used + free).next_multiple_of(LANES));
        }
    }

    fn grow(&mut self, slots: usize) {
        let old = Sizes::new(&self.shape, self.format, self.slots);
        let new = Sizes::new(&self.shape, self.format, slots);
        let mut grown = TileMemory::new(self.shape.layers * new.layer());
        if self.slots > 0 {
            let layers = self.memory.chunks_exact(old.layer());
            for (layer, grown) in layers.zip(grown.chunks_exact_mut(new.layer())) {
                old.copy(layer, grown, &new);
            }
        }
        self.memory = grown;
        self.slots = slots;
        self.find_free();
    }
}

/// Tiles of the parts of a layer's memory.
struct Sizes {
    heads: usize,
    /// The keys of a head.
    keys: usize,
    /// The values of a head.
    values: usize,
}

impl Sizes {
    fn new(shape: &Shape, format: CacheFormat, slots: usize) -> Self {
        let (blocks, head_tiles) = (slots / LANES, shape.head_tiles());
        Self {
            heads: shape.heads,
            keys: blocks * format.key_tiles(head_tiles),
            values: blocks * format.value_tiles(head_tiles),
        }
    }

    fn layer(&self) -> usize {
        self.heads * (self.keys + self.values)
    }

    /// Copy a layer to where there is more room for each head.
    fn copy(&self, layer: &[Tile], grown: &mut [Tile], new: &Self) {
        let (keys, values) = layer.split_at(self.heads * self.keys);
        let (new_keys, new_values) = grown.split_at_mut(self.heads * new.keys);
        for (old, grown) in [(keys, new_keys), (values, new_values)] {
            let (old_size, new_size) = (old.len() / self.heads, grown.len() / self.heads);
            let heads = old.chunks_exact(old_size);
            for (old, grown) in heads.zip(grown.chunks_exact_mut(new_size)) {
                grown[..old_size].copy_from_slice(old);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Precision;

    fn cache() -> Cache {
        cache_of(1_000)
    }

    fn cache_of(context: usize) -> Cache {
        kept_as(CacheFormat::Float32, context)
    }

    fn kept_as(format: CacheFormat, context: usize) -> Cache {
        let shape = Shape {
            vocabulary: 1,
            context,
            width: 64,
            heads: 2,
            layers: 1,
            epsilon: 1e-5,
        };
        Cache::new(&shape, format)
    }

    /// The only layer.
    fn layer(cache: &mut Cache) -> LayerCache<'_> {
        let (mut layers, _) = cache.parts();
        layers.next().expect("there is one")
    }

    /// The slots of every sequence, of which those of tokens after a common beginning must differ.
    fn slots(cache: &Cache) -> Vec<u32> {
        cache.sequences.iter().flatten().copied().collect()
    }

    #[test]
    fn one_sequence_lies_in_order() {
        let mut cache = cache();
        cache.extend(1, 3);
        cache.extend(1, 200);
        assert_eq!(slots(&cache), (0..203).collect::<Vec<_>>());
        cache.clear();
        cache.extend(1, 2);
        assert_eq!(slots(&cache), [0, 1]);
    }

    #[test]
    fn beams_share_what_they_have_in_common_and_nothing_else() {
        let mut cache = cache();
        cache.extend(1, 100);
        cache.reorder(&[0, 0, 0]);
        cache.extend(3, 1);
        cache.reorder(&[2, 1, 1]);
        cache.extend(3, 1);
        let mut new: Vec<u32> = cache.sequences.iter().map(|slots| slots[101]).collect();
        new.push(cache.sequences[0][100]);
        new.push(cache.sequences[1][100]);
        assert_eq!(cache.sequences[1][..101], cache.sequences[2][..101]);
        new.sort_unstable();
        new.dedup();
        assert_eq!(new.len(), 5);
    }

    #[test]
    fn slots_of_forgotten_beams_are_used_again() {
        let mut cache = cache();
        cache.extend(1, 20);
        cache.reorder(&[0; 4]);
        for _ in 0..100 {
            cache.extend(4, 1);
            cache.reorder(&[0; 4]);
        }
        assert_eq!(cache.slots, FIRST_SLOTS);
    }

    #[test]
    fn reserved_slots_are_there_and_no_more() {
        let mut cache = cache();
        cache.extend(1, 100);
        cache.reserve(150);
        assert_eq!(cache.slots, 256);
        let memory = cache.memory.as_ptr();
        (0..150).for_each(|_| cache.extend(1, 1));
        assert_eq!(cache.memory.as_ptr(), memory);
        assert_eq!(slots(&cache), (0..250).collect::<Vec<_>>());
    }

    #[test]
    fn a_batch_leaves_no_more_memory_than_a_whole_context_takes() {
        let mut cache = cache_of(150);
        let tiles = |cache: &Cache| cache.memory.len();
        cache.extend(1, 140);
        cache.clear();
        let of_one = tiles(&cache);
        cache.extend(8, 140);
        assert_eq!(tiles(&cache), 7 * of_one);
        cache.clear();
        assert_eq!(cache.slots, 160);
        assert!(tiles(&cache) <= 2 * of_one);
        cache.extend(1, 3);
        assert_eq!(slots(&cache), [0, 1, 2]);
    }

    #[test]
    fn keys_and_values_take_two_bytes_where_activations_are_rounded() {
        let mut cache = kept_as(CacheFormat::of(Precision::Int8), 128);
        let tiles = |cache: &Cache| cache.memory.len();
        assert_eq!(tiles(&cache) * size_of::<Tile>(), 128 * 2 * 64 * 2);
        cache.extend(1, 120);
        cache.extend(1, 20);
        assert_eq!(tiles(&cache) * size_of::<Tile>(), 256 * 2 * 64 * 2);
        let exact = kept_as(CacheFormat::of(Precision::Fp32), 128);
        assert_eq!(tiles(&exact) * size_of::<Tile>(), 128 * 2 * 64 * 4);
    }

    #[test]
    fn growing_keeps_what_is_remembered() {
        let mut cache = cache();
        let tile = |slot: usize| Tile([slot as f32; 16]);
        let size = layer(&mut cache).keys.len() / 2;
        for keys in layer(&mut cache).keys.chunks_mut(size) {
            (0..FIRST_SLOTS).for_each(|slot| keys[slot] = tile(slot));
        }
        cache.extend(1, 2 * FIRST_SLOTS);
        let size = layer(&mut cache).keys.len() / 2;
        for keys in layer(&mut cache).keys.chunks(size) {
            assert!((0..FIRST_SLOTS).all(|slot| keys[slot] == tile(slot)));
        }
    }
}
