//! The visitor's own choices, and where they are signed in.

use super::{
    Web,
    error::Error,
    fields::Fields,
    layout::{Current, Layout, Notice, View},
    message::said_key,
    page::Page,
    visitor::{SignedIn, device_zone, locale, zone},
};
use crate::{
    i18n::Language,
    mail::{Device, LetterView, Preferences, SenderChoices, Theme},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;

/// `GET`, `POST /settings`: fields `language`, `theme`, `timezone`, `view`, `name`, `signature` (422: `problem`).
#[derive(Template)]
#[template(path = "settings/settings.html")]
pub struct SettingsPage {
    pub layout: Layout,
    pub preferences: Preferences,
    /// Names of the IANA time zones this machine knows.
    pub zones: Vec<String>,
    /// What the browser or the server says, used while nothing is chosen.
    pub device_zone: String,
    /// A sentence of the form that was not taken.
    pub problem: Option<String>,
    /// Senders for whose letters something is chosen.
    pub senders: Vec<SenderChoices>,
}

impl SettingsPage {
    /// Value, text key, class of the picture, chosen.
    pub fn themes(&self) -> [(&'static str, &'static str, &'static str, bool); 3] {
        let chosen = |theme| self.preferences.theme == theme;
        [
            ("auto", "settings-theme-auto", "auto", chosen(Theme::Auto)),
            (
                "light",
                "settings-theme-light",
                "light",
                chosen(Theme::Light),
            ),
            ("dark", "settings-theme-dark", "dark", chosen(Theme::Dark)),
        ]
    }

    pub fn is_language(&self, code: &str) -> bool {
        self.preferences.language.as_deref() == Some(code)
    }

    /// Value, text key, chosen.
    pub fn views(&self) -> [(&'static str, &'static str, bool); 3] {
        let chosen = |view| self.preferences.view == view;
        [
            ("", "settings-view-suits", chosen(None)),
            (
                "letter",
                "settings-view-letter",
                chosen(Some(LetterView::Letter)),
            ),
            ("text", "settings-view-text", chosen(Some(LetterView::Text))),
        ]
    }

    /// What is chosen for a sender, in words.
    pub fn choices(&self, sender: &SenderChoices) -> String {
        let pictures = sender.chosen.pictures.then_some("sender-pictures");
        let keys = pictures.into_iter().chain(sender.view().map(said_key));
        let said: Vec<String> = keys.map(|key| self.layout.t(key)).collect();
        said.join(" ")
    }

    pub fn is_zone(&self, zone: &str) -> bool {
        self.preferences.timezone.as_deref() == Some(zone)
    }
}

/// `GET /settings/devices`.
#[derive(Template)]
#[template(path = "settings/devices.html")]
pub struct DevicesPage {
    pub layout: Layout,
    pub devices: Vec<Device>,
}

impl DevicesPage {
    pub fn revoke_url(&self, device: &Device) -> String {
        self.layout
            .url(&format!("/settings/devices/{}/revoke", device.id))
    }
}

/// Characters of a name and of a signature.
const NAME: usize = 200;
const SIGNATURE: usize = 10_000;

/// `GET /settings`
pub async fn show(signed_in: SignedIn, headers: HeaderMap) -> Result<Page<SettingsPage>, Error> {
    let preferences = signed_in.preferences.as_ref().clone();
    Ok(Page::new(
        page(&signed_in, &headers, preferences, None).await?,
    ))
}

/// `POST /settings`
pub async fn save(
    State(web): State<Web>,
    signed_in: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Error> {
    let preferences = changed(&signed_in.preferences, &fields);
    if let Some(key) = problem(&preferences) {
        let problem = Some(signed_in.t(key));
        let page = page(&signed_in, &headers, preferences, problem).await?;
        return Ok(Page::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    signed_in.account.set_preferences(&preferences).await?;
    let saved = locale(Some(&preferences), &headers).t("saved");
    signed_in.notice(Notice::done(saved)).await?;
    Ok(Redirect::to(&web.public_url.path("/settings")).into_response())
}

async fn page(
    signed_in: &SignedIn,
    headers: &HeaderMap,
    preferences: Preferences,
    problem: Option<String>,
) -> Result<SettingsPage, Error> {
    let folders = signed_in.folders_or_none().await?;
    let layout = signed_in
        .layout(View::Page, Current::Settings, folders)
        .await?;
    let zones = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    let device_zone = device_zone(headers)
        .unwrap_or_else(TimeZone::system)
        .iana_name()
        .unwrap_or_default()
        .to_owned();
    Ok(SettingsPage {
        layout,
        preferences,
        zones,
        device_zone,
        problem,
        senders: signed_in.account.chosen_senders().await?,
    })
}

/// The preferences with what the form says; an absent field changes nothing.
fn changed(old: &Preferences, fields: &Fields) -> Preferences {
    let mut new = old.clone();
    let chosen = |name| {
        fields
            .line(name)
            .map(|value| Some(value).filter(|value| !value.is_empty()))
    };
    if let Some(language) = chosen("language") {
        new.language = language;
    }
    if let Some(zone) = chosen("timezone") {
        new.timezone = zone;
    }
    new.theme = match fields.raw("theme") {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        Some(_) => Theme::Auto,
        None => new.theme,
    };
    if let Some(view) = fields.raw("view") {
        new.view = LetterView::parse(view);
    }
    if let Some(name) = fields.line("name") {
        new.name = name;
    }
    if let Some(signature) = fields.text("signature") {
        new.signature = signature.trim_end().to_owned();
    }
    new
}

/// Key of the sentence for what cannot be kept.
fn problem(preferences: &Preferences) -> Option<&'static str> {
    if preferences
        .language
        .as_deref()
        .is_some_and(|language| Language::parse(language).is_none())
    {
        Some("settings-bad-language")
    } else if preferences
        .timezone
        .as_deref()
        .is_some_and(|name| zone(name).is_none())
    {
        Some("settings-bad-zone")
    } else if preferences.name.chars().count() > NAME
        || preferences.signature.chars().count() > SIGNATURE
    {
        Some("settings-too-long")
    } else {
        None
    }
}

/// `POST /settings/senders/forget`, field `sender`: an address of the list.
pub async fn forget_sender(
    State(web): State<Web>,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Redirect, Error> {
    let sender = fields.line("sender").ok_or(Error::BadForm)?;
    signed_in.account.forget_sender(&sender).await?;
    signed_in.notice(Notice::done(signed_in.t("saved"))).await?;
    Ok(Redirect::to(&web.public_url.path("/settings")))
}

/// `GET /settings/devices`
pub async fn devices(signed_in: SignedIn) -> Result<Page<DevicesPage>, Error> {
    let current = signed_in
        .visitor
        .session_id()
        .map(|id| Device::id_of(&id))
        .unwrap_or_default();
    let devices = signed_in.account.devices(&current, signed_in.now()).await?;
    let folders = signed_in.folders_or_none().await?;
    Ok(Page::new(DevicesPage {
        layout: signed_in
            .layout(View::Page, Current::Settings, folders)
            .await?,
        devices,
    }))
}

/// `POST /settings/devices/{id}/revoke`
pub async fn revoke(
    State(web): State<Web>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Error> {
    signed_in.account.revoke_device(&id).await?;
    signed_in
        .notice(Notice::done(signed_in.t("device-signed-out")))
        .await?;
    Ok(Redirect::to(&web.public_url.path("/settings/devices")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(form: &str) -> Preferences {
        let old = Preferences {
            language: Some("fr".into()),
            name: "Ana".into(),
            ..Preferences::default()
        };
        changed(&old, &Fields::parse(form.as_bytes()).unwrap())
    }

    #[test]
    fn an_absent_field_changes_nothing_and_an_empty_one_follows_the_device() {
        assert_eq!(after("theme=dark").language.as_deref(), Some("fr"));
        assert_eq!(after("language=").language, None);
        assert_eq!(after("theme=dark").theme, Theme::Dark);
    }

    #[test]
    fn what_no_page_offers_is_refused() {
        assert_eq!(
            problem(&after("language=tlh")),
            Some("settings-bad-language")
        );
        assert_eq!(
            problem(&after("timezone=Mars%2FOlympus")),
            Some("settings-bad-zone")
        );
        assert_eq!(
            problem(&after(&format!("name={}", "a".repeat(201)))),
            Some("settings-too-long")
        );
        assert_eq!(
            problem(&after("timezone=Europe%2FBucharest&name=Ana%0D%0ABcc:x")),
            None
        );
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(after("name=Ana%0D%0ABcc:+x").name, "Ana  Bcc: x");
    }
}
