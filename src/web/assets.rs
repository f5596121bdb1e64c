//! The static files inside the binary, under one address that changes with their content.

use super::error::Error;
use axum::{
    body::Body,
    extract::{Path, Request},
    http::{Extensions, HeaderMap, StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::BodyExt;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    collections::HashMap,
    convert::Infallible,
    sync::{LazyLock, Mutex, PoisonError},
};
use tower::{Layer, ServiceExt};
use tower_http::{CompressionLevel, compression::CompressionLayer};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// Twelve hex digits of the hash over all files: one number for all, so that a style sheet finds its fonts and a module its imports by relative paths.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        let mut names: Vec<_> = Static::iter().collect();
        names.sort();
        for name in names {
            if let Some(file) = Static::get(&name) {
                hash.update(name.as_bytes());
                hash.update(file.metadata.sha256_hash());
            }
        }
        hash.finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    });
    &VERSION
}

/// A file by its path below `static/`, and its media type.
pub fn find(path: &str) -> Option<(EmbeddedFile, &'static str)> {
    let media_type = match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    };
    Some((Static::get(path)?, media_type))
}

/// Debug builds compress slowly and are not measured.
const EFFORT: CompressionLevel = if cfg!(debug_assertions) {
    CompressionLevel::Fastest
} else {
    CompressionLevel::Best
};

/// `GET /assets/{version}/{path}`. Under the present version the answer never changes; under an older one, which a page from before
/// an upgrade asks for, the present file is given and not kept.
pub async fn serve(
    Path((asked, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (file, media_type) = find(&path).ok_or(Error::NoSuchPage)?;
    let caching = if asked == version() {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let fixed = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, caching),
    ];
    let plain = content(file);
    if media_type.starts_with("font/") || media_type == "image/png" {
        return Ok((fixed, plain).into_response());
    }
    let vary = [(header::VARY, "accept-encoding")];
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some(encoding) = ["br", "gzip"]
        .into_iter()
        .find(|encoding| accepts(accepted, encoding))
    else {
        return Ok((fixed, vary, plain).into_response());
    };
    Ok(match compressed(path, encoding, plain.clone()).await {
        Ok(body) => (fixed, vary, [(header::CONTENT_ENCODING, encoding)], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "a static file could not be compressed");
            (fixed, vary, plain).into_response()
        }
    })
}

fn content(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// Whether an Accept-Encoding field (RFC 9110 §12.5.3) takes `encoding`.
fn accepts(field: &str, encoding: &str) -> bool {
    field.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding))
            && !parts.any(|weight| {
                weight
                    .strip_prefix("q=")
                    .is_some_and(|q| q.parse() == Ok(0.0_f32))
            })
    })
}

/// A file in one encoding, made once for the life of the process: there are a few dozen files, and nobody outside can add one.
async fn compressed(
    path: String,
    encoding: &'static str,
    plain: Bytes,
) -> Result<Bytes, axum::BoxError> {
    static MADE: LazyLock<Mutex<HashMap<(String, &'static str), Bytes>>> =
        LazyLock::new(Mutex::default);
    let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (path, encoding);
    if let Some(body) = made().get(&key) {
        return Ok(body.clone());
    }
    let answer = tower::service_fn(move |_request: Request| {
        let response = Response::new(Body::from(plain.clone()));
        async move { Ok::<_, Infallible>(response) }
    });
    let always = |_: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| true;
    let service = CompressionLayer::new()
        .quality(EFFORT)
        .compress_when(always)
        .layer(answer);
    let request = Request::builder()
        .header(header::ACCEPT_ENCODING, encoding)
        .body(Body::empty())?;
    let body = match service.oneshot(request).await {
        Ok(response) => response.into_body().collect().await?.to_bytes(),
        Err(never) => match never {},
    };
    made().insert(key, body.clone());
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(version: &str, path: &str, accepted: &str) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
        serve(Path((version.to_owned(), path.to_owned())), headers).await
    }

    #[tokio::test]
    async fn files_are_compressed_and_kept_for_ever() {
        let response = get(version(), "css/app.css", "gzip, deflate, br")
            .await
            .unwrap();
        assert_eq!(response.headers()["content-encoding"], "br");
        assert_eq!(
            response.headers()["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            response.headers()["content-type"],
            "text/css; charset=utf-8"
        );
        let response = get(version(), "css/app.css", "br;q=0, gzip").await.unwrap();
        assert_eq!(response.headers()["content-encoding"], "gzip");
    }

    #[tokio::test]
    async fn an_address_from_before_an_upgrade_is_not_kept() {
        let response = get("0123456789ab", "css/app.css", "").await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("content-encoding"));
    }

    #[tokio::test]
    async fn nothing_outside_the_embedded_folder_is_served() {
        for path in [
            "../Cargo.toml",
            "css/../../Cargo.toml",
            "/etc/passwd",
            "css",
            "",
            "css/app.css/",
        ] {
            assert!(get(version(), path, "br").await.is_err(), "{path}");
        }
    }
}
