//! Assembles the application and runs it until told to stop.
//!
//! The way down: stop accepting; end what only waits (watchers, event streams, sweepers); finish the
//! requests; finish the outbox step in hand and log out of the mail servers; close the database. After
//! `Limits::shutdown` what is left is dropped.

mod accept;
mod health;
mod logging;
mod storage;
mod tls;

pub use health::healthcheck;
pub use logging::start_logging;
pub use storage::open_store;
pub use tls::{TlsError, client_config};

use crate::{config::Config, mail::Accounts, store::Store, tasks::Tasks, web};
use anyhow::Context;
use std::{
    future::Future,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Reading hostile HTML and MIME recurses; threads of this size survive what the limits let through.
const STACK: usize = 16 << 20;
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// The runtime for `run`: a worker per core, every thread with a stack of 16 MiB.
pub fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .thread_name("posta")
        .enable_all()
        .build()
}

/// Serves on `listener` until `shutdown` ends, then drains. An error is something that keeps the server
/// from starting, or work that was dropped because it did not end in time.
pub async fn run(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let config = Arc::new(config);
    let tasks = Tasks::default();
    // Reading the system's certificates takes as long as all the rest of the start.
    let for_tls = config.clone();
    let tls = tokio::task::spawn_blocking(move || client_config(&for_tls));
    let mut store = open_store(&config).await?;
    store.note_renderings(&config.data_dir, now()).await?;
    let tls = tls.await.context("reading certificates")??;
    let accounts = Accounts::new(config.clone(), store.clone(), tasks.clone(), tls);
    let sessions = store.sessions(Arc::new(now), (&config.limits).into());
    let router = web::router(config.clone(), accounts.clone(), sessions, tasks.clone());
    drop(tasks.spawn(sweep(store.clone(), tasks.clone())));

    let address = listener.local_addr().context("the listening socket")?;
    tracing::info!(%address, url = %config.public_url, "serving");
    let connections = accept::serve(listener, router, &config.limits, &tasks, shutdown).await;

    tracing::info!("stopping");
    tasks.stop();
    let drained = async {
        connections.shutdown().await;
        accounts.close().await;
        tasks.shutdown().await;
        store.close().await;
    };
    tokio::time::timeout(config.limits.shutdown, drained)
        .await
        .context("what did not end in time was dropped")?;
    tracing::info!("stopped");
    Ok(())
}

/// The wall clock, unix seconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the one clock that is handed down to those who take the time as an argument"
)]
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}

/// Removes the rows of ended sessions, of forgotten sign-in tries, of old marks, drafts and sends, now and every ten minutes.
async fn sweep(store: Store, tasks: Tasks) {
    let stopping = tasks.stopping();
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    while stopping.run_until_cancelled(ticks.tick()).await.is_some() {
        let swept = async {
            let sessions = store.sweep_sessions(now()).await?;
            let attempts = store.sweep_attempts(now()).await?;
            let marks = store.sweep_marks(now()).await?;
            crate::mail::sweep(&store, now()).await?;
            Ok::<_, crate::store::Error>((sessions, attempts, marks))
        };
        match swept.await {
            Ok((sessions, attempts, marks)) => {
                tracing::debug!(sessions, attempts, marks, "swept");
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "sweeping failed");
            }
        }
    }
}

/// Leaves the memory of this process, which holds passwords, out of core dumps. `RLIMIT_CORE` would not
/// do: the kernel ignores it where dumps go to a program. Works on Linux with `/proc`; elsewhere it is the
/// operator's part.
pub fn leave_memory_out_of_core_dumps() {
    if let Err(error) = std::fs::write("/proc/self/coredump_filter", "0") {
        tracing::info!(%error, "core dumps of this process would hold its memory");
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_left_out_of_core_dumps() {
        super::leave_memory_out_of_core_dumps();
        let filter = std::fs::read_to_string("/proc/self/coredump_filter").unwrap();
        assert_eq!(u32::from_str_radix(filter.trim(), 16), Ok(0));
    }
}
