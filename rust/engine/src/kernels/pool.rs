//! A few threads that work through a list together, hundreds of times a token.
//!
//! A token of GPT-2 small takes 3 ms and has 60 such lists, so threads wait for the next one by
//! spinning, and sleep only when none has come for a while.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Thread};

use smallvec::SmallVec;

/// Turns of spinning before a thread sleeps: about 50 microseconds, longer than the calling thread
/// has to do between two lists.
const SPINS: usize = 4_000;

/// Threads that wait for work; the calling thread works with them.
pub struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

/// The work to do. Its lifetime is a pretence: [`Pool::run`] does not return before it is done.
type Work = &'static (dyn Fn(usize) + Sync);

#[derive(Default)]
struct Shared {
    /// What to do, while there is something.
    work: Mutex<Option<Work>>,
    /// Counts the pieces of work that were given out; a change is the sign to begin.
    round: AtomicUsize,
    /// Helpers that have not finished the current work.
    working: AtomicUsize,
    /// Helpers that sleep, or are about to.
    asleep: AtomicUsize,
    panicked: AtomicBool,
    ended: AtomicBool,
}

impl Pool {
    /// Start threads; the calling thread counts as one of them.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let mut pool = Self {
            shared,
            helpers: Vec::new(),
        };
        for number in 1..threads {
            let shared = Arc::clone(&pool.shared);
            let helper = std::thread::Builder::new()
                .name(format!("gpt2ro-{number}"))
                .spawn(move || shared.help(number))?;
            pool.helpers.push(helper);
        }
        Ok(pool)
    }

    /// Number of threads, with the calling one.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Do something with every item. A thread begins with a share of neighbouring items, in order: weights
    /// that follow each other in memory are read without a pause. One that is done helps others, from
    /// the end of theirs. So which thread gets which item is left to chance, and what is done must not
    /// depend on it.
    ///
    /// # Panics
    /// Doing so panicked.
    pub fn each<I>(&self, items: I, action: impl Fn(I::Item) + Sync)
    where
        I: Iterator<Item: Send>,
    {
        if self.helpers.is_empty() || items.size_hint().1.is_some_and(|most| most <= 1) {
            return items.for_each(action);
        }
        let shares = Mutex::new(Shares::new(items, self.threads()));
        self.run(&|thread| {
            let next = || {
                shares
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .next(thread)
            };
            while let Some(item) = next() {
                action(item);
            }
        });
    }

    /// Run the same work on every thread, each of which is told its number, and wait for all of them.
    fn run(&self, work: &(dyn Fn(usize) + Sync)) {
        // SAFETY: only the lifetime changes. `_finish` waits, also when `work` panics here, until no
        // helper has the reference, and takes it out of `shared`.
        let work: Work = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), Work>(work) };
        self.shared.begin(work, &self.helpers);
        let finish = Finish(&self.shared);
        work(0);
        drop(finish);
        let panicked = self.shared.panicked.swap(false, Ordering::Relaxed);
        assert!(
            !panicked,
            "a thread of the engine panicked; its message is above"
        );
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        self.shared.round.fetch_add(1, Ordering::SeqCst);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A panic in a helper was already told by `run`.
            let _ = helper.join();
        }
    }
}

/// Items, and those of each thread that nobody has begun. As many as a token's lists have need no memory
/// but the calling thread's own.
struct Shares<T> {
    items: SmallVec<[Option<T>; 64]>,
    rest: SmallVec<[Range<usize>; 16]>,
}

impl<T> Shares<T> {
    /// Nearly equal ones.
    fn new(items: impl Iterator<Item = T>, threads: usize) -> Self {
        let items: SmallVec<_> = items.map(Some).collect();
        let begin = |thread| items.len() * thread / threads;
        let rest = (0..threads).map(|thread| begin(thread)..begin(thread + 1));
        let rest = rest.collect();
        Self { items, rest }
    }

    /// The next one of a thread's own, or the last one of the thread that has most to do.
    fn next(&mut self, thread: usize) -> Option<T> {
        let own = self.rest[thread].next();
        let index = own.or_else(|| {
            let longest = self.rest.iter_mut().max_by_key(|rest| rest.len());
            longest.and_then(Range::next_back)
        });
        self.items[index?].take()
    }
}

