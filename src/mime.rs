//! MIME (RFC 2045–2049, 5322, 6532): bytes in, values out. Pure; every input is hostile; nothing panics.
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
mod address;
mod authentication;
mod build;
mod calendar;
mod characters;
mod charset;
mod contact;
mod css;
mod decoder;
mod domain;
mod domain_match;
mod filename;
mod header;
mod letter;
mod mailing_list;
mod member;
mod parse;
mod picture;
mod prescan;
mod preview;
mod report;
mod sanitise;
mod structure;
#[cfg(test)]
mod testing;
mod text;
mod zip;

pub use address::{Address, AddressError, SenderWarning};
pub use authentication::{Authentication, Checked, Outcome, Verdict};
pub use build::{Attachment, BuildError, Outgoing};
pub use calendar::{Answer, CalendarMessage, CalendarMethod, Event, Guest, Moment, Repeats};
pub use characters::{reveal_hidden, visible_line};
pub use charset::{CharsetDecoder, CharsetGroup, OFFERED_CHARSETS, decode_text, decode_transfer};
pub use contact::{Contact, contacts};
pub use decoder::TransferDecoder;
pub use domain_match::{honest_domain, looks_like, same_organisation};
pub use filename::{content_disposition, display_filename, is_risky};
pub use header::{Header, Parameters, decode_header, decode_header_in, decode_subject, parameter};
pub use letter::{
    Block, Destination, Group, Inlaid, Letter, Look, Phrase, Words, fold, is_forward_line,
    read as read_letter, text_blocks_of, unfold, without_looks,
};
pub use mailing_list::{MailingList, Unsubscribe};
pub use member::{Member, TNEF_MAX, TextBlocks, is_tnef, text_blocks, tnef_members};
pub use parse::{Limits, Message, Parsed, parse};
pub use picture::picture_pixels;
pub use preview::Preview;
pub use report::{
    Delivery, DeliveryAction, DeliveryReport, EnhancedStatus, Receipt, ReceiptDisposition,
};
pub use sanitise::{
    InlineImage, PictureSource, RemoteImages, SafeHtml, Sanitised, compose_link, picture_type,
    sanitise, sanitise_folded,
};
pub use structure::{
    Detail, Disposition, Embedded, InvalidSection, Node, Part, Protection, Section, Shown,
    Structure, TransferEncoding,
};
pub use text::{Line, Span, html_to_text, lines, plain_quote, unflow};
pub use zip::{Outgrown, ZipWriter};
