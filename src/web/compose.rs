//! Writing a message.

mod handlers;
mod quoting;
mod receive;
mod writer;

use super::{layout::Layout, mailbox::ListPane, message::File};
use crate::mail::{Draft, Invalid, Upload};
use askama::Template;

pub use handlers::{after_sending, attach, discard, fresh, remove, save, send, show};
pub use writer::Writer;

/// A file or a text that was not taken (413).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// Files of one upload request over `limit` octets; `filename` is the one that passed it.
    Upload {
        filename: String,
        limit: u64,
    },
    Files {
        limit: u32,
    },
    /// The text is over `limit` octets; it stays in the page.
    Text {
        limit: u64,
    },
}

/// `GET`, `POST /compose/{id}` and the answers 413 and 422 of all forms on it.
///
/// One form, multipart, with the fields `from`, `to`, `cc`, `bcc`, `subject`, `body`, `file`; the button pressed chooses the address:
/// `/compose/{id}` saves, `…/attachments` takes the files, `…/attachments/{n}/remove`, `…/send`, `…/discard`. Every one carries all fields.
/// With a seed that is not stored yet (`seed_query`), the query stays in the addresses.
#[derive(Template)]
#[template(path = "compose/compose.html")]
pub struct ComposePage {
    pub layout: Layout,
    /// The list that stands beside the sheet on wide screens.
    pub list: Option<ListPane>,
    /// With what was typed, also after a refusal.
    pub draft: Draft,
    /// Choices for `from`, each as a field value.
    pub identities: Vec<String>,
    /// Name of the person that is answered or forwarded.
    pub answering: Option<String>,
    /// The query of the request while nothing is stored yet, e.g. `reply=INBOX%2F1.2`.
    pub seed_query: Option<String>,
    /// Octets of files in one upload request.
    pub upload_limit: u64,
    pub invalid: Vec<Invalid>,
    pub too_much: Option<TooMuch>,
    /// Why the last sending failed, in the server's words where there are any.
    pub failure: Option<String>,
    /// Path that one came from, as the browser sees it.
    pub back: String,
}

impl ComposePage {
    pub fn title(&self) -> String {
        let layout = &self.layout;
        match (&self.answering, &self.draft.reply, &self.draft.forward) {
            (Some(name), Some(_), _) => layout.t_x("compose-reply-to", name),
            (None, Some(_), _) => layout.t("compose-reply"),
            (_, None, Some(_)) => layout.t("compose-forward"),
            (_, None, None) => layout.t("compose-new"),
        }
    }

    /// Address of one of the buttons: empty saves.
    pub fn action(&self, verb: &str) -> String {
        let query = self
            .seed_query
            .as_deref()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        self.layout
            .url(&format!("/compose/{}{verb}{query}", self.draft.id.as_str()))
    }

    pub fn remove_url(&self, upload: &Upload) -> String {
        self.action(&format!("/attachments/{}/remove", upload.number))
    }

    pub fn file(&self, upload: &Upload) -> File {
        File::new(&upload.filename, &upload.mime_type, upload.size)
    }

    /// The first recipient field has something wrong in it.
    pub fn recipients_wrong(&self) -> bool {
        self.invalid
            .iter()
            .any(|invalid| matches!(invalid, Invalid::NoRecipient | Invalid::BadAddresses(_)))
    }

    pub fn is_from_wrong(&self) -> bool {
        self.invalid.contains(&Invalid::NotYourAddress)
    }

    pub fn invalid_text(&self, invalid: &Invalid) -> String {
        let layout = &self.layout;
        match invalid {
            Invalid::NoRecipient => layout.t("compose-no-recipient"),
            Invalid::BadAddresses(addresses) => layout.t_with(
                "compose-bad-addresses",
                &[
                    ("n", (addresses.len() as u64).into()),
                    ("x", fluent_bundle::FluentValue::from(addresses.join(", "))),
                ],
            ),
            Invalid::TooManyRecipients { limit } => layout.t_x(
                "compose-too-many-recipients",
                layout.locale.number(*limit as u64),
            ),
            Invalid::TooOften => layout.t("compose-too-often"),
            Invalid::NotYourAddress => layout.t("compose-not-your-address"),
            Invalid::TooLarge { limit } => {
                layout.t_x("compose-message-too-large", layout.size(limit))
            }
        }
    }

    pub fn too_much_text(&self) -> Option<String> {
        let layout = &self.layout;
        Some(match self.too_much.as_ref()? {
            TooMuch::Upload { filename, limit } => layout.t_with(
                "compose-upload-too-large",
                &[("x", filename.clone()), ("limit", layout.size(limit))],
            ),
            TooMuch::Files { limit } => layout.t_n("compose-too-many-files", *limit),
            TooMuch::Text { limit } => layout.t_x("compose-text-too-large", layout.size(limit)),
        })
    }

    pub fn has_problem(&self) -> bool {
        !self.invalid.is_empty() || self.too_much.is_some() || self.failure.is_some()
    }

    /// Focus starts in the text of an answer, else in To.
    pub fn starts_in_text(&self) -> bool {
        !self.recipients_wrong() && !self.draft.to.is_empty()
    }
}
