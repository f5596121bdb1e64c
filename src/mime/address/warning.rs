//! Senders that are not who they seem (SECURITY.md R-SPOOF-1).
use super::super::characters::hides;
use super::super::domain;
use super::super::header::decode_words;
use super::list::header_piece;
use super::scanner::{Piece, Scanner, Word};
use super::{Address, MAX_NAME};

/// White space that nobody writes into a name, but to push what follows out of sight.
const PADDING: usize = 8;
/// Marks that look as if somebody had checked the sender.
const MARKS: &str =
    "\u{2705}\u{2713}\u{2714}\u{2611}\u{1F5F8}\u{1F5F9}\u{1F512}\u{1F510}\u{1F50F}\u{1F6E1}";
/// What pages call the person whose mailbox it is.
const OWNER: [&str; 9] = ["me", "you", "moi", "vous", "eu", "dvs", "dvs.", "я", "вам"];

/// Why the sender may not be who it seems; the gravest reason comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SenderWarning {
    /// No From, or no address in it.
    NoAddress,
    /// An address that none can be, or one that is encoded.
    Malformed,
    /// Several authors outside of a group, or several From fields.
    Several,
    /// The name claims another address than the real one.
    OtherAddress,
    /// The domain looks like another one, or mixes scripts.
    Lookalike,
    /// Characters that cannot be seen or that reorder, or padding.
    Hidden,
    /// The name bears a mark as of a verified sender.
    Mark,
    /// The name is what pages call the person whose mailbox it is.
    Owner,
    /// The name is longer than what is shown of it.
    LongName,
}

/// The gravest reason in the values of the From fields, octets decoded and encoded words not yet.
pub(in super::super) fn sender_warning(fields: &[String]) -> Option<SenderWarning> {
    let mut worst: Option<SenderWarning> = None;
    let mut note = |warning| worst = Some(worst.map_or(warning, |worst| worst.min(warning)));
    let mut alone = 0_usize;
    let mut grouped = false;
    let pieces = fields
        .iter()
        .flat_map(|field| Scanner::new(field, false).run())
        .take(super::MAX_ADDRESSES);
    for piece in pieces {
        let (member, words) = (piece.member, text_words(&piece));
        let raw = decode_words(piece.raw.replace('\t', " ").as_bytes(), None);
        let Some(address) = header_piece(piece) else {
            continue;
        };
        alone += usize::from(!member);
        grouped |= member;
        address_warnings(&address).for_each(&mut note);
        name_warnings(&words, &address).for_each(&mut note);
        if hides_in(&raw) {
            note(SenderWarning::Hidden);
        }
    }
    let authors = alone + usize::from(grouped);
    if authors == 0 {
        note(SenderWarning::NoAddress);
    }
    if authors > 1 || fields.len() > 1 {
        note(SenderWarning::Several);
    }
    worst
}

/// What stands around the address, decoded.
fn text_words(piece: &Piece) -> Vec<String> {
    let has_angle = piece
        .words
        .iter()
        .any(|word| matches!(word, Word::Angle(_)));
    let texts = piece.words.iter().filter_map(|word| match word {
        Word::Bare(text) if has_angle || !text.contains('@') => Some(text),
        Word::Quoted(text) | Word::Comment(text) => Some(text),
        Word::Bare(_) | Word::Angle(_) => None,
    });
    texts
        .map(|text| decode_words(text.as_bytes(), None))
        .collect()
}

fn address_warnings(address: &Address) -> impl Iterator<Item = SenderWarning> + use<> {
    let (local, domain) = address.addr.rsplit_once('@').unwrap_or((&address.addr, ""));
    let is_quoted = local.starts_with('"') && local.ends_with('"');
    let malformed = local.is_empty()
        || domain.is_empty()
        || local.contains("=?")
        || (!is_quoted && local.contains('@'));
    let found = [
        malformed.then_some(SenderWarning::Malformed),
        (is_quoted && local.contains('@')).then_some(SenderWarning::OtherAddress),
        domain::deceives(domain).then_some(SenderWarning::Lookalike),
    ];
    found.into_iter().flatten()
}

fn name_warnings(
    words: &[String],
    address: &Address,
) -> impl Iterator<Item = SenderWarning> + use<> {
    let claims = words.iter().any(|word| claims_other(word, address));
    let padded = words.iter().any(|word| is_padded(word));
    let marked = words.iter().any(|word| has_mark(word));
    let owner = words.iter().any(|word| is_owner(word))
        && (words.len() == 1 || words.iter().all(|word| is_owner(word)));
    let length: usize = words.iter().map(|word| word.chars().count() + 1).sum();
    let found = [
        claims.then_some(SenderWarning::OtherAddress),
        padded.then_some(SenderWarning::Hidden),
        marked.then_some(SenderWarning::Mark),
        owner.then_some(SenderWarning::Owner),
        (length > MAX_NAME + 1).then_some(SenderWarning::LongName),
    ];
    found.into_iter().flatten()
}