/// Waits for the helpers when it is dropped.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        let mut spins = 0;
        while self.0.working.load(Ordering::Acquire) > 0 {
            pause(&mut spins);
        }
        *self.0.work() = None;
    }
}

impl Shared {
    fn work(&self) -> std::sync::MutexGuard<'_, Option<Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, work: Work, helpers: &[JoinHandle<()>]) {
        *self.work() = Some(work);
        self.working.store(helpers.len(), Ordering::Relaxed);
        // Sequentially consistent with the two accesses in `wait`: either this thread sees that a
        // helper goes to sleep and wakes it, or the helper sees the new round.
        self.round.fetch_add(1, Ordering::SeqCst);
        if self.asleep.load(Ordering::SeqCst) > 0 {
            helpers
                .iter()
                .map(JoinHandle::thread)
                .for_each(Thread::unpark);
        }
    }

    /// What a helper does all its life.
    fn help(&self, number: usize) {
        let mut round = 0;
        loop {
            round = self.wait(round);
            if self.ended.load(Ordering::Acquire) {
                return;
            }
            let work = *self.work();
            let work = work.expect("a round begins with work");
            if catch_unwind(AssertUnwindSafe(|| work(number))).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.working.fetch_sub(1, Ordering::Release);
        }
    }

    /// Wait for another round than this one, and return it.
    fn wait(&self, last: usize) -> usize {
        for _ in 0..SPINS {
            let round = self.round.load(Ordering::Acquire);
            if round != last {
                return round;
            }
            std::hint::spin_loop();
        }
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let mut round = self.round.load(Ordering::SeqCst);
        while round == last {
            std::thread::park();
            round = self.round.load(Ordering::SeqCst);
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
        round
    }
}

/// Spin for a while, then leave the processor to others.
fn pause(spins: &mut usize) {
    if *spins < SPINS {
        *spins += 1;
        std::hint::spin_loop();
    } else {
        std::thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Miri takes a thousand times as long.
    const ROUNDS: usize = if cfg!(miri) { 2 } else { 200 };
    const ITEMS: usize = if cfg!(miri) { 20 } else { 1_000 };

    #[test]
    fn every_item_is_done_once_with_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads).unwrap();
            let mut counts = vec![0; ITEMS];
            for _ in 0..ROUNDS {
                pool.each(counts.iter_mut(), |count| *count += 1);
            }
            assert!(counts.iter().all(|&count| count == ROUNDS), "{threads}");
        }
    }

    #[test]
    fn a_thread_takes_its_share_in_order_and_then_from_the_end_of_the_longest() {
        let mut shares = Shares::new(0..9, 3);
        let mut taken = |thread| shares.next(thread);
        assert_eq!((taken(1), taken(0), taken(1)), (Some(3), Some(0), Some(4)));
        assert_eq!((taken(1), taken(1), taken(2)), (Some(5), Some(8), Some(6)));
        assert_eq!((taken(1), taken(1), taken(1)), (Some(2), Some(7), Some(1)));
        assert!((0..3).all(|thread| taken(thread).is_none()));
    }

    #[test]
    fn shares_of_fewer_items_than_threads_lose_none() {
        let mut shares = Shares::new(0..2, 5);
        let mut items: Vec<_> = std::iter::from_fn(|| shares.next(4)).collect();
        items.sort_unstable();
        assert_eq!(items, [0, 1]);
    }

    #[test]
    fn sleeping_threads_are_woken() {
        let pool = Pool::new(3).unwrap();
        for pause in [0, 1, 20, 0, 5] {
            std::thread::sleep(std::time::Duration::from_millis(pause));
            let mut values = [1, 2, 3, 4];
            pool.each(values.iter_mut(), |value| *value *= 2);
            assert_eq!(values, [2, 4, 6, 8]);
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let pool = Pool::new(4).unwrap();
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.each(0..100, |item| assert!(item != 50, "fifty"));
        }));
        assert!(result.is_err());
        let sum = AtomicUsize::new(0);
        pool.each(0..10, |item| {
            sum.fetch_add(item, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 45);
    }
}
