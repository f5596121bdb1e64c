use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
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
#[derive(Clone)]
pub(in crate::mail) struct Renderer(mpsc::Sender<Job>);

impl Renderer {
    /// `renderings`: threads, at least one.
    pub(in crate::mail) fn new(renderings: usize) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..renderings.max(1) {
            let waiting = waiting.clone();
            let thread = std::thread::Builder::new()
                .name("render".into())
                .stack_size(STACK)
                .spawn(move || work_off(&waiting));
            if let Err(error) = thread {
                tracing::error!(%error, "a thread to render on is missing");
            }
        }
        Self(jobs)
    }

    /// None: the work panicked or took too long. Work that takes too long keeps its thread to its end.
    pub(in crate::mail) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let job = move || {
            // Otherwise the browser left, or the deadline passed, while the work waited.
            if !sender.is_closed() {
                drop(sender.send(work()));
            }
        };
        if self.0.send(Box::new(job)).is_err() {
            tracing::error!("no thread to render on");
            return None;
        }
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

fn work_off(waiting: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = job else { return };
        // Whoever waits for it learns of a panic from its silence.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_contained_and_leaves_its_thread_to_the_next() {
        let renderer = Renderer::new(1);
        let thread = || std::thread::current().id();
        let first = renderer.run(thread).await;
        assert_eq!(renderer.run(|| -> u8 { panic!("hostile") }).await, None);
        assert_eq!(renderer.run(thread).await, first);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_not_begun() {
        let renderer = Renderer::new(1);
        let (go, held) = mpsc::channel::<()>();
        let (begun, was_begun) = mpsc::channel();
        let first = renderer.run(move || held.recv().is_ok());
        let second = renderer.run(move || begun.send(()).is_ok());
        let (mut first, mut second) = (Box::pin(first), Box::pin(second));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        go.send(()).unwrap();
        assert_eq!(first.await, Some(true));
        assert_eq!(renderer.run(|| 7).await, Some(7));
        assert!(was_begun.try_recv().is_err());
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
        assert_eq!(Renderer::new(1).run(|| depth(10_000)).await, Some(10_000));
    }
}
