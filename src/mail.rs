//! Mail in a person's terms: the vocabulary the web layer speaks. `web` sees only what stands or is re-exported here.

mod account;
pub mod check;
mod devices;
mod drafts;
mod error;
mod listing;
mod mailboxes;
mod organising;
mod outbox;
mod preferences;
mod reading;
mod reply;

pub use crate::imap::{
    Counts, Envelope, Flags, MailboxName, Role, Sort, SortKey, Uid, UidValidity,
};
pub use crate::mime::{
    Address, Attachment, CharsetGroup, Header, Line, OFFERED_CHARSETS, Part, SafeHtml, Section,
    SenderWarning, Span, content_disposition, display_filename, is_risky, reveal_hidden,
};
pub use crate::smtp::Refusal;
pub use account::{Account, Accounts, Credentials, SignInError};
pub use devices::Device;
pub use drafts::{Draft, DraftChange, DraftId, DraftState, Upload, UploadError};
pub use error::{Error, Result};
pub use listing::{Filter, ListQuery, Listing, ListingSort};
pub use mailboxes::Folder;
pub use organising::{Action, Done, Selection};
pub use outbox::{Failure, Invalid, OutboxEntry, SendState, Sent, sweep};
pub use preferences::{Preferences, Theme};
pub use reading::{Body, MessageRef, Opened, Opening, PartStream};
pub use reply::{InvalidSeed, QuoteStyle, Quoted, Seed};
