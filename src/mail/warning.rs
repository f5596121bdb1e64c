//! What a person is warned of before they believe a message (SECURITY.md R-SPOOF-1).
use super::{Address, Header, SenderWarning, Verdict};
use crate::mime::{honest_domain, looks_like, same_organisation};

/// One reason to be careful. In the order of how serious they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Our own server could not prove that it comes from this domain.
    NotVerified { domain: String },
    /// The sender's name or address is not what it seems.
    Doubtful(SenderWarning),
    /// The sender's domain is another one than this person's own, and looks the same. Both in ASCII.
    LookAlike { domain: String, own: String },
    /// Answers go to this address of another domain.
    RepliesElsewhere { addr: String },
    /// No message came from this address before, and none went to it.
    FirstMessage,
}

impl Warning {
    /// All that the message itself tells. `own`: the address of whose mail it is.
    pub(super) fn all(header: &Header, verdict: Verdict, own: &str) -> Vec<Self> {
        let sender = header.from.first().or(header.sender.as_ref());
        let domain = sender.and_then(Address::domain).unwrap_or_default();
        let is_own = sender.is_some_and(|sender| sender.same(own));
        let own = own.rsplit_once('@').map_or("", |(_, domain)| domain);
        let look_alike = header
            .from
            .iter()
            .filter_map(Address::domain)
            .find(|domain| looks_like(domain, own));
        let mut warnings = Vec::new();
        if verdict == Verdict::Failed {
            let domain = honest_domain(domain);
            warnings.push(Self::NotVerified { domain });
        }
        let doubt = header.sender_warning.filter(|doubt| match doubt {
            // A name of one's own is no wonder, and the nearer look-alike says it all.
            SenderWarning::Owner => !is_own,
            SenderWarning::Lookalike => look_alike.is_none(),
            _ => true,
        });
        warnings.extend(doubt.map(Self::Doubtful));
        warnings.extend(look_alike.map(|domain| Self::LookAlike {
            domain: honest_domain(domain),
            own: honest_domain(own),
        }));
        let elsewhere = header.reply_to.iter().find(|address| {
            let other = address.domain();
            other.is_some_and(|other| !same_organisation(other, domain))
        });
        warnings.extend(elsewhere.map(|address| Self::RepliesElsewhere {
            addr: address.shown(),
        }));
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(header: &str, verdict: Verdict) -> Vec<Warning> {
        let header = Header::parse(format!("{header}\r\n\r\n").as_bytes());
        Warning::all(&header, verdict, "me@example.org")
    }

    #[test]
    fn an_ordinary_message_warns_of_nothing() {
        for header in [
            "From: a@b.example",
            "From: a@b.example\r\nReply-To: A@B.example",
            "From: a@news.b.example\r\nReply-To: a@b.example",
            "From: a@example.org",
        ] {
            assert_eq!(warnings(header, Verdict::Unknown), [], "{header}");
            assert_eq!(warnings(header, Verdict::Verified), [], "{header}");
        }
    }

    #[test]
    fn the_most_serious_comes_first() {
        let all = warnings(
            "From: It <it@examp1e.org>, b@b.example\r\nReply-To: thief@evil.example",
            Verdict::Failed,
        );
        let expected = [
            Warning::NotVerified {
                domain: "examp1e.org".to_owned(),
            },
            Warning::Doubtful(SenderWarning::Several),
            Warning::LookAlike {
                domain: "examp1e.org".to_owned(),
                own: "example.org".to_owned(),
            },
            Warning::RepliesElsewhere {
                addr: "thief@evil.example".to_owned(),
            },
        ];
        assert_eq!(all, expected);
        assert!(all.is_sorted());
    }

    #[test]
    fn a_domain_is_named_in_ascii() {
        let found = warnings("From: it@ex\u{430}mple.org", Verdict::Failed);
        let domain = "xn--exmple-4nf.org".to_owned();
        let own = "example.org".to_owned();
        assert_eq!(
            found,
            [
                Warning::NotVerified {
                    domain: domain.clone()
                },
                Warning::LookAlike { domain, own }
            ]
        );
    }
}
