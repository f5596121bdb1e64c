use super::Around;
use crate::{
    mail::{Delivery, DeliveryAction, EnhancedStatus},
    web::layout::Layout,
};

/// What became of a message for one recipient.
pub struct ReportRow<'a> {
    pub icon: &'static str,
    /// It did not arrive.
    pub failed: bool,
    pub sentence: Around,
    /// "5.2.2"
    pub code: Option<String>,
    /// The other server and what it said.
    pub remote: Option<&'a str>,
    pub said: Option<&'a str>,
}

pub(super) fn rows<'a>(layout: &Layout, recipients: &'a [Delivery]) -> Vec<ReportRow<'a>> {
    recipients
        .iter()
        .map(|delivery| {
            let why = delivery.status.and_then(why).map(|key| layout.t(key));
            let key = match (delivery.action, why.is_some()) {
                (DeliveryAction::Failed, false) => "report-failed",
                (DeliveryAction::Failed, true) => "report-failed-because",
                (DeliveryAction::Delayed, false) => "report-delayed",
                (DeliveryAction::Delayed, true) => "report-delayed-because",
                (DeliveryAction::Delivered, _) => "report-delivered",
                (DeliveryAction::Relayed | DeliveryAction::Expanded, _) => "report-passed-on",
            };
            ReportRow {
                icon: match delivery.action {
                    DeliveryAction::Failed => "circle-alert",
                    DeliveryAction::Delayed => "clock",
                    _ => "check",
                },
                failed: delivery.action == DeliveryAction::Failed,
                sentence: Around::with(layout, key, &delivery.recipient, &why.unwrap_or_default()),
                code: delivery.status.map(|status| status.to_string()),
                remote: delivery.remote.as_deref(),
                said: delivery.diagnostic.as_deref(),
            }
        })
        .collect()
}

/// Text key of what a code means (RFC 3463 §3, RFC 7504, RFC 7505, RFC 7372); None where it says nothing a person could use.
fn why(status: EnhancedStatus) -> Option<&'static str> {
    Some(match (status.subject, status.detail) {
        _ if status.class == 2 => return None,
        (1, 1) => "why-no-address",
        (1, 2 | 10) => "why-no-domain",
        (1, 3) => "why-bad-address",
        (1, 6) => "why-moved",
        (1, 7..=9) => "why-sender",
        (1, _) => "why-address",
        (2, 1) => "why-mailbox-off",
        (2, 2) => "why-mailbox-full",
        (2, 3) | (3, 4) => "why-too-large",
        (2, _) => "why-mailbox",
        (3, 1) => "why-system-full",
        (3, _) => "why-system",
        (4, 1) => "why-no-answer",
        (4, 4) => "why-no-route",
        (4, 6) => "why-loop",
        (4, 7) => "why-expired",
        (4, _) => "why-network",
        (5, _) => "why-protocol",
        (6, _) => "why-content",
        (7, 20..=29) => "why-unproved",
        (7, _) => "why-policy",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_in_words() {
        let told = |code: &str| EnhancedStatus::find(code).and_then(why);
        for (code, key) in [
            ("5.2.2", "why-mailbox-full"),
            ("4.2.2", "why-mailbox-full"),
            ("5.1.1", "why-no-address"),
            ("5.1.99", "why-address"),
            ("5.7.26", "why-unproved"),
            ("5.7.1", "why-policy"),
            ("4.4.7", "why-expired"),
        ] {
            assert_eq!(told(code), Some(key), "{code}");
        }
        for code in ["2.1.5", "5.0.0", "4.9.9"] {
            assert_eq!(told(code), None, "{code}");
        }
    }
}
