use calcard::common::{PartialDateTime, timezone::Tz};
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarEntry, ICalendarProperty, ICalendarValue,
};
use jiff::{ToSpan, civil};

/// When something begins or ends (RFC 5545 §3.3.4, §3.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Unix seconds.
    At(i64),
    /// The same on every clock: no zone, or one that nobody knows.
    Floating(civil::DateTime),
    /// A whole day.
    Day(civil::Date),
}

impl Moment {
    fn plus(self, seconds: i64) -> Option<Self> {
        match self {
            Self::At(at) => at.checked_add(seconds).map(Self::At),
            Self::Floating(at) => {
                let span = jiff::Span::new().try_seconds(seconds).ok()?;
                at.checked_add(span).ok().map(Self::Floating)
            }
            // A day is told as its last one, so one day adds none.
            Self::Day(day) => {
                let days = jiff::Span::new().try_days(seconds / 86_400 - 1).ok()?;
                day.checked_add(days).ok().map(Self::Day)
            }
        }
    }

    fn is_after(self, other: Self) -> bool {
        match (self, other) {
            (Self::At(one), Self::At(other)) => one > other,
            (Self::Floating(one), Self::Floating(other)) => one > other,
            (Self::Day(one), Self::Day(other)) => one > other,
            _ => false,
        }
    }
}

/// The zones that a calendar brings along, and those that are known by name.
pub(super) struct Zones<'a>(TzResolver<&'a str>);

impl<'a> Zones<'a> {
    pub fn of(calendar: &'a ICalendar) -> Self {
        Self(calendar.build_tz_resolver())
    }

    /// Start and end of an event; an end that is not after its start is none.
    pub fn span(&self, component: &ICalendarComponent) -> (Option<Moment>, Option<Moment>) {
        let moment = |property: &ICalendarProperty| self.moment(component.property(property)?);
        let start = moment(&ICalendarProperty::Dtstart);
        let end = match moment(&ICalendarProperty::Dtend) {
            // RFC 5545 §3.6.1: the day of the end is not part of it.
            Some(Moment::Day(day)) => day.checked_sub(1.day()).ok().map(Moment::Day),
            None => duration(component).and_then(|seconds| start?.plus(seconds)),
            end => end,
        };
        (
            start,
            end.filter(|end| start.is_some_and(|start| end.is_after(start))),
        )
    }

    fn moment(&self, entry: &ICalendarEntry) -> Option<Moment> {
        let at = entry.values.first()?.as_partial_date_time()?;
        let date = date(at)?;
        if !at.has_time() {
            return Some(Moment::Day(date));
        }
        let zone = entry.tz_id().and_then(|name| self.0.resolve(name));
        if zone.is_some() || at.has_zone() {
            let zoned = at.to_date_time_with_tz(zone.unwrap_or(Tz::Floating));
            // A clock time that a zone skips or has twice stays what it says.
            if let Some(zoned) = zoned {
                return Some(Moment::At(zoned.timestamp()));
            }
        }
        let part = |value: Option<u8>| i8::try_from(value.unwrap_or(0)).ok();
        let time = civil::Time::new(
            part(at.hour)?,
            part(at.minute)?,
            part(at.second)?.min(59),
            0,
        );
        Some(Moment::Floating(date.to_datetime(time.ok()?)))
    }
}

fn date(at: &PartialDateTime) -> Option<civil::Date> {
    let part = |value: Option<u8>| i8::try_from(value?).ok();
    let year = i16::try_from(at.year?).ok()?;
    civil::Date::new(year, part(at.month)?, part(at.day)?).ok()
}

fn duration(component: &ICalendarComponent) -> Option<i64> {
    match component
        .property(&ICalendarProperty::Duration)?
        .values
        .first()?
    {
        ICalendarValue::Duration(duration) => seconds(duration),
        _ => None,
    }
}

/// With room for what hostile numbers add up to.
fn seconds(duration: &calcard::icalendar::ICalendarDuration) -> Option<i64> {
    if duration.neg {
        return None;
    }
    let units = [
        (duration.weeks, 604_800),
        (duration.days, 86_400),
        (duration.hours, 3_600),
        (duration.minutes, 60),
        (duration.seconds, 1),
    ];
    units.into_iter().try_fold(0_i64, |sum, (count, seconds)| {
        sum.checked_add(i64::from(count) * seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::super::CalendarMessage;
    use super::*;

    fn span(zone: &str, lines: &str) -> (Option<Moment>, Option<Moment>) {
        let text = format!(
            "BEGIN:VCALENDAR\r\n{zone}BEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let message = CalendarMessage::parse(&text).unwrap();
        (message.events[0].start, message.events[0].end)
    }

    #[test]
    fn zones_are_known_by_their_names_and_by_those_of_outlook() {
        let expected = Some(Moment::At(1_795_527_000));
        for zone in [
            "Europe/Berlin",
            "W. Europe Standard Time",
            "\"Europe/Berlin\"",
        ] {
            let start = span("", &format!("DTSTART;TZID={zone}:20261124T143000\r\n")).0;
            assert_eq!(start, expected, "{zone}");
        }
    }

    #[test]
    fn a_time_without_a_zone_floats() {
        let floating = Moment::Floating(civil::datetime(2026, 11, 24, 14, 30, 0, 0));
        assert_eq!(span("", "DTSTART:20261124T143000\r\n").0, Some(floating));
        let unknown = "DTSTART;TZID=Nowhere/Land:20261124T143000\r\n";
        assert_eq!(span("", unknown).0, Some(floating));
    }

    #[test]
    fn whole_days_end_with_their_last_day() {
        let day = |day| Some(Moment::Day(civil::date(2026, 11, day)));
        assert_eq!(
            span(
                "",
                "DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261127\r\n"
            ),
            (day(24), day(26))
        );
        assert_eq!(
            span(
                "",
                "DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261125\r\n"
            ),
            (day(24), None)
        );
        assert_eq!(
            span("", "DTSTART;VALUE=DATE:20261124\r\nDURATION:P2D\r\n"),
            (day(24), day(25))
        );
    }

    #[test]
    fn a_duration_is_added_and_nonsense_is_none() {
        let (start, end) = span("", "DTSTART:20261124T133000Z\r\nDURATION:PT1H30M\r\n");
        assert_eq!(
            (start, end),
            (
                Some(Moment::At(1_795_527_000)),
                Some(Moment::At(1_795_532_400))
            )
        );
        assert_eq!(
            span("", "DTSTART:20261124T133000Z\r\nDURATION:-PT1H\r\n").1,
            None
        );
        assert_eq!(
            span("", "DTSTART:20261124T133000Z\r\nDTEND:20261124T120000Z\r\n").1,
            None
        );
        assert_eq!(span("", "DTSTART:20261399T133000Z\r\n").0, None);
    }
}
