//! One span and one log line per request, its id for the administrator, and where the time went.

use super::{Web, page::RenderTime, security::Client};
use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::{Instrument, Span, field::Empty};

/// Names one request in the log and on the error page, for example `7f3a-19c2`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The span of the request, to record what becomes known later.
#[derive(Clone, Debug)]
pub struct RequestSpan(pub Span);

/// Extension of a response: the route that made it.
#[derive(Clone, Debug)]
struct Route(MatchedPath);

/// Outermost: gives the request its id and its span, writes the log line and Server-Timing. Neither path nor query is logged, they
/// name mailboxes and words searched for.
pub async fn trace(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id();
    let method = request.method().clone();
    let span =
        tracing::info_span!("request", id = %id, method = %method, route = Empty, account = Empty);
    let client = Client::of(&request, &web.config.trusted_proxies);
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(RequestSpan(span.clone()));
    let mut response = next.run(request).instrument(span.clone()).await;

    let total = started.elapsed();
    let route = response
        .extensions()
        .get::<Route>()
        .map_or("", |Route(path)| path.as_str());
    span.in_scope(|| {
        if matches!(route, "/healthz" | "/readyz") || route.starts_with("/assets/") {
            tracing::debug!(
                status = response.status().as_u16(),
                micros = total.as_micros() as u64,
                "answered"
            );
        } else {
            tracing::info!(
                status = response.status().as_u16(),
                micros = total.as_micros() as u64,
                "answered"
            );
        }
    });
    // How long a sign-in took is nobody's business (R-AUTH-2).
    if route != "/login" {
        let render = response
            .extensions()
            .get::<RenderTime>()
            .map(|RenderTime(time)| *time)
            .unwrap_or_default();
        let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
        let timing = format!(
            "imap;dur={:.2}, render;dur={:.2}, total;dur={:.2}",
            milliseconds(total.saturating_sub(render)),
            milliseconds(render),
            milliseconds(total)
        );
        if let Ok(timing) = HeaderValue::from_str(&timing) {
            response.headers_mut().insert("server-timing", timing);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Innermost, where the route is known.
pub async fn record_route(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    if let (Some(route), Some(RequestSpan(span))) = (&route, request.extensions().get()) {
        span.record("route", route.as_str());
    }
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route));
    }
    response
}

/// 32 random bits: enough to find one request in a log.
fn request_id() -> String {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => {
            let [a, b, c, d] = bytes;
            format!("{a:02x}{b:02x}-{c:02x}{d:02x}")
        }
        Err(error) => {
            tracing::warn!(%error, "no random bytes for a request id");
            "0000-0000".to_owned()
        }
    }
}
