//! The only caller of `tokio::spawn`: every task is tracked and told when to end.

use std::future::Future;
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Cheap handle on all background work of the process.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts a task that `shutdown` waits for. It goes on when the returned handle is dropped, so
    /// a change of several steps outlives the browser that asked for it.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tracker.spawn(future)
    }

    /// Cancelled when shutdown begins. A task that loops ends its loop then; a task that is in the
    /// middle of a change finishes it.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Begins the shutdown: `stopping` is cancelled from now on. Tasks may still be started, so that
    /// requests in flight can finish.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Tells every task to end and waits for all, those started meanwhile included.
    pub async fn shutdown(&self) {
        self.stop();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    #[tokio::test]
    async fn shutdown_waits_for_the_step_in_hand() {
        let tasks = Tasks::default();
        let finished = Arc::new(AtomicBool::new(false));
        let (stop, done) = (tasks.stopping(), finished.clone());
        drop(tasks.spawn(async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            done.store(true, Ordering::SeqCst);
        }));
        assert!(!finished.load(Ordering::SeqCst));
        tasks.shutdown().await;
        assert!(finished.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_task_that_panics_does_not_hold_the_shutdown() {
        let tasks = Tasks::default();
        let handle = tasks.spawn(async { panic!("expected by the test") });
        tasks.shutdown().await;
        assert!(handle.await.unwrap_err().is_panic());
    }

    #[tokio::test]
    async fn a_task_started_by_a_task_during_shutdown_is_waited_for_too() {
        let tasks = Tasks::default();
        let finished = Arc::new(AtomicBool::new(false));
        let (inner, done) = (tasks.clone(), finished.clone());
        drop(tasks.spawn(async move {
            inner.stopping().cancelled().await;
            drop(inner.spawn(async move {
                tokio::task::yield_now().await;
                done.store(true, Ordering::SeqCst);
            }));
        }));
        tasks.shutdown().await;
        assert!(finished.load(Ordering::SeqCst));
    }
}
