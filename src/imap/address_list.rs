//! Addresses of ENVELOPE (RFC 9051 §7.5.2).

use super::sexp::Value;
use crate::mime::{Address, decode_header_in};
use std::borrow::Cow;

/// Most addresses read of one field (SECURITY.md R-LIM-1).
const MOST: usize = 1_000;
/// What Dovecot writes where a half of the address is missing.
const MISSING: [&str; 2] = ["MISSING_MAILBOX", "MISSING_DOMAIN"];

/// `charset` is that of the message's text, for octets that no encoded word holds. Group markers are left out, their
/// members stay; a garbled address costs only itself.
pub(super) fn read(field: Value<'_>, charset: Option<&str>) -> Vec<Address> {
    let addresses = field.list().unwrap_or_default();
    let read = addresses.filter_map(|value| address(value, charset));
    read.take(MOST).collect()
}

fn address(value: Value<'_>, charset: Option<&str>) -> Option<Address> {
    let mut fields = value.list()?;
    let name = fields.next()?.octets();
    let local = fields.nth(1)?.octets();
    // A host of NIL marks the begin or the end of a group.
    let domain = fields.next()?.octets()?;
    let name = name.map(|name| decode_header_in(name, charset));
    let name = name.filter(|name| !name.is_empty());
    let half = |octets| {
        Some(clean(octets)).filter(|half| !half.is_empty() && !MISSING.contains(&half.as_ref()))
    };
    let addr = match (local.and_then(half), half(domain)) {
        (Some(local), Some(domain)) => [local.as_ref(), "@", domain.as_ref()].concat(),
        (Some(half), None) | (None, Some(half)) => half.into_owned(),
        (None, None) => String::new(),
    };
    (name.is_some() || !addr.is_empty()).then_some(Address { name, addr })
}

/// One line without control characters.
pub(super) fn clean(octets: &[u8]) -> Cow<'_, str> {
    let text = lossy(octets);
    if text.contains(char::is_control) {
        return text.replace(char::is_control, "").into();
    }
    text
}

/// As [`String::from_utf8_lossy`], which takes twice as long for text without faults.
pub(super) fn lossy(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(octets),
    }
}
