//! `GET /folders`: the sidebar as a page of its own, for phones.

use super::{
    error::Error,
    layout::{Current, Layout, View},
    page::Page,
    visitor::SignedIn,
};
use askama::Template;

/// `layout.view` is `View::Nav`, the current entry `Current::Folders`.
#[derive(Template)]
#[template(path = "mailbox/folders.html")]
pub struct FoldersPage {
    pub layout: Layout,
}

/// `GET /folders`
pub async fn show(signed_in: SignedIn) -> Result<Page<FoldersPage>, Error> {
    let folders = signed_in.account.folders().await?;
    Ok(Page::new(FoldersPage {
        layout: signed_in
            .layout(View::Nav, Current::Folders, folders)
            .await?,
    }))
}
