//! What mail systems report about a message: whether it arrived (RFC 3464) and what became of it (RFC 8098).
mod status;

pub use status::EnhancedStatus;

use super::Limits;
use super::characters::visible_line;
use super::header::{Block, Lines, decode_header};

/// Recipients of one report that are read.
const MOST_RECIPIENTS: usize = 100;
/// Characters of an address or a host, and of what a server said.
const LONGEST_NAME: usize = 320;
const LONGEST_DIAGNOSTIC: usize = 1000;

/// A message/delivery-status: what became of a message, recipient by recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// At least one, at most 100.
    pub recipients: Vec<Delivery>,
}

/// What became of a message for one recipient. Texts are one visible line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// As the sender wrote it where that is told, else as it was delivered to.
    pub recipient: String,
    pub action: DeliveryAction,
    /// Out of the Status field, or out of the diagnostic where the field says nothing more than the class.
    pub status: Option<EnhancedStatus>,
    /// What the other server said.
    pub diagnostic: Option<String>,
    /// The server that said it.
    pub remote: Option<String>,
}

/// RFC 3464 §2.3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAction {
    Failed,
    Delayed,
    Delivered,
    /// Passed on to a system that tells nothing more.
    Relayed,
    /// Passed on to several recipients.
    Expanded,
}

impl DeliveryAction {
    /// The field, else what the class of the status means; comments behind the word are common.
    fn read(value: &str, status: Option<EnhancedStatus>) -> Option<Self> {
        let word = value
            .split(|c: char| !c.is_ascii_alphabetic())
            .find(|word| !word.is_empty())
            .unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "failed" | "failure" | "fail" | "expired" => Some(Self::Failed),
            "delayed" => Some(Self::Delayed),
            "delivered" => Some(Self::Delivered),
            "relayed" => Some(Self::Relayed),
            "expanded" => Some(Self::Expanded),
            _ => status.map(|status| match status.class {
                2 => Self::Delivered,
                4 => Self::Delayed,
                _ => Self::Failed,
            }),
        }
    }
}

impl DeliveryReport {
    /// Reads the groups of fields, in any order and with any blank lines between them. None: no recipient is named.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let recipients: Vec<Delivery> = groups(content)
            .filter_map(|group| Delivery::read(&group))
            .take(MOST_RECIPIENTS)
            .collect();
        (!recipients.is_empty()).then_some(Self { recipients })
    }
}

impl Delivery {
    fn read(group: &Block<'_>) -> Option<Self> {
        let address = |name: &str| value(group, name).and_then(|value| typed(&value, "@"));
        let recipient = address("original-recipient").or_else(|| address("final-recipient"))?;
        let diagnostic = value(group, "diagnostic-code").map(|text| untyped(&text).to_owned());
        let told = value(group, "status").and_then(|text| EnhancedStatus::find(&text));
        let said = diagnostic.as_deref().and_then(EnhancedStatus::find);
        let status = match (told, said) {
            (Some(told), Some(said)) if told.is_vague() && said.class == told.class => Some(said),
            (told, said) => told.or(said),
        };
        let action = value(group, "action").unwrap_or_default();
        let action = DeliveryAction::read(&action, status)?;
        Some(Self {
            recipient,
            action,
            status,
            diagnostic: diagnostic
                .map(|text| visible_line(&text, LONGEST_DIAGNOSTIC))
                .filter(|text| !text.is_empty()),
            remote: value(group, "remote-mta").and_then(|text| typed(&text, "")),
        })
    }
}

/// A message/disposition-notification: what a recipient's program did with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// One visible line; empty where the notification names nobody.
    pub recipient: String,
    pub disposition: ReceiptDisposition,
}

/// RFC 8098 §3.2.6.2 and the older RFC 3798.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptDisposition {
    /// Shown to somebody; nobody can tell whether it was read.
    Displayed,
    Deleted,
    /// Passed on.
    Dispatched,
    /// Dealt with by a program, unseen.
    Processed,
    /// The recipient wants to tell nothing.
    Denied,
    Failed,
}

impl Receipt {
    /// None: it says nothing of a disposition.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let group = groups(content).find(|group| group.get("disposition").is_some())?;
        let disposition = value(&group, "disposition")?.to_ascii_lowercase();
        let (_, kind) = disposition.split_once(';').unwrap_or(("", &disposition));
        let kind = kind.split(['/', ',']).next().unwrap_or_default().trim();
        let disposition = match kind {
            "displayed" => ReceiptDisposition::Displayed,
            "deleted" => ReceiptDisposition::Deleted,
            "dispatched" => ReceiptDisposition::Dispatched,
            "processed" => ReceiptDisposition::Processed,
            "denied" => ReceiptDisposition::Denied,
            "failed" => ReceiptDisposition::Failed,
            _ => return None,
        };
        let address = |name: &str| value(&group, name).and_then(|value| typed(&value, "@"));
        Some(Self {
            recipient: address("original-recipient")
                .or_else(|| address("final-recipient"))
                .unwrap_or_default(),
            disposition,
        })
    }
}

