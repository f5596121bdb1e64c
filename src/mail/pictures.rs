//! Pictures from the web: under which addresses a person sees them, and how they are fetched (SECURITY.md R-IMG-1).
//!
//! The frame's document has no cookie, so a picture's address says by itself for whom it is: it is sealed under the
//! server key and good for minutes, in one session, for one URL.
use super::{Account, Accounts, MessageRef, Result};
use crate::{mime, remote, seal::SealingKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use std::{cell::RefCell, collections::HashMap};

/// How long the address of a picture is good, seconds: a frame asks for its pictures when it is shown.
const LIFE: i64 = 600;
const PURPOSE: &str = "picture address";
/// Widths times heights that a browser can well hold, 64 million.
const MOST_PIXELS: u64 = 64 << 20;
/// Formats that `picture_type` knows; a server that could send another one is asked not to.
const ACCEPT: &str = "image/webp,image/png,image/jpeg,image/gif";

/// Who looks at a message whose pictures are allowed.
#[derive(Clone, Debug)]
pub struct Viewing {
    /// As `Device::id_of` names the session: a SHA-256 of its id.
    pub session: String,
    /// Unix seconds.
    pub now: i64,
}

/// What an address of a picture says, once it is opened.
#[derive(Clone, Debug)]
pub struct PictureTicket {
    session: String,
    url: String,
}

impl PictureTicket {
    /// As `Device::id_of` names it.
    pub fn session(&self) -> &str {
        &self.session
    }
}

/// A picture that was fetched.
#[derive(Clone, Debug)]
pub struct Picture {
    /// By its first octets, whatever its server called it.
    pub content_type: &'static str,
    pub content: Bytes,
}

/// Why there is no picture. Nothing that the other server said is in it.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("not fetched: {0}")]
    Unfetched(#[from] remote::Error),
    /// Not PNG, JPEG, GIF or WebP, or larger than a browser can well hold.
    #[error("no picture that is shown")]
    NoPicture,
}

impl PictureError {
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Unfetched(remote::Error::TimedOut))
    }
}

/// Session, account as the tables name it, message, URL, unix seconds of its end.
type Content = (String, String, String, String, i64);

/// Makes the addresses of one message's pictures.
pub(super) struct PictureAddresses {
    key: SealingKey,
    prefix: String,
    account: String,
    message: String,
    viewing: Viewing,
    most: usize,
    /// By URL: letters repeat their pictures.
    made: RefCell<HashMap<String, String>>,
}

impl PictureAddresses {
    pub(super) fn new(account: &Account, reference: &MessageRef, viewing: Viewing) -> Self {
        let config = account.config();
        Self {
            key: account.store().server_key(PURPOSE),
            prefix: picture_prefix(&config.public_url),
            account: account.store().account_hash(account.id()),
            message: format!("{}/{reference}", reference.mailbox.as_str()),
            viewing,
            most: config.limits.pictures_per_message,
            made: RefCell::default(),
        }
    }

    /// What every address begins with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// None: the message has had its share, or the URL is too long to be carried.
    pub(super) fn address(&self, url: &str) -> Option<String> {
        let mut made = self.made.borrow_mut();
        if let Some(address) = made.get(url) {
            return Some(address.clone());
        }
        if made.len() >= self.most || url.len() > remote::LONGEST_URL {
            return None;
        }
        let content: Content = (
            self.viewing.session.clone(),
            self.account.clone(),
            self.message.clone(),
            url.to_owned(),
            self.viewing.now + LIFE,
        );
        // Texts and a number always become JSON.
        let content = serde_json::to_vec(&content).ok()?;
        let token = BASE64_URL_SAFE_NO_PAD.encode(self.key.seal(&content, b""));
        let address = format!("{}{token}", self.prefix);
        made.insert(url.to_owned(), address.clone());
        Some(address)
    }
}

/// What the address of every picture begins with, for the policy of the document that shows them.
pub fn picture_prefix(public_url: &url::Url) -> String {
    let mut url = public_url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let slash = if url.path().ends_with('/') { "" } else { "/" };
    format!("{url}{slash}img/")
}

impl Account {
    /// What the address of a message must carry to show its pictures, in this session (`Device::id_of`) alone. A letter
    /// cannot know it, so no link in one shows the pictures of any.
    pub fn showing(&self, session: &str, reference: &MessageRef) -> String {
        let mailbox = reference.mailbox.as_str();
        let context = [session, self.id(), mailbox, &reference.to_string()].join("\0");
        self.store().proof("pictures shown", context.as_bytes())
    }
}

impl Accounts {
    /// Opens the address of a picture. None: not made by this server, too old, or its session has ended. `now`: unix
    /// seconds.
    pub async fn picture_ticket(&self, token: &str, now: i64) -> Result<Option<PictureTicket>> {
        let Some((session, account, _, url, until)) = self.opened(token) else {
            return Ok(None);
        };
        let good = now < until && self.store().session_lives(&account, &session, now).await?;
        Ok(good.then_some(PictureTicket { session, url }))
    }

    /// Why a token does not open says nothing to anyone.
    fn opened(&self, token: &str) -> Option<Content> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let content = self.store().server_key(PURPOSE).open(&sealed, b"")?;
        serde_json::from_slice(&content).ok()
    }

    /// Fetches the picture of a ticket; every time anew, nothing is kept.
    pub async fn picture(
        &self,
        ticket: &PictureTicket,
    ) -> std::result::Result<Picture, PictureError> {
        let content = self.remote().get(&ticket.url, ACCEPT).await?;
        let content_type = mime::picture_type(&content).ok_or(PictureError::NoPicture)?;
        match mime::picture_pixels(&content) {
            Some(pixels) if pixels <= MOST_PIXELS => Ok(Picture {
                content_type,
                content,
            }),
            _ => Err(PictureError::NoPicture),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_stands_below_the_public_url() {
        for (url, expected) in [
            ("https://mail.example/", "https://mail.example/img/"),
            (
                "https://example.org:443/mail/?x#y",
                "https://example.org/mail/img/",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/img/"),
        ] {
            assert_eq!(picture_prefix(&url.parse().unwrap()), expected);
        }
    }
}
