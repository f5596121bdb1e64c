//! Who a message is from, as far as that can be known.
use crate::mail::{Header, Role, Warning, acquaintance::Acquaintance};
use crate::mime::{Authentication, MailingList, Verdict};

/// What a page says of a message's sender beside the name.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// What our own mail server found out.
    pub authentication: Authentication,
    pub verdict: Verdict,
    /// The most serious first.
    pub warnings: Vec<Warning>,
    /// Whether it is the first message of its sender is being searched for: read again, the page may say more.
    pub searching: bool,
    pub list: Option<MailingList>,
}

impl Trust {
    /// `raw`: the header block. `own`: the address of whose mail it is.
    pub(super) fn of(raw: &[u8], header: &Header, authserv_id: &str, own: &str) -> Self {
        let authentication = Authentication::read(raw, authserv_id);
        let verdict = authentication.verdict(&header.from);
        Self {
            warnings: Warning::all(header, verdict, own),
            searching: false,
            list: MailingList::read(raw, &authentication),
            verdict,
            authentication,
        }
    }

    /// Of a message that nobody has checked. `own`: the address of whose mail it is.
    pub(super) fn unproved(header: &Header, own: &str) -> Self {
        Self {
            warnings: Warning::all(header, Verdict::Unknown, own),
            ..Self::default()
        }
    }

    /// The least serious of the warnings.
    pub(super) fn note(&mut self, acquaintance: Acquaintance) {
        if acquaintance == Acquaintance::First {
            self.warnings.push(Warning::FirstMessage);
        }
        self.searching = acquaintance == Acquaintance::Searching;
    }

    /// What one wrote oneself warns of nothing, and who asks for an answer from Junk learns that somebody reads there.
    pub(super) fn within(mut self, role: Option<Role>) -> Self {
        if matches!(role, Some(Role::Sent | Role::Drafts)) {
            self.warnings.clear();
        }
        if matches!(role, Some(Role::Sent | Role::Drafts | Role::Junk)) {
            self.list = None;
        }
        self
    }
}
