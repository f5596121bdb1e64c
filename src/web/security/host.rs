//! R-HDR-3: requests for other hosts are not ours.

use crate::web::{PublicUrl, error::Error, public_url::requested_host};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// The origin under which the browser sees this answer; one of our own, never what a header made up.
#[derive(Clone, Debug)]
pub struct RequestOrigin(pub String);

/// 421 for a Host that is not the public URL's. The health checks ask by address and are let through.
pub async fn known_host(
    State(site): State<Arc<PublicUrl>>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin =
        requested_host(request.uri(), request.headers()).and_then(|host| site.origin_of(host));
    match origin {
        Some(origin) => {
            request.extensions_mut().insert(RequestOrigin(origin));
            next.run(request).await
        }
        None if matches!(request.uri().path(), "/healthz" | "/readyz") => next.run(request).await,
        None => Error::Misdirected.into_response(),
    }
}
