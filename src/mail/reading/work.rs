use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Semaphore, oneshot};

/// Deep recursion in a parser ends here, not in the process.
const STACK: usize = 16 << 20;
/// Longest wait for a free slot and for the work itself.
const DEADLINE: Duration = Duration::from_secs(10);

/// Where mail is parsed and sanitised: off the async threads, a bounded number at a time, on stacks of
/// 16 MiB, so that a hostile message costs its own page only.
#[derive(Clone)]
pub(in crate::mail) struct Renderer(Arc<Semaphore>);

impl Renderer {
    pub(in crate::mail) fn new(renderings: usize) -> Self {
        Self(Arc::new(Semaphore::new(renderings.max(1))))
    }

    /// None: the work panicked or took too long. Work that takes too long keeps its slot to its end.
    pub(in crate::mail) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        match tokio::time::timeout(DEADLINE, self.run_to_the_end(work)).await {
            Ok(Some(value)) => Some(value),
            Ok(None) => {
                tracing::error!("rendering a message panicked");
                None
            }
            Err(_) => {
                tracing::error!("rendering a message took too long");
                None
            }
        }
    }

    async fn run_to_the_end<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        // The semaphore is never closed.
        let permit = self.0.clone().acquire_owned().await.ok()?;
        let (sender, receiver) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("render".into())
            .stack_size(STACK)
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(work));
                drop(permit);
                if let Ok(value) = result {
                    // Nobody waits any more: the browser left or the deadline passed.
                    let _ = sender.send(value);
                }
            });
        if let Err(error) = thread {
            tracing::error!(%error, "no thread to render on");
            return None;
        }
        // The sender is dropped without a value only when the work panicked.
        receiver.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_contained_and_gives_its_slot_back() {
        let renderer = Renderer::new(1);
        assert_eq!(renderer.run(|| -> u8 { panic!("hostile") }).await, None);
        assert_eq!(renderer.run(|| 7).await, Some(7));
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
