use super::MessageRef;
use crate::mail::{Account, Error, Result};
use crate::store::{InProgress, Mark};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// Deep recursion in a parser ends here, not in the process.
const STACK: usize = 16 << 20;
/// Longest wait for a free thread and for the work itself.
const DEADLINE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

/// Where mail is parsed and sanitised: off the async threads, on a few threads with stacks of 16 MiB, so that a hostile
/// message costs its own page only. The threads end with the last of the clones.
///
/// One account never has the last free thread, so its bombs keep nobody else from reading. What each thread renders is
/// noted meanwhile: where the process dies of it, the next one knows.
#[derive(Clone)]
pub(in crate::mail) struct Renderer(Arc<Queue>);

/// The handle whose last drop ends the threads.
struct Queue(Arc<Waiting>);

struct Waiting {
    state: Mutex<State>,
    changed: Condvar,
    /// Threads that one account may have at a time.
    most: usize,
    note: Option<Arc<InProgress>>,
}

#[derive(Default)]
struct State {
    /// In the order in which they came.
    jobs: VecDeque<(Mark, Job)>,
    /// One for each thread at work.
    at_work: Vec<Mark>,
    over: bool,
}

impl State {
    /// The first that waits of those whose account may have one more thread.
    fn next(&mut self, most: usize) -> Option<(Mark, Job)> {
        let may_begin = |(mark, _): &(Mark, Job)| {
            let others = self.at_work.iter();
            others.filter(|one| one.account() == mark.account()).count() < most
        };
        let place = self.jobs.iter().position(may_begin)?;
        self.jobs.remove(place)
    }
}

impl Renderer {
    /// `renderings`: threads, at least one; several are needed to keep one account from having all. `note`: where to
    /// note what is being rendered.
    pub(in crate::mail) fn new(renderings: usize, note: Option<Arc<InProgress>>) -> Self {
        let waiting = Arc::new(Waiting {
            state: Mutex::default(),
            changed: Condvar::new(),
            most: renderings.saturating_sub(1).max(1),
            note,
        });
        for number in 0..renderings.max(1) {
            let waiting = waiting.clone();
            let thread = std::thread::Builder::new()
                .name("render".into())
                .stack_size(STACK)
                .spawn(move || waiting.work_off(number));
            if let Err(error) = thread {
                tracing::error!(%error, "a thread to render on is missing");
            }
        }
        Self(Arc::new(Queue(waiting)))
    }

    /// None: the work panicked or took too long. Work that takes too long keeps its thread to its end. `mark`: what is
    /// rendered, and whose it is.
    async fn run<T: Send + 'static>(
        &self,
        mark: Mark,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let job = move || {
            // Otherwise the browser left, or the deadline passed, while the work waited.
            if !sender.is_closed() {
                drop(sender.send(work()));
            }
        };
        self.0.0.add(mark, Box::new(job));
        match tokio::time::timeout(DEADLINE, receiver).await {
            Ok(Ok(value)) => Some(value),
            // The sender is dropped without a value only when the work panicked.
            Ok(Err(_)) => {
                tracing::error!("rendering a message panicked");
                None
            }
            Err(_) => {
                tracing::error!("rendering a message took too long");
                None
            }
        }
    }
}

impl Waiting {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, mark: Mark, job: Job) {
        self.state().jobs.push_back((mark, job));
        self.changed.notify_one();
    }

    fn work_off(&self, number: usize) {
        while let Some((mark, job)) = self.next() {
            if let Some(note) = &self.note {
                note.begin(number, &mark);
            }
            // Whoever waits for it learns of a panic from its silence.
            drop(catch_unwind(AssertUnwindSafe(job)));
            if let Some(note) = &self.note {
                note.end(number);
            }
            self.done(&mark);
        }
    }

    /// Waits for work; None when there will be no more.
    fn next(&self) -> Option<(Mark, Job)> {
        let mut state = self.state();
        loop {
            if let Some((mark, job)) = state.next(self.most) {
                state.at_work.push(mark.clone());
                return Some((mark, job));
            }
            if state.over {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, mark: &Mark) {
        let mut state = self.state();
        let place = state.at_work.iter().position(|one| one == mark);
        if let Some(place) = place {
            state.at_work.swap_remove(place);
        }
        drop(state);
        // What waited for this account may begin now, on any thread.
        self.changed.notify_one();
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.changed.notify_all();
    }
}

/// The leave to render one message, which did not end the process before.
pub(in crate::mail) struct Rendering<'a> {
    pub account: &'a Account,
    mark: Mark,
}

