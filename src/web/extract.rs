//! What a handler is asked about, parsed once at the edge.

use super::error::Error;
use crate::mail::{
    self, DraftId, Filter, ListQuery, MailboxName, MessageRef, Section, Sort, SortKey,
};
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, Uri, request::Parts},
};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

/// A mailbox by the segment of its URL. A name that cannot be one is a mailbox that does not exist.
pub struct Mailbox(pub MailboxName);

/// A message by `{name}/{uidvalidity}.{uid}`.
pub struct Reference(pub MessageRef);

/// A part of a message by `{name}/{uidvalidity}.{uid}/part/{section}`.
pub struct PartOf(pub MessageRef, pub Section);

/// A message being written, by its id.
pub struct Writing(pub DraftId);

/// A file of a message being written.
pub struct WritingFile(pub DraftId, pub u32);

async fn path<T: DeserializeOwned + Send, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<T, Error> {
    Path::<T>::from_request_parts(parts, state)
        .await
        .map(|Path(path)| path)
        .map_err(|_not_ours| Error::NoSuchPage)
}

fn mailbox(name: &str) -> Result<MailboxName, Error> {
    MailboxName::parse(name).map_err(|_not_a_name| mail::Error::NoSuchMailbox.into())
}

fn reference(name: &str, segment: &str) -> Result<MessageRef, Error> {
    MessageRef::parse(mailbox(name)?, segment).ok_or_else(|| mail::Error::NoSuchMessage.into())
}

fn writing(id: &str) -> Result<DraftId, Error> {
    DraftId::parse(id).ok_or_else(|| mail::Error::NoSuchDraft.into())
}

impl<S: Send + Sync> FromRequestParts<S> for Mailbox {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let name: String = path(parts, state).await?;
        mailbox(&name).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reference {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let (name, segment): (String, String) = path(parts, state).await?;
        reference(&name, &segment).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PartOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let (name, segment, section): (String, String, String) = path(parts, state).await?;
        let section = section
            .parse()
            .map_err(|_not_a_section| mail::Error::NoSuchMessage)?;
        Ok(Self(reference(&name, &segment)?, section))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Writing {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let id: String = path(parts, state).await?;
        writing(&id).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WritingFile {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let (id, number): (String, u32) = path(parts, state).await?;
        Ok(Self(writing(&id)?, number))
    }
}

/// The query of a request, lenient: what is not understood is as if it were not there.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(
            form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A value of one line, cleaned.
    pub fn line(&self, name: &str) -> String {
        self.get(name).map(super::fields::line).unwrap_or_default()
    }

    pub fn page(&self) -> u32 {
        self.get("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1)
            .max(1)
    }

    /// `page`, `sort`, `filter`, `q` of a list.
    pub fn list(&self) -> ListQuery {
        ListQuery {
            page: self.page(),
            sort: sort(self.get("sort").unwrap_or_default()),
            filter: filter(self.get("filter").unwrap_or_default()),
            q: self.line("q"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri))
    }
}

fn sort(value: &str) -> Sort {
    let (reverse, key) = match value.strip_prefix('-') {
        Some(key) => (true, key),
        None => (false, value),
    };
    let key = match key {
        "date" => SortKey::Arrival,
        "from" => SortKey::From,
        "subject" => SortKey::Subject,
        "size" => SortKey::Size,
        _ => return Sort::default(),
    };
    Sort { key, reverse }
}

fn filter(value: &str) -> Filter {
    match value {
        "new" => Filter::New,
        "starred" => Filter::Starred,
        "files" => Filter::Files,
        "tome" => Filter::ToMe,
        _ => Filter::All,
    }
}

/// The script did something by itself, saved or marked as read, and needs no page back (RFC 7240 §4.2).
pub fn prefers_minimal(headers: &HeaderMap) -> bool {
    headers
        .get("prefer")
        .is_some_and(|value| value == "return=minimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &'static str) -> Query {
        Query::of(&Uri::from_static(text))
    }

    #[test]
    fn a_list_is_read_from_its_query() {
        let list = query("/mailbox/INBOX?page=3&sort=-size&filter=tome&q=roof%0d%0arepair").list();
        assert_eq!(
            (list.page, list.filter, list.q.as_str()),
            (3, Filter::ToMe, "roof  repair")
        );
        assert_eq!(
            list.sort,
            Sort {
                key: SortKey::Size,
                reverse: true
            }
        );
    }

    #[test]
    fn nonsense_in_a_query_means_the_default() {
        let list = query("/mailbox/INBOX?page=-3&sort=colour&filter=x").list();
        assert_eq!(
            (list.page, list.filter, list.sort),
            (1, Filter::All, Sort::default())
        );
        assert_eq!(query("/?page=99999999999").page(), 1);
    }
}
