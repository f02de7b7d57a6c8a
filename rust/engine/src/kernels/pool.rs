//! A few threads that work through a list together, hundreds of times a token.
//!
//! A token of GPT-2 small takes 3 ms and has 60 such lists, so threads wait for the next one by
//! spinning, and sleep only when none has come for a while.

use std::cell::{Cell, UnsafeCell};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::thread::{JoinHandle, Thread};

use super::Items;

/// Turns of spinning before a thread sleeps: about 50 microseconds, longer than the calling thread
/// has to do between two lists.
const SPINS: usize = 4_000;

/// Threads that wait for work; the calling thread works with them. It is not `Sync`: one thread at a time
/// can give out work.
pub struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
    /// Whether a round goes on.
    busy: Cell<bool>,
}

/// The work to do. Its lifetime is a pretence: [`Pool::run`] does not return before it is done.
type Work = &'static (dyn Fn(usize) + Sync);

/// What threads write lies apart, two cache lines from the rest, which processors fetch in pairs: a line
/// that another core has written takes 100 to 250 ns to come.
#[derive(Default)]
#[repr(align(128))]
struct Apart<T>(T);

struct Shared {
    order: Apart<Order>,
    /// How often helpers have finished their part of a round, all helpers and rounds counted.
    finished: Apart<AtomicUsize>,
    /// Helpers that sleep, or are about to.
    asleep: Apart<AtomicUsize>,
    shares: Shares,
    panicked: AtomicBool,
    ended: AtomicBool,
}

/// What the calling thread tells the others.
#[derive(Default)]
struct Order {
    /// Counts the pieces of work that were given out; a change is the sign to begin.
    round: AtomicUsize,
    /// What to do. It is written while every helper has finished the round before, and read by
    /// helpers between the beginning of a round and their finishing it.
    work: UnsafeCell<Option<Work>>,
}

// SAFETY: by those times nobody reads `work` while it is written, and what it holds is `Sync`.
unsafe impl Sync for Order {}

impl Pool {
    /// Start threads; the calling thread counts as one of them.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            order: Apart::default(),
            finished: Apart::default(),
            asleep: Apart::default(),
            shares: Shares::new(threads),
            panicked: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let mut pool = Self {
            shared,
            helpers: Vec::new(),
            busy: Cell::new(false),
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

    /// Do something with every item and its number. A thread begins with a share of neighbouring items, in
    /// order: weights that follow each other in memory are read without a pause. One that is done helps
    /// others, from the end of theirs. So which thread gets which item is left to chance, and what is done
    /// must not depend on it.
    ///
    /// # Panics
    /// Doing so panicked, or gave out work itself.
    pub fn each<I: Items>(&self, items: I, action: impl Fn(usize, I::Item) + Sync) {
        let count = items.count();
        // SAFETY: every number is acted on once, below the count.
        let act = move |number| action(number, unsafe { items.item(number) });
        if self.helpers.is_empty() || count <= 1 {
            return (0..count).for_each(act);
        }
        let shares = &self.shared.shares;
        shares.begin(count);
        // Moved: a helper that finds the work finds all else with it, not one transfer later.
        self.run(&move |thread| {
            let mut next = shares.first(count, thread);
            while let Some(number) = next {
                act(number);
                next = shares.next(thread);
            }
        });
    }

    /// Run the same work on every thread, each of which is told its number, and wait for all of them.
    fn run(&self, work: &(dyn Fn(usize) + Sync)) {
        // SAFETY: only the lifetime changes. `_finish` waits, also when `work` panics here, until no
        // helper has the reference.
        let work: Work = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), Work>(work) };
        let finish = self.begin(work);
        work(0);
        drop(finish);
        let panicked = self.shared.panicked.load(Ordering::Relaxed);
        assert!(
            !panicked,
            "a thread of the engine panicked; its message is above"
        );
    }

    /// Begin a round, whose end is waited for when the result is dropped.
    fn begin(&self, work: Work) -> Finish<'_> {
        assert!(!self.busy.replace(true), "work that gives out work");
        self.shared.panicked.store(false, Ordering::Relaxed);
        let Order { round, work: place } = &self.shared.order.0;
        // SAFETY: the round before has ended, so no helper reads this, and no other thread than this one
        // has the pool.
        unsafe { *place.get() = Some(work) };
        let rounds = round.load(Ordering::Relaxed).wrapping_add(1);
        round.store(rounds, Ordering::Release);
        // No fence, for which this thread would wait until the other cores have given up all lines that
        // were written: a helper that goes to sleep just now may go unseen, but not by `Finish`.
        let finish = Finish {
            pool: self,
            last: rounds.wrapping_mul(self.helpers.len()),
        };
        finish.wake();
        finish
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        self.shared.order.0.round.fetch_add(1, Ordering::SeqCst);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A panic in a helper was already told by `run`.
            let _ = helper.join();
        }
    }
}

