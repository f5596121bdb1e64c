//! What each button of the letter does.

use super::super::{
    Web,
    error::Error,
    extract::{Query, WritingFile, prefers_minimal},
    layout::Notice,
    page::Page,
    visitor::SignedIn,
};
use super::{
    Writer,
    receive::{Sending, receive},
    writer::seed,
};
use crate::mail::{self, DraftState, Invalid, OutboxEntry, SendState, Sent};
use axum::{
    extract::{Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};

/// `GET /compose`
pub async fn fresh(
    State(web): State<Web>,
    signed_in: SignedIn,
    query: Query,
    uri: Uri,
) -> Result<Redirect, Error> {
    let id = signed_in.account.draft_id(&seed(&query)).await?;
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    Ok(Redirect::to(
        &web.public_url
            .path(&format!("/compose/{}{query}", id.as_str())),
    ))
}

/// `GET /compose/{id}`: the letter, or, when it was given to be sent, what became of it.
pub async fn show(writer: Writer) -> Result<Response, Error> {
    let draft = writer.draft().await?;
    match draft.state {
        DraftState::New | DraftState::Editing => {
            Ok(Page::new(writer.page(draft).await?).into_response())
        }
        DraftState::Submitted(_) => {
            let entry = writer.account().outbox_entry(&writer.id).await?;
            Ok(Redirect::to(&outcome_url(&writer.signed_in, &entry)).into_response())
        }
        DraftState::Discarded => Err(mail::Error::NoSuchDraft.into()),
    }
}

/// `POST /compose/{id}`: a save pressed by a person goes to the Drafts folder too; one between two keystrokes, which wants no
/// page (RFC 7240), is stored here only and filed after a pause.
pub async fn save(writer: Writer, request: Request) -> Result<Response, Error> {
    let minimal = prefers_minimal(request.headers());
    let draft = match receive(&writer, request, Sending::No).await {
        Ok(draft) => draft,
        Err(refusal) => return Ok(refusal),
    };
    if draft.kept.is_some() {
        return Ok(Redirect::to(&writer.url()).into_response());
    }
    if minimal {
        let version = [(header::ETAG, format!("\"{}\"", draft.version))];
        return Ok((StatusCode::NO_CONTENT, version).into_response());
    }
    let filed = writer.account().file_draft(&writer.id, writer.now()).await;
    let notice = match filed.map_err(Error::from) {
        Ok(()) => Notice::done(writer.signed_in.t("draft-saved")),
        Err(error) if error.is_mail_trouble() => {
            error.log();
            Notice::failed(writer.signed_in.t("draft-saved-here"))
        }
        Err(error) => return Err(error),
    };
    writer.signed_in.notice(notice).await?;
    Ok(Redirect::to(&writer.url()).into_response())
}

/// `POST /compose/{id}/attachments`
pub async fn attach(writer: Writer, request: Request) -> Result<Response, Error> {
    Ok(match receive(&writer, request, Sending::No).await {
        Ok(_) => Redirect::to(&format!("{}#files", writer.url())).into_response(),
        Err(refusal) => refusal,
    })
}

/// `POST /compose/{id}/attachments/{n}/remove`
pub async fn remove(
    WritingFile(id, number): WritingFile,
    writer: Writer,
    request: Request,
) -> Result<Response, Error> {
    if let Err(refusal) = receive(&writer, request, Sending::No).await {
        return Ok(refusal);
    }
    writer
        .account()
        .remove_upload(&id, number, writer.now())
        .await?;
    Ok(Redirect::to(&format!("{}#files", writer.url())).into_response())
}

/// `POST /compose/{id}/send`
pub async fn send(writer: Writer, request: Request) -> Result<Response, Error> {
    let draft = match receive(&writer, request, Sending::Yes).await {
        Ok(draft) => draft,
        Err(refusal) => return Ok(refusal),
    };
    match writer
        .account()
        .send(&writer.id, writer.now())
        .await
        .map_err(Error::from)
    {
        Ok(Sent::State(entry)) => Ok(after_sending(&writer.signed_in, &entry, Some(&writer.back))
            .await?
            .into_response()),
        Ok(Sent::Invalid(invalid)) if invalid.contains(&Invalid::TooOften) => Ok(writer
            .refusal(StatusCode::TOO_MANY_REQUESTS, draft, |page| {
                page.invalid = invalid
            })
            .await),
        Ok(Sent::Invalid(invalid)) => Ok(writer
            .refusal(StatusCode::UNPROCESSABLE_ENTITY, draft, |page| {
                page.invalid = invalid
            })
            .await),
        Err(error) if error.is_mail_trouble() => {
            error.log();
            Ok(writer
                .refusal(error.status(), draft, |page| {
                    page.failure = Some(error.sentence(&page.layout))
                })
                .await)
        }
        Err(error) => Err(error),
    }
}

/// `POST /compose/{id}/discard`
pub async fn discard(writer: Writer, request: Request) -> Result<Response, Error> {
    if let Err(refusal) = receive(&writer, request, Sending::No).await {
        return Ok(refusal);
    }
    writer.account().discard(&writer.id, writer.now()).await?;
    writer
        .signed_in
        .notice(Notice::done(writer.signed_in.t("draft-discarded")))
        .await?;
    Ok(Redirect::to(&writer.back).into_response())
}

/// After the outcome of a sending is known, or was waited for long enough: back to where one was, or to the outbox.
pub async fn after_sending(
    signed_in: &SignedIn,
    entry: &OutboxEntry,
    back: Option<&str>,
) -> Result<Redirect, Error> {
    if !matches!(entry.state, SendState::Accepted | SendState::Done) {
        return Ok(Redirect::to(&outcome_url(signed_in, entry)));
    }
    let layout = signed_in.visitor.layout_alone();
    let link = entry
        .filed
        .as_ref()
        .map(|filed| (layout.message_url(filed, ""), layout.t("outbox-show-sent")));
    signed_in
        .notice(Notice {
            link,
            ..Notice::done(layout.t("sent"))
        })
        .await?;
    Ok(Redirect::to(
        &back.map_or_else(|| layout.inbox_url(), str::to_owned),
    ))
}

/// The sent mail, else its place in the outbox.
fn outcome_url(signed_in: &SignedIn, entry: &OutboxEntry) -> String {
    let layout = signed_in.visitor.layout_alone();
    match &entry.filed {
        Some(filed) => layout.message_url(filed, ""),
        None => layout.url(&format!("/outbox#m-{}", entry.id.as_str())),
    }
}
