//! What the beginning of a message's text is worth in a list: mail servers cut it out of whatever comes first.

/// The beginning of a message, as far as a person can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview<'t> {
    Text(&'t str),
    /// A file of this name stands in the text.
    File(&'t str),
    Encrypted,
}

impl<'t> Preview<'t> {
    /// `text`: the first characters of a message in one line. What only programs read becomes what it stands for, or
    /// nothing.
    pub fn of(text: &'t str) -> Self {
        let text = text.trim_start();
        if text.starts_with("BEGIN:VCALENDAR") {
            return Self::Text(property(text, "SUMMARY"));
        }
        if text.starts_with("BEGIN:VCARD") {
            return Self::Text(property(text, "FN"));
        }
        if let Some(signed) = text.strip_prefix("-----BEGIN PGP SIGNED MESSAGE-----") {
            let said = signed.trim_start();
            let after_hash = said
                .strip_prefix("Hash: ")
                .and_then(|hash| hash.split_once(' '));
            return Self::Text(after_hash.map_or(said, |(_, said)| said));
        }
        if text.starts_with("-----BEGIN PGP MESSAGE-----") {
            return Self::Encrypted;
        }
        if text.starts_with("-----BEGIN ") {
            return Self::Text("");
        }
        match uuencoded(text).or_else(|| yencoded(text)) {
            Some(name) => Self::File(name),
            None => Self::Text(text),
        }
    }
}

/// The value of an iCalendar or vCard property, up to where the next one seems to begin.
fn property<'t>(text: &'t str, name: &str) -> &'t str {
    let is_named = |word: &str| {
        word.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([':', ';']))
    };
    let Some(at) = words(text).find_map(|(at, word)| is_named(word).then_some(at)) else {
        return "";
    };
    let line = text.get(at..).unwrap_or_default();
    let next = words(line).skip(1).find(|(_, word)| begins_property(word));
    let line = line.get(..next.map_or(line.len(), |(at, _)| at));
    let value = line.and_then(|line| line.split_once(':'));
    value.map_or("", |(_, value)| value.trim_end())
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(' ').map(move |word| {
        let begin = at;
        at += word.len() + 1;
        (begin, word)
    })
}

/// `DTSTART:`, `DTSTART;TZID=…`, `X-WR-NAME:`
fn begins_property(word: &str) -> bool {
    word.split_once([':', ';']).is_some_and(|(name, _)| {
        name.len() > 1 && name.bytes().all(|c| c.is_ascii_uppercase() || c == b'-')
    })
}

/// The name in `begin 644 name`.
fn uuencoded(text: &str) -> Option<&str> {
    let (mode, rest) = text.strip_prefix("begin ")?.split_once(' ')?;
    let octal = matches!(mode.len(), 3 | 4) && mode.bytes().all(|c| (b'0'..=b'7').contains(&c));
    rest.split(' ')
        .next()
        .filter(|name| octal && !name.is_empty())
}

/// The name in `=ybegin line=128 size=9 name=photo.jpg`.
fn yencoded(text: &str) -> Option<&str> {
    let (_, rest) = text.strip_prefix("=ybegin ")?.split_once("name=")?;
    rest.split(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_programs_read_becomes_what_it_stands_for() {
        for (text, expected) in [
            ("Hello, begin 644 x", Preview::Text("Hello, begin 644 x")),
            (" begin with this", Preview::Text("begin with this")),
            ("begin 644 photo.jpg M_]C_X", Preview::File("photo.jpg")),
            (
                "=ybegin line=128 size=9 name=photo.jpg abc",
                Preview::File("photo.jpg"),
            ),
            (
                "BEGIN:VCALENDAR VERSION:2.0 BEGIN:VEVENT SUMMARY;LANGUAGE=en:Roof: the inspection DTSTART;TZID=UTC:20",
                Preview::Text("Roof: the inspection"),
            ),
            ("BEGIN:VCALENDAR VERSION:2.0", Preview::Text("")),
            (
                "BEGIN:VCARD VERSION:4.0 FN:Ioana Pop EMAIL:a@b",
                Preview::Text("Ioana Pop"),
            ),
            ("-----BEGIN PGP MESSAGE----- hQEMA", Preview::Encrypted),
            (
                "-----BEGIN PGP SIGNED MESSAGE----- Hash: SHA256 Dear all",
                Preview::Text("Dear all"),
            ),
            ("-----BEGIN PGP PUBLIC KEY BLOCK----- mQ", Preview::Text("")),
        ] {
            assert_eq!(Preview::of(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "(BEGIN:VCALENDAR |BEGIN:VCARD |SUMMARY:|FN;|begin 644 |=ybegin |name=|-----BEGIN |é| |x|:|;){0,20}") {
            Preview::of(&text);
        }
    }
}
