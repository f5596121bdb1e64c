//! The sentences around a quoted message, in the writer's language and time zone.

use crate::{
    i18n::Locale,
    mail::{Address, QuoteStyle, Quoted},
};

/// "On Thu 19 Nov 2026, 11:42, Ana wrote:" above an answer's quote; title and header lines above a forwarded text.
pub fn style(locale: &Locale) -> QuoteStyle<'_> {
    QuoteStyle {
        attribution: Box::new(|quoted| attribution(locale, quoted)),
        forwarded: Box::new(|quoted| forwarded(locale, quoted)),
    }
}

fn attribution(locale: &Locale, quoted: &Quoted) -> String {
    let who = quoted
        .from
        .first()
        .map_or_else(|| locale.t("row-unknown-sender"), Address::display_name);
    match quoted.date {
        Some(date) => locale.t_with(
            "quote-wrote",
            &[("date", locale.date_long(date)), ("who", who)],
        ),
        None => locale.t_with("quote-wrote-undated", &[("who", who)]),
    }
}

fn forwarded(locale: &Locale, quoted: &Quoted) -> String {
    let people = |addresses: &[Address]| {
        addresses
            .iter()
            .map(Address::to_field)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let date = quoted
        .date
        .map(|date| locale.date_long(date))
        .unwrap_or_default();
    let lines = [
        ("field-from", people(&quoted.from)),
        ("field-date", date),
        ("field-subject", quoted.subject.clone()),
        ("field-to", people(&quoted.to)),
        ("field-cc", people(&quoted.cc)),
    ];
    let mut text = format!("---------- {} ----------", locale.t("quote-forwarded"));
    for (key, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("\n{}: {value}", locale.t(key)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use jiff::tz::TimeZone;

    #[test]
    fn a_forwarded_text_names_what_is_known() {
        let locale = Locale::new(Language::English, TimeZone::UTC);
        let from = Address {
            name: Some("Ana".into()),
            addr: "ana@example.org".into(),
        };
        let quoted = Quoted {
            from: vec![from],
            subject: "Roof".into(),
            ..Quoted::default()
        };
        assert_eq!(
            forwarded(&locale, &quoted),
            "---------- Forwarded message ----------\nFrom: Ana <ana@example.org>\nSubject: Roof"
        );
    }
}
