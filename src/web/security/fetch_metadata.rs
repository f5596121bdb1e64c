//! R-CSRF-1 and R-HDR-4: Fetch Metadata (Sec-Fetch-*) tells who started a request; nothing in a form has to.

use super::RequestOrigin;
use crate::web::{PublicUrl, Web, error::Error, sign_in::pass_on};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use url::form_urlencoded;

/// Unsafe methods only from our own pages: Sec-Fetch-Site must be `same-origin`; where it is missing, Origin must be ours; where
/// both are missing, nobody can vouch for the request.
pub async fn same_origin(
    State(site): State<Arc<PublicUrl>>,
    request: Request,
    next: Next,
) -> Response {
    if is_safe(request.method()) || is_ours(&site, &request) {
        next.run(request).await
    } else {
        Error::CrossSite.into_response()
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_ours(site: &PublicUrl, request: &Request) -> bool {
    match one(request.headers(), "sec-fetch-site") {
        Some(initiator) => initiator == "same-origin",
        None => one(request.headers(), header::ORIGIN.as_str()).is_some_and(|origin| {
            origin == site.origin()
                || request
                    .extensions()
                    .get::<RequestOrigin>()
                    .is_some_and(|RequestOrigin(own)| own == origin)
        }),
    }
}

/// The value of a header that must stand once; several are as good as a foreign one.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        return Some("");
    }
    Some(first.to_str().unwrap_or(""))
}

/// For routes that show mail: a top-level navigation from another site reads nothing and gets a small page that goes on from here,
/// so that links and bookmarks work; every other foreign request is refused.
pub async fn foreign_navigation(State(web): State<Web>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !is_safe(request.method())
        || matches!(
            one(headers, "sec-fetch-site"),
            None | Some("same-origin" | "none")
        )
    {
        return next.run(request).await;
    }
    let top_level = one(headers, "sec-fetch-mode") == Some("navigate")
        && one(headers, "sec-fetch-dest") == Some("document");
    if top_level {
        pass_on(
            &web.site,
            headers,
            web.public_url.path(&onward(request.uri())),
        )
    } else {
        Error::CrossSite.into_response()
    }
}

/// Where the small page leads: the same path without a search; to a new letter only with what a stranger may prefill.
fn onward(uri: &Uri) -> String {
    let path = uri.path();
    let kept: fn(&str) -> bool = match path {
        "/search" => return "/".to_owned(),
        "/compose" => |name| matches!(name, "to" | "cc" | "bcc" | "subject" | "body" | "mailto"),
        _ => |name| matches!(name, "page" | "sort" | "filter" | "download"),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(name, _)| kept(name))
    {
        query.append_pair(&name, &value);
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The HTML of a message goes into a frame or a tab, never into a script, a style or an image.
pub async fn frames_only(request: Request, next: Next) -> Response {
    destined(&["iframe", "document"], request, next).await
}

/// Parts and sources are shown, saved or read by our own script; never run or applied.
pub async fn files_only(request: Request, next: Next) -> Response {
    destined(&["document", "iframe", "image", "empty"], request, next).await
}

async fn destined(allowed: &[&str], request: Request, next: Next) -> Response {
    match one(request.headers(), "sec-fetch-dest") {
        Some(destination) if !allowed.contains(&destination) => Error::CrossSite.into_response(),
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(path: &'static str) -> String {
        onward(&Uri::from_static(path))
    }

    #[test]
    fn a_foreign_link_keeps_its_path_but_searches_nothing() {
        assert_eq!(
            from("/mailbox/INBOX%2FRoof/12.34?page=2&q=secret"),
            "/mailbox/INBOX%2FRoof/12.34?page=2"
        );
        assert_eq!(from("/search?q=secret"), "/");
    }

    #[test]
    fn a_foreign_link_to_a_new_letter_only_prefills() {
        assert_eq!(
            from("/compose?to=a%40b.example&reply=INBOX%2F1.2&attach=%2Fetc%2Fpasswd"),
            "/compose?to=a%40b.example"
        );
    }

    #[test]
    fn two_values_of_a_header_count_as_foreign() {
        let mut headers = HeaderMap::new();
        headers.append("sec-fetch-site", "same-origin".parse().unwrap());
        headers.append("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(one(&headers, "sec-fetch-site"), Some(""));
    }
}
