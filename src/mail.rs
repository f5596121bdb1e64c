//! Mail in a person's terms: the vocabulary the web layer speaks. `web` sees only what stands or is re-exported here.

mod account;
mod acquaintance;
pub mod check;
mod devices;
mod drafts;
mod error;
mod listing;
mod mailboxes;
mod organising;
mod outbox;
mod pictures;
mod preferences;
mod reading;
mod reply;
mod senders;
mod unsubscribing;
mod warning;

pub use crate::imap::{
    Counts, Envelope, Flags, MailboxName, Role, Sort, SortKey, Uid, UidValidity,
};
pub use crate::mime::{
    Address, Answer, Attachment, Authentication, Block, CalendarMessage, CalendarMethod,
    CharsetGroup, Checked, Contact, Delivery, DeliveryAction, Destination, EnhancedStatus, Event,
    Group, Header, Inlaid, MailingList, Moment, OFFERED_CHARSETS, Outcome, Part, Phrase, Preview,
    Protection, Receipt, ReceiptDisposition, RemoteImages, Repeats, SafeHtml, Section,
    SenderWarning, Unsubscribe, Verdict, compose_link, content_disposition, display_filename,
    honest_domain, is_risky, reveal_hidden, unfold,
};
pub use crate::smtp::Refusal;
pub use crate::store::Sender;
pub use account::{Account, Accounts, Credentials, SignInError};
pub use devices::Device;
pub use drafts::{Draft, DraftChange, DraftId, DraftState, Upload, UploadError};
pub use error::{Error, Result};
pub use listing::{Filter, ListQuery, Listing, ListingSort};
pub use mailboxes::Folder;
pub use organising::{Action, Done, Selection};
pub use outbox::{Failure, Invalid, OutboxEntry, SendState, Sent, sweep};
pub use pictures::{Picture, PictureError, PictureTicket, Viewing, picture_prefix};
pub use preferences::{Preferences, Theme};
pub use reading::{
    Attached, Body, ByteRange, Card, CardContent, Carried, MemberFile, MessageRef, Opened, Opening,
    PICTURE_MAX, PartRequest, PartStream, THUMBNAIL_MAX, Trust, ViewWish, Viewed,
};
pub use reply::{InvalidSeed, QuoteStyle, Quoted, Seed};
pub use senders::{LetterView, SenderChoices};
pub use unsubscribing::Leaving;
pub use warning::Warning;