/// The numbers of items that are left to each thread. Each is given out once a round.
struct Shares(Box<[Apart<Rest>]>);

impl Shares {
    fn new(threads: usize) -> Self {
        Self((0..threads).map(|_| Apart::default()).collect())
    }

    /// Begin a round with nearly equal shares.
    fn begin(&self, items: usize) {
        for (thread, Apart(rest)) in self.0.iter().enumerate() {
            let mut share = share(items, thread, self.0.len());
            // The first one is left out.
            share.next();
            rest.set(share);
        }
    }

    /// The first number of a thread's own, which is not contended for: to claim one, a thread waits until
    /// the other cores have given up the lines that it has written.
    fn first(&self, items: usize, thread: usize) -> Option<usize> {
        share(items, thread, self.0.len()).next()
    }

    /// The next one of a thread's own, or the last one of the thread that has most to do.
    fn next(&self, thread: usize) -> Option<usize> {
        let own = self.0[thread].0.take_first();
        own.or_else(|| self.take_from_longest())
    }

    fn take_from_longest(&self) -> Option<usize> {
        loop {
            let longest = self.0.iter().max_by_key(|rest| rest.0.len())?;
            if longest.0.len() == 0 {
                return None;
            }
            // Others may have been quicker.
            if let Some(number) = longest.0.take_last() {
                return Some(number);
            }
        }
    }
}

/// The numbers with which a thread begins.
fn share(items: usize, thread: usize, threads: usize) -> Range<usize> {
    items * thread / threads..items * (thread + 1) / threads
}

/// A range of numbers, each of which is given out once.
#[derive(Default)]
struct Rest(AtomicU64);

impl Rest {
    /// # Panics
    /// There are 2^32 numbers or more.
    fn set(&self, range: Range<usize>) {
        let half = |number: usize| u64::from(u32::try_from(number).expect("fewer items"));
        let bits = half(range.start) << 32 | half(range.end);
        self.0.store(bits, Ordering::Relaxed);
    }

    /// How many are left.
    fn len(&self) -> usize {
        Self::range(self.0.load(Ordering::Relaxed)).len()
    }

    fn take_first(&self) -> Option<usize> {
        let claimed = self.claim(|bits| bits + (1 << 32));
        claimed.map(|range| range.start)
    }

    fn take_last(&self) -> Option<usize> {
        let claimed = self.claim(|bits| bits - 1);
        claimed.map(|range| range.end - 1)
    }

    /// Change the range if any number is left, and return what it was.
    fn claim(&self, change: impl Fn(u64) -> u64) -> Option<Range<usize>> {
        let change = |bits| (!Self::range(bits).is_empty()).then(|| change(bits));
        // Relaxed: the items come with the beginning of the round, and numbers only part them.
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
        before.ok().map(Self::range)
    }

    fn range(bits: u64) -> Range<usize> {
        (bits >> 32) as usize..(bits as u32) as usize
    }
}

/// Waits for the helpers when it is dropped.
struct Finish<'a> {
    pool: &'a Pool,
    /// How often they have finished when this round has ended.
    last: usize,
}

impl Finish<'_> {
    fn has_come(&self) -> bool {
        self.pool.shared.finished.0.load(Ordering::Acquire) == self.last
    }

    fn wait(&self) {
        for _ in 0..SPINS {
            if self.has_come() {
                return;
            }
            std::hint::spin_loop();
        }
        // With the same fence in `Shared::wait`: either this thread sees the helper that went to sleep when
        // the round began, or the helper has seen the round.
        fence(Ordering::SeqCst);
        self.wake();
        while !self.has_come() {
            // The processor may be needed by the very thread that is waited for.
            std::thread::yield_now();
        }
    }

    /// Wake the helpers if any is seen asleep.
    fn wake(&self) {
        if self.pool.shared.asleep.0.load(Ordering::SeqCst) > 0 {
            let helpers = self.pool.helpers.iter();
            helpers.map(JoinHandle::thread).for_each(Thread::unpark);
        }
    }
}

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.wait();
        self.pool.busy.set(false);
    }
}

