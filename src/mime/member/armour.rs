//! OpenPGP armour inside a text (RFC 9580 §6.2, §7).
use super::super::header::Lines;
use super::Member;
use bytes::Bytes;

/// What a block of armour is.
pub(super) enum Armour {
    /// An encrypted message, cut out as a file.
    Message(Member),
    Key(Member),
    /// A signed text: what it says, and its signature.
    Signed {
        text: Vec<u8>,
        signature: Member,
    },
}

/// A block that begins at the next line and is whole; `lines` stands behind it then. The beginning of another block ends the
/// reading, so that many beginnings cost no more than one.
pub(super) fn block(raw: &[u8], lines: &mut Lines<'_>) -> Option<Armour> {
    let mut ahead = lines.clone();
    let begin = ahead.at;
    let armour = match ahead.next()?.trim_ascii_end() {
        b"-----BEGIN PGP MESSAGE-----" => {
            let end = end_of(&mut ahead, b"-----END PGP MESSAGE-----")?;
            Armour::Message(file(
                raw,
                begin..end,
                "message.asc",
                "application/octet-stream",
            )?)
        }
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----" => {
            let end = end_of(&mut ahead, b"-----END PGP PUBLIC KEY BLOCK-----")?;
            Armour::Key(file(raw, begin..end, "key.asc", "application/pgp-keys")?)
        }
        b"-----BEGIN PGP SIGNED MESSAGE-----" => signed(raw, &mut ahead)?,
        _ => return None,
    };
    *lines = ahead;
    Some(armour)
}

fn end_of(lines: &mut Lines<'_>, end: &[u8]) -> Option<usize> {
    loop {
        let line = lines.next()?.trim_ascii_end();
        if line == end {
            return Some(lines.at);
        }
        if line.starts_with(b"-----") {
            return None;
        }
    }
}

fn signed(raw: &[u8], lines: &mut Lines<'_>) -> Option<Armour> {
    // The hash headers end with an empty line.
    loop {
        match lines.next()?.trim_ascii_end() {
            b"" => break,
            line if line.starts_with(b"-----") => return None,
            _ => {}
        }
    }
    let mut text = Vec::new();
    let begin = loop {
        let begin = lines.at;
        let line = lines.next()?;
        match line.trim_ascii_end() {
            b"-----BEGIN PGP SIGNATURE-----" => break begin,
            other if other.starts_with(b"-----BEGIN PGP ") => return None,
            _ => {
                text.extend_from_slice(line.strip_prefix(b"- ").unwrap_or(line));
                text.push(b'\n');
            }
        }
    };
    let end = end_of(lines, b"-----END PGP SIGNATURE-----")?;
    let signature = file(
        raw,
        begin..end,
        "signature.asc",
        "application/pgp-signature",
    )?;
    Some(Armour::Signed { text, signature })
}

fn file(raw: &[u8], range: std::ops::Range<usize>, name: &str, mime_type: &str) -> Option<Member> {
    Some(Member {
        filename: name.to_owned(),
        mime_type: mime_type.to_owned(),
        content: Bytes::copy_from_slice(raw.get(range)?),
    })
}
