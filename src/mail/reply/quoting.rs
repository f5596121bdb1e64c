//! The old message inside the new one.
use super::original::Original;
use crate::mime::{Address, plain_quote};

/// What the lines around a quote name.
#[derive(Clone, Debug, Default)]
pub struct Quoted {
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    /// Unix seconds.
    pub date: Option<i64>,
    pub subject: String,
}

/// The sentences around a quote, in the person's language and time zone.
pub struct QuoteStyle<'a> {
    /// One line above a quote in an answer: "On 3 May, Ana wrote:".
    pub attribution: Box<dyn Fn(&Quoted) -> String + Send + Sync + 'a>,
    /// The lines above a forwarded text: a title, then From, Date, Subject, To, Cc.
    pub forwarded: Box<dyn Fn(&Quoted) -> String + Send + Sync + 'a>,
}

impl Default for QuoteStyle<'_> {
    /// No lines; for saves of drafts that exist and seeds that quote nothing.
    fn default() -> Self {
        Self {
            attribution: Box::new(|_| String::new()),
            forwarded: Box::new(|_| String::new()),
        }
    }
}

fn quoted(original: &Original) -> Quoted {
    let header = &original.header;
    Quoted {
        from: header.from.clone(),
        to: header.to.clone(),
        cc: header.cc.clone(),
        date: header.date,
        subject: header.subject.clone(),
    }
}

/// Room to write, the attribution, the quote.
pub(super) fn quote(original: &Original, style: &QuoteStyle<'_>) -> String {
    let line = (style.attribution)(&quoted(original));
    let quote = plain_quote(&original.text);
    format!(
        "\n\n{}\n{}\n",
        line.trim_end(),
        quote.trim_end_matches('\n')
    )
}

/// Room to write, the header lines, the text as it was.
pub(super) fn forward(original: &Original, style: &QuoteStyle<'_>) -> String {
    let lines = (style.forwarded)(&quoted(original));
    format!(
        "\n\n{}\n\n{}\n",
        lines.trim_end(),
        original.text.trim_end_matches('\n')
    )
}
