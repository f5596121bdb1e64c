//! Who asks: language and zone, and for whom.

use super::{
    Web,
    error::{Error, Failure},
    layout::{Current, Layout, Notice, Sidebar, Site, View},
    session,
    trace::RequestSpan,
};
use crate::{
    i18n::{Language, Locale},
    mail::{self, Account, Folder, Preferences, Theme},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use std::sync::Arc;
use tower_sessions::{Session, session::Id};

/// Everything that is known of who made a request, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    pub site: Site,
    pub locale: Locale,
    pub theme: Theme,
    /// Unix seconds at which the request came.
    pub now: i64,
    pub session: Session,
    account: Option<Known>,
}

/// Whom the session belongs to.
#[derive(Clone)]
struct Known {
    account: Account,
    preferences: Arc<Preferences>,
    /// Messages of the outbox.
    outbox: usize,
}

/// A visitor who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    pub visitor: Visitor,
    pub account: Account,
    pub preferences: Arc<Preferences>,
    outbox: usize,
}

/// Looks up who asks, once per request. Ends the session when the mail server no longer takes its password.
pub async fn visitor(
    State(web): State<Web>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let span = request.extensions().get::<RequestSpan>().cloned();
    let visitor = match Visitor::find(&web, session, request.headers(), span).await {
        Ok(visitor) => visitor,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    let Some(is_over) = response
        .extensions()
        .get()
        .map(|Failure(error)| error.is_signed_out())
    else {
        return response;
    };
    if is_over && let Err(error) = visitor.session.flush().await {
        return Error::Session(error).into_response();
    }
    response.extensions_mut().insert(visitor);
    response
}

/// The wall clock, unix seconds; asked once per request.
#[expect(
    clippy::disallowed_methods,
    reason = "requests are where time comes from: everything below takes it as an argument"
)]
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

impl Visitor {
    async fn find(
        web: &Web,
        session: Session,
        headers: &HeaderMap,
        span: Option<RequestSpan>,
    ) -> Result<Self, Error> {
        let now = now();
        let account = match session::credentials(&session).await? {
            None => None,
            Some(credentials) => {
                session::touch(&session, &web.config.limits, now).await?;
                let account = web.accounts.account(&credentials);
                account.resume(now);
                if let Some(RequestSpan(span)) = span {
                    span.record("account", account.hash());
                }
                let (preferences, outbox) = account.preferences_and_outbox().await?;
                Some(Known {
                    account,
                    preferences: Arc::new(preferences),
                    outbox,
                })
            }
        };
        let preferences = account.as_ref().map(|known| &*known.preferences);
        let locale = locale(preferences, headers);
        let theme = preferences
            .map(|preferences| preferences.theme)
            .unwrap_or_default();
        Ok(Self {
            site: web.site.clone(),
            locale,
            theme,
            now,
            session,
            account,
        })
    }

    pub fn is_signed_in(&self) -> bool {
        self.account.is_some()
    }

    pub fn session_id(&self) -> Option<Id> {
        self.session.id()
    }

    /// The frame of a page without a sidebar.
    pub fn layout_alone(&self) -> Layout {
        Layout {
            view: View::Alone,
            ..layout_for(self.site.clone(), self.locale.clone(), self.theme, self.now)
        }
    }

    pub fn signed_in(&self) -> Option<SignedIn> {
        let known = self.account.clone()?;
        Some(SignedIn {
            visitor: self.clone(),
            account: known.account,
            preferences: known.preferences,
            outbox: known.outbox,
        })
    }
}

/// The frame of a page for somebody of whom no more is known.
pub fn layout_for(site: Site, locale: Locale, theme: Theme, now: i64) -> Layout {
    Layout {
        site,
        locale,
        theme,
        view: View::Alone,
        notice: None,
        sidebar: None,
        now,
    }
}

/// Language: setting, else Accept-Language. Zone: setting, else what the browser's script told in a cookie, else the server's.
pub fn locale(preferences: Option<&Preferences>, headers: &HeaderMap) -> Locale {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let language = Language::negotiate(
        preferences.and_then(|preferences| preferences.language.as_deref()),
        accepted,
    );
    let zone = preferences
        .and_then(|preferences| preferences.timezone.as_deref())
        .and_then(zone)
        .or_else(|| device_zone(headers));
    match zone {
        Some(zone) => Locale::new(language, zone),
        None => Locale {
            zone_is_own: false,
            ..Locale::new(language, TimeZone::system())
        },
    }
}

/// The zone the browser's script told.
pub fn device_zone(headers: &HeaderMap) -> Option<TimeZone> {
    let told = session::cookies(headers, "tz").next()?;
    zone(&percent_encoding::percent_decode_str(told).decode_utf8_lossy())
}

/// A zone of the IANA database by its name.
pub fn zone(name: &str) -> Option<TimeZone> {
    if name.is_empty() || name.len() > 64 {
        return None;
    }
    TimeZone::get(name).ok()
}

impl SignedIn {
    /// The frame of a page beside the sidebar, with what the last action left to be said.
    pub async fn layout(
        &self,
        view: View,
        current: Current,
        folders: Vec<Folder>,
    ) -> Result<Layout, Error> {
        let visitor = &self.visitor;
        let sidebar = Sidebar {
            email: self.account.email().to_owned(),
            name: self.preferences.name.clone(),
            folders,
            current,
            outbox: self.outbox,
        };
        Ok(Layout {
            view,
            notice: session::take_notice(&visitor.session, visitor.now).await?,
            sidebar: Some(sidebar),
            ..visitor.layout_alone()
        })
    }

    /// The folders for the sidebar of a page that is not about them: none while the mail server is in trouble.
    pub async fn folders_or_none(&self) -> Result<Vec<Folder>, Error> {
        match self.account.folders().await {
            Ok(folders) => Ok(folders),
            Err(
                error @ (mail::Error::Unavailable(_)
                | mail::Error::TimedOut
                | mail::Error::Busy
                | mail::Error::Refused(_)),
            ) => {
                tracing::warn!(error = %super::error::chain(&error), "a page without folders");
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Leaves a sentence for the next page.
    pub async fn notice(&self, notice: Notice) -> Result<(), Error> {
        session::leave_notice(&self.visitor.session, &notice, self.visitor.now).await
    }

    pub fn now(&self) -> i64 {
        self.visitor.now
    }

    pub fn t(&self, key: &str) -> String {
        self.visitor.locale.t(key)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Error::Misassembled)
    }
}

/// Only behind `sign_in::required`, which has sent everybody else to sign in.
impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Visitor::from_request_parts(parts, state)
            .await?
            .signed_in()
            .ok_or(Error::Misassembled)
    }
}
