//! What a token takes of the system's memory, counted.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Gpt2, Options, Shape, Wanted};
use support::gpt2::random_tensors;
use support::{Folder, write_archive};

const SHAPE: Shape = Shape {
    vocabulary: 300,
    context: 200,
    width: 64,
    heads: 4,
    layers: 2,
    epsilon: 1e-5,
};

/// The system's, with a count of what is asked for.
struct Counting;

static ASKED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does all; growing in place asks for memory too, and calls `realloc`.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often memory is asked for while some tokens are read, one after the other.
fn asked(model: &mut Gpt2, sequences: usize, tokens: u32) -> usize {
    let ids = vec![[0_u32]; sequences];
    let before = ASKED.load(Ordering::Relaxed);
    for _ in 0..tokens {
        model.forward(&ids, Wanted::Last).unwrap();
    }
    ASKED.load(Ordering::Relaxed) - before
}

/// A program of its own: a harness beside it would be counted too.
fn main() {
    a_token_takes_no_memory_that_was_not_reserved();
    println!("a token takes no memory that was not reserved: ok");
}

fn a_token_takes_no_memory_that_was_not_reserved() {
    let before = ASKED.load(Ordering::Relaxed);
    std::hint::black_box(vec![0_u8; 1]);
    assert!(ASKED.load(Ordering::Relaxed) > before, "nothing is counted");
    let folder = Folder::new("memory");
    let path = folder.file("model.ot");
    write_archive(&path, &random_tensors(&SHAPE, 5));
    for precision in Precision::ALL {
        for (threads, sequences) in [(1, 1), (1, 3), (2, 1), (4, 3)] {
            let options = Options {
                threads: Some(threads),
                ..Options::new(precision)
            };
            let mut model = Gpt2::load(&path, SHAPE, options).unwrap();
            // More than there is room for at first.
            model.reserve(sequences * 170);
            let prompts = vec![[7; 20]; sequences];
            model.forward(&prompts, Wanted::Last).unwrap();
            let found = asked(&mut model, sequences, 150);
            assert_eq!(
                found, 0,
                "{precision:?}, {threads} threads, {sequences} sequences"
            );
        }
    }
}
