//! The threads, how they come to a job and leave it, and how they sleep.

use super::job::{End, Job, MOST_PIECES};
use super::rest::Rest;
use std::hint::spin_loop;
use std::panic::resume_unwind;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, TryLockError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long a thread without work looks for some before it goes to sleep: the plain code between two jobs takes less.
const AWAKE: Duration = Duration::from_micros(50);

/// How long the caller looks for the others to finish before it sleeps, at most. Waking it costs a fraction of this.
const LONGEST_WATCH: Duration = Duration::from_micros(200);

/// A wait of this length is nobody's fault.
const GRACE: Duration = Duration::from_micros(20);

/// The state of the pool in one word: from the lowest bits how many threads are in the job, how many may be, whether it is open for more,
/// whether the caller sleeps until they have left, and then a number that tells one job from the last.
mod state {
    const WORKER_BITS: u32 = usize::BITS / 4 + 3;
    const WORKERS: usize = (1 << WORKER_BITS) - 1;
    pub(super) const JOINED: usize = 1;
    const WANTED: usize = 1 << WORKER_BITS;
    pub(super) const OPEN: usize = 1 << (2 * WORKER_BITS);
    pub(super) const WAITED_FOR: usize = OPEN << 1;
    const NUMBER: usize = OPEN << 2;
    pub(in super::super) const MOST_WORKERS: usize = if WORKERS < 1024 { WORKERS } else { 1024 };

    pub(super) const fn joined(state: usize) -> usize {
        state & WORKERS
    }

    pub(super) const fn wanted(state: usize) -> usize {
        (state / WANTED) & WORKERS
    }

    pub(super) const fn number(state: usize) -> usize {
        state / NUMBER
    }

    /// The next job, open for `wanted` threads.
    pub(super) const fn next(state: usize, wanted: usize) -> usize {
        (number(state).wrapping_add(1)).wrapping_mul(NUMBER) | OPEN | (wanted * WANTED)
    }
}
pub(super) use state::MOST_WORKERS;

/// The threads beside the calling one. It lives as long as the program, as its threads do.
///
/// **Invariant.** While the state is open or counts a thread that has joined, `job` points at the job of a call of `run` that has not
/// returned.
pub(super) struct Pool {
    shared: Apart,
    /// Held by the one call that has the threads.
    lead: Mutex<Lead>,
    /// Where a caller sleeps until the last thread has left its job.
    left: (Mutex<()>, Condvar),
}

/// What threads look at while they wait, on a cache line of its own, and the neighbour that some processors fetch along.
#[repr(align(128))]
struct Apart {
    state: AtomicUsize,
    job: AtomicPtr<Job<'static>>,
}

struct Lead {
    workers: Vec<&'static Worker>,
    /// No further thread can be started.
    complete: bool,
    rest: Rest,
}

/// A thread of the pool, as seen by those that wake it.
struct Worker {
    asleep: AtomicBool,
    thread: Thread,
}

impl Pool {
    pub(super) const fn new() -> Self {
        let lead = Lead { workers: Vec::new(), complete: false, rest: Rest::new() };
        Self {
            shared: Apart { state: AtomicUsize::new(0), job: AtomicPtr::new(null_mut()) },
            lead: Mutex::new(lead),
            left: (Mutex::new(()), Condvar::new()),
        }
    }

