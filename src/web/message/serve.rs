//! What a message carries, as documents of their own: its HTML, its parts, its source (R-HTML-7, R-ATT-1).

use super::{BodyPage, SourcePage, charset, ended, pictures::viewing};
use crate::{
    mail::{self, MessageRef, PartStream, content_disposition, picture_prefix},
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
    http::{HeaderValue, header},
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
    Ok(framed(BodyPage { body, title }, &policy))
}

/// The document inside a frame, under its own policy.
pub(super) fn framed(page: BodyPage, policy: &str) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (fixed, Extension(FrameAllowed), Page::new(page)).into_response()
}

/// `GET …/part/{section}`, `?download`; `?member=2`: the second file inside that part
pub async fn part(
    signed_in: SignedIn,
    PartOf(reference, section): PartOf,
    query: Query,
) -> Result<Response, Error> {
    let download = query.has("download");
    let account = &signed_in.account;
    let part = match query.get("member") {
        Some(member) => {
            let number = member
                .parse()
                .map_err(|_no_number| mail::Error::NoSuchMessage)?;
            account
                .member(&reference, &section, number, download)
                .await?
        }
        None => account.part(&reference, &section, download).await?,
    };
    Ok(file(part, download))
}

/// `GET …/source`, `?download`
pub async fn source(
    signed_in: SignedIn,
    Reference(reference): Reference,
    query: Query,
) -> Result<Response, Error> {
    if query.has("download") {
        return Ok(file(signed_in.account.source(&reference).await?, true));
    }
    let page = source_page(&signed_in, &reference).await;
    ended::or_source(page, &signed_in, reference).await
}

async fn source_page(
    signed_in: &SignedIn,
    reference: &MessageRef,
) -> Result<Page<SourcePage>, Error> {
    let opened = signed_in.account.open(reference).await?;
    let (text, cut) = beginning(signed_in.account.source(reference).await?).await?;
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
fn file(part: PartStream, download: bool) -> Response {
    let inline = part.inline && !download;
    let disposition = content_disposition(inline, &part.filename);
    let mut response = Body::from_stream(part.stream).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(part.content_type),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FILE_POLICY),
    );
    let plain = HeaderValue::from_static(if inline { "inline" } else { "attachment" });
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(plain),
    );
    if let Some(length) = part.length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
