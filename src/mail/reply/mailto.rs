//! `mailto:` addresses (RFC 6068).
use super::seed::{Fields, InvalidSeed};
use percent_encoding::percent_decode_str;

/// Only the fields a stranger's link may fill in are taken; others are passed over, as §4 of the RFC asks.
pub(super) fn parse(uri: &str) -> Result<Fields, InvalidSeed> {
    let rest = match uri.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => uri.get(7..).unwrap_or_default(),
        _ => return Err(InvalidSeed),
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let (to, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut fields = Fields::default();
    fields.add("to", &decode(to)?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        fields.add(&decode(name)?.to_ascii_lowercase(), &decode(value)?);
    }
    Ok(fields)
}

/// A plus sign stands for itself here.
fn decode(text: &str) -> Result<String, InvalidSeed> {
    let decoded = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| InvalidSeed)?;
    Ok(decoded.into_owned())
}
