use std::collections::HashMap;
use std::hint::black_box;

use gpt2ro_pretokenizer::pieces;

/// How often each piece occurs in some texts.
#[derive(Clone, Debug, Default)]
pub struct PieceCounts {
    /// Places of short pieces by hash, with open addressing; a power of two of them, half of them
    /// free at least. A piece and its count lie side by side: one look into memory for each.
    places: Vec<Place>,
    short: usize,
    long: HashMap<Vec<u8>, u64>,
}

/// A short piece and its count, which is 0 for a free place.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    key: Key,
    count: u64,
}

/// The bytes of a piece of at most `SHORT`, zeros, and how many they are.
type Key = [u64; 2];

/// Bytes of a key but the last, which holds their number: 99 of 100 distinct pieces have no more.
const SHORT: usize = size_of::<Key>() - 1;
/// Pieces whose places are loaded before they are counted.
const AHEAD: usize = 32;
const FEWEST_PLACES: usize = 1 << 10;

impl PieceCounts {
    /// Counts the pieces of a text.
    pub fn add(&mut self, text: &str) {
        let mut keys = [Key::default(); AHEAD];
        let (mut start, mut found) = (0, 0);
        for piece in pieces(text) {
            match key(text.as_bytes(), start, piece.len()) {
                Some(key) => {
                    keys[found] = key;
                    found += 1;
                }
                None => self.add_long(piece.as_bytes(), 1),
            }
            start += piece.len();
            if found == AHEAD {
                self.load(&keys);
                keys.iter().for_each(|key| self.add_short(*key, 1));
                found = 0;
            }
        }
        keys[..found].iter().for_each(|key| self.add_short(*key, 1));
    }

    /// Loads the places of keys into the cache, side by side, as one does not wait for the other.
    #[inline]
    fn load(&self, keys: &[Key]) {
        let mask = self.places.len().saturating_sub(1);
        let places = keys
            .iter()
            .map(|key| self.places.get(hash(*key) as usize & mask));
        black_box(places.fold(0, |all, place| all ^ place.map_or(0, |place| place.count)));
    }

    /// Adds the counts of others.
    pub fn add_all(&mut self, others: &Self) {
        for place in others.places.iter().filter(|place| place.count > 0) {
            self.add_short(place.key, place.count);
        }
        for (piece, count) in &others.long {
            self.add_long(piece, *count);
        }
    }

    /// Calls `enter` with the distinct pieces and their counts.
    pub fn for_each(&self, mut enter: impl FnMut(&[u8], u64)) {
        for place in self.places.iter().filter(|place| place.count > 0) {
            let bytes = bytes(place.key);
            enter(&bytes[..usize::from(bytes[SHORT])], place.count);
        }
        for (piece, count) in &self.long {
            enter(piece, *count);
        }
    }

    fn add_long(&mut self, piece: &[u8], count: u64) {
        match self.long.get_mut(piece) {
            Some(known) => *known += count,
            None => _ = self.long.insert(piece.to_vec(), count),
        }
    }

    #[inline]
    fn add_short(&mut self, key: Key, count: u64) {
        if 2 * self.short >= self.places.len() {
            self.grow();
        }
        let place = find(&mut self.places, key);
        self.short += usize::from(place.count == 0);
        place.key = key;
        place.count += count;
    }

    fn grow(&mut self) {
        let size = FEWEST_PLACES.max(2 * self.places.len());
        let before = std::mem::replace(&mut self.places, vec![Place::default(); size]);
        for place in before.into_iter().filter(|place| place.count > 0) {
            *find(&mut self.places, place.key) = place;
        }
    }
}

/// Returns the place of a key, or the free one for it.
#[inline]
fn find(places: &mut [Place], key: Key) -> &mut Place {
    let mask = places.len() - 1;
    let mut index = hash(key) as usize & mask;
    while places[index].count > 0 && places[index].key != key {
        index = (index + 1) & mask;
    }
    &mut places[index]
}

/// Two odd numbers without pattern: 2^64 divided by the golden ratio, and by the root of three.
const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x93cd_3a2c_8198_e269];

#[inline]
fn hash(key: Key) -> u64 {
    let product = u128::from(key[0] ^ FACTORS[1]) * u128::from(key[1] ^ FACTORS[0]);
    let mixed = product as u64 ^ (product >> 64) as u64;
    let mixed = mixed.wrapping_mul(FACTORS[0]);
    mixed ^ mixed >> 32
}

/// Returns the key of a piece of a text; none if it is too long.
#[inline]
fn key(text: &[u8], start: usize, length: usize) -> Option<Key> {
    if length > SHORT {
        return None;
    }
    let number = match text[start..].first_chunk() {
        Some(bytes) => u128::from_le_bytes(*bytes) & ((1 << (8 * length)) - 1),
        None => {
            let mut bytes = [0; SHORT + 1];
            bytes[..length].copy_from_slice(&text[start..start + length]);
            u128::from_le_bytes(bytes)
        }
    };
    let number = number | (length as u128) << (8 * SHORT);
    Some([number as u64, (number >> 64) as u64])
}

fn bytes(key: Key) -> [u8; SHORT + 1] {
    (u128::from(key[1]) << 64 | u128::from(key[0])).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_map(counts: &PieceCounts) -> HashMap<Vec<u8>, u64> {
        let mut map = HashMap::new();
        counts.for_each(|piece, count| assert_eq!(map.insert(piece.to_vec(), count), None));
        map
    }

    #[test]
    fn every_piece_is_counted_however_many_and_long_they_are() {
        let texts = (0..5000).map(|number| {
            let letters = "ăbcdefgh".chars().cycle().take(number % 22 + 2);
            format!("{} {number} {}", number % 7, letters.collect::<String>())
        });
        let mut counts = PieceCounts::default();
        let mut expected: HashMap<Vec<u8>, u64> = HashMap::new();
        for text in texts {
            counts.add(&text);
            for piece in pieces(&text) {
                *expected.entry(piece.into()).or_default() += 1;
            }
        }
        assert_eq!(as_map(&counts), expected);
    }

    #[test]
    fn zeros_in_a_piece_are_counted() {
        let mut counts = PieceCounts::default();
        counts.add("\0 \0\0");
        let expected = [(b"\0".to_vec(), 1), (b" \0\0".to_vec(), 1)];
        assert_eq!(as_map(&counts), HashMap::from(expected));
    }

    #[test]
    fn counts_of_two_are_those_of_all_texts() {
        let of = |texts: &[&str]| {
            let mut counts = PieceCounts::default();
            texts.iter().for_each(|text| counts.add(text));
            counts
        };
        let long = "a".repeat(40);
        let mut left = of(&["a b", "", &long]);
        let right = of(&["b c  ", &long]);
        let both = of(&["a b", "", "b c  ", &long, &long]);
        left.add_all(&right);
        assert_eq!(as_map(&left), as_map(&both));
    }
}
