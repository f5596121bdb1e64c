//! Untrusted HTML to [`SafeHtml`] (SECURITY.md R-HTML-1 to 6): caps, our own walk over html5ever's tokens, and
//! ammonia's strict allow list last.
mod attributes;
mod elements;
mod images;
mod link_text;
mod links;
mod policy;
mod walk;
mod writer;

use super::{Limits, css};
pub(super) use attributes::too_many_attributes;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use images::Images;
pub use images::picture_type;
pub use links::compose_link;
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
    let walked = walk(html, Images::new(images, remote), compose, limits)?;
    let body = policy::clean(
        &walked.body,
        compose,
        remote.map(|remote| remote.prefix),
        walked.marked_links,
    );
    let mut style = css::stylesheet(&walked.style);
    if walked.marked_links {
        style.insert_str(0, links::MARK_STYLE);
    }
    Some(Sanitised {
        body: SafeHtml(body),
        style: SafeHtml(style),
        remote: walked.remote,
    })
}

/// How many remote images [`sanitise`] would find: its first half only, for a page that shows no HTML itself. None
/// exactly where `sanitise` gives none.
pub fn remote_images(html: &str, compose: &str, limits: &Limits) -> Option<RemoteImages> {
    walk(html, Images::new(&[], None), compose, limits).map(|walked| walked.remote)
}

fn walk(html: &str, images: Images<'_>, compose: &str, limits: &Limits) -> Option<Walked> {
    if html.len() > limits.text_part || too_many_attributes(html, limits.html_attributes) {
        return None;
    }
    let tokenizer = Tokenizer::new(Walk::new(images, compose, limits), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, tail) = rest
            .split_at_checked(rest.floor_char_boundary(CHUNK))
            .unwrap_or((rest, ""));
        queue.push_back(StrTendril::from_slice(chunk));
        // Only a script or an encoding suspends the tokenizer, and the walk asks for neither.
        let _ = tokenizer.feed(&queue);
        if tokenizer.sink.is_over() {
            return None;
        }
        rest = tail;
    }
    tokenizer.end();
    tokenizer.sink.finish()
}

#[cfg(test)]
mod tests;
