use super::super::Protection;
use super::super::header::Lines;
use super::armour::{self, Armour};
use super::{MOST_MEMBERS, Member, uu, yenc};

/// A text without the files in it, and the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBlocks {
    /// In the charset and with the line ends that it came in.
    pub text: Vec<u8>,
    pub members: Vec<Member>,
    /// The text held OpenPGP armour.
    pub protection: Option<Protection>,
}

/// Cuts whole uuencode, yEnc and OpenPGP blocks out of a text; what is not whole stays. None: there is none, as in nearly every
/// text. `text` is decoded from its transfer encoding, not yet from its charset.
pub fn text_blocks(text: &[u8]) -> Option<TextBlocks> {
    if !may_hold_blocks(text) {
        return None;
    }
    let mut found = TextBlocks::default();
    let mut lines = Lines::new(text, 0);
    loop {
        let start = lines.at;
        let Some(line) = lines.clone().next() else {
            break;
        };
        if !found.block(text, line, &mut lines) {
            lines.next();
            found
                .text
                .extend_from_slice(text.get(start..lines.at).unwrap_or_default());
        }
    }
    (!found.members.is_empty()).then_some(found)
}

fn may_hold_blocks(text: &[u8]) -> bool {
    [&b"begin "[..], b"=ybegin ", b"-----BEGIN PGP "]
        .iter()
        .any(|mark| memchr::memmem::find(text, mark).is_some())
}

impl TextBlocks {
    /// Whether a block was taken from where `lines` stands.
    fn block(&mut self, raw: &[u8], line: &[u8], lines: &mut Lines<'_>) -> bool {
        if self.members.len() >= MOST_MEMBERS {
            return false;
        }
        let member = if line.starts_with(b"begin ") {
            uu::block(raw, lines)
        } else if line.starts_with(b"=ybegin ") {
            yenc::block(lines)
        } else if line.starts_with(b"-----BEGIN PGP ") {
            armour::block(raw, lines).map(|armour| self.armour(armour))
        } else {
            None
        };
        let found = member.is_some();
        self.members.extend(member);
        found
    }

    fn armour(&mut self, armour: Armour) -> Member {
        match armour {
            Armour::Message(member) => {
                self.protection = Some(Protection::Encrypted);
                member
            }
            Armour::Key(member) => member,
            Armour::Signed { text, signature } => {
                self.protection = self.protection.or(Some(Protection::Signed));
                self.text.extend_from_slice(&text);
                signature
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn corpus(name: &str) -> Vec<u8> {
        std::fs::read(format!("tests/corpora/uu-yenc/{name}")).unwrap()
    }

    #[test]
    fn a_uuencoded_file_is_cut_out_of_its_text() {
        let text = b"before\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nafter\r\n";
        let found = text_blocks(text).unwrap();
        assert_eq!(found.text, b"before\r\nafter\r\n");
        let [cat] = &found.members[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (cat.filename.as_str(), &cat.content[..]),
            ("cat.txt", &b"Cat"[..])
        );
        assert_eq!(cat.mime_type, "text/plain");
    }

    #[test]
    fn a_photo_of_the_corpus_is_whole() {
        let found = text_blocks(&corpus("photo.uu")).unwrap();
        let [photo] = &found.members[..] else {
            panic!()
        };
        assert!(photo.filename.ends_with(".jpg"), "{}", photo.filename);
        assert_eq!(
            super::super::super::picture_type(&photo.content),
            Some("image/jpeg")
        );
    }

    #[test]
    fn yenc_is_cut_out_where_it_is_as_long_as_it_says() {
        for (file, name, size) in [
            ("00000020.ntx", "joystick.jpg.001", 11_250),
            ("00000021.ntx", "joystick.jpg.002", 8_088),
        ] {
            let found = text_blocks(&corpus(file)).unwrap();
            let [piece] = &found.members[..] else {
                panic!("{file}")
            };
            assert_eq!(
                (piece.filename.as_str(), piece.content.len()),
                (name, size),
                "{file}"
            );
            assert!(
                !found.text.windows(7).any(|window| window == b"=ybegin"),
                "{file}"
            );
        }
        assert_eq!(
            text_blocks(b"=ybegin line=128 size=3 name=x\r\nabc\r\n=yend size=4\r\n"),
            None
        );
    }

    #[test]
    fn what_is_not_whole_stays_text() {
        for text in [
            "begin 644 cat.txt\n#0V%T\n`\n",
            "begin the day with coffee\nend\n",
            "begin 999 cat.txt\n`\nend\n",
            "begin 644 cat.txt\nwords, small letters\nend\n",
            "> begin 644 cat.txt\n> #0V%T\n> `\n> end\n",
            "-----BEGIN PGP MESSAGE-----\n\nabc\n",
            "-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP MESSAGE-----\n",
            "=ybegin line=128 size=3 name=x\nabc\n",
        ] {
            assert_eq!(text_blocks(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn armour_is_a_file_and_a_signed_text_is_read() {
        let text = b"hello\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\nbye\n";
        let found = text_blocks(text).unwrap();
        assert_eq!(found.text, b"hello\nbye\n");
        assert_eq!(found.protection, Some(Protection::Encrypted));
        assert_eq!(found.members[0].filename, "message.asc");

        let text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- -----dashes\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n";
        let found = text_blocks(text).unwrap();
        assert_eq!(found.text, b"Hello\n-----dashes\n");
        assert_eq!(found.protection, Some(Protection::Signed));
        assert_eq!(found.members[0].filename, "signature.asc");
    }

    #[test]
    fn many_beginnings_cost_no_more_than_one() {
        for line in [
            "begin 644 x\n",
            "=ybegin line=1 size=1 name=x\n",
            "-----BEGIN PGP MESSAGE-----\n",
            "-----BEGIN PGP SIGNED MESSAGE-----\n",
            "-----BEGIN PGP SIGNED MESSAGE-----\n\n",
        ] {
            let text = line.repeat(100_000);
            let begun = crate::mime::testing::CpuTime::now();
            text_blocks(text.as_bytes());
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(3),
                "{line}: {:?}",
                begun.elapsed()
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost_where_nothing_is_cut(text in "(begin 644 a|end|`|#0V%T|=ybegin line=1 size=3 name=a|=yend size=3|-----BEGIN PGP (MESSAGE|SIGNED MESSAGE|SIGNATURE)-----|-----END PGP (MESSAGE|SIGNATURE)-----|\n|\r\n|words| ){0,60}") {
            if let Some(found) = text_blocks(text.as_bytes()) {
                prop_assert!(!found.members.is_empty());
                prop_assert!(found.text.len() < text.len());
            }
        }

        #[test]
        fn any_octets_are_survived(mut text in proptest::collection::vec(any::<u8>(), 0..300)) {
            text.splice(0..0, *b"=ybegin line=1 size=3 name=a\n");
            text_blocks(&text);
        }
    }
}
