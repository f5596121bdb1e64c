//! Untrusted HTML to [`SafeHtml`] (SECURITY.md R-HTML-1 to 6): caps, our own walk over html5ever's tokens, and
//! ammonia's strict allow list last.
mod attributes;
mod elements;
mod escape;
mod hiding;
mod images;
mod link_text;
mod links;
mod older;
mod policy;
mod sight;
mod unseen;
mod walk;
mod writer;

use super::{Limits, css, visible_line};
pub(super) use attributes::too_many_attributes;
pub(super) use elements::{closes_paragraph, element, is_void};
pub(super) use hiding::Hiding;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TokenSink, Tokenizer, TokenizerOpts};
use images::Images;
pub use images::picture_type;
pub(super) use images::{is_tracker, remote_url};
pub use links::compose_link;
pub(super) use older::Older;
use unseen::Unseen;
use walk::{Walk, Walked};

/// Octets that the tokenizer is given at once; the caps are looked at in between.
const CHUNK: usize = 16 << 10;

/// HTML that went through `sanitise`: the only type a template may print unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeHtml(String);

impl std::fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl SafeHtml {
    /// Filtered rules for one scheme of colours: what the device would decide is decided. A frame asks the device alone,
    /// and not the page around it.
    pub fn in_scheme(&self, dark: bool) -> Self {
        let (holds, fails) = ("(min-width:0px)", "(max-width:0px)");
        let (when_dark, when_light) = if dark { (holds, fails) } else { (fails, holds) };
        Self(
            self.0
                .replace("(prefers-color-scheme:dark)", when_dark)
                .replace("(prefers-color-scheme:light)", when_light),
        )
    }
}

/// An image of the same message that its HTML may show by `cid:`.
#[derive(Clone, Debug)]
pub struct InlineImage {
    /// Without the angle brackets.
    pub content_id: String,
    /// Decoded content.
    pub content: bytes::Bytes,
}

/// HTML mail that may be shown.
#[derive(Clone, Debug)]
pub struct Sanitised {
    /// For inside `<body>`.
    pub body: SafeHtml,
    /// Rules for a `<style>` in `<head>`: the message's own, filtered, and the look of the host names that
    /// `sanitise` prints beside misleading links. Contains no `<`.
    pub style: SafeHtml,
    pub remote: RemoteImages,
    /// It declares colours for dark grounds: by a `meta`, or by rules that are kept.
    pub dark: bool,
}

/// How many images of HTML mail stand on other hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemoteImages {
    /// A person would see them, if they were allowed.
    pub pictures: usize,
    /// Nobody would: they only tell who opened the message, and are left out always.
    pub trackers: usize,
}

/// Where remote pictures are shown from, once they are allowed.
pub struct PictureSource<'a> {
    /// What every address of `address` begins with.
    pub prefix: &'a str,
    /// The address of our own under which the picture of a remote URL is shown; None: it is not.
    pub address: &'a dyn Fn(&str) -> Option<String>,
}

/// Makes HTML mail safe to show in a sandboxed frame. `images` are the parts that `cid:` may name; `compose` is the
/// path or URL of our writing page, which `mailto:` links lead to. Without `remote` no picture of another host is shown.
///
/// The walk writes a new document: allow-listed elements, properly nested, allow-listed attributes with values of
/// their own grammar, text escaped. So ammonia parses no unclosed formatting, no misplaced table content and no
/// deep nesting, on which it would work too long. Linear in the input. None when a cap is passed: show the text view.
pub fn sanitise(
    html: &str,
    images: &[InlineImage],
    remote: Option<&PictureSource<'_>>,
    compose: &str,
    limits: &Limits,
) -> Option<Sanitised> {
    sanitised(html, images, remote, compose, limits, false)
}

/// As [`sanitise`], with what is older than an answer above it folded into a `details` element, where nothing is
/// answered below.
pub fn sanitise_folded(
    html: &str,
    images: &[InlineImage],
    remote: Option<&PictureSource<'_>>,
    compose: &str,
    limits: &Limits,
) -> Option<Sanitised> {
    sanitised(html, images, remote, compose, limits, true)
}

