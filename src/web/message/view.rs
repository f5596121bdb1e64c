//! How a letter is shown: as designed in its frame, as a letter in our own typography, or as plain text (`?view=`).

use super::{MessagePage, PrintPage, charset::with, file::is_picture};
use crate::{
    mail::{Block, Inlaid, LetterView, PICTURE_MAX, Part, ViewWish, display_filename},
    web::{
        Web,
        error::Error,
        extract::{Query, Reference},
        fields::Fields,
        layout::{Layout, Notice},
        visitor::SignedIn,
    },
};
use axum::{extract::State, response::Redirect};
use std::borrow::Cow;

/// Name of the field of an address that chooses the view.
const FIELD: &str = "view";

/// What the address asks for, and what the person set.
pub fn wish(signed_in: &SignedIn, query: &Query) -> ViewWish {
    ViewWish {
        asked: asked(query),
        setting: signed_in.preferences.view,
    }
}

/// `?view=`, or `?text=1` as older addresses say it.
pub fn asked(query: &Query) -> Option<LetterView> {
    let text = || query.has("text").then_some(LetterView::Text);
    query.get(FIELD).and_then(LetterView::parse).or_else(text)
}

pub fn with_view(url: String, view: Option<LetterView>) -> String {
    match view {
        Some(view) => with(url, FIELD, view.name()),
        None => url,
    }
}

/// Another view of the same letter.
pub struct OtherView {
    pub url: String,
    pub key: &'static str,
    pub icon: &'static str,
}

/// A picture of a letter.
pub struct InlaidView {
    pub url: String,
    /// What is said in its place where it is too large to be shown (R-HTML-6), or where browsers cannot show it: name
    /// and size.
    pub instead: Option<(String, String)>,
}

impl InlaidView {
    fn new(layout: &Layout, picture: &Inlaid, part: &Part, url: String) -> Self {
        let shown = part.content_size() <= PICTURE_MAX && is_picture(&part.mime_type);
        let instead = (!shown).then(|| {
            let name = part.filename.as_deref().unwrap_or(&picture.alt);
            let name = display_filename(name);
            (name, layout.size(part.content_size()))
        });
        Self { url, instead }
    }
}

impl MessagePage {
    pub fn shows_frame(&self) -> bool {
        self.opened.viewed.shown() == LetterView::Designed
    }

    /// What is shown without a frame.
    pub fn blocks(&self) -> Cow<'_, [Block]> {
        match self.opened.viewed.shown() {
            LetterView::Letter => Cow::Borrowed(&self.opened.letter),
            _ => self.opened.plain(),
        }
    }

    pub fn other_views(&self) -> Vec<OtherView> {
        if !self.opened.has_html || self.opened.cut {
            return Vec::new();
        }
        let others = LetterView::ALL.into_iter();
        others
            .filter(|view| *view != self.opened.viewed.shown())
            .map(|view| self.view(view))
            .collect()
    }

    fn view(&self, view: LetterView) -> OtherView {
        let (key, icon) = match view {
            LetterView::Designed => ("show-designed", "palette"),
            LetterView::Letter => ("show-as-letter", "mail-open"),
            LetterView::Text => ("show-as-text", "file-text"),
        };
        let asked = (view != self.opened.viewed.usual).then_some(view);
        OtherView {
            url: self.shown_url(asked, self.charset),
            key,
            icon,
        }
    }

    /// Text key of the view that the address asked for, where it is another than the usual one; and the way back.
    pub fn unusual_view(&self) -> Option<(&'static str, OtherView)> {
        let asked = self.opened.viewed.asked;
        let asked = asked.filter(|view| *view != self.opened.viewed.usual)?;
        Some((said_key(asked), self.view(self.opened.viewed.usual)))
    }

    /// Where to ask for this view always for this sender, and its name; None where nobody can be remembered.
    pub fn always_view(&self) -> Option<(String, &'static str)> {
        let known = self.attached.is_none() && self.opened.sender.address.is_some();
        known.then(|| (self.below("/view"), self.opened.viewed.shown().name()))
    }

    /// The letter view leaves out pictures from the web: how many, and the way to them.
    pub fn left_out(&self) -> Option<(String, OtherView)> {
        let count = u32::try_from(self.opened.remote.pictures).unwrap_or(u32::MAX);
        let said = count > 0 && self.opened.viewed.shown() == LetterView::Letter;
        said.then(|| {
            let text = self.layout.t_n("letter-pictures", count);
            (text, self.view(LetterView::Designed))
        })
    }

    /// What the button says that shows what is folded.
    pub fn quoted(&self) -> String {
        self.layout.t("quoted-text")
    }

    pub fn inlaid(&self, picture: &Inlaid) -> Option<InlaidView> {
        let part = self.opened.part_of(picture)?;
        let url = self.below(&format!("/part/{}", part.section));
        Some(InlaidView::new(&self.layout, picture, part, url))
    }
}

impl PrintPage {
    pub fn quoted(&self) -> String {
        self.layout.t("quoted-text")
    }

    pub fn inlaid(&self, picture: &Inlaid) -> Option<InlaidView> {
        let part = self.opened.part_of(picture)?;
        let below = format!("/part/{}", part.section);
        let url = self.layout.message_url(&self.opened.reference, &below);
        Some(InlaidView::new(&self.layout, picture, part, url))
    }
}

/// Text key of "shown as …".
pub fn said_key(view: LetterView) -> &'static str {
    match view {
        LetterView::Designed => "shown-designed",
        LetterView::Letter => "shown-as-letter",
        LetterView::Text => "shown-as-text",
    }
}

/// `POST …/view`, fields `view` and `next`: the path to go to afterwards.
pub async fn always_view(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    fields: Fields,
) -> Result<Redirect, Error> {
    let view = fields.raw(FIELD).and_then(LetterView::parse);
    let view = view.ok_or(Error::BadForm)?;
    if !signed_in.account.always_view(&reference, view).await? {
        return Err(Error::BadForm);
    }
    let notice = Notice::done(signed_in.t("view-always-kept"));
    signed_in.notice(notice).await?;
    let next = fields
        .raw("next")
        .and_then(|next| web.public_url.destination(next));
    Ok(Redirect::to(
        &next.unwrap_or_else(|| web.public_url.path("/")),
    ))
}
