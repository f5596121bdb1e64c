//! Pictures from the web in one message: hidden, shown once, or always shown for its sender (R-IMG-1).

use super::{MessagePage, charset::with};
use crate::{
    mail::{Device, MessageRef, Opened, Role, Viewing},
    web::{
        Web,
        error::Error,
        extract::{Query, Reference},
        fields::Fields,
        layout::Notice,
        visitor::SignedIn,
    },
};
use axum::{extract::State, response::Redirect};

/// Name of the field of an address that shows the pictures of the message it leads to.
const FIELD: &str = "pictures";

/// What a page says of pictures from the web.
pub struct Pictures {
    /// What `?pictures=` must be to show them. None where they never are: in Junk.
    key: Option<String>,
    shown: bool,
}

impl Pictures {
    pub fn of(signed_in: &SignedIn, opened: &Opened, query: &Query) -> Self {
        let key = session(signed_in)
            .filter(|_| opened.role != Some(Role::Junk))
            .map(|session| signed_in.account.showing(&session, &opened.reference));
        let asked = key.is_some() && query.get(FIELD) == key.as_deref();
        let shown = asked || (key.is_some() && opened.sender.shows_pictures());
        Self { key, shown }
    }
}

/// Who sees the pictures of a document: whoever was given its address by a page of ours.
pub fn viewing(signed_in: &SignedIn, reference: &MessageRef, query: &Query) -> Option<Viewing> {
    let session = session(signed_in)?;
    let key = signed_in.account.showing(&session, reference);
    (query.get(FIELD) == Some(&key)).then(|| Viewing {
        session,
        now: signed_in.now(),
    })
}

fn session(signed_in: &SignedIn) -> Option<String> {
    signed_in.visitor.session_id().map(|id| Device::id_of(&id))
}

impl MessagePage {
    /// Pictures are hidden that could be shown, or are never shown here.
    pub fn hides_pictures(&self) -> bool {
        self.shows_frame() && !self.pictures.shown && self.opened.remote.pictures > 0
    }

    /// This letter with its pictures.
    pub fn pictures_url(&self) -> Option<String> {
        let key = self.pictures.key.as_ref()?;
        Some(with(self.url(), FIELD, key))
    }

    /// Where to ask for the pictures of this sender always; None where that is not offered: nobody vouched for the
    /// message, or it is junk.
    pub fn always_url(&self) -> Option<String> {
        let sender = &self.opened.sender;
        let offered = self.pictures.key.is_some() && sender.verified && sender.address.is_some();
        offered.then(|| self.below("/pictures"))
    }

    /// The document in the frame.
    pub fn frame_url(&self) -> String {
        match &self.pictures.key {
            Some(key) if self.pictures.shown => with(self.body_url(), FIELD, key),
            _ => self.body_url(),
        }
    }

    /// How many trackers were left out, where nothing more urgent is to be said.
    pub fn trackers(&self) -> Option<String> {
        let trackers = u32::try_from(self.opened.remote.trackers).unwrap_or(u32::MAX);
        let said = trackers > 0 && self.shows_frame() && !self.hides_pictures();
        said.then(|| self.layout.t_n("trackers-left-out", trackers))
    }
}

/// `POST …/pictures`, field `next`: the path to go to afterwards.
pub async fn always_show_pictures(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    fields: Fields,
) -> Result<Redirect, Error> {
    if !signed_in.account.always_show_pictures(&reference).await? {
        return Err(Error::BadForm);
    }
    let notice = Notice::done(signed_in.t("pictures-always-shown"));
    signed_in.notice(notice).await?;
    let next = fields
        .raw("next")
        .and_then(|next| web.public_url.destination(next));
    Ok(Redirect::to(
        &next.unwrap_or_else(|| web.public_url.path("/")),
    ))
}
