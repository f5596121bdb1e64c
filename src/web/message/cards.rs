//! Parts that are shown as what they say: delivery reports, receipts, invitations, people.
mod event;
mod report;

pub use event::EventView;
pub use report::ReportRow;

use super::MessagePage;
use crate::{
    mail::{CardContent, Contact, Protection, ReceiptDisposition},
    web::layout::Layout,
};

/// Stands for a name while a sentence is made; no text holds it.
const NAME: &str = "\u{FFFC}";

/// A sentence around a name, which the template isolates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    pub before: String,
    pub name: String,
    pub after: String,
}

impl Around {
    /// The text `key` with the name as its `x`.
    fn new(layout: &Layout, key: &str, name: &str) -> Self {
        Self::with(layout, key, name, "")
    }

    /// As [`Around::new`], with a reason as its `why`.
    fn with(layout: &Layout, key: &str, name: &str, why: &str) -> Self {
        let text = layout.t_with(key, &[("x", NAME.to_owned()), ("why", why.to_owned())]);
        let (before, after) = text.split_once(NAME).unwrap_or((&text, ""));
        Self {
            before: before.to_owned(),
            name: name.to_owned(),
            after: after.to_owned(),
        }
    }
}

/// One card of a message page.
pub struct CardView<'a> {
    pub content: CardKind<'a>,
    /// Where the part is saved.
    pub save_url: String,
}

pub enum CardKind<'a> {
    Report(Vec<ReportRow<'a>>),
    Receipt(Around),
    Events {
        events: Vec<EventView>,
        /// There are more in the file.
        more: bool,
    },
    People(&'a [Contact]),
}

impl MessagePage {
    pub fn cards(&self) -> Vec<CardView<'_>> {
        let view = |content, section: &crate::mail::Section| CardView {
            content,
            save_url: self.below(&format!("/part/{section}?download")),
        };
        self.opened
            .cards
            .iter()
            .map(|card| {
                let content = match &card.content {
                    CardContent::Delivery(report) => {
                        CardKind::Report(report::rows(&self.layout, &report.recipients))
                    }
                    CardContent::Receipt(receipt) => {
                        CardKind::Receipt(self.receipt(&receipt.recipient, receipt.disposition))
                    }
                    CardContent::Calendar(message) => CardKind::Events {
                        events: event::views(&self.layout, message, &self.opened.header.from),
                        more: message.more,
                    },
                    CardContent::Contacts(contacts) => CardKind::People(contacts),
                };
                view(content, &card.section)
            })
            .collect()
    }

    fn receipt(&self, recipient: &str, disposition: ReceiptDisposition) -> Around {
        let key = match disposition {
            ReceiptDisposition::Displayed => "receipt-displayed",
            ReceiptDisposition::Deleted => "receipt-deleted",
            ReceiptDisposition::Dispatched => "receipt-dispatched",
            ReceiptDisposition::Processed => "receipt-processed",
            ReceiptDisposition::Denied => "receipt-denied",
            ReceiptDisposition::Failed => "receipt-failed",
        };
        let sender = self.sender_name();
        let name = Some(recipient)
            .filter(|name| !name.is_empty())
            .unwrap_or(&sender);
        Around::new(&self.layout, key, name)
    }

    /// Text key of what protects the message.
    pub fn protection(&self) -> Option<&'static str> {
        Some(match self.opened.protection? {
            Protection::Encrypted => "protected-encrypted",
            Protection::PartlyEncrypted => "protected-partly",
            Protection::Signed => "protected-signed",
            Protection::SignedInside => "protected-inside",
        })
    }

    /// "This is part 2 of 5 of a larger message."
    pub fn fragment(&self) -> Option<String> {
        let (number, total) = self.opened.fragment?;
        let number = self.layout.number(number);
        Some(match total {
            Some(total) => self.layout.t_with(
                "fragment-of",
                &[("n", number), ("total", self.layout.number(total))],
            ),
            None => self.layout.t_with("fragment", &[("n", number)]),
        })
    }

    /// Something tells what there is, so that a message without text needs no word about it.
    pub fn says_something(&self) -> bool {
        !self.opened.cards.is_empty()
            || self.opened.protection.is_some()
            || self.opened.fragment.is_some()
    }
}