fn sanitised(
    html: &str,
    images: &[InlineImage],
    remote: Option<&PictureSource<'_>>,
    compose: &str,
    limits: &Limits,
    folds: bool,
) -> Option<Sanitised> {
    let images = Images::new(images, remote);
    let mut style = css::stylesheet(&unseen::sheets(html, limits)?);
    let walk = Walk::new(images, compose, limits, folds, Unseen::of(&style));
    let walked = walked(html, walk, limits)?;
    let body = policy::clean(
        &walked.body,
        compose,
        remote.map(|remote| remote.prefix),
        walked.marked_links,
    );
    let dark = walked.dark || has_dark_ground(&style);
    if walked.marked_links {
        style.insert_str(0, links::MARK_STYLE);
    }
    if folds && body.contains("<details class=\"earlier\">") {
        style.insert_str(0, older::FOLD_STYLE);
    }
    Some(Sanitised {
        body: SafeHtml(body),
        style: SafeHtml(style),
        remote: walked.remote,
        dark,
    })
}

/// Octets of a link's text that are looked at; what is longer says nothing that is believed.
pub(super) const LINK_TEXT: usize = 2000;
/// Between two pieces of a link's text that may be shown side by side: no text of a letter has it.
pub(super) const APART: char = '\u{1D}';

/// A link of mail that may stay (R-HTML-5), for what is shown without a frame.
pub(super) struct CheckedLink(links::Link);

impl CheckedLink {
    /// None: it leads nowhere that is allowed. `compose`: see [`sanitise`].
    pub fn new(href: &str, compose: &str) -> Option<Self> {
        links::Link::new(href, compose).map(Self)
    }

    /// What to write into `href`.
    pub fn href(&self) -> &str {
        &self.0.href
    }

    /// Where it really leads, where `text` says something else or is too long, or the host deceives.
    pub fn mark(&self, text: &str) -> Option<String> {
        if text.len() >= LINK_TEXT {
            return Some(self.0.shown());
        }
        let deceiving = self.0.deceiving_host();
        let marked = deceiving.or_else(|| self.0.mark(&visible_line(text, LINK_TEXT)));
        let ends_a_host = |piece: &str| link_text::ends_a_host(&self.0, piece);
        marked.or_else(|| text.split(APART).any(ends_a_host).then(|| self.0.shown()))
    }
}

/// Whether filtered rules for dark screens set a ground.
fn has_dark_ground(style: &str) -> bool {
    let rules = style.split("(prefers-color-scheme:dark)").skip(1);
    rules
        .filter_map(|rules| rules.split("}\n}").next())
        .any(|rules| rules.contains("background-color:"))
}

fn walked(html: &str, walk: Walk<'_>, limits: &Limits) -> Option<Walked> {
    walked_through(html, walk, Walk::is_over, limits)?.finish()
}

/// A walk after all of the HTML; None when a cap is passed, which the walk may say itself.
pub(super) fn walked_through<W: TokenSink<Handle = ()>>(
    html: &str,
    walk: W,
    is_over: impl Fn(&W) -> bool,
    limits: &Limits,
) -> Option<W> {
    if html.len() > limits.text_part || too_many_attributes(html, limits.html_attributes) {
        return None;
    }
    let tokenizer = Tokenizer::new(walk, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, tail) = rest
            .split_at_checked(rest.floor_char_boundary(CHUNK))
            .unwrap_or((rest, ""));
        queue.push_back(StrTendril::from_slice(chunk));
        // Only a script or an encoding suspends the tokenizer, and no walk asks for either.
        let _ = tokenizer.feed(&queue);
        if is_over(&tokenizer.sink) {
            return None;
        }
        rest = tail;
    }
    tokenizer.end();
    Some(tokenizer.sink)
}

#[cfg(test)]
mod tests;
