//! Untrusted HTML to [`SafeHtml`] (SECURITY.md R-HTML-1 to 6): caps, our own walk over html5ever's tokens, and
//! ammonia's strict allow list last.
mod attributes;
mod elements;
mod images;
mod links;
mod policy;
mod walk;
mod writer;

use super::{Limits, css};
pub(super) use attributes::too_many_attributes;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
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
    /// Remote images that are not shown.
    pub blocked_images: usize,
}

/// Makes HTML mail safe to show in a sandboxed frame. `images` are the parts that `cid:` may name; `compose` is the
/// path or URL of our writing page, which `mailto:` links lead to.
///
/// The walk writes a new document: allow-listed elements, properly nested, allow-listed attributes with values of
/// their own grammar, text escaped. So ammonia parses no unclosed formatting, no misplaced table content and no
/// deep nesting, on which it would work too long. Linear in the input. None when a cap is passed: show the text view.
pub fn sanitise(
    html: &str,
    images: &[InlineImage],
    compose: &str,
    limits: &Limits,
) -> Option<Sanitised> {
    let walked = walk(html, images, compose, limits)?;
    let body = policy::clean(&walked.body, compose);
    let mut style = css::stylesheet(&walked.style);
    if walked.marked_links {
        style.insert_str(0, links::MARK_STYLE);
    }
    Some(Sanitised {
        body: SafeHtml(body),
        style: SafeHtml(style),
        blocked_images: walked.blocked_images,
    })
}

/// How many remote images [`sanitise`] would block: its first half only, for a page that shows no HTML itself. Without
/// pictures, None exactly where `sanitise` gives none.
pub fn blocked_images(html: &str, compose: &str, limits: &Limits) -> Option<usize> {
    walk(html, &[], compose, limits).map(|walked| walked.blocked_images)
}

fn walk(html: &str, images: &[InlineImage], compose: &str, limits: &Limits) -> Option<Walked> {
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
