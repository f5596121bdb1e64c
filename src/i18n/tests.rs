use super::*;
use std::collections::BTreeSet;

/// Saturday 21 November 2026, 12:00 UTC.
const NOW: i64 = 1_795_262_400;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn locale(language: Language) -> Locale {
    Locale::new(language, TimeZone::UTC)
}

fn keys_of(source: &str) -> BTreeSet<&str> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .collect()
}

const SOURCES: [(&str, &str); 4] = [
    ("en", include_str!("../../locales/en.ftl")),
    ("fr", include_str!("../../locales/fr.ftl")),
    ("ro", include_str!("../../locales/ro.ftl")),
    ("ru", include_str!("../../locales/ru.ftl")),
];

#[test]
fn every_language_has_the_same_texts() {
    let english = keys_of(SOURCES[0].1);
    for (code, source) in &SOURCES[1..] {
        let keys = keys_of(source);
        assert_eq!(
            english.difference(&keys).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "missing in {code}"
        );
        assert_eq!(
            keys.difference(&english).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "only in {code}"
        );
    }
}

#[test]
fn every_key_in_a_template_is_a_text() {
    fn templates(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                templates(&path, found);
            } else {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut sources = Vec::new();
    templates(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &mut sources,
    );
    let english = keys_of(SOURCES[0].1);
    for source in &sources {
        for call in [
            "layout.t(\"",
            "layout.t_x(\"",
            "layout.t_n(\"",
            "layout.t_with(\"",
        ] {
            for piece in source.split(call).skip(1) {
                let key = piece.split('"').next().unwrap();
                assert!(english.contains(key), "no text for {key}");
            }
        }
    }
}

#[test]
fn every_text_is_formatted_in_every_language() {
    for language in Language::ALL {
        let locale = locale(language);
        for key in keys_of(SOURCES[0].1) {
            let text = locale.t_with(
                key,
                &[
                    ("n", 3.into()),
                    ("count", FluentValue::from("3")),
                    ("x", "x".into()),
                    ("a", "x".into()),
                    ("b", "x".into()),
                    ("more", "x".into()),
                    ("who", "x".into()),
                    ("why", "x".into()),
                    ("subject", "x".into()),
                    ("page", "x".into()),
                    ("pages", "x".into()),
                    ("total", "x".into()),
                    ("limit", "x".into()),
                    ("host", "x".into()),
                    ("date", "x".into()),
                    ("since", "x".into()),
                    ("seen", "x".into()),
                    ("own", "x".into()),
                    ("zone", "x".into()),
                ],
            );
            assert!(
                !text.is_empty() && !text.starts_with('[') && !text.contains('{'),
                "{key} in {}: {text}",
                language.code()
            );
        }
    }
}

#[test]
fn plurals_follow_each_language() {
    let count = |language, n| locale(language).t_n("count-messages", n);
    assert_eq!(count(Language::English, 1), "1 message");
    assert_eq!(count(Language::English, 1234), "1,234 messages");
    assert_eq!(count(Language::French, 0), "0 message");
    assert_eq!(count(Language::French, 2), "2 messages");
    assert_eq!(count(Language::Romanian, 1), "1 mesaj");
    assert_eq!(count(Language::Romanian, 2), "2 mesaje");
    assert_eq!(count(Language::Romanian, 20), "20 de mesaje");
    assert_eq!(count(Language::Russian, 1), "1 письмо");
    assert_eq!(count(Language::Russian, 3), "3 письма");
    assert_eq!(count(Language::Russian, 11), "11 писем");
    assert_eq!(count(Language::Russian, 21), "21 письмо");
}

#[test]
fn the_setting_wins_over_the_browser_and_weights_are_honoured() {
    assert_eq!(
        Language::negotiate(Some("ro"), Some("fr")),
        Language::Romanian
    );
    assert_eq!(
        Language::negotiate(Some("xx"), Some("fr-CA")),
        Language::French
    );
    assert_eq!(
        Language::negotiate(None, Some("de, ru;q=0.5, fr;q=0.8")),
        Language::French
    );
    assert_eq!(
        Language::negotiate(None, Some("ru;q=0, de")),
        Language::English
    );
    assert_eq!(
        Language::negotiate(None, Some("ro;q=x,,;;")),
        Language::English
    );
    assert_eq!(Language::negotiate(None, None), Language::English);
}

#[test]
fn sizes_are_rounded_up_so_that_one_octet_over_a_limit_shows() {
    let english = locale(Language::English);
    assert_eq!(english.size(0), "0\u{a0}B");
    assert_eq!(english.size(999), "999\u{a0}B");
    assert_eq!(english.size(188_416), "184\u{a0}kB");
    assert_eq!(english.size(2 << 20), "2\u{a0}MB");
    assert_eq!(english.size((2 << 20) + 1), "2.1\u{a0}MB");
    assert_eq!(english.size(5 << 30), "5\u{a0}GB");
    assert_eq!(locale(Language::French).size(1_992_294), "1,9\u{a0}Mo");
    assert_eq!(locale(Language::Russian).size(1_992_294), "1,9\u{a0}МБ");
    assert!(!english.size(u64::MAX).is_empty());
}

#[test]
fn a_list_shows_time_weekday_day_or_iso_date() {
    let english = locale(Language::English);
    assert_eq!(english.date_short(NOW - HOUR, NOW), "11:00");
    assert_eq!(english.date_short(NOW - 2 * DAY, NOW), "Thu");
    assert_eq!(english.date_short(NOW - 7 * DAY, NOW), "14 Nov");
    assert_eq!(english.date_short(NOW - 400 * DAY, NOW), "2025-10-17");
    assert_eq!(
        locale(Language::Russian).date_short(NOW - 2 * DAY, NOW),
        "чт"
    );
    assert_eq!(
        locale(Language::French).date_short(NOW - 20 * DAY, NOW),
        "1er nov."
    );
}

#[test]
fn full_dates_are_written_as_each_language_does() {
    let long = |language| locale(language).date_long(NOW);
    assert_eq!(long(Language::English), "Saturday 21 November 2026, 12:00");
    assert_eq!(long(Language::French), "samedi 21 novembre 2026 à 12:00");
    assert_eq!(
        long(Language::Romanian),
        "sâmbătă, 21 noiembrie 2026, 12:00"
    );
    assert_eq!(
        long(Language::Russian),
        "суббота, 21 ноября 2026\u{a0}г., 12:00"
    );
    assert_eq!(
        locale(Language::English).date_zone(NOW),
        "Saturday 21 November 2026, 12:00 (UTC)"
    );
}

#[test]
fn headings_follow_the_week_and_then_the_month() {
    let english = locale(Language::English);
    let title = |at| english.day_group_title(english.day_group(at, NOW), NOW);
    assert_eq!(title(NOW + DAY), "Today");
    assert_eq!(title(NOW - DAY), "Yesterday");
    assert_eq!(title(NOW - 5 * DAY), "This week");
    assert_eq!(title(NOW - 6 * DAY), "Last week");
    assert_eq!(title(NOW - 12 * DAY), "Last week");
    assert_eq!(title(NOW - 13 * DAY), "November");
    assert_eq!(title(NOW - 365 * DAY), "November 2025");
}

#[test]
fn a_date_out_of_range_is_shown_and_never_panics() {
    for language in Language::ALL {
        let locale = locale(language);
        for at in [i64::MIN, i64::MAX, 0, -1] {
            assert!(!locale.date_short(at, NOW).is_empty());
            assert!(!locale.date_medium(at, NOW).is_empty());
            assert!(!locale.date_zone(at).is_empty());
            assert!(
                !locale
                    .day_group_title(locale.day_group(at, NOW), NOW)
                    .is_empty()
            );
        }
    }
}