/// The groups of fields that blank lines part. Every step moves on, so the work is linear.
fn groups(content: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let limits = Limits::default();
    let mut lines = Lines::new(content, 0);
    std::iter::from_fn(move || {
        while lines.at < content.len() {
            let at = lines.at;
            // A line that is no field in front of a group would end its reading.
            let begins = lines
                .clone()
                .next()
                .is_some_and(|line| line.contains(&b':') && !line.starts_with(b":"));
            if begins {
                let block = Block::read_until(lines.clone(), &limits, |_| false);
                if block.body > at {
                    lines.at = block.body;
                    return Some(block);
                }
            }
            lines.next();
        }
        None
    })
}

fn value(group: &Block<'_>, name: &str) -> Option<String> {
    let field = group.get(name)?;
    let text = decode_header(&field.value).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// What stands behind `rfc822;`, `dns;`, `smtp;`; without it the whole.
fn untyped(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest))
            if kind
                .trim()
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'/')) =>
        {
            rest.trim()
        }
        _ => value,
    }
}

/// A name behind its type, without angle brackets; it has to hold `mark`.
fn typed(value: &str, mark: &str) -> Option<String> {
    let name = untyped(value).trim_start_matches('<').trim_end_matches('>');
    let name = visible_line(name, LONGEST_NAME);
    (!name.is_empty() && name.contains(mark)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REPORT: &[u8] = b"Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n\
        Final-Recipient: rfc822; full@example.net\r\nOriginal-Recipient: rfc822;Full@Example.net\r\nAction: failed\r\n\
        Status: 5.2.2\r\nRemote-MTA: dns; mail.example.net\r\nDiagnostic-Code: smtp; 552 5.2.2\r\n over quota\r\n\r\n\r\n\
        Final-Recipient: RFC822; <gone@example.net>\r\nAction: failed (bounced)\r\nStatus: 5.0.0\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <gone@example.net>: no such user\r\n\r\n\
        Final-Recipient: rfc822;late@example.net\r\nAction: delayed\r\nStatus: 4.4.1\r\n";

    #[test]
    fn every_recipient_of_a_report_is_told() {
        let report = DeliveryReport::parse(REPORT).unwrap();
        let told: Vec<_> = report
            .recipients
            .iter()
            .map(|delivery| {
                let status = delivery.status.map(|status| status.to_string());
                (
                    delivery.recipient.as_str(),
                    delivery.action,
                    status.unwrap_or_default(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Full@Example.net", DeliveryAction::Failed, "5.2.2".into()),
                ("gone@example.net", DeliveryAction::Failed, "5.1.1".into()),
                ("late@example.net", DeliveryAction::Delayed, "4.4.1".into()),
            ]
        );
        let first = report.recipients.first().unwrap();
        assert_eq!(first.diagnostic.as_deref(), Some("552 5.2.2 over quota"));
        assert_eq!(first.remote.as_deref(), Some("mail.example.net"));
    }

    #[test]
    fn a_report_without_an_action_says_what_its_status_means() {
        let report = |status: &str| {
            let text = format!("Final-Recipient: rfc822;a@b.example\nStatus: {status}\n");
            DeliveryReport::parse(text.as_bytes()).map(|report| report.recipients[0].action)
        };
        assert_eq!(report("5.1.1"), Some(DeliveryAction::Failed));
        assert_eq!(report("4.0.0 (later)"), Some(DeliveryAction::Delayed));
        assert_eq!(report("2.1.5"), Some(DeliveryAction::Delivered));
        assert_eq!(report("unknown"), None);
    }

    #[test]
    fn a_report_that_names_nobody_is_none() {
        for text in [
            "",
            "\n\n\n",
            "Reporting-MTA: dns; x\n\n",
            "no fields\nat all",
        ] {
            assert_eq!(DeliveryReport::parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_a_server_said_hides_nothing() {
        let text = "Final-Recipient: rfc822;a@b.example\nAction: failed\nDiagnostic-Code: smtp;\u{202e}evil\u{200b}\n";
        let report = DeliveryReport::parse(text.as_bytes()).unwrap();
        assert_eq!(report.recipients[0].diagnostic.as_deref(), Some("evil"));
    }

    #[test]
    fn a_receipt_says_what_was_done() {
        let receipt =
            |text: &str| Receipt::parse(text.as_bytes()).map(|receipt| receipt.disposition);
        let field =
            |value: &str| format!("Final-Recipient: rfc822;a@b.example\nDisposition: {value}\n");
        let automatic = field("automatic-action/MDN-sent-automatically; processed/error");
        assert_eq!(receipt(&automatic), Some(ReceiptDisposition::Processed));
        let manual = field("manual-action/MDN-sent-manually; displayed");
        assert_eq!(receipt(&manual), Some(ReceiptDisposition::Displayed));
        assert_eq!(receipt(&field("manual-action; eaten")), None);
        assert_eq!(receipt("Final-Recipient: rfc822;a@b.example\n"), None);
        let whole = Receipt::parse(manual.as_bytes()).unwrap();
        assert_eq!(whole.recipient, "a@b.example");
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(content in proptest::collection::vec(any::<u8>(), 0..500)) {
            DeliveryReport::parse(&content);
            Receipt::parse(&content);
        }

        #[test]
        fn any_fields_are_survived(content in "(Final-Recipient: |Action: |Status: |rfc822;|a@b|5.1.1|:|\n|\r\n|\n\n| ){0,60}") {
            DeliveryReport::parse(content.as_bytes());
            Receipt::parse(content.as_bytes());
        }
    }
}
