use super::content::Content;
use super::piece::Piece;
use super::viewed::Reads;
use super::{Body, MemberFile, Trust, work::Rendering};
use crate::mail::{
    Account, Block, Envelope, Header, pictures::PictureAddresses, reply::is_forward,
};
use crate::mime::{
    self, InlineImage, Letter, Limits, PictureSource, Protection, Sanitised, TextBlocks,
};
use bytes::Bytes;
use std::sync::Arc;

/// What rendering makes of a message.
pub(super) struct View {
    pub header: Header,
    pub trust: Trust,
    pub text: Vec<Block>,
    pub letter: Option<Letter>,
    pub cut: bool,
    /// Of what stood in the text.
    pub protection: Option<Protection>,
    /// Files that stood in the text.
    pub members: Vec<MemberFile>,
}

struct Rules {
    limits: Limits,
    /// Path of the page that `mailto:` links lead to.
    compose: String,
    /// Whose Authentication-Results are believed.
    authserv_id: String,
    /// Whose mail it is.
    own: String,
}

impl Rules {
    fn of(account: &Account) -> Self {
        let config = account.config();
        Self {
            limits: config.limits.mime.clone(),
            compose: format!("{}compose", config.public_url.path()),
            authserv_id: config.authserv_id.clone(),
            own: account.email().to_owned(),
        }
    }
}

/// A message that breaks the renderer shows its envelope and is `cut`.
pub(super) async fn render(
    rendering: &Rendering<'_>,
    envelope: &Envelope,
    header: Bytes,
    content: &Arc<Content>,
    reads: Reads,
) -> View {
    let rules = Rules::of(rendering.account);
    let content = content.clone();
    rendering
        .run(move || view(&header, &content, reads, &rules))
        .await
        .unwrap_or_else(|| View {
            header: of_envelope(envelope),
            trust: Trust::default(),
            text: Vec::new(),
            letter: None,
            cut: true,
            protection: None,
            members: Vec::new(),
        })
}

/// None: no HTML part.
pub(super) async fn body(
    rendering: &Rendering<'_>,
    content: Content,
    remote: Option<PictureAddresses>,
) -> Option<Body> {
    if content.html.is_none() {
        return content.cut.then(|| Body::Text(Vec::new()));
    }
    let rules = Rules::of(rendering.account);
    let body = rendering
        .run(move || framed(&content, remote.as_ref(), &rules))
        .await;
    Some(body.unwrap_or(Body::Text(Vec::new())))
}

fn view(header: &[u8], content: &Content, reads: Reads, rules: &Rules) -> View {
    let html = content
        .html
        .as_ref()
        .map(|piece| piece.decoded_text(rules.limits.text_part));
    // HTML that was cut is not shown as HTML: what is missing could turn its meaning.
    let letter = html
        .as_ref()
        .filter(|(_, more)| !more)
        .and_then(|(html, _)| mime::read_letter(html, &rules.compose, &rules.limits));
    let mut files = TextBlocks::default();
    // What is not asked for says nothing, also where it was read before; but in place of HTML that is not shown.
    let shows_text = reads.plain() || letter.as_ref().is_none_or(Letter::says_nothing);
    let shown_text = content.text.as_ref().filter(|_| shows_text);
    let (mut text, mut text_cut) = match shown_text {
        Some(piece) => text_blocks(piece, rules, &mut files),
        None => (Vec::new(), false),
    };
    if let Some((html, more)) = html
        .as_ref()
        .filter(|_| letter.is_none() && text.is_empty())
    {
        (text, text_cut) = (text_of(html, rules), *more);
    }
    let over_a_cap = html.is_some() && letter.is_none();
    let parsed = Header::parse_in(header, content.charset());
    // A letter that is sent on is what its reader is meant to see.
    let folded = match is_forward(&parsed.subject) {
        true => mime::unfold,
        false => mime::fold,
    };
    View {
        trust: Trust::of(header, &parsed, &rules.authserv_id, &rules.own),
        header: parsed,
        text: folded(text),
        cut: content.cut
            || over_a_cap
            || (text_cut && letter.is_none() && !content.has_html_apart()),
        letter: letter.map(|letter| Letter {
            blocks: folded(letter.blocks),
            ..letter
        }),
        protection: files.protection,
        members: match shown_text {
            Some(piece) => MemberFile::list(&piece.part.section, &files.members),
            None => Vec::new(),
        },
    }
}

/// The text of HTML that passed a cap.
fn text_of(html: &str, rules: &Rules) -> Vec<Block> {
    let text = mime::html_to_text(html, &rules.limits);
    mime::text_blocks_of(&mime::lines(&text, false, false), &rules.compose)
}

fn framed(content: &Content, remote: Option<&PictureAddresses>, rules: &Rules) -> Body {
    let Some(piece) = &content.html else {
        return Body::Text(Vec::new());
    };
    let (html, more) = piece.decoded_text(rules.limits.text_part);
    let pictures: Vec<InlineImage> = content.pictures.iter().filter_map(inline_image).collect();
    let sanitised = match more {
        // HTML that was cut is not shown as HTML: what is missing could turn its meaning.
        true => None,
        false => sanitise(&html, &pictures, remote, rules, content.forwarded),
    };
    match sanitised {
        Some(sanitised) => Body::Html {
            html: sanitised.body,
            style: sanitised.style,
            dark: sanitised.dark,
        },
        None => Body::Text(mime::unfold(text_of(&html, rules))),
    }
}

fn sanitise(
    html: &str,
    pictures: &[InlineImage],
    remote: Option<&PictureAddresses>,
    rules: &Rules,
    forwarded: bool,
) -> Option<Sanitised> {
    let address = |url: &str| remote?.address(url);
    let source = remote.map(|remote| PictureSource {
        prefix: remote.prefix(),
        address: &address,
    });
    let mut pieces = html.split(['<', '>', '\n']);
    let sanitise = match forwarded || pieces.any(mime::is_forward_line) {
        true => mime::sanitise,
        false => mime::sanitise_folded,
    };
    sanitise(
        html,
        pictures,
        source.as_ref(),
        &rules.compose,
        &rules.limits,
    )
}

/// What stands in the text as a file goes to `files`.
fn text_blocks(piece: &Piece, rules: &Rules, files: &mut TextBlocks) -> (Vec<Block>, bool) {
    let (octets, more) = piece.decoded_within(rules.limits.text_part);
    let found = mime::text_blocks(&octets);
    let octets = match found {
        Some(found) => {
            *files = found;
            &files.text
        }
        None => &octets,
    };
    let text = mime::decode_text(octets, piece.part.charset.as_deref());
    let lines = mime::lines(&text, piece.part.format_flowed, piece.part.del_sp);
    (mime::text_blocks_of(&lines, &rules.compose), more)
}

fn inline_image(piece: &Piece) -> Option<InlineImage> {
    let content_id = piece.part.content_id.clone()?;
    Some(InlineImage {
        content_id,
        content: piece.decoded().into(),
    })
}

fn of_envelope(envelope: &Envelope) -> Header {
    Header {
        subject: envelope.subject.clone(),
        from: envelope.from.clone(),
        sender: envelope.sender.first().cloned(),
        reply_to: envelope.reply_to.clone(),
        to: envelope.to.clone(),
        cc: envelope.cc.clone(),
        bcc: envelope.bcc.clone(),
        date: envelope.date,
        message_id: envelope.message_id.clone(),
        in_reply_to: envelope.in_reply_to.clone(),
        ..Header::default()
    }
}
