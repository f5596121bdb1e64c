//! From RFC 5322 bytes to what follows DATA (RFC 5321 §2.3.8, §4.5.2).

/// Octets of a line without its CRLF (RFC 5321 §4.5.3.1.6).
const LINE: usize = 998;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineTooLong;

/// Every CR is followed by LF and the reverse, the last line is ended, a leading dot is doubled. The final dot is not
/// part of it. A bare CR or LF would let a server end the message earlier than we do ("SMTP smuggling").
pub(super) fn encode(message: &[u8]) -> Result<Vec<u8>, LineTooLong> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 64 + 2);
    let mut rest = message;
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        if line.len() > LINE {
            return Err(LineTooLong);
        }
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
        rest = match after {
            [b'\r', b'\n', after @ ..] | [_, after @ ..] => after,
            [] => after,
        };
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(message: &[u8]) -> String {
        String::from_utf8(encode(message).unwrap()).unwrap()
    }

    #[test]
    fn bare_line_ends_become_crlf_before_dots_are_doubled() {
        assert_eq!(
            encoded(b"a\n.\nb\r.\rc\r\n.\r\n"),
            "a\r\n..\r\nb\r\n..\r\nc\r\n..\r\n"
        );
    }

    #[test]
    fn the_last_line_is_ended() {
        assert_eq!(encoded(b"a"), "a\r\n");
        assert_eq!(encoded(b"a\r\n"), "a\r\n");
        assert_eq!(encoded(b""), "");
        assert_eq!(encoded(b".."), "...\r\n");
    }

    #[test]
    fn empty_lines_stay() {
        assert_eq!(encoded(b"a\r\n\r\n\n\rb"), "a\r\n\r\n\r\n\r\nb\r\n");
    }

    #[test]
    fn a_line_over_998_octets_is_refused() {
        assert!(encode(&[b'x'; 998]).is_ok());
        assert_eq!(encode(&[b'x'; 999]), Err(LineTooLong));
    }

    #[test]
    fn no_final_dot_can_stand_inside() {
        for input in [
            &b"a\r\n.\r\nQUIT"[..],
            b"a\n.\nQUIT",
            b"a\r.\rQUIT",
            b".\r\n",
            b"a\r\n.\nQUIT",
            b"\n.\r\n",
        ] {
            let out = encode(input).unwrap();
            assert!(!out.starts_with(b".\r\n"));
            assert!(memchr::memmem::find(&out, b"\r\n.\r\n").is_none());
        }
    }
}