/// Whether there is an address in the text that is not the real one.
fn claims_other(text: &str, address: &Address) -> bool {
    let text = text.replace(['\u{FF20}', '\u{FE6B}'], "@");
    text.split(|c: char| c.is_whitespace() || "<>()[]{},;:\"'«»„“”‘’".contains(c))
        .filter_map(|word| Some((word, word.split_once('@')?)))
        .any(|(word, (local, domain))| {
            let host = domain.trim_matches('.');
            let is_address = local.chars().any(char::is_alphanumeric) && host.contains('.');
            is_address && !address.same(word.trim_matches('.'))
        })
}

fn is_padded(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        run = if c.is_whitespace() { run + 1 } else { 0 };
        run >= PADDING
    })
}

/// Marks of direction alone reorder no letters, and names in Hebrew and Arabic carry them.
fn hides_in(text: &str) -> bool {
    hides(&text.replace(['\u{200E}', '\u{200F}', '\u{061C}'], ""))
}

pub(super) fn has_mark(name: &str) -> bool {
    name.chars().any(|c| !c.is_ascii() && MARKS.contains(c))
}

fn is_owner(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    OWNER.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::super::Header;
    use super::*;

    fn header(from: &str) -> Header {
        Header::parse(format!("Subject: s\r\nFrom: {from}\r\n\r\n").as_bytes())
    }

    #[test]
    fn every_sender_shows_the_real_address_and_a_doubtful_one_a_warning() {
        let text = std::fs::read_to_string("tests/corpora/handmade/address-display.json").unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 33);
        for case in cases {
            let from = case["from_header"].as_str().unwrap();
            let header = header(from);
            let warns = header.sender_warning.is_some();
            assert_eq!(
                warns,
                case["warn"].as_bool().unwrap(),
                "{from}: {:?}",
                header.sender_warning
            );
            let shown: Vec<String> = header.from.iter().map(Address::shown).collect();
            let expected = case["must_show_address"].as_str().unwrap();
            // In brackets stands why there is no address to show.
            if !expected.starts_with('(') {
                for address in expected.split(" + ") {
                    let tail = address.trim_start_matches("...");
                    assert!(
                        shown.iter().any(|shown| shown.ends_with(tail)),
                        "{from}: {shown:?}"
                    );
                }
            }
            for address in &header.from {
                for line in [address.display_name(), address.shown()] {
                    assert!(
                        !hides(&line) && line.chars().count() <= super::super::MAX_ADDR + 1,
                        "{line}"
                    );
                }
            }
        }
    }

    #[test]
    fn each_reason_is_told_by_its_name() {
        use SenderWarning::*;
        for (from, expected) in [
            ("<>", Some(NoAddress)),
            ("a@b.example@c.example", Some(Malformed)),
            ("a@b.example, c@d.example", Some(Several)),
            ("\"x@bank.example\" <a@b.example>", Some(OtherAddress)),
            ("x\u{FF20}bank.example <a@b.example>", Some(OtherAddress)),
            ("Ana <a@p\u{430}ypal.com>", Some(Lookalike)),
            ("\"A\u{200b}na\" <a@b.example>", Some(Hidden)),
            ("\"Ana          x\" <a@b.example>", Some(Hidden)),
            ("Bank \u{1F512} <a@b.example>", Some(Mark)),
            ("Vous <a@b.example>", Some(Owner)),
        ] {
            assert_eq!(header(from).sender_warning, expected, "{from}");
        }
        assert_eq!(
            Header::parse(b"Subject: s\r\n\r\n").sender_warning,
            Some(NoAddress)
        );
    }

    #[test]
    fn honest_senders_raise_no_warning() {
        for from in [
            "Ana Pop <ana@b.example>",
            "\"Ana Pop\"\r\n        <ana@b.example>",
            "\"Ana\r\n\tPop\" <ana@b.example>",
            "ana@b.example (Ana Pop)",
            "\"ana@b.example\" <Ana@B.example>",
            "Team @ Acme <team@acme.example>",
            "You Jin <you@b.example>",
            "\u{200f}שלום\u{200f} <a@b.example>",
            "می\u{200c}خواهم <a@b.example>",
            "👩\u{200d}🚀 Ana <a@b.example>",
            "почта <a@почта.example>",
            "Friends: a@b.example, c@d.example;",
        ] {
            assert_eq!(header(from).sender_warning, None, "{from}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_sender_is_looked_at(from in "(\\PC|[\\x00-\\x7f]|=\\?utf-8\\?Q\\?|\\?=|@|<|>|:|;|\"){0,60}") {
            sender_warning(&[from]);
        }
    }
}
