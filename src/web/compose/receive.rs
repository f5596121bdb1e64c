//! Taking a letter's form: what was typed is stored before the first octet of a file is looked at, and nothing that goes wrong
//! afterwards loses it.

use super::{TooMuch, Writer, quoting};
use crate::{
    mail::{self, Draft, DraftChange, DraftState, UploadError},
    web::{
        error::Error,
        fields::Fields,
        layout::Notice,
        upload::{File, FilesError, Upload},
    },
};
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Whether the form asks to be sent: then a letter that was given to be sent before is the same click twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    Yes,
    No,
}

/// The stored draft with its files, or the answer that says why not; then, too, the text is stored or stands in the page. Runs as a
/// task: a browser that goes away in the middle must not take along what had arrived.
pub async fn receive(
    writer: &Writer,
    request: Request,
    sending: Sending,
) -> Result<Draft, Response> {
    let writer = writer.clone();
    let taking = writer
        .web
        .tasks
        .clone()
        .spawn(async move { take(&writer, request, sending).await });
    match taking.await {
        Ok(taken) => taken,
        Err(panicked) => Err(Error::Panicked(panicked).into_response()),
    }
}

async fn take(writer: &Writer, request: Request, sending: Sending) -> Result<Draft, Response> {
    let mut upload =
        Upload::begin(request, &writer.web.config.limits).map_err(IntoResponse::into_response)?;
    let read = upload.text_fields().await;
    let mut draft = store(writer, upload.fields(), sending).await?;
    read.map_err(IntoResponse::into_response)?;
    let before = upload.fields().len();
    let files = upload.files().await;
    if upload.fields().len() > before {
        draft = store(writer, upload.fields(), sending).await?;
    }
    match files {
        Ok(files) if files.is_empty() => Ok(draft),
        Ok(files) => attach(writer, files).await,
        Err(FilesError::Other(error)) => Err(error.into_response()),
        Err(FilesError::TooLarge { filename, limit }) => {
            Err(too_much(writer, draft, TooMuch::Upload { filename, limit }).await)
        }
    }
}

async fn store(writer: &Writer, fields: &Fields, sending: Sending) -> Result<Draft, Response> {
    let style = quoting::style(&writer.signed_in.visitor.locale);
    match writer
        .account()
        .save_draft(
            &writer.id,
            &writer.seed,
            &style,
            &change(fields),
            writer.now(),
        )
        .await
    {
        Ok(draft) => match (draft.state, sending) {
            (DraftState::New | DraftState::Editing, _)
            | (DraftState::Submitted(_), Sending::Yes) => {
                say_kept(writer, &draft)
                    .await
                    .map_err(IntoResponse::into_response)?;
                Ok(draft)
            }
            (DraftState::Submitted(_) | DraftState::Discarded, _) => {
                Err(elsewhere(writer, fields).await)
            }
        },
        Err(mail::Error::TooLarge { limit }) => {
            let draft = writer
                .typed(fields)
                .await
                .map_err(IntoResponse::into_response)?;
            Err(too_much(writer, draft, TooMuch::Text { limit }).await)
        }
        Err(error) => Err(Error::from(error).into_response()),
    }
}

/// Another device wrote in this letter meanwhile: its text is a draft of its own now, and the next page says so.
async fn say_kept(writer: &Writer, draft: &Draft) -> Result<(), Error> {
    let Some(kept) = &draft.kept else {
        return Ok(());
    };
    let signed_in = &writer.signed_in;
    let path = format!("/compose/{}", kept.as_str());
    let link = (
        writer.web.public_url.path(&path),
        signed_in.t("draft-kept-show"),
    );
    let notice = Notice {
        link: Some(link),
        ..Notice::done(signed_in.t("draft-kept"))
    };
    signed_in.notice(notice).await
}

/// The letter was sent or discarded on another device: what was typed stands in the page, to be taken from there.
async fn elsewhere(writer: &Writer, fields: &Fields) -> Response {
    match writer.typed(fields).await {
        Ok(draft) => {
            let words = writer.signed_in.t("draft-elsewhere");
            writer
                .refusal(StatusCode::CONFLICT, draft, |page| {
                    page.failure = Some(words)
                })
                .await
        }
        Err(error) => error.into_response(),
    }
}

async fn attach(writer: &Writer, files: Vec<File>) -> Result<Draft, Response> {
    let mut refused = None;
    for file in files {
        match writer
            .account()
            .attach(
                &writer.id,
                &file.filename,
                &file.mime_type,
                file.content,
                writer.now(),
            )
            .await
        {
            Ok(_) => {}
            Err(UploadError::TooLarge { filename, limit }) => {
                refused = Some(TooMuch::Upload { filename, limit })
            }
            Err(UploadError::TooMany { limit }) => {
                refused = Some(TooMuch::Files {
                    limit: u32::try_from(limit).unwrap_or(u32::MAX),
                })
            }
            Err(UploadError::Mail(error)) => return Err(Error::from(error).into_response()),
        }
        if refused.is_some() {
            break;
        }
    }
    let draft = writer.draft().await.map_err(IntoResponse::into_response)?;
    match refused {
        None => Ok(draft),
        Some(too_much_of_it) => Err(too_much(writer, draft, too_much_of_it).await),
    }
}

async fn too_much(writer: &Writer, draft: Draft, what: TooMuch) -> Response {
    writer
        .refusal(StatusCode::PAYLOAD_TOO_LARGE, draft, |page| {
            page.too_much = Some(what)
        })
        .await
}

/// What the fields change; an absent one changes nothing.
pub fn change(fields: &Fields) -> DraftChange {
    DraftChange {
        from: fields.line("from"),
        to: fields.line("to"),
        cc: fields.line("cc"),
        bcc: fields.line("bcc"),
        subject: fields.line("subject"),
        body: fields.text("body"),
        base: fields.raw("base").and_then(|version| version.parse().ok()),
    }
}
