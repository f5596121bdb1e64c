//! A pre-scan for tags with too many attributes: html5ever compares each new one with all before it.

/// Whether any tag could have more than `limit` attributes.
///
/// What is a tag depends on the comments, scripts and quotes around it, so this does not try to know: from every `<`
/// and letter it follows all readings at once and keeps the highest count of each. A real tokenizer takes one of
/// these readings; the count is never too low. One pass, five counters; what no reading minds is passed over.
pub(in super::super) fn too_many_attributes(html: &str, limit: usize) -> bool {
    let bytes = html.as_bytes();
    let mut readings = Readings::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let before = |distance: usize| {
            let place = at.checked_sub(distance);
            place.and_then(|place| bytes.get(place)).copied()
        };
        let last = before(1).unwrap_or(b' ');
        readings.step(byte, last);
        let tag_opens = last == b'<' || (before(2) == Some(b'<') && last == b'/');
        if tag_opens && byte.is_ascii_alphabetic() {
            readings.names = readings.names.max(Some(0));
        }
        if readings.names > Some(limit) {
            return true;
        }
        at += 1;
        // The next two of a `<` may open a tag.
        if byte != b'<' && last != b'<' {
            let rest = bytes.get(at..).unwrap_or_default();
            at += readings.unmoved(rest);
        }
    }
    false
}

/// Attributes so far, by where in a tag a tokenizer could be (WHATWG HTML §13.2.5.32 and following); None where it
/// cannot be.
#[derive(Default)]
struct Readings {
    /// Before, in or after a name.
    names: Option<usize>,
    /// After `=`.
    before_value: Option<usize>,
    unquoted: Option<usize>,
    double: Option<usize>,
    single: Option<usize>,
}

impl Readings {
    /// How many of these bytes change nothing.
    fn unmoved(&self, bytes: &[u8]) -> usize {
        let next = match self {
            Self {
                names: None,
                before_value: None,
                unquoted: None,
                double,
                single,
            } => match (double, single) {
                (None, None) => memchr::memchr(b'<', bytes),
                (Some(_), None) => memchr::memchr2(b'<', b'"', bytes),
                (None, Some(_)) => memchr::memchr2(b'<', b'\'', bytes),
                (Some(_), Some(_)) => memchr::memchr3(b'<', b'"', b'\'', bytes),
            },
            _ => Some(0),
        };
        next.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8, last: u8) {
        let Self {
            names,
            before_value,
            unquoted,
            double,
            single,
        } = std::mem::take(self);
        let space = byte.is_ascii_whitespace();
        self.double = if byte == b'"' { before_value } else { double };
        self.single = if byte == b'\'' { before_value } else { single };
        if byte == b'"' {
            self.names = double;
        } else if byte == b'\'' {
            self.names = single;
        }
        if byte == b'>' {
            return;
        }
        if space {
            self.names = self.names.max(names).max(unquoted);
            self.before_value = before_value;
            return;
        }
        self.unquoted = if matches!(byte, b'"' | b'\'') {
            unquoted
        } else {
            unquoted.max(before_value)
        };
        let separated = last.is_ascii_whitespace() || matches!(last, b'/' | b'"' | b'\'');
        let begins = separated && byte != b'/';
        self.names = self.names.max(if begins {
            names.map(|count| count + 1)
        } else {
            names
        });
        if byte == b'=' {
            self.before_value = names;
            if !separated {
                self.names = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::too_many_attributes;
    use proptest::prelude::*;

    fn tag(count: usize) -> String {
        let attributes: String = (0..count).map(|i| format!(" a{i}=\"x y z\"")).collect();
        format!("<p{attributes}>")
    }

    #[test]
    fn counts_are_exact_for_plain_tags() {
        assert!(!too_many_attributes(&tag(64).repeat(100), 64));
        assert!(too_many_attributes(&tag(65), 64));
        let words = format!(
            "<p>{}</p><a title='{}'>x</a>",
            "many words ".repeat(1000),
            "many words ".repeat(1000)
        );
        assert!(!too_many_attributes(&words, 64));
        assert!(too_many_attributes(&format!("<p{}", "/a".repeat(70)), 64));
        assert!(too_many_attributes(
            &format!("<p {}", "a=\"\"".repeat(70)),
            64
        ));
    }

    /// Every byte looked at.
    fn counted_slowly(html: &str, limit: usize) -> bool {
        let mut readings = super::Readings::default();
        let mut previous = [b' '; 2];
        html.bytes().any(|byte| {
            let [before, last] = previous;
            readings.step(byte, last);
            let tag_opens = last == b'<' || (before == b'<' && last == b'/');
            if tag_opens && byte.is_ascii_alphabetic() {
                readings.names = readings.names.max(Some(0));
            }
            previous = [last, byte];
            readings.names > Some(limit)
        })
    }

    proptest! {
        #[test]
        fn what_is_passed_over_counts_for_nothing(html in "([<>/='\" ab]|</|=\"|='|<a ){0,60}", limit in 0_usize..4) {
            prop_assert_eq!(too_many_attributes(&html, limit), counted_slowly(&html, limit));
        }
    }

    #[test]
    fn comments_and_quotes_hide_nothing() {
        for before in [
            "<!-- <a x=\" -->",
            "<script>'<a x=\"'</script>",
            "<a x='\">",
            "\"",
            "<!-- <a x='\" -->",
            "<style><a b=\"</style>",
        ] {
            assert!(
                too_many_attributes(&format!("{before}{}", tag(100)), 64),
                "{before}"
            );
        }
    }
}
