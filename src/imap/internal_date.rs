//! INTERNALDATE (date-time of RFC 9051 §9).

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};

/// Latest one believed: the end of the year 9999.
const LATEST: i64 = 253_402_300_799;
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// `17-Jul-1996 02:44:25 -0700` to unix seconds; the day may have one digit.
pub(super) fn read(octets: &[u8]) -> Option<i64> {
    let (clock, zone) = std::str::from_utf8(octets).ok()?.trim().rsplit_once(' ')?;
    let mut fields = clock.split(['-', ' ', ':']);
    let day = fields.next()?.parse().ok()?;
    let name = fields.next()?;
    let month = MONTHS
        .iter()
        .position(|month| month.eq_ignore_ascii_case(name))?;
    let month = i8::try_from(month).ok()? + 1;
    let date = Date::new(fields.next()?.parse().ok()?, month, day).ok()?;
    let mut number = || fields.next()?.parse::<i8>().ok();
    let (hour, minute, second) = (number()?, number()?, number()?);
    // A leap second is the one before it.
    let time = Time::new(hour, minute, second.min(59), 0).ok()?;
    if fields.next().is_some() {
        return None;
    }
    let instant = offset(zone)?.to_timestamp(date.to_datetime(time)).ok()?;
    Some(instant.as_second().clamp(0, LATEST))
}

/// The day of this moment in UTC as `date` of RFC 9051 §9, for SEARCH. `moment`: unix seconds.
pub(super) fn day(moment: i64) -> String {
    let moment = Timestamp::from_second(moment.max(0)).unwrap_or(Timestamp::MAX);
    let date = Offset::UTC.to_datetime(moment);
    date.strftime("%d-%b-%Y").to_string()
}

/// `+hhmm` or `-hhmm`.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, digits) = zone.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let plain = digits.len() == 4 && digits.bytes().all(|c| c.is_ascii_digit());
    let number: i32 = digits.parse().ok().filter(|_| plain)?;
    let (hours, minutes) = (number / 100, number % 100);
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_in_any_zone() {
        for (text, seconds) in [
            ("17-Jul-1996 02:44:25 -0700", 837_596_665),
            (" 7-Feb-1994 21:52:25 -0800", 760_686_745),
            ("7-FEB-1994 21:52:25 -0800", 760_686_745),
            ("01-Jan-1970 00:00:00 +0000", 0),
            ("31-Dec-1969 00:00:00 +0000", 0),
            ("29-Feb-2024 23:59:60 +0530", 1_709_231_399),
        ] {
            assert_eq!(read(text.as_bytes()), Some(seconds), "{text}");
        }
    }

    #[test]
    fn a_day_is_written_as_search_wants_it() {
        for (moment, text) in [
            (-1, "01-Jan-1970"),
            (837_596_665, "17-Jul-1996"),
            (1_709_251_199, "29-Feb-2024"),
            (1_709_251_200, "01-Mar-2024"),
            (i64::MAX, "30-Dec-9999"),
        ] {
            assert_eq!(day(moment), text);
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            " ",
            "31-Feb-2024 00:00:00 +0000",
            "01-Foo-2024 00:00:00 +0000",
            "01-Jan-2024 24:00:00 +0000",
            "01-Jan-2024 00:00 +0000",
            "01-Jan-2024 00:00:00:00 +0000",
            "01-Jan-2024 00:00:00",
            "01-Jan-2024 00:00:00 +00:00",
            "01-Jan-2024 00:00:00 +0060",
            "01-Jan-2024 00:00:00 0000",
            "01-Jan-99999 00:00:00 +0000",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read(octets in proptest::collection::vec(any::<u8>(), 0..40)) {
            read(&octets);
        }

        #[test]
        fn any_date_is_read(second in 0..4_000_000_000_i64, hours in -12..14_i32) {
            let offset = Offset::from_seconds(hours * 3600).unwrap();
            let local = offset.to_datetime(jiff::Timestamp::from_second(second).unwrap());
            let text = format!("{} {hours:+03}00", local.strftime("%d-%b-%Y %H:%M:%S"));
            prop_assert_eq!(read(text.as_bytes()), Some(second));
        }
    }
}
