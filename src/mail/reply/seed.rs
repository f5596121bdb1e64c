use super::{super::MessageRef, mailto};
use crate::imap::MailboxName;
use percent_encoding::percent_decode_str;

/// Where a new draft comes from: the query of /compose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    #[default]
    Blank,
    Fields {
        to: String,
        cc: String,
        bcc: String,
        subject: String,
        body: String,
        /// Message-ID without its angle brackets.
        in_reply_to: Option<String>,
    },
    Reply(MessageRef),
    ReplyAll(MessageRef),
    Forward(MessageRef),
    /// A message of a Drafts mailbox, to be written on.
    Draft(MessageRef),
}

/// The query holds a reference that is none, a `mailto:` that is none, or a line break where a header field would take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a beginning of a message")]
pub struct InvalidSeed;

impl Seed {
    /// From the decoded query of /compose or the hidden fields of its form. Unknown names are passed over; a reference
    /// counts before `mailto`, that before the single fields.
    ///
    /// # Errors
    /// [`InvalidSeed`]: nothing is prefilled from a link that tries to smuggle header fields.
    pub fn from_query<'a>(
        query: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidSeed> {
        let mut fields = Fields::default();
        let mut linked = None;
        for (name, value) in query {
            match name {
                "reply" => return Ok(Self::Reply(reference(value)?)),
                "replyall" => return Ok(Self::ReplyAll(reference(value)?)),
                "forward" => return Ok(Self::Forward(reference(value)?)),
                "draft" => return Ok(Self::Draft(reference(value)?)),
                "mailto" => linked = Some(mailto::parse(value)?),
                _ => fields.add(name, value),
            }
        }
        linked.unwrap_or(fields).into_seed()
    }
}

/// `{name}/{uidvalidity}.{uid}` with the name percent-encoded, as in the path.
fn reference(text: &str) -> Result<MessageRef, InvalidSeed> {
    let (name, segment) = text.rsplit_once('/').ok_or(InvalidSeed)?;
    let name = percent_decode_str(name)
        .decode_utf8()
        .map_err(|_| InvalidSeed)?;
    let mailbox = MailboxName::parse(&name).map_err(|_| InvalidSeed)?;
    MessageRef::parse(mailbox, segment).ok_or(InvalidSeed)
}

/// The single fields a link may fill in.
#[derive(Debug, Default)]
pub(super) struct Fields {
    to: String,
    cc: String,
    bcc: String,
    subject: String,
    body: String,
    in_reply_to: String,
}

impl Fields {
    /// Recipients add up; for the others the last one counts.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        match name {
            "to" => join(&mut self.to, value),
            "cc" => join(&mut self.cc, value),
            "bcc" => join(&mut self.bcc, value),
            "subject" => value.clone_into(&mut self.subject),
            "body" => value.clone_into(&mut self.body),
            "in-reply-to" => value.clone_into(&mut self.in_reply_to),
            _ => {}
        }
    }

    fn into_seed(self) -> Result<Seed, InvalidSeed> {
        let lines = [
            &self.to,
            &self.cc,
            &self.bcc,
            &self.subject,
            &self.in_reply_to,
        ];
        if lines
            .into_iter()
            .any(|line| line.chars().any(breaks_a_line))
        {
            return Err(InvalidSeed);
        }
        let id = self
            .in_reply_to
            .trim()
            .trim_start_matches('<')
            .trim_end_matches('>');
        if !id
            .chars()
            .all(|c| c.is_ascii_graphic() && c != '<' && c != '>')
        {
            return Err(InvalidSeed);
        }
        let seed = Seed::Fields {
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            subject: self.subject,
            body: self.body.replace("\r\n", "\n"),
            in_reply_to: (!id.is_empty()).then(|| id.to_owned()),
        };
        let blank = Seed::Fields {
            to: String::new(),
            cc: String::new(),
            bcc: String::new(),
            subject: String::new(),
            body: String::new(),
            in_reply_to: None,
        };
        Ok(if seed == blank { Seed::Blank } else { seed })
    }
}

fn join(list: &mut String, more: &str) {
    if !list.is_empty() && !more.is_empty() {
        list.push_str(", ");
    }
    list.push_str(more);
}

fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(seed: Seed) -> (String, String, String, String) {
        match seed {
            Seed::Fields {
                to,
                cc,
                subject,
                body,
                ..
            } => (to, cc, subject, body),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mailto_link_fills_in_the_fields_it_may() {
        let link = "mailto:ana%40example.org,mihai@example.org?to=vera@example.org&cc=a+b@example.org&Subject=One%20two%3F&body=a%0D%0Ab&x-evil=1&attach=/etc/passwd";
        let seed = Seed::from_query([("mailto", link)]).unwrap();
        let (to, cc, subject, body) = fields(seed);
        assert_eq!(to, "ana@example.org,mihai@example.org, vera@example.org");
        assert_eq!(cc, "a+b@example.org");
        assert_eq!(subject, "One two?");
        assert_eq!(body, "a\nb");
    }

    #[test]
    fn a_line_break_outside_the_body_refuses_the_whole_link() {
        for link in [
            "mailto:a@b?subject=x%0D%0ABcc:%20evil@x",
            "mailto:a@b%0ABcc:evil@x",
            "mailto:a@b?cc=x%0D",
            "mailto:a@b?in-reply-to=%3Ca%0Ab%3E",
            "mailto:a@b?subject=x%E2%80%A8y",
            "mailto:a@b?subject=x%00y",
            "mailto:a@b?subject=%FF",
            "http://x",
            "",
        ] {
            assert_eq!(
                Seed::from_query([("mailto", link)]),
                Err(InvalidSeed),
                "{link}"
            );
        }
        assert_eq!(
            Seed::from_query([("subject", "a\r\nBcc: b")]),
            Err(InvalidSeed)
        );
    }

    #[test]
    fn in_reply_to_loses_its_brackets() {
        let seed = Seed::from_query([("mailto", "mailto:?in-reply-to=%3Ca.b@c%3E")]).unwrap();
        assert!(matches!(seed, Seed::Fields { in_reply_to: Some(id), .. } if id == "a.b@c"));
    }

    #[test]
    fn nothing_is_a_blank_message() {
        assert_eq!(Seed::from_query([]), Ok(Seed::Blank));
        assert_eq!(
            Seed::from_query([("to", ""), ("other", "x")]),
            Ok(Seed::Blank)
        );
    }

    #[test]
    fn a_reference_that_is_none_is_refused() {
        for text in ["", "INBOX", "INBOX/", "INBOX/1", "INBOX/1.x", "/1.2"] {
            assert_eq!(
                Seed::from_query([("reply", text)]),
                Err(InvalidSeed),
                "{text}"
            );
        }
    }
}
