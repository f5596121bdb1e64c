//! Modified UTF-7 of mailbox names (RFC 3501 §5.1.3), strict in both directions.

use base64::{
    Engine,
    alphabet::IMAP_MUTF7,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Printable ASCII stands for itself, `&` is `&-`, everything else is base64 of UTF-16.
pub(super) fn encode(text: &str) -> String {
    fn flush(shifted: &mut Vec<u8>, out: &mut String) {
        if !shifted.is_empty() {
            out.push('&');
            BASE64.encode_string(&*shifted, out);
            out.push('-');
            shifted.clear();
        }
    }
    let (mut out, mut shifted) = (String::with_capacity(text.len()), Vec::new());
    for c in text.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut shifted, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(
                c.encode_utf16(&mut units)
                    .iter()
                    .flat_map(|unit| unit.to_be_bytes()),
            );
        }
    }
    flush(&mut shifted, &mut out);
    out
}

/// None unless `wire` is exactly what `encode` makes of the result: no 8-bit octets, no encoded ASCII, no lone surrogate.
pub(super) fn decode(wire: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((c, after)) = rest.split_first() {
        rest = after;
        match c {
            b'&' => {
                let end = rest.iter().position(|c| *c == b'-')?;
                let (shifted, after) = (&rest[..end], &rest[end + 1..]);
                rest = after;
                if shifted.is_empty() {
                    out.push('&');
                } else {
                    out.push_str(&utf16(&BASE64.decode(shifted).ok()?)?);
                }
            }
            b' '..=b'~' => out.push(char::from(*c)),
            _ => return None,
        }
    }
    (encode(&out).as_bytes() == wire).then_some(out)
}

fn utf16(octets: &[u8]) -> Option<String> {
    let pairs = octets.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units = pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_rfc_goes_both_ways() {
        assert_eq!(
            encode("~peter/mail/台北/日本語"),
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
        );
        assert_eq!(
            decode(b"~peter/mail/&U,BTFw-/&ZeVnLIqe-").as_deref(),
            Some("~peter/mail/台北/日本語")
        );
        assert_eq!(
            encode("Été & Söhne 😀"),
            "&AMk-t&AOk- &- S&APY-hne &2D3eAA-"
        );
    }

    #[test]
    fn what_a_server_must_not_send_is_not_decoded() {
        for bad in [
            "&AAA",
            "&AGEAYg-",
            "&2D0-",
            "&AA-",
            "&*-",
            "M\u{fc}nchen",
            "a\tb",
            "&AOk-&AOk-",
        ] {
            assert_eq!(decode(bad.as_bytes()), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_survives(text in "\\PC{0,40}") {
            prop_assert_eq!(decode(encode(&text).as_bytes()), Some(text));
        }

        #[test]
        fn what_decodes_encodes_to_the_same_octets(wire in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(text) = decode(&wire) {
                prop_assert_eq!(encode(&text).into_bytes(), wire);
            }
        }
    }
}