impl Shared {
    /// What a helper does all its life.
    fn help(&self, number: usize) {
        let mut round = 0;
        loop {
            round = self.wait(round);
            if self.ended.load(Ordering::Acquire) {
                return;
            }
            // SAFETY: it was written before this round began, and is not until this helper has finished.
            let work = unsafe { *self.order.0.work.get() };
            let work = work.expect("a round begins with work");
            if catch_unwind(AssertUnwindSafe(|| work(number))).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.finished.0.fetch_add(1, Ordering::Release);
        }
    }

    /// Wait for another round than this one, and return it.
    fn wait(&self, last: usize) -> usize {
        let round = &self.order.0.round;
        for _ in 0..SPINS {
            let now = round.load(Ordering::Acquire);
            if now != last {
                return now;
            }
            std::hint::spin_loop();
        }
        let asleep = &self.asleep.0;
        asleep.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let mut now = round.load(Ordering::Acquire);
        while now == last {
            std::thread::park();
            now = round.load(Ordering::Acquire);
        }
        asleep.fetch_sub(1, Ordering::SeqCst);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::{Chunks, Listed};

    /// Miri takes a thousand times as long.
    const ROUNDS: usize = if cfg!(miri) { 2 } else { 200 };
    const ITEMS: usize = if cfg!(miri) { 20 } else { 1_000 };

    #[test]
    fn every_item_is_done_once_with_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads).unwrap();
            let mut counts = vec![0; ITEMS];
            for _ in 0..ROUNDS {
                let items = Chunks::new(&mut counts, 1);
                pool.each(items, |_, count| count[0] += 1);
            }
            assert!(counts.iter().all(|&count| count == ROUNDS), "{threads}");
        }
    }

    #[test]
    fn a_thread_takes_its_share_in_order_and_then_from_the_end_of_the_longest() {
        let shares = Shares::new(3);
        shares.begin(9);
        let firsts = [0, 1, 2].map(|thread| shares.first(9, thread));
        assert_eq!(firsts, [Some(0), Some(3), Some(6)]);
        let taken = |thread| shares.next(thread);
        assert_eq!((taken(1), taken(1), taken(2)), (Some(4), Some(5), Some(7)));
        assert_eq!((taken(1), taken(1), taken(1)), (Some(2), Some(8), Some(1)));
        assert!((0..3).all(|thread| taken(thread).is_none()));
    }

    #[test]
    fn shares_of_fewer_items_than_threads_lose_none() {
        let shares = Shares::new(5);
        shares.begin(2);
        let firsts = (0..5).filter_map(|thread| shares.first(2, thread));
        assert_eq!(firsts.collect::<Vec<_>>(), [0, 1]);
        assert_eq!(shares.next(4), None);
    }

    #[test]
    fn sleeping_threads_are_woken() {
        let pool = Pool::new(3).unwrap();
        for pause in [0, 1, 20, 0, 5] {
            std::thread::sleep(std::time::Duration::from_millis(pause));
            let mut values = [1, 2, 3, 4];
            pool.each(Chunks::new(&mut values, 1), |_, value| value[0] *= 2);
            assert_eq!(values, [2, 4, 6, 8]);
        }
    }

    #[test]
    fn work_that_gives_out_work_is_refused() {
        thread_local! {
            static POOL: Pool = Pool::new(2).unwrap();
        }
        let nested = || POOL.with(|pool| pool.each(Listed::from_iter(0..9), |_, _| ()));
        let outer = |_: usize, _: i32| nested();
        let work = || POOL.with(|pool| pool.each(Listed::from_iter(0..9), outer));
        assert!(catch_unwind(work).is_err());
        nested();
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let pool = Pool::new(4).unwrap();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let items = Listed::from_iter(0..100);
            pool.each(items, |_, item| assert!(item != 50, "fifty"));
        }));
        assert!(result.is_err());
        // Both a helper and the calling thread panic.
        let items = || Listed::from_iter(0..100);
        let result = catch_unwind(AssertUnwindSafe(|| {
            pool.each(items(), |_, _| panic!("all"))
        }));
        assert!(result.is_err());
        let sum = AtomicUsize::new(0);
        pool.each(Listed::from_iter(0..10), |number, item| {
            sum.fetch_add(number * item, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 285);
    }
}
