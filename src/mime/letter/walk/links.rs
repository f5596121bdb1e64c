//! The link that is open: where it leads, and what its text says of that.
use super::super::Destination;
use super::super::asks::Attributes;
use super::super::design::Said;
use super::super::writer::Place;
use super::State;
use crate::mime::sanitise::{CheckedLink, parts_words};

pub(super) struct Link {
    pub number: usize,
    pub checked: CheckedLink,
    pub destination: Destination,
    /// Its text so far.
    pub said: String,
    /// Some of it is shown.
    pub shown: bool,
    pub begins: Place,
}

impl State<'_> {
    /// Words on different lines, in different cells or beside a picture are different words of a link.
    pub(super) fn part_words(&mut self, name: &str) {
        if let Some(link) = &mut self.link
            && parts_words(name)
        {
            link.said.push(' ');
        }
    }

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
            said: String::new(),
            shown: false,
            begins: self.writer.place(),
        });
    }

    pub(super) fn end_link(&mut self) {
        let Some(link) = self.link.take().filter(|link| link.shown) else {
            return;
        };
        if let Some(mark) = link.checked.mark(&link.said) {
            self.writer.mark(link.begins, &mark);
        }
    }
}
