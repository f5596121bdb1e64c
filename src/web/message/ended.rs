//! A message that ended the program once (R-LIM-4): its source in place of its page, and the way to try again.

use super::{SourcePage, serve::beginning};
use crate::{
    mail::{self, MessageRef},
    web::{
        error::Error,
        extract::Reference,
        layout::{Current, View},
        page::Page,
        visitor::SignedIn,
    },
};
use axum::response::{IntoResponse, Redirect, Response};

/// The page, or the source of a message that ended the program. Nothing of that is taken apart.
pub(super) async fn or_source<T: IntoResponse>(
    page: Result<T, Error>,
    signed_in: &SignedIn,
    reference: MessageRef,
) -> Result<Response, Error> {
    match page {
        Err(Error::Mail(mail::Error::EndedProcess)) => {
            Ok(source(signed_in, reference).await?.into_response())
        }
        page => Ok(page?.into_response()),
    }
}

async fn source(signed_in: &SignedIn, reference: MessageRef) -> Result<Page<SourcePage>, Error> {
    let part = signed_in.account.source(&reference, None).await?;
    let size = part.size.unwrap_or_default();
    let (text, cut) = beginning(part).await?;
    let current = Current::Mailbox(reference.mailbox.clone());
    let folders = signed_in.folders_or_none().await?;
    Ok(Page::new(SourcePage {
        layout: signed_in.layout(View::Page, current, folders).await?,
        reference,
        subject: String::new(),
        fields: Vec::new(),
        text,
        size,
        cut,
        ended: true,
    }))
}

/// `POST …/again`: the message is rendered when it is opened next.
pub async fn try_again(
    signed_in: SignedIn,
    Reference(reference): Reference,
) -> Result<Redirect, Error> {
    signed_in.account.render_again(&reference).await?;
    let page = signed_in.visitor.layout_alone().message_url(&reference, "");
    Ok(Redirect::to(&page))
}
