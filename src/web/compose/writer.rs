//! What the handlers of one letter share.

use super::super::{
    PublicUrl, Web,
    error::{Error, chain},
    extract::{Query, Writing, WritingFile},
    fields::Fields,
    layout::{Current, View},
    mailbox::ListPane,
    page::Page,
    visitor::SignedIn,
};
use super::{ComposePage, quoting, receive};
use crate::mail::{
    self, Account, Address, Draft, DraftId, DraftState, Folder, ListQuery, MailboxName, Seed,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

/// Everything the handlers of one letter need.
#[derive(Clone)]
pub struct Writer {
    pub(super) web: Web,
    pub(super) signed_in: SignedIn,
    pub(super) id: DraftId,
    pub(super) seed: Seed,
    query: Option<String>,
    pub(super) back: String,
}

impl Writer {
    fn new(web: Web, signed_in: SignedIn, id: DraftId, parts: &Parts) -> Self {
        let seed = seed(&Query::of(&parts.uri));
        let query = parts
            .uri
            .query()
            .filter(|_| seed != Seed::Blank)
            .map(str::to_owned);
        let back = back(&web.public_url, &signed_in, &seed, &parts.headers);
        Self {
            web,
            signed_in,
            id,
            seed,
            query,
            back,
        }
    }

    pub(super) fn account(&self) -> &Account {
        &self.signed_in.account
    }

    pub(super) fn now(&self) -> i64 {
        self.signed_in.now()
    }

    pub(super) async fn draft(&self) -> Result<Draft, Error> {
        Ok(self
            .account()
            .draft(
                &self.id,
                &self.seed,
                &quoting::style(&self.signed_in.visitor.locale),
            )
            .await?)
    }

    /// The draft with what was typed over it, not stored.
    pub(super) async fn typed(&self, fields: &Fields) -> Result<Draft, Error> {
        let mut draft = self.draft().await?;
        let change = receive::change(fields);
        for (field, typed) in [
            (&mut draft.from, change.from),
            (&mut draft.to, change.to),
            (&mut draft.cc, change.cc),
            (&mut draft.bcc, change.bcc),
            (&mut draft.subject, change.subject),
            (&mut draft.body, change.body),
        ] {
            if let Some(typed) = typed {
                *field = typed;
            }
        }
        Ok(draft)
    }

    pub(super) async fn page(&self, draft: Draft) -> Result<ComposePage, Error> {
        let beside = draft
            .reply
            .as_ref()
            .or(draft.forward.as_ref())
            .map_or_else(MailboxName::inbox, |reference| reference.mailbox.clone());
        let (list, folders) = list_beside(self.account(), beside).await?;
        let layout = self
            .signed_in
            .layout(View::Write, Current::Nothing, folders)
            .await?;
        let answering = draft
            .reply
            .as_ref()
            .or(draft.forward.as_ref())
            .and_then(|_| {
                Address::parse_list(&draft.to)
                    .ok()?
                    .first()
                    .map(Address::display_name)
            });
        let stored = draft.state != DraftState::New;
        let identity = Address {
            name: Some(self.signed_in.preferences.name.clone()).filter(|name| !name.is_empty()),
            addr: self.account().email().to_owned(),
        };
        Ok(ComposePage {
            layout,
            list,
            draft,
            identities: vec![identity.to_field()],
            answering,
            seed_query: self.query.clone().filter(|_| !stored),
            upload_limit: self.web.config.limits.upload,
            invalid: Vec::new(),
            too_much: None,
            failure: None,
            back: self.back.clone(),
        })
    }

    /// The form again, with what is wrong.
    pub(super) async fn refusal(
        &self,
        status: StatusCode,
        draft: Draft,
        say: impl FnOnce(&mut ComposePage),
    ) -> Response {
        match self.page(draft).await {
            Ok(mut page) => {
                say(&mut page);
                Page::with_status(status, page).into_response()
            }
            Err(error) => error.into_response(),
        }
    }

    pub(super) fn url(&self) -> String {
        self.web
            .public_url
            .path(&format!("/compose/{}", self.id.as_str()))
    }
}

impl FromRequestParts<Web> for Writer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        let signed_in = SignedIn::from_request_parts(parts, web).await?;
        let id = match Writing::from_request_parts(parts, web).await {
            Ok(Writing(id)) => id,
            Err(_) => WritingFile::from_request_parts(parts, web).await?.0,
        };
        Ok(Self::new(web.clone(), signed_in, id, parts))
    }
}

/// Where one came from: the page that led here, else the message that is answered, else the inbox.
fn back(public_url: &PublicUrl, signed_in: &SignedIn, seed: &Seed, headers: &HeaderMap) -> String {
    let layout = signed_in.visitor.layout_alone();
    let referer = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let from = referer
        .and_then(|referer| referer.strip_prefix(&public_url.origin()))
        .filter(|path| {
            public_url
                .local(path)
                .is_some_and(|local| !local.starts_with("/compose") && !local.starts_with("/login"))
        })
        .and_then(|path| public_url.destination(path));
    match (from, seed) {
        (Some(from), _) => from,
        (None, Seed::Reply(reference) | Seed::ReplyAll(reference) | Seed::Forward(reference)) => {
            layout.message_url(reference, "")
        }
        (None, Seed::Draft(reference)) => layout.mailbox_url(&reference.mailbox),
        (None, Seed::Blank | Seed::Fields { .. }) => layout.inbox_url(),
    }
}

/// The list beside the sheet and the folders; neither while the mail server is in trouble: writing goes on.
async fn list_beside(
    account: &Account,
    mailbox: MailboxName,
) -> Result<(Option<ListPane>, Vec<Folder>), Error> {
    let query = ListQuery {
        page: 1,
        ..ListQuery::default()
    };
    match account.listing(&mailbox, &query).await {
        Ok(mut listing) => {
            let folders = std::mem::take(&mut listing.folders);
            Ok((Some(ListPane::mailbox(listing, query, None)), folders))
        }
        Err(mail::Error::SignedOut) => Err(mail::Error::SignedOut.into()),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "writing without a list beside it");
            Ok((None, Vec::new()))
        }
    }
}

/// Where the letter comes from. A link that tries to smuggle header fields prefills nothing.
pub(super) fn seed(query: &Query) -> Seed {
    Seed::from_query(query.iter()).unwrap_or_else(|error| {
        tracing::info!(%error, "a letter begins blank");
        Seed::Blank
    })
}
