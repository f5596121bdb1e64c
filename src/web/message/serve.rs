//! What a message carries, as documents of their own: its HTML, its parts, its source (R-HTML-7, R-ATT-1).

use super::{
    BodyPage, SourcePage, charset, ended,
    pictures::viewing,
    range::{entity_tag, range},
};
use crate::{
    mail::{
        self, Carried, MessageRef, PartRequest, PartStream, content_disposition, picture_prefix,
    },
    web::{
        Web,
        error::Error,
        extract::{PartOf, Query, Reference},
        layout::{Current, View},
        page::Page,
        security::FrameAllowed,
        visitor::SignedIn,
    },
};
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::TryStreamExt;

/// Octets of the source that its page shows; the rest is downloaded.
const SOURCE: usize = 256 << 10;

/// Of the document in the frame. `pictures`: those from the web are shown too.
pub(super) fn body_policy(web: &Web, pictures: bool) -> String {
    let pictures = match pictures {
        true => format!(" {}", picture_prefix(&web.config.public_url)),
        false => String::new(),
    };
    format!(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:{pictures}; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}
const FILE_POLICY: &str = "sandbox; default-src 'none'";

/// `GET …/body`: 200 whenever there is an HTML part. `?pictures=` as the message's page writes it: with those from the web.
pub async fn body(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    query: Query,
) -> Result<Response, Error> {
    let viewing = viewing(&signed_in, &reference, &query);
    let policy = body_policy(&web, viewing.is_some());
    let body = signed_in
        .account
        .body(&reference, charset::chosen(&query), viewing)
        .await?
        .ok_or(mail::Error::NoSuchMessage)?;
    let title = signed_in.t("message");
    let theme = signed_in.preferences.theme;
    let page = BodyPage::new(body, title, theme);
    Ok(framed(page, &policy))
}

/// The document inside a frame, under its own policy.
pub(super) fn framed(page: BodyPage, policy: &str) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (fixed, Extension(FrameAllowed), Page::new(page)).into_response()
}

/// `GET …/part/{section}`, `?download`; `?member=2`: the second file inside that part; `?thumbnail`: a small picture, for its card
pub async fn part(
    signed_in: SignedIn,
    PartOf(reference, section): PartOf,
    query: Query,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let account = &signed_in.account;
    let tag = entity_tag(&reference, Some(&section));
    let request = PartRequest {
        download: query.has("download"),
        sized: true,
        range: range(&method, &headers, &tag),
    };
    let part = match query.get("member") {
        _ if query.has("thumbnail") => account.thumbnail(&reference, &section).await?,
        Some(member) => {
            let number = member
                .parse()
                .map_err(|_no_number| mail::Error::NoSuchMessage)?;
            account
                .member(&reference, &section, number, request)
                .await?
        }
        None => account.part(&reference, &section, request).await?,
    };
    Ok(file(part, request.download, &tag))
}

/// `GET …/files.zip`: all files that the message's page shows
pub async fn save_all(
    signed_in: SignedIn,
    Reference(reference): Reference,
) -> Result<Response, Error> {
    let archive = signed_in.account.save_all(&reference, None).await?;
    Ok(file(archive, true, &entity_tag(&reference, None)))
}

/// `GET …/message/{section}/files.zip`
pub async fn save_all_attached(
    signed_in: SignedIn,
    PartOf(reference, section): PartOf,
) -> Result<Response, Error> {
    let section = Some(&section);
    let archive = signed_in.account.save_all(&reference, section).await?;
    Ok(file(archive, true, &entity_tag(&reference, section)))
}

/// `GET …/source`, `?download`
pub async fn source(
    signed_in: SignedIn,
    Reference(reference): Reference,
    query: Query,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let account = &signed_in.account;
    if query.has("download") {
        let tag = entity_tag(&reference, None);
        let range = range(&method, &headers, &tag);
        return Ok(file(account.source(&reference, range).await?, true, &tag));
    }
    let page = source_page(&signed_in, &reference).await;
    ended::or_source(page, &signed_in, reference).await
}

async fn source_page(
    signed_in: &SignedIn,
    reference: &MessageRef,
) -> Result<Page<SourcePage>, Error> {
    let account = &signed_in.account;
    let opened = account.open(reference).await?;
    let (text, cut) = beginning(account.source(reference, None).await?).await?;
    let current = Current::Mailbox(reference.mailbox.clone());
    let layout = signed_in
        .layout(View::Page, current, opened.folders)
        .await?;
    Ok(Page::new(SourcePage {
        layout,
        reference: reference.clone(),
        subject: opened.header.subject,
        fields: opened.header.fields,
        text,
        size: opened.envelope.size,
        cut,
        ended: false,
    }))
}

/// The first octets as text, and whether there are more.
pub(super) async fn beginning(mut part: PartStream) -> Result<(String, bool), Error> {
    let mut raw = Vec::new();
    while let Some(slice) = part
        .stream
        .try_next()
        .await
        .map_err(|error| mail::Error::Unavailable(Box::new(error)))?
    {
        raw.extend_from_slice(&slice);
        if raw.len() > SOURCE {
            raw.truncate(SOURCE);
            return Ok((String::from_utf8_lossy(&raw).into_owned(), true));
        }
    }
    Ok((String::from_utf8_lossy(&raw).into_owned(), false))
}

/// A file for the browser to keep, or to show where that is harmless. A stream that breaks off breaks the answer off, so that half
/// a file is never taken for a whole one.
fn file(part: PartStream, download: bool, tag: &str) -> Response {
    let inline = part.inline && !download;
    let disposition = content_disposition(inline, &part.filename);
    let (status, range) = content_range(&part);
    let length = match &part.carried {
        Carried::All => part.size,
        Carried::Some(range) => Some(range.end - range.start),
        Carried::Nothing => Some(0),
    };
    // Nothing can be counted in content whose size is known only at its end.
    let units = part.size.map_or("none", |_known| "bytes");
    let mut response = Body::from_stream(part.stream).into_response();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let plain = if inline { "inline" } else { "attachment" };
    for (name, value) in [
        (header::CONTENT_TYPE, part.content_type),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
        (header::ACCEPT_RANGES, units),
        (header::CONTENT_DISPOSITION, plain),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let told = [
        (header::CONTENT_DISPOSITION, Some(disposition)),
        (header::CONTENT_RANGE, range),
        (
            header::CONTENT_LENGTH,
            length.map(|length| length.to_string()),
        ),
        (header::ETAG, part.size.map(|_known| tag.to_owned())),
    ];
    for (name, value) in told {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    response
}

/// Status and Content-Range (RFC 9110 §14.4).
fn content_range(part: &PartStream) -> (StatusCode, Option<String>) {
    let size = part.size.unwrap_or_default();
    match &part.carried {
        Carried::All => (StatusCode::OK, None),
        Carried::Some(range) => (
            StatusCode::PARTIAL_CONTENT,
            Some(format!("bytes {}-{}/{size}", range.start, range.end - 1)),
        ),
        Carried::Nothing => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            Some(format!("bytes */{size}")),
        ),
    }
}
