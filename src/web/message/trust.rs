//! What the page says of the sender beside the name: the shield, one banner of warnings, the way off a list.

use super::{MessagePage, sender::doubt_key};
use crate::{
    mail::{Address, Checked, MailingList, Outcome, Verdict, Warning, compose_link, honest_domain},
    web::{
        Web, error::Error, extract::Reference, fields::Fields, layout::Notice, visitor::SignedIn,
    },
};
use axum::{extract::State, response::Redirect};

/// All warnings of a message as one banner: its look is that of the most serious.
pub struct Banner {
    pub is_serious: bool,
    pub icon: &'static str,
    pub lines: Vec<WarningLine>,
    /// What our server found out, in plain words; empty where no warning is about that.
    pub reasons: Vec<String>,
}

pub struct WarningLine {
    /// The first words, printed bold.
    pub head: Option<String>,
    pub text: String,
    /// Addresses that the text ends with.
    pub addresses: Vec<String>,
}

impl MessagePage {
    pub fn banner(&self) -> Option<Banner> {
        let warnings = &self.opened.trust.warnings;
        let first = warnings.first()?;
        let (is_serious, icon) = match first {
            Warning::RepliesElsewhere { .. } => (false, "reply"),
            Warning::FirstMessage => (false, "user"),
            _ => (true, "shield-alert"),
        };
        let unproved = warnings
            .iter()
            .any(|warning| matches!(warning, Warning::NotVerified { .. }));
        Some(Banner {
            is_serious,
            icon,
            lines: warnings
                .iter()
                .map(|warning| self.warning(warning))
                .collect(),
            reasons: if unproved { self.reasons() } else { Vec::new() },
        })
    }

    fn warning(&self, warning: &Warning) -> WarningLine {
        let layout = &self.layout;
        let line = |head: &str, text: String| WarningLine {
            head: Some(layout.t(head)),
            text,
            addresses: Vec::new(),
        };
        match warning {
            Warning::NotVerified { domain } => {
                line("not-verified", layout.t_x("not-verified-text", domain))
            }
            Warning::LookAlike { domain, own } => line(
                "look-alike",
                layout.t_with(
                    "look-alike-text",
                    &[("x", domain.clone()), ("own", own.clone())],
                ),
            ),
            Warning::Doubtful(doubt) => WarningLine {
                head: None,
                text: layout.t(doubt_key(*doubt)),
                addresses: self.doubtful_senders(),
            },
            Warning::RepliesElsewhere { addr } => WarningLine {
                head: None,
                text: layout.t("reply-elsewhere"),
                addresses: vec![addr.clone()],
            },
            Warning::FirstMessage => WarningLine {
                head: None,
                text: layout.t("first-message"),
                addresses: Vec::new(),
            },
        }
    }

    /// One line each for SPF, DKIM and DMARC.
    fn reasons(&self) -> Vec<String> {
        let found = &self.opened.trust.authentication;
        let author = self.sender().and_then(Address::domain).map(honest_domain);
        let author = author.unwrap_or_default();
        let dkim = found.dkim.iter();
        // A signature that holds says more than one that does not.
        let dkim = dkim.min_by_key(|checked| checked.outcome != Outcome::Pass);
        let keys = [
            (
                found.spf.as_ref(),
                ["spf-pass", "spf-fail", "spf-softfail", "spf-unknown"],
            ),
            (
                dkim,
                ["dkim-pass", "dkim-fail", "dkim-unknown", "dkim-unknown"],
            ),
            (
                found.dmarc.as_ref(),
                ["dmarc-pass", "dmarc-fail", "dmarc-unknown", "dmarc-unknown"],
            ),
        ];
        keys.into_iter()
            .map(|(checked, keys)| self.reason(checked, &author, keys))
            .collect()
    }

    fn reason(&self, checked: Option<&Checked>, author: &str, keys: [&str; 4]) -> String {
        let [pass, fail, soft, unknown] = keys;
        let key = match checked.map_or(Outcome::Unknown, |checked| checked.outcome) {
            Outcome::Pass => pass,
            Outcome::Fail => fail,
            Outcome::SoftFail => soft,
            Outcome::Unknown => unknown,
        };
        let domain = checked.and_then(|checked| checked.domain.as_deref());
        self.layout.t_x(key, domain.unwrap_or(author))
    }

    /// Who sent it for the author (RFC 5322 §3.6.2); nobody where it is the author.
    pub fn other_sender(&self) -> &[Address] {
        let header = &self.opened.header;
        let other = header.sender.as_ref().filter(|sender| {
            let is_author = |author: &Address| author.same(&sender.addr);
            !header.from.iter().any(is_author)
        });
        other.map_or(&[][..], std::slice::from_ref)
    }

    /// What the shield says; none without proof.
    pub fn shield(&self) -> Option<String> {
        let domain = self.sender()?.domain()?;
        let verified = self.opened.trust.verdict == Verdict::Verified;
        verified.then(|| self.layout.t_x("verified", honest_domain(domain)))
    }

    /// The domain whose signature our server found to hold.
    pub fn signed_by(&self) -> Option<&str> {
        self.opened
            .trust
            .authentication
            .signed_by(&self.opened.header.from)
    }

    /// The host that handed the message to our server.
    pub fn sent_through(&self) -> Option<&str> {
        self.opened.trust.authentication.sent_through.as_deref()
    }

    /// "Newsletter" or "Mailing list".
    pub fn list_kind(&self, list: &MailingList) -> String {
        self.layout.t(if list.discusses {
            "mailing-list"
        } else {
            "newsletter"
        })
    }

    /// "Unsubscribed from The Slow Kitchen"
    pub fn unsubscribed(&self, list: &MailingList) -> String {
        let name = list.name.clone().unwrap_or_else(|| self.sender_name());
        self.layout.t_x("unsubscribed-from", name)
    }

    /// Our writing page, filled in for a `mailto:` address.
    pub fn mailto_url(&self, mailto: &str) -> String {
        compose_link(&self.layout.url("/compose"), mailto)
    }
}

/// `POST …/unsubscribe`, field `next`: the path to go to afterwards.
pub async fn unsubscribe(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    fields: Fields,
) -> Result<Redirect, Error> {
    if !signed_in.account.unsubscribe(&reference).await? {
        return Err(Error::BadForm);
    }
    Ok(onward(&web, &fields))
}

/// `POST …/unsubscribe/undo`, field `next`: the path to go to afterwards.
pub async fn stay_subscribed(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    fields: Fields,
) -> Result<Redirect, Error> {
    let notice = if signed_in.account.stay_subscribed(&reference) {
        Notice::done(signed_in.t("still-subscribed"))
    } else {
        Notice::failed(signed_in.t("unsubscribe-too-late"))
    };
    signed_in.notice(notice).await?;
    Ok(onward(&web, &fields))
}

fn onward(web: &Web, fields: &Fields) -> Redirect {
    let next = fields
        .raw("next")
        .and_then(|next| web.public_url.destination(next));
    Redirect::to(&next.unwrap_or_else(|| web.public_url.path("/")))
}
