//! Who computes: the instructions and the threads, and how work is shared out among them.

use crate::kernels::{Chunks, Finish, Input, Isa, LayerNorm, Matrix, PANELS, Pool, Tile};

/// Instructions and threads.
pub(super) struct Machine {
    pub isa: Isa,
    pub pool: Pool,
}

impl Machine {
    /// Prepare some tokens of `activations: (columns / 16, all tokens)` for a product.
    pub fn prepare(
        &self,
        activations: &[Tile],
        tokens: &[usize],
        norm: Option<&LayerNorm>,
        input: &mut Input,
    ) {
        input.prepare(&self.pool, activations, tokens, norm);
    }

    /// Multiply a matrix with prepared tokens; `output: (panels, tokens)`.
    pub fn product(&self, matrix: &Matrix, input: &Input, output: &mut [Tile], finish: Finish) {
        let all = matrix.shape().bands();
        let bands = self.share(all);
        let pieces = Chunks::new(output, bands * PANELS * input.tokens());
        let isa = self.isa;
        self.pool.each(pieces, |index, piece| {
            let first = index * bands;
            let range = first..all.min(first + bands);
            matrix.multiply(isa, range, input, piece, finish);
        });
    }

    /// How many bands a thread takes at a time: one that is held up leaves some to others. A thread's
    /// pieces follow each other in memory, so that smaller ones cost nothing: a token was as fast with
    /// 4 a thread as with 1 or 2.
    fn share(&self, bands: usize) -> usize {
        const PIECES_A_THREAD: usize = 4;
        bands.div_ceil(self.pool.threads() * PIECES_A_THREAD)
    }
}
