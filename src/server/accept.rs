//! From a socket to requests: connections counted, headers bounded in size and time, HTTP/1.1 and HTTP/2.

mod paced;

use crate::{config::Limits, tasks::Tasks};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::StatusCode;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use paced::Paced;
use std::{
    convert::Infallible, future::Future, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt;

/// hyper takes no smaller buffer.
const SMALLEST_HEADER_BUFFER: usize = 8 << 10;
const STREAMS_PER_CONNECTION: u32 = 64;
/// HTTP/2: octets that a browser may send ahead of the handler that reads them.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 1 << 20;
const HTTP2_PING: Duration = Duration::from_secs(30);
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);

/// Runs what HTTP/2 wants to run beside the connection as tracked tasks.
#[derive(Clone)]
struct Tracked(Tasks);

impl<F> hyper::rt::Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        drop(self.0.spawn(future));
    }
}

/// Accepts until `shutdown` ends. The connections that are open then finish their requests when the
/// returned handle is told to shut down.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    tasks: &Tasks,
    shutdown: impl Future<Output = ()>,
) -> GracefulShutdown {
    let open = GracefulShutdown::new();
    let builder = builder(limits, tasks);
    let places = Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(shutdown);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, peer)) = tokio::select! {
            biased;
            () = &mut shutdown => return open,
            (place, accepted) = next => match accepted {
                Ok(accepted) => (place, accepted),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
                    continue;
                }
            },
        };
        let connection = connection(&builder, stream, peer, router.clone(), limits);
        let connection = open.watch(connection.into_owned());
        drop(tasks.spawn(async move {
            // Broken, stalled and malformed connections are the browser's affair.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a browser connection ended");
            }
            drop(place);
        }));
    }
}

fn builder(limits: &Limits, tasks: &Tasks) -> Builder<Tracked> {
    let mut builder = Builder::new(Tracked(tasks.clone()));
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_deadline)
        .max_buf_size(limits.header_size.max(SMALLEST_HEADER_BUFFER));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.header_size).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(HTTP2_PING)
        .keep_alive_timeout(HTTP2_PING);
    builder
}

type Connection<'a, S> =
    hyper_util::server::conn::auto::Connection<'a, TokioIo<Paced<TcpStream>>, S, Tracked>;

fn connection<'a>(
    builder: &'a Builder<Tracked>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
) -> Connection<
    'a,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send,
    > + use<>,
> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        answer(router.clone(), request.map(Body::new))
    });
    let stream = Paced::new(stream, limits.header_deadline, limits.answer_idle);
    builder.serve_connection(TokioIo::new(stream), service)
}

/// A handler that panics costs one answer, not the connection and its other requests.
async fn answer(router: Router, request: Request) -> Result<Response, Infallible> {
    match AssertUnwindSafe(router.oneshot(request))
        .catch_unwind()
        .await
    {
        Ok(answered) => answered,
        Err(_reported_by_the_panic_hook) => {
            Ok((StatusCode::INTERNAL_SERVER_ERROR, "Internal server error\n").into_response())
        }
    }
}

#[cfg(test)]
mod tests;
