/// Escapes text, or the value of an attribute in double quotes; controls but tab and LF are left out, and so are the two
/// line breaks of Unicode.
pub(super) fn escape(text: &str, attribute: bool, out: &mut String) {
    let mut plain = 0;
    let octets = text.as_bytes();
    for (at, &octet) in octets.iter().enumerate() {
        let (escaped, length) = match (octet, octets.get(at + 1)) {
            (b'&', _) => ("&amp;", 1),
            (b'<', _) => ("&lt;", 1),
            (b'>', _) => ("&gt;", 1),
            (b'"', _) if attribute => ("&quot;", 1),
            (b'\t' | b'\n', _) => continue,
            (..b' ' | 0x7F, _) => ("", 1),
            // U+0080 to U+009F are controls, U+00A0 is the space that no line breaks at.
            (0xC2, Some(0xA0)) => ("&nbsp;", 2),
            (0xC2, Some(0x80..=0x9F)) => ("", 2),
            (0xE2, Some(0x80)) if matches!(octets.get(at + 2), Some(0xA8 | 0xA9)) => ("", 3),
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(escaped);
        plain = at + length;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut out = String::new();
        escape(
            "a<b>&\"\u{a0}\u{1}\n\u{7f}\u{85}\u{2028}é\u{2029}",
            true,
            &mut out,
        );
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&nbsp;\né");
    }
}
