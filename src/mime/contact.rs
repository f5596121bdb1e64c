//! vCards (RFC 6350, 2426, and 2.1) as values to show: text only.
use super::characters::visible_line;
use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};
use calcard::{Entry, Parser};

/// Largest file that is read, in octets; pictures in it are not shown.
const LONGEST: usize = 256 << 10;
const MOST_CONTACTS: usize = 20;
const MOST_LINES: usize = 10;
const LONGEST_LINE: usize = 300;

/// One person. Texts are one visible line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Never empty.
    pub name: String,
    /// Role and organization; may be empty.
    pub work: String,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    /// Postal addresses.
    pub places: Vec<String>,
}

/// The people of a file, at most 20; those without a name and an address are left out. May panic if the reader of the file
/// does: it belongs on a rendering thread.
pub fn contacts(text: &str) -> Vec<Contact> {
    let mut contacts = Vec::new();
    if text.len() > LONGEST {
        return contacts;
    }
    let mut parser = Parser::new(text);
    while contacts.len() < MOST_CONTACTS {
        match parser.entry() {
            Entry::VCard(card) => contacts.extend(Contact::read(&card)),
            Entry::Eof | Entry::TooManyComponents => break,
            _ => {}
        }
    }
    contacts
}

impl Contact {
    fn read(card: &VCard) -> Option<Self> {
        let lines = |property: &VCardProperty, separator: &str| -> Vec<String> {
            let mut lines: Vec<String> = Vec::new();
            for entry in card.properties(property).take(MOST_LINES) {
                let line = line(entry, separator);
                if !line.is_empty() && !lines.contains(&line) {
                    lines.push(line);
                }
            }
            lines
        };
        let first = |property: &VCardProperty, separator: &str| {
            lines(property, separator).into_iter().next()
        };
        let emails = lines(&VCardProperty::Email, ", ");
        let organization = first(&VCardProperty::Org, ", ");
        let name = first(&VCardProperty::Fn, " ")
            .or_else(|| card.property(&VCardProperty::N).map(structured_name))
            .filter(|name| !name.is_empty())
            .or_else(|| organization.clone())
            .or_else(|| emails.first().cloned())?;
        let title =
            first(&VCardProperty::Title, ", ").or_else(|| first(&VCardProperty::Role, ", "));
        let work: Vec<String> = title.into_iter().chain(organization).collect();
        Some(Self {
            name,
            work: work.join(", "),
            emails,
            phones: lines(&VCardProperty::Tel, " ")
                .into_iter()
                .map(|phone| phone.trim_start_matches("tel:").to_owned())
                .collect(),
            places: lines(&VCardProperty::Adr, ", "),
        })
    }
}

/// Every text of a property, in order.
fn texts(entry: &VCardEntry) -> impl Iterator<Item = &str> {
    entry.values.iter().flat_map(|value| match value {
        VCardValue::Component(parts) => parts.iter().map(String::as_str).collect::<Vec<_>>(),
        value => value.as_text().into_iter().collect(),
    })
}

fn line(entry: &VCardEntry, separator: &str) -> String {
    let filled: Vec<&str> = texts(entry)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    visible_line(&filled.join(separator), LONGEST_LINE)
}

/// Family, given, further, before, after (RFC 6350 §6.2.2), as it is said.
fn structured_name(entry: &VCardEntry) -> String {
    let parts: Vec<&str> = texts(entry).collect();
    let said: Vec<&str> = [3, 1, 2, 0, 4]
        .into_iter()
        .filter_map(|index| parts.get(index).copied())
        .filter(|part| !part.trim().is_empty())
        .collect();
    visible_line(&said.join(" "), LONGEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_card_says_who_and_how_to_reach_them() {
        let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dr. Ana Dobre\r\nN:Dobre;Ana;;Dr.;\r\nORG:Praxis;Zahn\r\nTITLE:Dentist\r\n\
                    EMAIL:ana@dobre.example\r\nEMAIL;TYPE=work:ana@praxis.example\r\nTEL;VALUE=uri:tel:+40-21-555\r\n\
                    ADR:;;Strada Lungă 1;Brașov;;500000;România\r\nEND:VCARD\r\n";
        let expected = Contact {
            name: "Dr. Ana Dobre".into(),
            work: "Dentist, Praxis, Zahn".into(),
            emails: vec!["ana@dobre.example".into(), "ana@praxis.example".into()],
            phones: vec!["+40-21-555".into()],
            places: vec!["Strada Lungă 1, Brașov, 500000, România".into()],
        };
        assert_eq!(contacts(text), [expected]);
    }

    #[test]
    fn a_name_is_put_together_where_none_is_written() {
        let name = |lines: &str| {
            let text = format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n");
            contacts(&text).pop().map(|contact| contact.name)
        };
        assert_eq!(
            name("N:Dobre;Ana;;Dr.;\r\n").as_deref(),
            Some("Dr. Ana Dobre")
        );
        assert_eq!(
            name("EMAIL:ana@dobre.example\r\n").as_deref(),
            Some("ana@dobre.example")
        );
        assert_eq!(name("NOTE:nobody\r\n"), None);
    }

    #[test]
    fn every_card_of_the_corpus_is_read() {
        for file in std::fs::read_dir("tests/corpora/vcard").unwrap() {
            let path = file.unwrap().path();
            let content = std::fs::read(&path).unwrap();
            let contacts = contacts(&super::super::decode_text(&content, None));
            assert!(!contacts.is_empty(), "{}", path.display());
            assert!(contacts.iter().all(|contact| !contact.name.is_empty()));
        }
    }

    #[test]
    fn the_number_of_cards_is_capped() {
        let text = "BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n".repeat(100);
        assert_eq!(contacts(&text).len(), MOST_CONTACTS);
        assert!(contacts(&"x".repeat(LONGEST + 1)).is_empty());
    }

    #[test]
    fn bombs_of_the_longest_size_are_quick() {
        for line in [
            "BEGIN:VCARD\r\n",
            "TEL:1\r\n",
            ";",
            ",",
            "X;Y=Z:\r\n",
            "PHOTO;ENCODING=b:AAAA\r\n",
            "NOTE;ENCODING=QUOTED-PRINTABLE:=\r\n",
        ] {
            let text = format!(
                "BEGIN:VCARD\r\nFN:x\r\nN:{}",
                line.repeat((LONGEST - 100) / line.len())
            );
            let begun = crate::mime::testing::CpuTime::now();
            contacts(&text);
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(3),
                "{line}: {:?}",
                begun.elapsed()
            );
        }
    }

    proptest! {
        #[test]
        fn any_lines_are_survived(text in "(BEGIN:VCARD|END:VCARD|VERSION:2.1|FN|N|TEL|EMAIL|ADR|PHOTO|ENCODING=|QUOTED-PRINTABLE|b|BASE64|CHARSET=|:|;|=|\r\n|\n | |\"|,|x|=0D=0A|é){0,60}") {
            contacts(&format!("BEGIN:VCARD\r\n{text}\r\nEND:VCARD\r\n"));
        }
    }
}
