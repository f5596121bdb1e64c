//! Dates of header fields (RFC 5322 §3.3), obsolete and sloppy forms included.
use jiff::civil;
use jiff::tz::TimeZone;

const LONGEST: usize = 256;
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Unix seconds; None for what cannot be a date. The order of day, month and year does not matter, a missing time is
/// midnight, a missing or unknown zone is UTC.
pub(super) fn parse(value: &[u8]) -> Option<i64> {
    let text = without_comments(value.get(..LONGEST).unwrap_or(value));
    let mut date = Fields::default();
    for word in text.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        date.take(word)?;
    }
    date.seconds()
}

fn without_comments(value: &[u8]) -> String {
    let mut depth = 0_usize;
    let mut text = String::with_capacity(value.len());
    for c in String::from_utf8_lossy(value).chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => text.push(c),
            _ => {}
        }
    }
    text
}

#[derive(Default)]
struct Fields {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<(i8, i8, i8)>,
    offset: i64,
}

impl Fields {
    /// None ends the reading: the word contradicts what is there.
    fn take(&mut self, word: &str) -> Option<()> {
        if self.time.is_none() && word.contains(':') {
            self.time = Some(time(word)?);
        } else if let Some(offset) = zone(word).filter(|_| self.time.is_some()) {
            self.offset = offset;
        } else if word.contains('-') {
            word.split('-')
                .filter(|piece| !piece.is_empty())
                .try_for_each(|piece| self.take(piece))?;
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            self.number(word)?;
        } else if let Some(month) = month(word).filter(|_| self.month.is_none()) {
            self.month = Some(month);
        }
        Some(())
    }

    fn number(&mut self, word: &str) -> Option<()> {
        if self.day.is_none() && word.len() <= 2 {
            self.day = Some(word.parse().ok()?);
        } else if self.year.is_none() {
            let year: i16 = word.parse().ok()?;
            // RFC 5322 §4.3.
            self.year = Some(match word.len() {
                1 | 2 if year < 50 => year + 2000,
                1..=3 => year + 1900,
                _ => year,
            });
        }
        Some(())
    }

    fn seconds(self) -> Option<i64> {
        let (hour, minute, second) = self.time.unwrap_or_default();
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
        let seconds = date
            .to_datetime(time)
            .to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_second();
        (self.year? >= 1900).then(|| seconds - self.offset)
    }
}

fn month(word: &str) -> Option<i8> {
    let name = word.get(..3)?;
    let index = MONTHS
        .iter()
        .position(|month| name.eq_ignore_ascii_case(month))?;
    i8::try_from(index + 1).ok()
}

fn time(word: &str) -> Option<(i8, i8, i8)> {
    let mut parts = word
        .split(':')
        .map(|part| part.split('.').next().unwrap_or(part));
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second = parts.next().map_or(Some(0), |second| second.parse().ok())?;
    Some((hour, minute, second))
}

/// Offset from UTC in seconds (RFC 5322 §3.3 and §4.3).
fn zone(word: &str) -> Option<i64> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "UT" | "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        _ => {
            let sign = if word.starts_with('-') { -1 } else { 1 };
            let digits = word.strip_prefix(['+', '-'])?.replace(':', "");
            let value: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
            let (hours, minutes) = (value / 100, value % 100);
            return (hours <= 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60));
        }
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_read_in_every_form_that_occurs() {
        for text in [
            "Mon, 2 Nov 2026 10:00:00 +0200",
            "Mon, 02 Nov 2026 10:00:00 +0200 (EET)",
            "2 nov 26 08:00 GMT",
            "Mon Nov  2 08:00:00 2026",
            "Mon, 2 November 2026 00:00:00 -0800",
            "2-Nov-2026 08:00:00",
            "(comment (nested)) 2 (x) Nov 126 08:00:00 Z",
            "Mon,2 Nov 2026 08:00:00.000 UTC",
            "2 Nov 2026 03:00:00 EST",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(1_793_606_400), "{text}");
        }
        assert_eq!(parse(b"2 Nov 2026"), Some(1_793_577_600));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "garbage",
            "31 Feb 2026 10:00:00 +0000",
            "Mon, 99 Foo 99999 99:99:99 +9999",
            "(((((((",
            "1 Jan 0001",
            "2026",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_read(value in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            parse(&value);
        }

        #[test]
        fn any_date_like_text_is_read(value in "([0-9]{1,5}|Nov|:|-|\\+|,| |GMT|\\(){0,20}") {
            parse(value.as_bytes());
        }
    }
}
