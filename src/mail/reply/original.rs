//! The stored message that is answered, forwarded or written on.
use super::super::{
    Account, Error, MessageRef, Result,
    reading::{Rendering, Telling, first_octets, message},
};
use crate::{
    imap::{Connection, Described},
    mime::{self, Header, Part, Section, Structure},
};
use bytes::Bytes;

/// Octets that are read of an original whose structure the server does not tell.
const BEGINNING: u64 = 4 << 20;

/// A message taken apart as far as writing needs it.
#[derive(Debug, Default)]
pub(super) struct Original {
    pub header: Header,
    /// Plain text, from the HTML part where there is no other.
    pub text: String,
    pub has_html: bool,
    /// The text goes on after what was read of it.
    pub cut: bool,
    /// It goes on after what was read of it: there may be more files.
    pub is_beginning: bool,
    /// Has the flag \Draft.
    pub is_draft: bool,
    pub attachments: Vec<Part>,
}

/// What a part without a name is called.
pub(super) fn filename(part: &Part) -> String {
    match &part.filename {
        Some(name) => mime::display_filename(name),
        None if part.mime_type == "message/rfc822" => "message.eml".to_owned(),
        None => mime::display_filename(""),
    }
}

struct Text {
    raw: Bytes,
    part: Part,
    cut: bool,
}

impl Original {
    /// For what carries all its files on, or takes its place.
    pub fn entire(self) -> Result<Self> {
        if self.is_beginning {
            return Err(Error::TooLarge { limit: BEGINNING });
        }
        Ok(self)
    }
}

/// What one lease gives of the original.
struct Given {
    header: Bytes,
    is_draft: bool,
    found: Found,
}

enum Found {
    Parts(Box<(Structure, Option<Text>)>),
    /// Octets from the first on, where the server tells no structure; and whether there are more.
    Octets(Bytes, bool),
}

impl Account {
    /// With at most `limit` octets of text, as they are encoded.
    pub(super) async fn original(&self, reference: &MessageRef, limit: usize) -> Result<Original> {
        let rendering = self.rendering(reference).await?;
        let wanted = reference.clone();
        let given = self.read_told(&reference.mailbox, move |connection, telling| {
            let reference = wanted.clone();
            Box::pin(async move { given(connection, &reference, telling, limit).await })
        });
        let given = given.await?;
        let is_beginning = matches!(given.found, Found::Octets(_, true));
        let (structure, text, cut) = match given.found {
            Found::Parts(parts) => {
                let (structure, text) = *parts;
                let cut = text.as_ref().is_some_and(|text| text.cut);
                (structure, text.map(|text| decode(&text)), cut)
            }
            Found::Octets(octets, more) => {
                let (structure, text) = taken_apart(&rendering, octets).await?;
                (structure, text, more)
            }
        };
        let shown = structure.shown();
        let original = Original {
            header: Header::parse_in(&given.header, structure.charset()),
            text: String::new(),
            has_html: shown.html.is_some(),
            cut,
            is_beginning,
            is_draft: given.is_draft,
            attachments: shown.attachments.into_iter().cloned().collect(),
        };
        let text = match text {
            Some((text, true)) => plain(&rendering, text).await,
            Some((text, false)) => text,
            None => String::new(),
        };
        Ok(Original { text, ..original })
    }
}

async fn given(
    connection: &mut Connection,
    reference: &MessageRef,
    telling: Telling,
    limit: usize,
) -> Result<Given> {
    let Described {
        envelope, header, ..
    } = message(connection, reference, telling, true).await?;
    let found = match envelope.structure {
        Some(structure) => {
            let text = first_text(connection, reference, &structure, limit).await?;
            Found::Parts(Box::new((structure, text)))
        }
        None => {
            let (octets, more) = first_octets(connection, reference.uid, BEGINNING).await?;
            Found::Octets(octets, more)
        }
    };
    Ok(Given {
        header,
        is_draft: envelope.flags.draft,
        found,
    })
}

async fn taken_apart(
    rendering: &Rendering<'_>,
    octets: Bytes,
) -> Result<(Structure, Option<(String, bool)>)> {
    let limits = rendering.account.config().limits.mime.clone();
    let parsed = rendering.run(move || mime::parse(&octets, &limits));
    let parsed = parsed.await.ok_or(Error::NoSuchMessage)?;
    let shown = parsed.structure.shown();
    let content = |part: &Part| {
        let found = parsed
            .contents
            .iter()
            .find(|(section, _)| *section == part.section);
        found.map(|(_, content)| mime::decode_text(content, part.charset.as_deref()))
    };
    let text = match (shown.text, shown.html) {
        (Some(part), _) => content(part).map(|text| (text, false)),
        (None, Some(part)) => content(part).map(|text| (text, true)),
        (None, None) => None,
    };
    Ok((parsed.structure, text))
}

/// Nothing, when the HTML is a bomb: the original stays where it is.
async fn plain(rendering: &Rendering<'_>, html: String) -> String {
    let limits = rendering.account.config().limits.mime.clone();
    let text = rendering.run(move || mime::html_to_text(&html, &limits));
    text.await.unwrap_or_default()
}

async fn first_text(
    lease: &mut Connection,
    reference: &MessageRef,
    structure: &Structure,
    limit: usize,
) -> Result<Option<Text>> {
    let shown = structure.shown();
    let Some(part) = shown.text.or(shown.html) else {
        return Ok(None);
    };
    let sections = [part.section.clone()];
    let mut fetched = lease
        .fetch_sections(reference.uid, &sections, limit)
        .await?;
    let raw = fetched.pop().flatten();
    Ok(raw.map(|raw| Text {
        cut: raw.len() >= limit,
        raw,
        part: part.clone(),
    }))
}

/// The text, and whether it is HTML.
fn decode(text: &Text) -> (String, bool) {
    let content = mime::decode_transfer(&text.raw, text.part.encoding);
    let decoded = mime::decode_text(&content, text.part.charset.as_deref());
    let decoded = if text.part.format_flowed {
        mime::unflow(&decoded, text.part.del_sp)
    } else {
        decoded
    };
    (decoded, text.part.mime_type == "text/html")
}

/// One part, still encoded, or the whole message, in slices; over `limit` octets: TooLarge.
pub(in super::super) async fn whole(
    lease: &mut Connection,
    reference: &MessageRef,
    section: Option<&Section>,
    limit: u64,
) -> Result<Vec<u8>> {
    const SLICE: u32 = 1 << 20;
    let mut raw = Vec::new();
    loop {
        let offset = raw.len() as u64;
        let slice = lease
            .fetch_partial(reference.uid, section, offset, SLICE)
            .await?
            .ok_or(Error::NoSuchMessage)?;
        if offset + slice.len() as u64 > limit {
            return Err(Error::TooLarge { limit });
        }
        raw.extend_from_slice(&slice);
        if slice.len() < SLICE as usize {
            return Ok(raw);
        }
    }
}
