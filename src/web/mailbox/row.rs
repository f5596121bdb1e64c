//! One line of a list.

use super::ListPane;
use crate::{
    mail::{Address, Envelope, MessageRef, Preview},
    web::layout::{Layout, segment},
};
use std::borrow::Cow;

/// One line of a list.
#[derive(Clone, Debug)]
pub struct Row {
    pub reference: MessageRef,
    pub envelope: Envelope,
}

impl Row {
    /// Last segment of the URL, the value of the checkbox.
    pub fn segment(&self) -> String {
        segment(&self.reference)
    }

    pub fn is_new(&self) -> bool {
        !self.envelope.flags.seen
    }

    fn people<'a>(&'a self, list: &ListPane) -> &'a [Address] {
        let envelope = &self.envelope;
        if list.shows_recipients() {
            [&envelope.to, &envelope.cc, &envelope.bcc]
                .into_iter()
                .find(|people| !people.is_empty())
                .map_or(&[], |people| people)
        } else {
            [&envelope.from, &envelope.sender]
                .into_iter()
                .find(|people| !people.is_empty())
                .map_or(&[], |people| people)
        }
    }

    /// "Mihai Ionescu", or "To Mihai Ionescu, Ilinca Pop".
    pub fn who(&self, layout: &Layout, list: &ListPane) -> String {
        let people = self.people(list);
        let names = people
            .iter()
            .take(3)
            .map(Address::display_name)
            .collect::<Vec<_>>()
            .join(", ");
        match (list.shows_recipients(), people.is_empty()) {
            (true, true) => layout.t("row-nobody"),
            (true, false) => layout.t_x("row-to", names),
            (false, true) => layout.t("row-unknown-sender"),
            (false, false) => names,
        }
    }

    /// Whom the avatar stands for.
    pub fn face<'a>(&'a self, list: &ListPane) -> Option<&'a Address> {
        self.people(list).first()
    }

    pub fn subject(&self, layout: &Layout) -> String {
        layout.subject(&self.envelope.subject)
    }

    /// The beginning of the text, or what stands there in place of one.
    pub fn preview(&self, layout: &Layout) -> Cow<'_, str> {
        match Preview::of(self.envelope.preview.as_deref().unwrap_or_default()) {
            Preview::Text(text) => text.into(),
            Preview::File(name) => layout.t_x("preview-file", name).into(),
            Preview::Encrypted => layout.t("preview-encrypted").into(),
        }
    }

    pub fn has_files(&self) -> bool {
        self.envelope
            .structure
            .as_ref()
            .is_some_and(|structure| structure.has_attachments())
    }

    /// The folder, where rows come from several.
    pub fn folder(&self, layout: &Layout, list: &ListPane) -> Option<String> {
        list.is_starred()
            .then(|| layout.mailbox_title(&self.reference.mailbox, None))
    }
}
