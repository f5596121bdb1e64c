//! The link that is open: where it leads, and what is shown of it says of that.
use super::super::Destination;
use super::super::asks::Attributes;
use super::super::design::Said;
use super::super::writer::Place;
use super::State;
use crate::mime::sanitise::{APART, CheckedLink, LINK_TEXT};

pub(super) struct Link {
    pub number: usize,
    pub checked: CheckedLink,
    pub destination: Destination,
    pub begins: Place,
}

impl State<'_> {
    pub(super) fn link(&mut self, attributes: &Attributes<'_>, said: &Said) {
        self.end_link();
        let href = attributes.get("href");
        let Some(checked) = href.and_then(|href| CheckedLink::new(href, self.compose)) else {
            return;
        };
        if said.ground && self.wants.weightless == 0 && self.earlier.is_none() {
            self.weights.picture();
        }
        self.links += 1;
        let href = checked.href().to_owned();
        self.link = Some(Link {
            number: self.links,
            destination: Destination {
                is_ours: href.starts_with(self.compose),
                href,
                mark: None,
            },
            checked,
            begins: self.writer.place(),
        });
    }

    /// What is shown of it is compared with where it leads: hidden text says nothing.
    pub(super) fn end_link(&mut self) {
        let Some(link) = self.link.take() else {
            return;
        };
        let said = self.writer.said(link.begins, LINK_TEXT);
        if said.chars().all(|c| c.is_whitespace() || c == APART) {
            return;
        }
        if let Some(mark) = link.checked.mark(&said) {
            self.writer.mark(link.begins, &mark);
        }
    }
}
