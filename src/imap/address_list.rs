//! Addresses of ENVELOPE (RFC 9051 §7.5.2).

use super::sexp::Value;
use crate::mime::{Address, decode_header};

/// Most addresses read of one field (SECURITY.md R-LIM-1).
const MOST: usize = 1_000;
/// What Dovecot writes where a half of the address is missing.
const MISSING: [&str; 2] = ["MISSING_MAILBOX", "MISSING_DOMAIN"];

/// Group markers are left out, their members stay; a garbled address costs only itself.
pub(super) fn read(value: &Value) -> Vec<Address> {
    value
        .list()
        .unwrap_or_default()
        .iter()
        .filter_map(address)
        .take(MOST)
        .collect()
}

fn address(value: &Value) -> Option<Address> {
    let fields = value.list()?;
    let text = |i: usize| fields.get(i).and_then(Value::octets);
    let half = |i: usize| {
        text(i)
            .map(|octets| clean(octets))
            .filter(|half| !half.is_empty() && !MISSING.contains(&half.as_str()))
    };
    // A host of NIL marks the begin or the end of a group.
    text(3)?;
    let name = text(0)
        .map(|octets| decode_header(octets))
        .filter(|name| !name.is_empty());
    let addr = match (half(2), half(3)) {
        (Some(local), Some(domain)) => format!("{local}@{domain}"),
        (Some(half), None) | (None, Some(half)) => half,
        (None, None) => String::new(),
    };
    (name.is_some() || !addr.is_empty()).then_some(Address { name, addr })
}

/// One line without control characters.
pub(super) fn clean(octets: &[u8]) -> String {
    let plain = octets.iter().all(|octet| (b' '..=b'~').contains(octet));
    if let Some(text) = plain.then(|| std::str::from_utf8(octets).ok()).flatten() {
        return text.to_owned();
    }
    String::from_utf8_lossy(octets)
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}
