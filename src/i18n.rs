//! Locale: the visitor's language and time zone; texts by Fluent, dates, numbers and sizes by our own tables.

mod dates;
mod numbers;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::tz::TimeZone;
use std::{borrow::Cow, sync::LazyLock};
use unic_langid::langid;

pub use dates::{DayGroup, Leaf};

type Texts = FluentBundle<FluentResource>;

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

    /// All texts, read once for the life of the process.
    fn texts(self) -> &'static Texts {
        static TEXTS: LazyLock<[Texts; 4]> = LazyLock::new(|| Language::ALL.map(Language::read));
        let [english, french, romanian, russian] = &*TEXTS;
        match self {
            Self::English => english,
            Self::French => french,
            Self::Romanian => romanian,
            Self::Russian => russian,
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "the files are part of the program; no test passes without reading them"
    )]
    fn read(self) -> Texts {
        let (tag, source) = match self {
            Self::English => (langid!("en"), include_str!("../locales/en.ftl")),
            Self::French => (langid!("fr"), include_str!("../locales/fr.ftl")),
            Self::Romanian => (langid!("ro"), include_str!("../locales/ro.ftl")),
            Self::Russian => (langid!("ru"), include_str!("../locales/ru.ftl")),
        };
        let resource = FluentResource::try_new(source.to_owned()).expect("correct Fluent syntax");
        let mut texts = FluentBundle::new_concurrent(vec![tag]);
        // Bidi text is isolated by `<bdi>` in the templates, never by invisible characters.
        texts.set_use_isolating(false);
        texts.add_resource(resource).expect("each key once");
        texts
    }

    /// None where the text is missing or broken, which a test finds.
    fn text(self, key: &str, args: Option<&FluentArgs>) -> Option<Cow<'static, str>> {
        let texts = self.texts();
        let pattern = texts.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = texts.format_pattern(pattern, args, &mut errors);
        errors.is_empty().then_some(text)
    }
}

/// Language and time zone of one visitor.
#[derive(Clone, Debug)]
pub struct Locale {
    pub language: Language,
    pub zone: TimeZone,
    /// It is the visitor's own: chosen, or told by the browser. Else it is the server's.
    pub zone_is_own: bool,
}

impl Locale {
    pub fn new(language: Language, zone: TimeZone) -> Self {
        Self {
            language,
            zone,
            zone_is_own: true,
        }
    }

    /// The text of a key. A key that does not exist is a fault of the program that a test finds.
    pub fn t(&self, key: &str) -> String {
        self.lookup(key, None)
    }

    /// The text of a key with its arguments.
    pub fn t_with<'a, V>(&self, key: &str, args: &[(&'static str, V)]) -> String
    where
        V: Clone + Into<FluentValue<'a>>,
    {
        let args: FluentArgs = args.iter().cloned().collect();
        self.lookup(key, Some(&args))
    }

    /// In the language itself, else in English.
    fn lookup(&self, key: &str, args: Option<&FluentArgs>) -> String {
        self.language
            .text(key, args)
            .or_else(|| Language::English.text(key, args))
            .map_or_else(|| format!("[{key}]"), Cow::into_owned)
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

    /// What the zone is called at a moment: "UTC+02:00", "UTC". Unix seconds.
    pub fn zone_name(&self, at: i64) -> String {
        dates::zone_name(self, at)
    }

    /// 24-hour time of day.
    pub fn time(&self, at: i64) -> String {
        dates::time(self, at)
    }

    /// The visitor's calendar and clock at a moment. Unix seconds.
    pub fn civil(&self, at: i64) -> jiff::civil::DateTime {
        dates::civil(self, at)
    }

    /// "14:30"
    pub fn clock(&self, time: jiff::civil::Time) -> String {
        dates::time_of_day(time)
    }

    /// "24 November 2026"
    pub fn day(&self, date: jiff::civil::Date) -> String {
        dates::day(self, date)
    }

    /// A day as a leaf of a calendar.
    pub fn leaf(&self, date: jiff::civil::Date) -> Leaf {
        dates::leaf(self, date)
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