    /// Does the pieces on `count` threads, or says that the caller should do them: the threads are somebody else's, or rest.
    pub(super) fn run(&'static self, count: usize, pieces: usize, work: &(dyn Fn(usize) + Sync)) -> bool {
        let mut lead = match self.lead.try_lock() {
            Ok(lead) => lead,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let start = Instant::now();
        if pieces > MOST_PIECES || lead.rest.lasts(start) {
            return false;
        }
        let wanted = lead.start_workers(self, count.min(pieces).saturating_sub(1));
        if wanted == 0 {
            return false;
        }
        let job = Job::new(work, pieces);
        self.open(&job, wanted);
        for worker in &lead.workers[..wanted] {
            worker.wake();
        }
        job.take_part(End::Front);
        if self.close(start) {
            lead.rest.begin(Instant::now());
        }
        drop(lead);
        if let Some(panic) = job.panic() {
            resume_unwind(panic);
        }
        true
    }

    /// Lets threads join `job`. Between this and `close`, which must follow, the caller does not unwind.
    fn open(&self, job: &Job<'_>, wanted: usize) {
        self.shared.job.store(std::ptr::from_ref(job).cast_mut().cast(), Ordering::Relaxed);
        let last = self.shared.state.load(Ordering::Relaxed);
        // Released with all before it to the threads that join. Nobody else writes a closed state that no thread has joined.
        // In one order with `Worker::sleep`: either the thread sees the new state, or we see it asleep.
        self.shared.state.store(state::next(last, wanted), Ordering::SeqCst);
    }

    /// Lets nobody join any more, and waits until all have left: says whether they took longer than the caller itself.
    fn close(&self, start: Instant) -> bool {
        // Here and below, what threads have done is acquired by seeing that they have left.
        let state = self.shared.state.fetch_and(!state::OPEN, Ordering::AcqRel);
        if state::joined(state) == 0 {
            return false;
        }
        let done = Instant::now();
        let own = done - start;
        let mut turns = 0_u32;
        while state::joined(self.shared.state.load(Ordering::Acquire)) != 0 {
            spin_loop();
            turns += 1;
            if turns.is_multiple_of(32) && done.elapsed() > own.min(LONGEST_WATCH) + GRACE {
                self.sleep_until_left();
            }
        }
        turns >= 32 && done.elapsed() > own + GRACE
    }

    fn sleep_until_left(&self) {
        let (lock, changed) = &self.left;
        let mut guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.shared.state.fetch_or(state::WAITED_FOR, Ordering::AcqRel);
        while state::joined(state) != 0 {
            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            state = self.shared.state.load(Ordering::Acquire);
        }
    }

    /// What thread `place` does all its life.
    fn work(&self, place: usize, own: &Worker) {
        let mut seen = state::number(self.shared.state.load(Ordering::Relaxed));
        // the job that it was started for may be open already
        seen = seen.wrapping_sub(1);
        loop {
            let state = self.wait_for_job(seen, own);
            seen = state::number(state);
            if self.join(state, place) {
                // SAFETY: this thread has joined, and counts as such until it leaves below: the invariant says that the job is
                // there. It was written before the state that was acquired by joining.
                let job: &Job<'_> = unsafe { &*self.shared.job.load(Ordering::Relaxed) };
                job.take_part(End::Back);
                self.leave();
            }
        }
    }

    /// Joins the open job of `state`, if the thread is wanted there and is not too late.
    fn join(&self, mut state: usize, place: usize) -> bool {
        let number = state::number(state);
        while state & state::OPEN != 0 && state::number(state) == number && place < state::wanted(state) {
            match self.shared.state.compare_exchange_weak(
                state,
                state + state::JOINED,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    /// The job may be gone at once, so nothing of it is touched any more.
    fn leave(&self) {
        let state = self.shared.state.fetch_sub(state::JOINED, Ordering::AcqRel);
        if state::joined(state) == 1 && state & state::WAITED_FOR != 0 {
            // who holds the lock and has not yet seen that we left is asleep once we get it
            drop(self.left.0.lock().unwrap_or_else(PoisonError::into_inner));
            self.left.1.notify_all();
        }
    }

    /// The state of a job other than the one that was `seen` last.
    fn wait_for_job(&self, seen: usize, own: &Worker) -> usize {
        loop {
            let idle = Instant::now();
            let mut turns = 0_u32;
            while turns % 64 != 63 || idle.elapsed() < AWAKE {
                let state = self.shared.state.load(Ordering::Relaxed);
                if state::number(state) != seen {
                    return state;
                }
                spin_loop();
                turns = turns.wrapping_add(1);
            }
            own.sleep(|| state::number(self.shared.state.load(Ordering::SeqCst)) == seen);
        }
    }
}

impl Lead {
    /// Starts what is missing of `wanted` threads; says how many of them there are.
    fn start_workers(&mut self, pool: &'static Pool, wanted: usize) -> usize {
        while self.workers.len() < wanted && !self.complete {
            let place = self.workers.len();
            match Worker::start(pool, place) {
                Ok(worker) => self.workers.push(worker),
                Err(_) => self.complete = true,
            }
        }
        wanted.min(self.workers.len())
    }
}

impl Worker {
    fn start(pool: &'static Pool, place: usize) -> std::io::Result<&'static Self> {
        let name = format!("chainrule-{}", place + 1);
        let (send, receive) = std::sync::mpsc::sync_channel::<&'static Self>(0);
        let handle = thread::Builder::new().name(name).spawn(move || {
            crate::product::prepare_thread();
            if let Ok(own) = receive.recv() {
                pool.work(place, own);
            }
        })?;
        // threads never end, so what belongs to them may stay
        let worker: &'static Self =
            Box::leak(Box::new(Self { asleep: AtomicBool::new(false), thread: handle.thread().clone() }));
        // handed over, not left: the thread is ready when the first job begins, and what it allocates is allocated
        send.send(worker).map_err(std::io::Error::other)?;
        Ok(worker)
    }

    fn wake(&self) {
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.thread.unpark();
        }
    }

    /// Sleeps until it is woken, unless it finds that it should not.
    fn sleep(&self, while_true: impl Fn() -> bool) {
        self.asleep.store(true, Ordering::SeqCst);
        while self.asleep.load(Ordering::SeqCst) && while_true() {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}
