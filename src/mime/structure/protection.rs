use super::{Detail, Node, Part, Structure};

/// How a message is protected. Nothing of it is opened or checked: what is told is only what is there (SECURITY.md R-E2E-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// The message, or its text, is encrypted.
    Encrypted,
    /// Something in the message is encrypted, beside what can be read.
    PartlyEncrypted,
    /// There is a signature; what it signs can be read.
    Signed,
    /// What is signed stands inside the signature's own file.
    SignedInside,
}

impl Structure {
    /// PGP/MIME (RFC 3156) and S/MIME (RFC 8551), by the types of the parts. Encryption is told before signatures.
    pub fn protection(&self) -> Option<Protection> {
        match &self.root {
            Node::Multi { subtype, .. } if subtype == "encrypted" => {
                return Some(Protection::Encrypted);
            }
            Node::Leaf(part) if is_encrypted(part) => return Some(Protection::Encrypted),
            _ => {}
        }
        let mut pending = vec![&self.root];
        let mut signed = None;
        while let Some(node) = pending.pop() {
            match node {
                Node::Multi { subtype, .. } if subtype == "encrypted" => {
                    return Some(Protection::PartlyEncrypted);
                }
                Node::Multi { subtype, children } => {
                    if subtype == "signed" {
                        signed = Some(Protection::Signed);
                    }
                    pending.extend(children);
                }
                Node::Leaf(part) if is_encrypted(part) => {
                    return Some(Protection::PartlyEncrypted);
                }
                Node::Leaf(part) if part.detail == Some(Detail::OpaqueSigned) => {
                    signed = signed.or(Some(Protection::SignedInside));
                }
                Node::Leaf(_) => {}
            }
        }
        signed
    }
}

/// A key or a list of certificates comes under the same type, but with its own ending.
fn is_encrypted(part: &Part) -> bool {
    let is_envelope = matches!(
        part.mime_type.as_str(),
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    );
    let is_certificates = part
        .filename
        .as_deref()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(".p7c"));
    is_envelope && part.detail.is_none() && !is_certificates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::{Limits, parse};

    fn protection(content_type: &str, body: &str) -> Option<Protection> {
        let raw = format!("Content-Type: {content_type}\r\n\r\n{body}");
        parse(raw.as_bytes(), &Limits::default())
            .structure
            .protection()
    }

    #[test]
    fn protected_messages_are_told_apart() {
        for (content_type, body, expected) in [
            ("text/plain", "x", None),
            (
                "multipart/encrypted; boundary=b",
                "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--",
                Some(Protection::Encrypted),
            ),
            (
                "application/pkcs7-mime; smime-type=enveloped-data",
                "x",
                Some(Protection::Encrypted),
            ),
            (
                "application/x-pkcs7-mime; name=smime.p7m",
                "x",
                Some(Protection::Encrypted),
            ),
            (
                "application/pkcs7-mime; smime-type=signed-data",
                "x",
                Some(Protection::SignedInside),
            ),
            ("application/pkcs7-mime; name=certificates.p7c", "x", None),
            (
                "multipart/signed; boundary=b",
                "--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\ny\r\n--b--",
                Some(Protection::Signed),
            ),
            (
                "multipart/mixed; boundary=b",
                "--b\r\nContent-Type: text/html\r\n\r\n<img src=\"http://x/\r\n--b\r\nContent-Type: application/pkcs7-mime\r\n\r\ny\r\n--b--",
                Some(Protection::PartlyEncrypted),
            ),
        ] {
            assert_eq!(protection(content_type, body), expected, "{content_type}");
        }
    }
}
