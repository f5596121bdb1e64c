//! Locale: the visitor's language and time zone; texts by Fluent, dates, numbers and sizes by our own tables.

mod dates;
mod numbers;

use fluent_templates::{fluent_bundle::FluentValue, static_loader};
use jiff::tz::TimeZone;
use std::collections::HashMap;
use unic_langid::{LanguageIdentifier, langid};

pub use dates::DayGroup;

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        // Bidi text is isolated by `<bdi>` in the templates, never by invisible characters.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

type Arguments = HashMap<&'static str, FluentValue<'static>>;

static EN: LanguageIdentifier = langid!("en");
static FR: LanguageIdentifier = langid!("fr");
static RO: LanguageIdentifier = langid!("ro");
static RU: LanguageIdentifier = langid!("ru");

/// A language that every text of the program exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    French,
    Romanian,
    Russian,
}

impl Language {
    pub const ALL: [Self; 4] = [Self::English, Self::French, Self::Romanian, Self::Russian];

    /// ISO 639-1 code, the value of the `lang` attribute and of the setting.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Romanian => "ro",
            Self::Russian => "ru",
        }
    }

    /// What speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Romanian => "Română",
            Self::Russian => "Русский",
        }
    }

    /// From a language tag (RFC 5646); only the primary subtag counts.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            "ro" | "mo" => Some(Self::Romanian),
            "ru" => Some(Self::Russian),
            _ => None,
        }
    }

    /// The setting, else the best of an Accept-Language field (RFC 9110 §12.5.4), else English.
    pub fn negotiate(setting: Option<&str>, accept_language: Option<&str>) -> Self {
        if let Some(language) = setting.and_then(Self::parse) {
            return language;
        }
        let mut best: Option<(Self, f32)> = None;
        for range in accept_language.unwrap_or_default().split(',').take(32) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(Self::parse) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(_, highest)| weight > highest) {
                best = Some((language, weight));
            }
        }
        best.map_or_else(Self::default, |(language, _)| language)
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::English => &EN,
            Self::French => &FR,
            Self::Romanian => &RO,
            Self::Russian => &RU,
        }
    }
}

/// Language and time zone of one visitor.
#[derive(Clone, Debug)]
pub struct Locale {
    pub language: Language,
    pub zone: TimeZone,
}

impl Locale {
    pub fn new(language: Language, zone: TimeZone) -> Self {
        Self { language, zone }
    }

    /// The text of a key. A key that does not exist is a fault of the program that a test finds.
    pub fn t(&self, key: &str) -> String {
        self.lookup(key, None)
    }

    /// The text of a key with its arguments.
    pub fn t_with<V>(&self, key: &str, args: &[(&'static str, V)]) -> String
    where
        V: Clone + Into<FluentValue<'static>>,
    {
        let args: Arguments = args
            .iter()
            .map(|(name, value)| (*name, value.clone().into()))
            .collect();
        self.lookup(key, Some(&args))
    }

    /// In the language itself, else in English. The loader's own `lookup` negotiates languages anew for each text, which took
    /// most of the time of a page.
    fn lookup(&self, key: &str, args: Option<&Arguments>) -> String {
        let in_language = |language: Language| {
            TEXTS
                .lookup_single_language(language.id(), key, args)
                // Why is said by the tests, which find every missing and broken text.
                .ok()
        };
        in_language(self.language)
            .or_else(|| in_language(Language::English))
            .unwrap_or_else(|| format!("[{key}]"))
    }

    /// The text of a key that depends on a number: `$n` chooses the plural form, `$count` is the number as people write it.
    pub fn t_n(&self, key: &str, n: u32) -> String {
        self.t_with(
            key,
            &[
                ("n", FluentValue::from(n)),
                ("count", self.number(u64::from(n)).into()),
            ],
        )
    }

    /// A whole number with the language's grouping.
    pub fn number(&self, n: u64) -> String {
        numbers::whole(self.language, n)
    }

    /// Octets as "184 kB" or "1.9 MB", in steps of 1,024.
    pub fn size(&self, octets: u64) -> String {
        numbers::size(self.language, octets)
    }

    /// As a list shows a moment: today the time, this week the weekday, this year day and month, else the ISO date. Unix seconds.
    pub fn date_short(&self, at: i64, now: i64) -> String {
        dates::short(self, at, now)
    }

    /// "Today, 11:42", "Thu 19 Nov, 11:42", "14 November 2025, 11:42". Unix seconds.
    pub fn date_medium(&self, at: i64, now: i64) -> String {
        dates::medium(self, at, now)
    }

    /// Weekday, date, year and time: what a title and a print say. Unix seconds.
    pub fn date_long(&self, at: i64) -> String {
        dates::long(self, at)
    }

    /// `date_long` with the zone's abbreviation or offset.
    pub fn date_zone(&self, at: i64) -> String {
        dates::with_zone(self, at)
    }

    /// 24-hour time of day.
    pub fn time(&self, at: i64) -> String {
        dates::time(self, at)
    }

    /// For the `datetime` attribute (RFC 3339, UTC).
    pub fn date_machine(&self, at: i64) -> String {
        dates::machine(at)
    }

    /// The heading under which a list shows the moment.
    pub fn day_group(&self, at: i64, now: i64) -> DayGroup {
        dates::group(self, at, now)
    }

    /// The words of a heading.
    pub fn day_group_title(&self, group: DayGroup, now: i64) -> String {
        dates::group_title(self, group, now)
    }

    /// Hour of the visitor's day, 0..24.
    pub fn hour(&self, now: i64) -> i8 {
        dates::hour(self, now)
    }
}

#[cfg(test)]
#[path = "i18n/tests.rs"]
mod tests;
