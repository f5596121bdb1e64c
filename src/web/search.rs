//! Search of one folder by a plain form.

use super::{
    Web,
    error::Error,
    extract::Query,
    layout::{Current, Layout, View},
    mailbox::ListPane,
    page::Page,
    visitor::SignedIn,
};
use crate::mail::{self, MailboxName};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

/// `GET /search?q=&in=` with words.
#[derive(Template)]
#[template(path = "mailbox/list.html")]
pub struct SearchPage {
    pub layout: Layout,
    pub list: ListPane,
}

/// `GET /search` without words: the form.
#[derive(Template)]
#[template(path = "mailbox/search.html")]
pub struct SearchFormPage {
    pub layout: Layout,
}

/// `GET /search`
pub async fn show(
    State(web): State<Web>,
    signed_in: SignedIn,
    query: Query,
) -> Result<Response, Error> {
    let list = query.list();
    if list.q.is_empty() {
        let layout = signed_in
            .layout(
                View::List,
                Current::Search,
                signed_in.account.folders().await?,
            )
            .await?;
        return Ok(Page::new(SearchFormPage { layout }).into_response());
    }
    web.quotas.search(signed_in.account.hash())?;
    let name = match query.get("in").filter(|name| !name.is_empty()) {
        Some(name) => MailboxName::parse(name).map_err(|_not_a_name| mail::Error::NoSuchMailbox)?,
        None => MailboxName::inbox(),
    };
    let mut listing = signed_in.account.listing(&name, &list).await?;
    let layout = signed_in
        .layout(
            View::List,
            Current::Search,
            std::mem::take(&mut listing.folders),
        )
        .await?;
    Ok(Page::new(SearchPage {
        layout,
        list: ListPane::search(listing, list, None),
    })
    .into_response())
}
