//! The list of a mailbox, and of everything that is shown as one: starred messages, search results.

mod list;
mod row;

pub use list::ListPane;
pub use row::Row;

use super::{
    Web,
    error::Error,
    extract::{Mailbox, Query, prefers_minimal},
    fields::Fields,
    layout::{Current, Layout, Notice, View},
    page::Page,
    visitor::SignedIn,
};
use crate::mail::{self, Action, Done, MailboxName, MessageRef, Role, Selection};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

/// `GET /mailbox/{name}`.
#[derive(Template)]
#[template(path = "mailbox/list.html")]
pub struct MailboxPage {
    pub layout: Layout,
    pub list: ListPane,
}

/// `GET /starred`.
#[derive(Template)]
#[template(path = "mailbox/list.html")]
pub struct StarredPage {
    pub layout: Layout,
    pub list: ListPane,
}

/// What an action did, as the next page says it. `moved_to`: the folder's name as the person knows it.
fn done_text(layout: &Layout, action: &Action, done: &Done, moved_to: Option<String>) -> String {
    let n = done.count;
    match (action, moved_to) {
        (Action::Read, _) => layout.t_n("done-read", n),
        (Action::Unread, _) => layout.t_n("done-unread", n),
        (Action::Star, _) => layout.t_n("done-star", n),
        (Action::Unstar, _) => layout.t_n("done-unstar", n),
        (Action::Delete, _) if done.forever => layout.t_n("done-deleted", n),
        (_, Some(to)) => {
            let count = layout.locale.number(u64::from(n));
            layout.locale.t_with(
                "done-moved",
                &[
                    ("n", n.into()),
                    ("count", count.into()),
                    ("x", fluent_bundle::FluentValue::from(to)),
                ],
            )
        }
        (_, None) => layout.t_n("done-other", n),
    }
}

/// `GET /mailbox/{name}`
pub async fn show(
    State(web): State<Web>,
    signed_in: SignedIn,
    Mailbox(name): Mailbox,
    query: Query,
) -> Result<Page<MailboxPage>, Error> {
    let query = query.list();
    if !query.q.is_empty() {
        web.quotas.search(signed_in.account.hash())?;
    }
    let mut listing = signed_in.account.listing(&name, &query).await?;
    let folders = std::mem::take(&mut listing.folders);
    let layout = signed_in
        .layout(View::List, Current::Mailbox(name), folders)
        .await?;
    Ok(Page::new(MailboxPage {
        layout,
        list: ListPane::mailbox(listing, query, None),
    }))
}

/// `GET /starred`
pub async fn starred(signed_in: SignedIn, query: Query) -> Result<Page<StarredPage>, Error> {
    let (rows, pages, total, folders) = signed_in.account.starred(query.page()).await?;
    let layout = signed_in
        .layout(View::List, Current::Starred, folders)
        .await?;
    Ok(Page::new(StarredPage {
        layout,
        list: ListPane::starred(rows, query.page().min(pages.max(1)), pages, total),
    }))
}

/// The folder as the sidebar calls it: by the role that the action is for, else as the list of folders has it.
async fn folder_name(
    signed_in: &SignedIn,
    layout: &Layout,
    action: &Action,
    name: &MailboxName,
) -> Result<String, Error> {
    let role = match action {
        Action::Archive => Some(Role::Archive),
        Action::Junk => Some(Role::Junk),
        Action::Delete => Some(Role::Trash),
        _ => {
            let folders = signed_in.folders_or_none().await?;
            let folder = folders.iter().find(|folder| folder.name == *name);
            folder.and_then(|folder| folder.role)
        }
    };
    Ok(layout.mailbox_title(name, role))
}

/// `POST /mailbox/{name}/actions`
pub async fn act(
    State(web): State<Web>,
    signed_in: SignedIn,
    Mailbox(name): Mailbox,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Error> {
    let action = action(&fields)?;
    let layout = signed_in.visitor.layout_alone();
    match selection(&name, &fields)? {
        Some(selection) => {
            let done = signed_in
                .account
                .organise(&name, &selection, &action)
                .await?;
            if prefers_minimal(&headers) {
                return Ok(StatusCode::NO_CONTENT.into_response());
            }
            let moved_to = match &done.moved_to {
                Some(name) => Some(folder_name(&signed_in, &layout, &action, name).await?),
                None => None,
            };
            let mut text = done_text(&layout, &action, &done, moved_to);
            if let Some(created) = &done.created {
                text = format!("{text} {}", layout.t_x("done-created", created.as_str()));
            }
            signed_in.notice(Notice::done(text)).await?;
        }
        None => {
            signed_in
                .notice(Notice::failed(layout.t("nothing-selected")))
                .await?
        }
    }
    let next = fields
        .raw("next")
        .and_then(|next| web.public_url.destination(next));
    Ok(Redirect::to(&next.unwrap_or_else(|| layout.mailbox_url(&name))).into_response())
}

fn action(fields: &Fields) -> Result<Action, Error> {
    Ok(match fields.raw("action").unwrap_or_default() {
        "read" => Action::Read,
        "unread" => Action::Unread,
        "star" => Action::Star,
        "unstar" => Action::Unstar,
        "archive" => Action::Archive,
        "junk" => Action::Junk,
        "notjunk" => Action::NotJunk,
        "delete" => Action::Delete,
        "move" => {
            let to = fields.raw("to").unwrap_or_default();
            Action::Move(MailboxName::parse(to).map_err(|_not_a_name| mail::Error::NoSuchMailbox)?)
        }
        _ => return Err(Error::BadForm),
    })
}

/// `None`: nothing was chosen.
fn selection(mailbox: &MailboxName, fields: &Fields) -> Result<Option<Selection>, Error> {
    if fields.has("all") {
        return Ok(Some(Selection::All));
    }
    let chosen = fields
        .all("message")
        .map(|segment| {
            MessageRef::parse(mailbox.clone(), segment)
                .map(|reference| (reference.uid_validity, reference.uid))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(mail::Error::NoSuchMessage)?;
    Ok((!chosen.is_empty()).then_some(Selection::Messages(chosen)))
}