impl Rendering<'_> {
    /// None: the work panicked or took too long.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.account.renderer().run(self.mark.clone(), work).await
    }
}

impl Account {
    /// # Errors
    /// [`Error::EndedProcess`]: a process ended while it rendered this message.
    pub(in crate::mail) async fn rendering(&self, reference: &MessageRef) -> Result<Rendering<'_>> {
        let mark = self.mark(reference);
        if self.store().is_marked(&mark).await? {
            return Err(Error::EndedProcess);
        }
        Ok(Rendering {
            account: self,
            mark,
        })
    }

    /// Lets a message be rendered again that ended a process once.
    pub async fn render_again(&self, reference: &MessageRef) -> Result<()> {
        Ok(self.store().remove_mark(&self.mark(reference)).await?)
    }

    fn mark(&self, reference: &MessageRef) -> Mark {
        let message = format!("{reference}/{}", reference.mailbox.as_str());
        self.store().mark(&self.owner(), &message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{seal::ServerKey, store::Store};
    use std::sync::mpsc;

    async fn marks() -> (Mark, Mark) {
        let url = Store::in_memory_url();
        let store = Store::open(&url, ServerKey::random()).await.unwrap();
        let mark = |account| store.mark(&store.owner(account), "7.1");
        (mark("ana@host"), mark("mihai@host"))
    }

    #[tokio::test]
    async fn work_that_panics_is_contained_and_leaves_its_thread_to_the_next() {
        let (renderer, (ana, _)) = (Renderer::new(1, None), marks().await);
        let thread = || std::thread::current().id();
        let first = renderer.run(ana.clone(), thread).await;
        let broken = renderer.run(ana.clone(), || -> u8 { panic!("hostile") });
        assert_eq!(broken.await, None);
        assert_eq!(renderer.run(ana, thread).await, first);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_not_begun() {
        let (renderer, (ana, _)) = (Renderer::new(1, None), marks().await);
        let (go, held) = mpsc::channel::<()>();
        let (begun, was_begun) = mpsc::channel();
        let first = renderer.run(ana.clone(), move || held.recv().is_ok());
        let second = renderer.run(ana.clone(), move || begun.send(()).is_ok());
        let (mut first, mut second) = (Box::pin(first), Box::pin(second));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        go.send(()).unwrap();
        assert_eq!(first.await, Some(true));
        assert_eq!(renderer.run(ana, || 7).await, Some(7));
        assert!(was_begun.try_recv().is_err());
    }

    #[tokio::test]
    async fn one_account_never_has_the_last_free_thread() {
        let (renderer, (ana, mihai)) = (Renderer::new(2, None), marks().await);
        let (go, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut bombs: Vec<_> = (0..5)
            .map(|_| {
                let held = held.clone();
                let bomb = move || held.lock().unwrap().recv().is_ok();
                Box::pin(renderer.run(ana.clone(), bomb))
            })
            .collect();
        for bomb in &mut bombs {
            assert!(futures_util::poll!(bomb).is_pending());
        }
        assert_eq!(renderer.run(mihai, || 7).await, Some(7));
        for bomb in bombs {
            go.send(()).unwrap();
            assert_eq!(bomb.await, Some(true));
        }
    }

    #[tokio::test]
    async fn the_threads_end_with_the_last_handle() {
        let (renderer, (ana, _)) = (Renderer::new(2, None), marks().await);
        let threads = Arc::downgrade(&renderer.0.0);
        assert_eq!(renderer.clone().run(ana, || 7).await, Some(7));
        drop(renderer);
        while threads.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn deep_recursion_has_room() {
        fn depth(n: usize) -> usize {
            let frame = std::hint::black_box([n; 64]);
            if n == 0 {
                0
            } else {
                1 + depth(std::hint::black_box(n - 1)) + frame[0] - n
            }
        }
        let (ana, _) = marks().await;
        let deep = Renderer::new(1, None).run(ana, || depth(10_000)).await;
        assert_eq!(deep, Some(10_000));
    }
}
