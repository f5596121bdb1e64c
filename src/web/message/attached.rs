//! A message inside a message, as a page of its own.
use super::{BodyPage, MessagePage, body_policy, charset, framed, pictures::viewing, view};
use crate::{
    mail::{self, Attached, Section},
    web::{
        Web,
        error::Error,
        extract::{PartOf, Query},
        page::Page,
        visitor::SignedIn,
    },
};
use axum::{extract::State, response::Response};

/// Where an attached message hangs.
pub struct AttachedTo {
    /// The part that it is.
    pub section: Section,
    /// The attached message around it; None: the message of the mailbox.
    outer: Option<Section>,
    subject: String,
}

impl AttachedTo {
    pub fn of(attached: &Attached) -> Self {
        Self {
            section: attached.section.clone(),
            outer: attached.outer.clone(),
            subject: attached.outer_subject.clone(),
        }
    }
}

impl MessagePage {
    /// Subject and address of what this message is attached to.
    pub fn attached_to(&self) -> Option<(String, String)> {
        let attached = self.attached.as_ref()?;
        let subject = self.layout.subject(&attached.subject);
        let url = match &attached.outer {
            Some(section) => self.below(&format!("/message/{section}")),
            None => self
                .layout
                .message_in_list_url(&self.opened.reference, &self.query),
        };
        Some((subject, url))
    }

    /// The attached message as a file.
    pub fn save_attached_url(&self) -> Option<String> {
        let attached = self.attached.as_ref()?;
        Some(self.below(&format!("/part/{}?download", attached.section)))
    }

    pub fn body_url(&self) -> String {
        let url = match &self.attached {
            Some(attached) => self.below(&format!("/message/{}/body", attached.section)),
            None => self.below("/body"),
        };
        charset::with_charset(url, self.charset)
    }

    /// Answers and changes belong to the message of the mailbox.
    pub fn can_answer(&self) -> bool {
        !self.opened.is_draft && self.attached.is_none()
    }
}

/// `GET …/message/{section}`
pub async fn show_attached(
    State(web): State<Web>,
    signed_in: SignedIn,
    PartOf(reference, section): PartOf,
    query: Query,
) -> Result<Page<MessagePage>, Error> {
    let account = &signed_in.account;
    let charset = charset::chosen(&query);
    let list_query = query.list();
    let may_list = list_query.q.is_empty() || web.quotas.search(account.hash()).is_ok();
    let opening = mail::Opening {
        beside: may_list.then_some(&list_query),
        seen: false,
        charset,
        wish: view::wish(&signed_in, &query),
        meets: false,
    };
    let opened = account.open_attached(&reference, &section, opening).await?;
    let (attached, listing) = opened;
    let hangs = AttachedTo::of(&attached);
    let page = MessagePage::of(&signed_in, &query, (attached.opened, listing), Some(hangs));
    page.await
}

/// `GET …/message/{section}/body`
pub async fn attached_body(
    State(web): State<Web>,
    signed_in: SignedIn,
    PartOf(reference, section): PartOf,
    query: Query,
) -> Result<Response, Error> {
    let viewing = viewing(&signed_in, &reference, &query);
    let policy = body_policy(&web, viewing.is_some());
    let body = signed_in
        .account
        .attached_body(&reference, &section, charset::chosen(&query), viewing)
        .await?
        .ok_or(mail::Error::NoSuchMessage)?;
    let title = signed_in.t("message");
    let theme = signed_in.preferences.theme;
    let page = BodyPage::new(body, title, theme);
    Ok(framed(page, &policy))
}
