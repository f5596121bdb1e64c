use super::content::{Content, Piece};
use super::{Body, MemberFile, Trust, work::Rendering};
use crate::mail::{Account, Envelope, Header, Line, RemoteImages, pictures::PictureAddresses};
use crate::mime::{self, InlineImage, Limits, PictureSource, Protection, Sanitised, TextBlocks};
use bytes::Bytes;

/// What rendering makes of a message.
pub(super) struct View {
    pub header: Header,
    pub trust: Trust,
    pub text: Vec<Line>,
    pub has_html: bool,
    pub remote: RemoteImages,
    pub cut: bool,
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
    content: Content,
) -> View {
    let rules = Rules::of(rendering.account);
    rendering
        .run(move || view(&header, &content, &rules))
        .await
        .unwrap_or_else(|| View {
            header: of_envelope(envelope),
            trust: Trust::default(),
            text: Vec::new(),
            has_html: false,
            remote: RemoteImages::default(),
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

fn view(header: &[u8], content: &Content, rules: &Rules) -> View {
    let html = content
        .html
        .as_ref()
        .map(|piece| piece.decoded_text(rules.limits.text_part));
    // The frame asks for the HTML itself; the page says what the frame will hold.
    let remote = html
        .as_ref()
        .filter(|(_, more)| !more)
        .and_then(|(html, _)| mime::remote_images(html, &rules.compose, &rules.limits));
    let mut blocks = TextBlocks::default();
    let (text, text_cut) = match (&content.text, &html) {
        (Some(piece), _) => text_lines(piece, rules, &mut blocks),
        (None, Some((html, more))) => (
            mime::lines(&mime::html_to_text(html, &rules.limits), false, false),
            *more,
        ),
        (None, None) => (Vec::new(), false),
    };
    let over_a_cap = html.is_some() && remote.is_none();
    let parsed = Header::parse_in(header, content.charset());
    View {
        trust: Trust::of(header, &parsed, &rules.authserv_id, &rules.own),
        header: parsed,
        text,
        has_html: remote.is_some(),
        cut: content.cut || over_a_cap || (remote.is_none() && text_cut),
        remote: remote.unwrap_or_default(),
        protection: content.protection.or(blocks.protection),
        members: match &content.text {
            Some(piece) => MemberFile::list(&piece.part.section, &blocks.members),
            None => Vec::new(),
        },
    }
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
        false => sanitise(&html, &pictures, remote, rules),
    };
    match sanitised {
        Some(sanitised) => Body::Html {
            html: sanitised.body,
            style: sanitised.style,
        },
        None => Body::Text(mime::lines(
            &mime::html_to_text(&html, &rules.limits),
            false,
            false,
        )),
    }
}

fn sanitise(
    html: &str,
    pictures: &[InlineImage],
    remote: Option<&PictureAddresses>,
    rules: &Rules,
) -> Option<Sanitised> {
    let address = |url: &str| remote?.address(url);
    let source = remote.map(|remote| PictureSource {
        prefix: remote.prefix(),
        address: &address,
    });
    mime::sanitise(
        html,
        pictures,
        source.as_ref(),
        &rules.compose,
        &rules.limits,
    )
}

/// What stands in the text as a file goes to `blocks`.
fn text_lines(piece: &Piece, rules: &Rules, blocks: &mut TextBlocks) -> (Vec<Line>, bool) {
    let (octets, more) = piece.decoded_within(rules.limits.text_part);
    let found = mime::text_blocks(&octets);
    let octets = match found {
        Some(found) => {
            *blocks = found;
            &blocks.text
        }
        None => &octets,
    };
    let text = mime::decode_text(octets, piece.part.charset.as_deref());
    let lines = mime::lines(&text, piece.part.format_flowed, piece.part.del_sp);
    (lines, more)
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
