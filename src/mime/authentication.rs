//! Authentication-Results (RFC 8601): what our own mail server found out about who sent a message.
//!
//! Anybody may write such a field, so only some are believed (SECURITY.md R-SPOOF-2). Servers prepend what they add, so the
//! header is read from the top, and believed are the fields with the configured authserv-id that stand
//!
//! - above the first Received that a foreign server wrote. The *border* is the topmost Received that names a sender
//!   outside: our server wrote it when it took the message in, and whatever Received stands below it is foreign. Our
//!   results may stand on either side of the border line (Exim writes them above it, Postfix below it);
//! - above the first field that the message came with: From, Date, DKIM-Signature and the like;
//! - together: after the first believed field the next Received ends the reading.
//!
//! A field that the sender put on top of a message handed to the border itself cannot be told from our own by its place:
//! RFC 8601 §5 obliges the server to remove it, and a server that writes no results must not be named as their author.
mod hops;
mod results;

use super::{
    Address, Limits,
    domain_match::{is_within, to_ascii},
    header::{Block, Field},
};
use hops::Hop;
use results::Results;

/// Fields that are read at most.
const MOST_FIELDS: usize = 16;

/// Fields that come with a message. A server that adds what is missing adds it below them or where nobody claims anything.
const OF_THE_MESSAGE: [&str; 16] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Resent-From",
    "DKIM-Signature",
];

/// Result of one method (RFC 8601 §2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail,
    /// SPF: probably not, says the domain.
    SoftFail,
    /// Nothing was claimed, found out, or could be: none, neutral, policy, temperror, permerror and what is not known.
    Unknown,
}

/// One result with the domain that it is about: of `smtp.mailfrom`, `header.d` (else `header.i`) or `header.from`, in ASCII
/// and lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub outcome: Outcome,
    pub domain: Option<String>,
}

/// What our own server found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    pub spf: Option<Checked>,
    pub dkim: Vec<Checked>,
    pub dmarc: Option<Checked>,
    /// Name or address of the host that handed the message to our server.
    pub sent_through: Option<String>,
}

/// Whether the domain of From sent the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    Verified,
    Failed,
    #[default]
    Unknown,
}

impl Authentication {
    /// Reads a header block; it may be followed by a body.
    pub fn read(raw: &[u8], authserv_id: &str) -> Self {
        let fields = Block::read(raw, &Limits::default()).fields;
        let mut own = Self {
            sent_through: sent_through(&fields, authserv_id),
            ..Self::default()
        };
        for results in believed(&fields, authserv_id) {
            own.add(results);
        }
        own
    }

    /// Of each method the topmost field counts that tells of it.
    fn add(&mut self, results: Results) {
        self.spf = self.spf.take().or(results.spf);
        self.dmarc = self.dmarc.take().or(results.dmarc);
        if self.dkim.is_empty() {
            self.dkim = results.dkim;
        }
    }

    /// Nothing was found out.
    pub fn is_empty(&self) -> bool {
        self.spf.is_none() && self.dkim.is_empty() && self.dmarc.is_none()
    }

    /// Verified: one author, and DMARC passed for its domain, or DKIM or SPF did for a domain that vouches for it: the
    /// same, or for DKIM one above it (narrower than the relaxed alignment of RFC 7489 §3.1, which needs the list of public
    /// suffixes). Failed: DMARC failed, or where it says nothing the domain's own SPF does and no signature vouches.
    pub fn verdict(&self, from: &[Address]) -> Verdict {
        let dmarc = self.dmarc.as_ref().map(|checked| checked.outcome);
        if dmarc == Some(Outcome::Fail) {
            return Verdict::Failed;
        }
        let [author] = from else {
            return Verdict::Unknown;
        };
        let Some(author) = author.domain().and_then(to_ascii) else {
            return Verdict::Unknown;
        };
        let about = |checked: &Checked, outcome: Outcome| {
            checked.outcome == outcome && checked.domain.as_ref() == Some(&author)
        };
        let vouches = |checked: &&Checked| {
            let domain = checked.domain.as_deref();
            checked.outcome == Outcome::Pass
                && domain.is_some_and(|above| is_within(&author, above))
        };
        let dmarc = self.dmarc.as_ref();
        let spf = self.spf.as_ref();
        if dmarc.is_some_and(|checked| about(checked, Outcome::Pass))
            || self.dkim.iter().any(|checked| vouches(&checked))
            || spf.is_some_and(|checked| about(checked, Outcome::Pass))
        {
            Verdict::Verified
        } else if spf.is_some_and(|checked| about(checked, Outcome::Fail)) {
            Verdict::Failed
        } else {
            Verdict::Unknown
        }
    }

    /// DMARC passed for the domain of the one author.
    pub fn passes_dmarc(&self, from: &[Address]) -> bool {
        let [author] = from else {
            return false;
        };
        let Some(author) = author.domain().and_then(to_ascii) else {
            return false;
        };
        self.dmarc.as_ref().is_some_and(|checked| {
            checked.outcome == Outcome::Pass && checked.domain.as_ref() == Some(&author)
        })
    }

    /// The domain whose signature holds: the one that vouches for the author, else the first.
    pub fn signed_by(&self, from: &[Address]) -> Option<&str> {
        let author = from.first().and_then(Address::domain).and_then(to_ascii);
        let signers = || {
            let passed = self.dkim.iter().filter(|one| one.outcome == Outcome::Pass);
            passed.filter_map(|one| one.domain.as_deref())
        };
        let vouches = |above: &&str| author.as_ref().is_some_and(|own| is_within(own, above));
        signers().find(vouches).or_else(|| signers().next())
    }
}

fn believed(fields: &[Field<'_>], authserv_id: &str) -> Vec<Results> {
    let mut found = Vec::new();
    let mut below_border = false;
    for field in fields {
        if field.is("Authentication-Results") {
            found.extend(Results::parse(&field.value, authserv_id));
        } else if field.is("Received") {
            if below_border || !found.is_empty() {
                break;
            }
            below_border = Hop::read(&field.value).is_from_outside(authserv_id);
        } else if OF_THE_MESSAGE.iter().any(|name| field.is(name)) {
            break;
        }
        if found.len() >= MOST_FIELDS {
            break;
        }
    }
    found
}

/// Read at the border only: hops below it may be invented.
fn sent_through(fields: &[Field<'_>], authserv_id: &str) -> Option<String> {
    let mut hops = fields
        .iter()
        .take_while(|field| !OF_THE_MESSAGE.iter().any(|name| field.is(name)))
        .filter(|field| field.is("Received"))
        .map(|field| Hop::read(&field.value));
    hops.find(|hop| hop.is_from_outside(authserv_id))?.shown()
}

#[cfg(test)]
mod tests;
