//! R-HDR-1, R-HDR-2: what every answer carries.

use crate::web::{PublicUrl, public_url::requested_host};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;

/// Extension of a response that our own pages show in a frame: no X-Frame-Options, its own policy says who may.
#[derive(Clone, Copy, Debug)]
pub struct FrameAllowed;

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), \
    fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), \
    midi=(), otp-credentials=(), payment=(), picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
    storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// Adds the headers of R-HDR-1 and R-HDR-2 where the handler has not set its own.
pub async fn headers(State(site): State<Arc<PublicUrl>>, request: Request, next: Next) -> Response {
    // Scripts and styles are allowed from the very origin of the page, so that `localhost` works where `127.0.0.1` is configured.
    let origin = requested_host(request.uri(), request.headers())
        .and_then(|host| site.origin_of(host))
        .unwrap_or_else(|| site.origin());
    let mut response = next.run(request).await;
    let framed = response.extensions().get::<FrameAllowed>().is_some();
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(&origin, site.base()))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in FIXED {
        absent(headers, HeaderName::from_static(name), value);
    }
    if !framed {
        absent(headers, header::X_FRAME_OPTIONS, "DENY");
    }
    if site.is_https() {
        absent(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000",
        );
    }
    response
}

const FIXED: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    // `no-referrer` would turn the Origin of our own form posts into `null`.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("permissions-policy", PERMISSIONS),
    ("cache-control", "no-store"),
];

fn absent(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

fn policy(origin: &str, base: &str) -> String {
    format!(
        "default-src 'none'; script-src {origin}{base}/assets/; style-src {origin}{base}/assets/; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
