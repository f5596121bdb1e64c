//! Everything that opening a message makes of its octets, in the order of the product, for any octets at all.

use bytes::Bytes;
use posta::mime::{
    Address, Authentication, CalendarMessage, DeliveryReport, Header, InlineImage, Limits,
    MailingList, Parsed, Part, Receipt, Span, contacts, content_disposition, decode_text,
    display_filename, fold, html_to_text, is_risky, is_tnef, lines, parse, picture_pixels,
    picture_type, plain_quote, read_letter, sanitise, text_blocks, text_blocks_of, tnef_members,
    without_looks,
};

/// Messages in messages that are followed, as a reader may who opens each.
const DEEPEST: usize = 4;

/// What was met on the way.
#[derive(Debug, Default)]
pub struct Seen {
    pub parts: usize,
    /// Octets of text and of safe HTML.
    pub shown: usize,
    pub cards: usize,
    pub members: usize,
}

/// Reads a message and the messages in it, as their pages, frames and lists of files do.
///
/// # Panics
/// Where something comes out that no page may hold.
pub fn read_through(raw: &[u8]) -> Seen {
    let limits = Limits::default();
    let mut seen = Seen::default();
    let mut pending = vec![(Bytes::copy_from_slice(raw), 0)];
    while let Some((raw, depth)) = pending.pop() {
        let parsed = parse(&raw, &limits);
        header(&raw, &parsed.header);
        body(&parsed, &limits, &mut seen);
        let parts = parsed.structure.parts().zip(&parsed.contents);
        for (part, (section, content)) in parts {
            assert_eq!(part.section, *section);
            seen.parts += 1;
            file(part, content, &mut seen);
            if part.is_message() && depth < DEEPEST {
                pending.push((content.clone(), depth + 1));
            }
        }
    }
    seen
}

fn header(raw: &[u8], header: &Header) {
    let one_line = |text: &str| assert!(!text.contains(char::is_control), "{text:?}");
    one_line(&header.subject);
    for (name, value) in &header.fields {
        one_line(name);
        one_line(value);
    }
    for address in header.from.iter().chain(&header.to).chain(&header.cc) {
        person(address);
    }
    let checked = Authentication::read(raw, "mx.example.org");
    let (verdict, signer) = (
        checked.verdict(&header.from),
        checked.signed_by(&header.from),
    );
    std::hint::black_box((verdict, signer, MailingList::read(raw, &checked)));
}

/// What the pages say of one person.
pub fn person(address: &Address) {
    for shown in [
        address.display_name(),
        address.shown(),
        address.initials(),
        address.to_field(),
    ] {
        assert!(!shown.contains(char::is_control), "{shown:?}");
    }
    assert!(address.hue() < 12);
    std::hint::black_box((address.to_ascii(), address.ascii_domain()));
}

fn body(parsed: &Parsed, limits: &Limits, seen: &mut Seen) {
    let shown = parsed.structure.shown();
    let content = |part: &Part| {
        let mut contents = parsed.contents.iter();
        let found = contents.find(|(section, _)| *section == part.section);
        let content = found
            .map(|(_, content)| content.clone())
            .unwrap_or_default();
        content.slice(..content.len().min(limits.text_part))
    };
    if let Some(part) = shown.text {
        let octets = content(part);
        let blocks = text_blocks(&octets);
        let octets = blocks.as_ref().map_or(&octets[..], |found| &found.text);
        let text = decode_text(octets, part.charset.as_deref());
        plain(&text, part.format_flowed, part.del_sp);
        seen.shown += text.len();
        seen.members += blocks.map_or(0, |found| found.members.len());
    }
    if let Some(part) = shown.html {
        let html = decode_text(&content(part), part.charset.as_deref());
        let pictures: Vec<_> = parsed
            .structure
            .parts()
            .filter_map(|part| {
                Some(InlineImage {
                    content_id: part.content_id.clone()?,
                    content: content(part),
                })
            })
            .collect();
        let letter = read_letter(&html, "/compose", limits);
        let safe = sanitise(&html, &pictures, None, "/compose", limits);
        assert!(letter.is_some() || safe.is_none());
        std::hint::black_box(letter.map(|letter| without_looks(&fold(letter.blocks))));
        if let Some(safe) = safe {
            let (body, style) = (safe.body.to_string(), safe.style.to_string());
            assert!(!body.contains("<script") && !style.contains("</"), "{body}");
            seen.shown += body.len() + style.len();
        }
        plain(&html_to_text(&html, limits), false, false);
    }
}

/// Lines, links, the quotation of an answer.
pub fn plain(text: &str, flowed: bool, del_sp: bool) {
    let lines = lines(text, flowed, del_sp);
    std::hint::black_box(fold(text_blocks_of(&lines, "/compose")));
    for line in lines {
        for span in &line.spans {
            if let Span::Link { href, .. } = span {
                let schemes = ["http://", "https://", "mailto:"];
                let known = schemes.iter().any(|scheme| href.starts_with(scheme));
                assert!(known && !href.contains(['"', '<', '>', ' ']), "{href}");
            }
        }
    }
    std::hint::black_box(plain_quote(text));
}

fn file(part: &Part, content: &Bytes, seen: &mut Seen) {
    name(part.filename.as_deref().unwrap_or_default());
    std::hint::black_box((picture_type(content), picture_pixels(content)));
    let text = || decode_text(content, part.charset.as_deref());
    let card = match part.mime_type.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => {
            DeliveryReport::parse(content).is_some()
        }
        "message/disposition-notification" | "message/global-disposition-notification" => {
            Receipt::parse(content).is_some()
        }
        "text/calendar" | "application/ics" => {
            let message = CalendarMessage::parse(&text());
            message.is_some_and(|message| (1..=20).contains(&message.events.len()))
        }
        "text/vcard" | "text/x-vcard" | "text/directory" => {
            let contacts = contacts(&text());
            assert!(contacts.iter().all(|contact| !contact.name.is_empty()));
            !contacts.is_empty()
        }
        _ => false,
    };
    seen.cards += usize::from(card);
    if is_tnef(&part.mime_type, part.filename.as_deref()) {
        for member in tnef_members(content) {
            name(&member.filename);
            seen.members += 1;
        }
    }
}

/// The name of a file as it is shown and as it is saved.
pub fn name(raw: &str) {
    let shown = display_filename(raw);
    assert!((1..=180).contains(&shown.len()), "{shown:?}");
    assert!(
        !shown.contains(['/', '\\']) && !shown.contains(char::is_control),
        "{shown:?}"
    );
    assert_eq!(display_filename(&shown), shown, "not stable: {raw:?}");
    let disposition = content_disposition(false, raw);
    assert!(
        disposition.bytes().all(|byte| (0x20..0x7F).contains(&byte)),
        "{disposition}"
    );
    std::hint::black_box(is_risky(raw));
}
