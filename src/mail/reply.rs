//! Where a new message comes from, and what is written into it before the person begins.

mod mailto;
mod original;
mod quoting;
mod recipients;
mod seed;
mod subject;

pub(super) use subject::is_forward;

pub use quoting::{QuoteStyle, Quoted};
pub use seed::{InvalidSeed, Seed};

use super::{
    Account, Address, MessageRef, Preferences, Result, Role,
    drafts::{Carried, Content, Meta, Place},
};
use original::Original;
pub(super) use original::whole;

/// Message-IDs kept in References: the first and the latest ones (RFC 5322 §3.6.4 sets no bound, header limits do).
const REFERENCES: usize = 100;

/// What a draft holds before the first key is pressed.
#[derive(Debug, Default)]
pub(super) struct Seeded {
    pub content: Content,
    pub carried: Vec<(Meta, u64)>,
    /// The stored message it continues, which the next filing replaces.
    pub copy: Option<Place>,
}

impl Account {
    /// Reads what the seed points to.
    pub(super) async fn seeded(&self, seed: &Seed, style: &QuoteStyle<'_>) -> Result<Seeded> {
        let preferences = self.preferences().await?;
        let mut content = Content {
            from: preferences.sender(self.email()).to_field(),
            ..Content::default()
        };
        let quoted = self.config().limits.mime.text_part;
        match seed {
            Seed::Blank => {
                content.body = with_signature(String::new(), &preferences);
            }
            Seed::Fields {
                to,
                cc,
                bcc,
                subject,
                body,
                in_reply_to,
            } => {
                content.to.clone_from(to);
                content.cc.clone_from(cc);
                content.bcc.clone_from(bcc);
                content.subject.clone_from(subject);
                content.body = with_signature(body.clone(), &preferences);
                content.in_reply_to.clone_from(in_reply_to);
                content.references.extend(in_reply_to.clone());
            }
            Seed::Reply(reference) | Seed::ReplyAll(reference) => {
                let original = self.original(reference, quoted).await?;
                let all = matches!(seed, Seed::ReplyAll(_));
                self.answer(&mut content, &original, all);
                content.reply = Some(Place::from(reference));
                let quote = quoting::quote(&original, style);
                content.body = with_signature(quote, &preferences);
            }
            Seed::Forward(reference) => {
                let original = self.original(reference, quoted).await?.entire()?;
                content.subject = subject::forward(&original.header.subject);
                content.forward = Some(Place::from(reference));
                content.references = references(&original);
                let forwarded = quoting::forward(&original, style);
                content.body = with_signature(forwarded, &preferences);
                return Ok(Seeded {
                    carried: carried(reference, &original),
                    content,
                    copy: None,
                });
            }
            Seed::Draft(reference) => return self.reopened(reference, content).await,
        }
        Ok(Seeded {
            content,
            ..Seeded::default()
        })
    }

    fn answer(&self, content: &mut Content, original: &Original, all: bool) {
        let people = recipients::answer(&original.header, self.email(), all);
        content.to = to_field(&people.to);
        content.cc = to_field(&people.cc);
        content.subject = subject::reply(&original.header.subject);
        content.in_reply_to.clone_from(&original.header.message_id);
        content.references = references(original);
    }

    /// A stored draft as it stands there. The next filing replaces the stored message, but for one with an HTML body
    /// (plain text would throw its formatting away), one with more text than a draft may have, and one that is no draft
    /// (a link may point anywhere).
    async fn reopened(&self, reference: &MessageRef, mut content: Content) -> Result<Seeded> {
        let limits = &self.config().limits;
        // A text of the largest size in base64.
        let text = limits.draft_text.saturating_mul(3) / 2;
        let original = self
            .original(reference, text.min(limits.imap.literal))
            .await?
            .entire()?;
        let header = &original.header;
        content.to = to_field(&header.to);
        content.cc = to_field(&header.cc);
        content.bcc = to_field(&header.bcc);
        content.subject = header.field("Subject").unwrap_or_default().to_owned();
        content.body.clone_from(&original.text);
        content.in_reply_to.clone_from(&header.in_reply_to);
        content.references.clone_from(&header.references);
        let is_draft =
            original.is_draft || self.mailbox_for(Role::Drafts).await?.0 == reference.mailbox;
        Ok(Seeded {
            content,
            carried: carried(reference, &original),
            copy: (is_draft && !original.has_html && !original.cut).then(|| Place::from(reference)),
        })
    }
}

/// The signature stands last, under the quote: what follows `-- ` is cut or greyed by readers (RFC 3676 §4.3).
fn with_signature(body: String, preferences: &Preferences) -> String {
    let signature = preferences.signature.trim_end();
    if signature.is_empty() {
        return body;
    }
    format!("{}\n\n-- \n{signature}\n", body.trim_end_matches('\n'))
}

fn to_field(addresses: &[Address]) -> String {
    let fields: Vec<String> = addresses.iter().map(Address::to_field).collect();
    fields.join(", ")
}

/// The thread so far and the message answered (RFC 5322 §3.6.4).
fn references(original: &Original) -> Vec<String> {
    let header = &original.header;
    let mut references = header.references.clone();
    if references.is_empty() {
        references.extend(header.in_reply_to.clone());
    }
    references.extend(header.message_id.clone());
    if references.len() > REFERENCES {
        references.drain(1..=references.len() - REFERENCES);
    }
    references
}

fn carried(reference: &MessageRef, original: &Original) -> Vec<(Meta, u64)> {
    original
        .attachments
        .iter()
        .map(|part| {
            let meta = Meta {
                filename: original::filename(part),
                mime_type: part.mime_type.clone(),
                carried: Some(Carried {
                    place: Place::from(reference),
                    section: part.section.to_string(),
                }),
            };
            (meta, part.content_size())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::Header;

    #[test]
    fn the_signature_stands_last_under_its_dashes() {
        let preferences = Preferences {
            signature: "Ana\n".to_owned(),
            ..Preferences::default()
        };
        assert_eq!(
            with_signature(String::new(), &preferences),
            "\n\n-- \nAna\n"
        );
        assert_eq!(
            with_signature("> a\n".to_owned(), &preferences),
            "> a\n\n-- \nAna\n"
        );
        assert_eq!(
            with_signature("x\n".to_owned(), &Preferences::default()),
            "x\n"
        );
    }

    #[test]
    fn a_long_thread_keeps_its_first_and_its_latest_ids() {
        let original = Original {
            header: Header {
                message_id: Some("last@x".to_owned()),
                references: (0..300).map(|n| format!("{n}@x")).collect(),
                ..Header::default()
            },
            ..Original::default()
        };
        let references = references(&original);
        assert_eq!(references.len(), REFERENCES);
        assert_eq!(references[0], "0@x");
        assert_eq!(references[1], "202@x");
        assert_eq!(references[REFERENCES - 1], "last@x");
    }

    #[test]
    fn without_references_in_reply_to_takes_their_place() {
        let original = Original {
            header: Header {
                message_id: Some("b@x".to_owned()),
                in_reply_to: Some("a@x".to_owned()),
                ..Header::default()
            },
            ..Original::default()
        };
        assert_eq!(references(&original), ["a@x", "b@x"]);
    }
}
