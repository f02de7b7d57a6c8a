//! What a list of work consists of: items that several threads take, each by its number.
//!
//! A thread that takes an item of a list reads as little of what another one has written as can be: a
//! description of the whole list instead of the item itself.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ptr::NonNull;

use smallvec::SmallVec;

/// Items that can be had by number.
///
/// # Safety
/// Items of different numbers may be used by different threads at a time.
pub unsafe trait Items: Sync {
    /// One of them.
    type Item;

    /// How many there are.
    fn count(&self) -> usize;

    /// The item of a number.
    ///
    /// # Safety
    /// The number is below the count, and it is the only time that the item is taken.
    unsafe fn item(&self, number: usize) -> Self::Item;
}

/// Chunks of a slice, which is borrowed; the last one may be shorter.
pub struct Chunks<'a, T> {
    start: NonNull<T>,
    length: usize,
    size: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it gives out what the slice consists of, each part once.
unsafe impl<T: Send> Sync for Chunks<'_, T> {}

impl<'a, T> Chunks<'a, T> {
    /// Chunks of this size.
    ///
    /// # Panics
    /// The size is 0.
    #[must_use]
    pub fn new(slice: &'a mut [T], size: usize) -> Self {
        assert!(size > 0, "chunks of nothing");
        Self {
            start: NonNull::from(&mut *slice).cast(),
            length: slice.len(),
            size,
            slice: PhantomData,
        }
    }
}

// SAFETY: chunks of different numbers do not overlap.
unsafe impl<'a, T: Send> Items for Chunks<'a, T> {
    type Item = &'a mut [T];

    fn count(&self) -> usize {
        self.length.div_ceil(self.size)
    }

    #[inline(always)]
    unsafe fn item(&self, number: usize) -> &'a mut [T] {
        let first = number * self.size;
        let length = self.size.min(self.length - first);
        // SAFETY: it is inside the slice, which stays borrowed, and nobody else has this chunk.
        unsafe { NonNull::slice_from_raw_parts(self.start.add(first), length).as_mut() }
    }
}

// SAFETY: as for each of the two.
unsafe impl<A: Items, B: Items> Items for (A, B) {
    type Item = (A::Item, B::Item);

    /// As of the shorter one.
    fn count(&self) -> usize {
        self.0.count().min(self.1.count())
    }

    #[inline(always)]
    unsafe fn item(&self, number: usize) -> Self::Item {
        // SAFETY: the caller's promise.
        unsafe { (self.0.item(number), self.1.item(number)) }
    }
}

/// Whatever an iterator gives. A few need no memory but the calling thread's own.
pub struct Listed<T>(SmallVec<[UnsafeCell<Option<T>>; 32]>);

// SAFETY: it gives out each item once.
unsafe impl<T: Send> Sync for Listed<T> {}

impl<T> FromIterator<T> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let items = items.into_iter().map(|item| UnsafeCell::new(Some(item)));
        Self(items.collect())
    }
}

// SAFETY: items are apart.
unsafe impl<T: Send> Items for Listed<T> {
    type Item = T;

    fn count(&self) -> usize {
        self.0.len()
    }

    unsafe fn item(&self, number: usize) -> T {
        // SAFETY: nobody else takes the item of this number.
        let item = unsafe { &mut *self.0[number].get() };
        item.take().expect("an item is taken once")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<I: Items>(items: &I) -> Vec<I::Item> {
        // SAFETY: each number once.
        let item = |number| unsafe { items.item(number) };
        (0..items.count()).map(item).collect()
    }

    #[test]
    fn chunks_are_those_of_the_slice() {
        let mut values = [1, 2, 3, 4, 5];
        let chunks = Chunks::new(&mut values, 2);
        for chunk in all(&chunks) {
            chunk[0] *= 10;
        }
        assert_eq!(values, [10, 2, 30, 4, 50]);
        assert_eq!(Chunks::new(&mut values[..0], 2).count(), 0);
    }

    #[test]
    fn pairs_are_as_many_as_the_shorter_has() {
        let (mut few, many) = ([1, 2, 3], Listed::from_iter(0..100));
        let pairs = (Chunks::new(&mut few, 2), many);
        let firsts = all(&pairs)
            .into_iter()
            .map(|(chunk, item)| (chunk[0], item));
        assert_eq!(firsts.collect::<Vec<_>>(), [(1, 0), (3, 1)]);
    }

    #[test]
    fn items_that_nobody_took_are_dropped() {
        let item = std::sync::Arc::new(());
        let listed: Listed<_> = (0..40).map(|_| item.clone()).collect();
        // SAFETY: once.
        drop(unsafe { listed.item(39) });
        drop(listed);
        assert_eq!(std::sync::Arc::strong_count(&item), 1);
    }
}
