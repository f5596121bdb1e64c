//! Who a message is from, as far as that can be known.
use crate::mail::{Header, Role, Warning};
use crate::mime::{Authentication, MailingList, Verdict};

/// What a page says of a message's sender beside the name.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// What our own mail server found out.
    pub authentication: Authentication,
    pub verdict: Verdict,
    /// The most serious first.
    pub warnings: Vec<Warning>,
    pub list: Option<MailingList>,
}

impl Trust {
    /// `raw`: the header block. `own`: the address of whose mail it is.
    pub(super) fn of(raw: &[u8], header: &Header, authserv_id: &str, own: &str) -> Self {
        let authentication = Authentication::read(raw, authserv_id);
        let verdict = authentication.verdict(&header.from);
        Self {
            warnings: Warning::all(header, verdict, own),
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
