//! What tokens are before the first layer: their embedding plus that of their position.

use super::weights::{POSITIONS, TOKENS};
use crate::archive::{Archive, Tensor};
use crate::kernels::{LANES, Tile};

/// A token to look up: its id and its position in the sequence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub id: u32,
    pub position: usize,
}

/// Look tokens up; `stream: (width / 16, tokens)`.
pub(super) fn embed(
    archive: &Archive,
    width: usize,
    tokens: impl ExactSizeIterator<Item = Token>,
    stream: &mut [Tile],
) {
    // Padding stays zero from here on: what the layers add to it is zeros.
    stream.fill(Tile::ZERO);
    let ids = tensor(archive, TOKENS);
    let positions = tensor(archive, POSITIONS);
    let count = tokens.len();
    for (index, token) in tokens.enumerate() {
        let of_id = ids.values(row(token.id as usize, width));
        let of_position = positions.values(row(token.position, width));
        for (place, (id, position)) in of_id.zip(of_position).enumerate() {
            let tile = &mut stream[place / LANES * count + index];
            tile.0[place % LANES] = id + position;
        }
    }
}

fn tensor<'a>(archive: &'a Archive, name: &str) -> Tensor<'a> {
    archive.tensor(name).expect("checked at loading")
}

fn row(index: usize, width: usize) -> std::ops::Range<usize> {
    index * width..(index + 1) * width
}
