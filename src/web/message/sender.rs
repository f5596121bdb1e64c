//! What the page says of who wrote, beside the name.

use super::MessagePage;
use crate::{
    mail::{Address, SenderWarning},
    web::layout::Fragment,
};

impl MessagePage {
    pub fn sender(&self) -> Option<&Address> {
        self.opened
            .header
            .from
            .first()
            .or(self.opened.header.sender.as_ref())
    }

    pub fn sender_name(&self) -> String {
        self.sender().map_or_else(
            || self.layout.t("row-unknown-sender"),
            Address::display_name,
        )
    }

    /// Of several authors the first ones, all of them in the fields below the name.
    pub fn doubtful_senders(&self) -> Vec<String> {
        const MOST: usize = 5;
        let from = &self.opened.header.from;
        from.iter().take(MOST).map(Address::shown).collect()
    }

    fn own(&self) -> &str {
        let sidebar = self.layout.sidebar.as_ref();
        sidebar.map_or("", |sidebar| sidebar.email.as_str())
    }

    /// "to you and Ilinca", the short form of all recipients.
    pub fn recipients(&self) -> Vec<Fragment> {
        let layout = &self.layout;
        let header = &self.opened.header;
        let mut names: Vec<String> = Vec::new();
        let mut mine = false;
        for address in header.to.iter().chain(&header.cc) {
            if address.same(self.own()) {
                mine = true
            } else {
                names.push(address.display_name())
            }
        }
        if mine {
            names.insert(0, layout.t("you"));
        }
        let more = layout.locale.number((names.len() as u64).saturating_sub(2));
        let mut names = names.into_iter();
        match (names.next(), names.next(), names.next()) {
            (None, ..) => layout.fragments("to-nobody-named", Vec::new()),
            (Some(x), None, _) => layout.fragments("to-one", vec![("x", x)]),
            (Some(a), Some(b), None) => layout.fragments("to-two", vec![("a", a), ("b", b)]),
            (Some(a), Some(b), Some(_)) => {
                layout.fragments("to-many", vec![("a", a), ("b", b), ("more", more)])
            }
        }
    }

    /// "Reply to Ilinca"
    pub fn reply_words(&self) -> Vec<Fragment> {
        self.layout
            .fragments("reply-to", vec![("x", self.sender_name())])
    }

    /// More people than the sender would get an answer.
    pub fn has_reply_all(&self) -> bool {
        let me = self.own();
        let header = &self.opened.header;
        let sender = self
            .sender()
            .map(|address| address.addr.as_str())
            .unwrap_or_default();
        header
            .to
            .iter()
            .chain(&header.cc)
            .any(|address| !address.same(me) && !address.same(sender))
    }
}

/// Text key of a doubt about the sender.
pub(super) fn doubt_key(doubt: SenderWarning) -> &'static str {
    match doubt {
        SenderWarning::NoAddress => "doubt-no-address",
        SenderWarning::Malformed => "doubt-malformed",
        SenderWarning::Several => "doubt-several",
        SenderWarning::OtherAddress => "doubt-other-address",
        SenderWarning::Lookalike => "doubt-lookalike",
        SenderWarning::Hidden => "doubt-hidden",
        SenderWarning::Mark => "doubt-mark",
        SenderWarning::Owner => "doubt-owner",
        SenderWarning::LongName => "doubt-long-name",
    }
}
