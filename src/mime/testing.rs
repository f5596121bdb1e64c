//! For tests that hold a parser to its time.

use std::time::Duration;

/// Processor time that the thread had when it was asked: how long work takes, however busy the machine is.
pub(super) struct CpuTime(Duration);

impl CpuTime {
    pub(super) fn now() -> Self {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        let nanoseconds = told.split(' ').next().unwrap().parse().unwrap();
        Self(Duration::from_nanos(nanoseconds))
    }

    /// What the same thread has had since.
    pub(super) fn elapsed(&self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}
