//! Calendar messages (RFC 5545, 5546) as values to show: text only, nothing fetched, nothing answered (SECURITY.md R-CAL-1).
mod moment;

pub use moment::Moment;

use super::Address;
use super::characters::visible_line;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency,
    ICalendarMethod, ICalendarParameterName, ICalendarParameterValue, ICalendarParticipationStatus,
    ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use calcard::{Entry, Parser};

/// Largest calendar that is read, in octets.
const LONGEST: usize = 256 << 10;
const MOST_EVENTS: usize = 20;
const MOST_GUESTS: usize = 100;
/// Characters of a title or a place.
const LONGEST_LINE: usize = 300;

/// What a calendar part says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarMessage {
    pub method: CalendarMethod,
    /// At least one, at most 20; a repeated event stands once, its exceptions after it.
    pub events: Vec<Event>,
    /// There are more than are here.
    pub more: bool,
}

/// Why it was sent (RFC 5546 §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarMethod {
    Request,
    Cancel,
    Reply,
    /// Somebody proposes another time.
    Counter,
    /// Told, with nothing asked; also what has no method.
    Publish,
}

/// One event. Texts are one visible line each and may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub title: String,
    pub place: String,
    pub start: Option<Moment>,
    /// Of whole days the last one.
    pub end: Option<Moment>,
    pub organizer: Option<Address>,
    /// At most 100.
    pub guests: Vec<Guest>,
    pub cancelled: bool,
    /// How often it was changed since it was first sent.
    pub revision: i64,
    pub repeats: Option<Repeats>,
}

/// Somebody who is asked to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub address: Address,
    pub answer: Answer,
}

/// RFC 5545 §3.2.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    None,
    Accepted,
    Declined,
    Tentative,
}

/// How often an event comes again; it is said, never computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    Daily,
    Weekly,
    Monthly,
    Yearly,
    /// In another rhythm.
    Otherwise,
}

impl CalendarMessage {
    /// None: too large, no calendar, or no event in it. May take as long as the reader of the calendar needs, and may panic if
    /// that does: it belongs on a rendering thread.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parser = Parser::new(text);
        loop {
            match parser.entry() {
                Entry::ICalendar(calendar) => {
                    if let Some(message) = Self::read(&calendar) {
                        return Some(message);
                    }
                }
                Entry::Eof | Entry::TooManyComponents => return None,
                _ => {}
            }
        }
    }

    fn read(calendar: &ICalendar) -> Option<Self> {
        let method = calendar
            .components
            .iter()
            .filter(|component| component.component_type == ICalendarComponentType::VCalendar)
            .find_map(
                |component| match value(component, &ICalendarProperty::Method)? {
                    ICalendarValue::Method(method) => Some(method_of(method)),
                    _ => None,
                },
            )
            .unwrap_or(CalendarMethod::Publish);
        let mut events = calendar
            .components
            .iter()
            .filter(|component| component.component_type == ICalendarComponentType::VEvent);
        let zones = moment::Zones::of(calendar);
        let shown: Vec<Event> = events
            .by_ref()
            .take(MOST_EVENTS)
            .map(|component| Event::read(component, &zones, method))
            .collect();
        (!shown.is_empty()).then(|| Self {
            method,
            events: shown,
            more: events.next().is_some(),
        })
    }
}

fn method_of(method: &ICalendarMethod) -> CalendarMethod {
    match method {
        ICalendarMethod::Request | ICalendarMethod::Add => CalendarMethod::Request,
        ICalendarMethod::Cancel => CalendarMethod::Cancel,
        ICalendarMethod::Reply => CalendarMethod::Reply,
        ICalendarMethod::Counter => CalendarMethod::Counter,
        _ => CalendarMethod::Publish,
    }
}

impl Event {
    fn read(
        component: &ICalendarComponent,
        zones: &moment::Zones<'_>,
        method: CalendarMethod,
    ) -> Self {
        let line = |property: &ICalendarProperty| {
            let text = value(component, property).and_then(ICalendarValue::as_text);
            visible_line(text.unwrap_or_default(), LONGEST_LINE)
        };
        let (start, end) = zones.span(component);
        let cancelled = matches!(
            value(component, &ICalendarProperty::Status),
            Some(ICalendarValue::Status(ICalendarStatus::Cancelled))
        );
        Self {
            title: line(&ICalendarProperty::Summary),
            place: line(&ICalendarProperty::Location),
            start,
            end,
            organizer: component
                .property(&ICalendarProperty::Organizer)
                .and_then(person),
            guests: component
                .properties(&ICalendarProperty::Attendee)
                .take(MOST_GUESTS)
                .filter_map(guest)
                .collect(),
            cancelled: cancelled || method == CalendarMethod::Cancel,
            revision: value(component, &ICalendarProperty::Sequence)
                .and_then(ICalendarValue::as_integer)
                .unwrap_or_default(),
            repeats: value(component, &ICalendarProperty::Rrule).and_then(repeats),
        }
    }
}

fn value<'a>(
    component: &'a ICalendarComponent,
    property: &ICalendarProperty,
) -> Option<&'a ICalendarValue> {
    component.property(property)?.values.first()
}

fn repeats(value: &ICalendarValue) -> Option<Repeats> {
    let ICalendarValue::RecurrenceRule(rule) = value else {
        return None;
    };
    let plain = rule.interval.is_none_or(|interval| interval == 1)
        && rule.byday.len() <= 1
        && rule.bymonthday.len() <= 1
        && rule.bysetpos.is_empty();
    Some(match rule.freq {
        ICalendarFrequency::Daily if plain => Repeats::Daily,
        ICalendarFrequency::Weekly if plain => Repeats::Weekly,
        ICalendarFrequency::Monthly if plain => Repeats::Monthly,
        ICalendarFrequency::Yearly if plain => Repeats::Yearly,
        _ => Repeats::Otherwise,
    })
}

/// Whoever has an address.
fn person(entry: &ICalendarEntry) -> Option<Address> {
    let parameter = |name: &ICalendarParameterName| {
        let value = entry
            .parameter(name)
            .and_then(ICalendarParameterValue::as_text);
        value.map(|text| visible_line(text, LONGEST_LINE))
    };
    let addr = entry
        .calendar_address()
        .map(|address| visible_line(address, LONGEST_LINE))
        .filter(|address| address.contains('@'))
        .or_else(|| parameter(&ICalendarParameterName::Email))?;
    let name = parameter(&ICalendarParameterName::Cn)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(&addr));
    Some(Address { name, addr })
}

fn guest(entry: &ICalendarEntry) -> Option<Guest> {
    let answer = match entry.parameter(&ICalendarParameterName::Partstat) {
        Some(ICalendarParameterValue::Partstat(status)) => match status {
            ICalendarParticipationStatus::Accepted => Answer::Accepted,
            ICalendarParticipationStatus::Declined => Answer::Declined,
            ICalendarParticipationStatus::Tentative => Answer::Tentative,
            _ => Answer::None,
        },
        _ => Answer::None,
    };
    let address = person(entry)?;
    Some(Guest { address, answer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar(method: &str, event: &str) -> CalendarMessage {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{method}BEGIN:VEVENT\r\nUID:1\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        CalendarMessage::parse(&text).unwrap()
    }

    #[test]
    fn an_invitation_says_what_when_where_and_who() {
        let message = calendar(
            "METHOD:REQUEST\r\n",
            "SUMMARY:Check-up\\, Dr. Weber\r\nLOCATION:Lindenstraße 14\r\nDTSTART:20261124T133000Z\r\nDTEND:20261124T140000Z\r\n\
             ORGANIZER;CN=Dr. Weber:mailto:office@praxis.example\r\nATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:MAILTO:ana@dobre.example\r\n\
             ATTENDEE:mailto:ion@dobre.example\r\nSEQUENCE:2\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n",
        );
        assert_eq!(message.method, CalendarMethod::Request);
        let [event] = &message.events[..] else {
            panic!()
        };
        assert_eq!(event.title, "Check-up, Dr. Weber");
        assert_eq!(event.place, "Lindenstraße 14");
        assert_eq!(event.start, Some(Moment::At(1_795_527_000)));
        assert_eq!(event.end, Some(Moment::At(1_795_528_800)));
        assert_eq!(
            event.organizer.as_ref().unwrap().addr,
            "office@praxis.example"
        );
        let guests: Vec<_> = event
            .guests
            .iter()
            .map(|guest| (guest.address.addr.as_str(), guest.answer))
            .collect();
        assert_eq!(
            guests,
            [
                ("ana@dobre.example", Answer::Accepted),
                ("ion@dobre.example", Answer::None)
            ]
        );
        assert_eq!((event.revision, event.repeats), (2, Some(Repeats::Weekly)));
        assert!(!event.cancelled);
    }

    #[test]
    fn a_cancelled_event_is_told_by_its_method_or_its_status() {
        assert!(calendar("METHOD:CANCEL\r\n", "DTSTART:20261124T133000Z\r\n").events[0].cancelled);
        assert!(calendar("", "STATUS:CANCELLED\r\n").events[0].cancelled);
    }

    #[test]
    fn the_number_of_events_is_capped() {
        let event = "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n";
        let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", event.repeat(30));
        let message = CalendarMessage::parse(&text).unwrap();
        assert_eq!((message.events.len(), message.more), (20, true));
        let huge = format!(
            "BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n",
            event.repeat(10_000)
        );
        assert_eq!(CalendarMessage::parse(&huge), None);
    }

    #[test]
    fn every_calendar_of_the_corpus_is_survived() {
        let mut read = 0;
        let mut files = 0;
        for file in std::fs::read_dir("tests/corpora/ical").unwrap() {
            let text = std::fs::read(file.unwrap().path()).unwrap();
            files += 1;
            read += usize::from(
                CalendarMessage::parse(&super::super::decode_text(&text, None)).is_some(),
            );
        }
        assert!(files > 80 && read > 60, "{read} of {files}");
    }

    #[test]
    fn bombs_of_the_longest_size_are_quick() {
        for line in [
            "BEGIN:VEVENT\r\n",
            "BEGIN:VCALENDAR\r\n",
            "ATTENDEE:mailto:a@b\r\n",
            "X;Y=Z:\r\n",
            ";",
            ",",
            "\"",
            "RRULE:FREQ=SECONDLY\r\n",
            " x\r\n",
            "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        ] {
            let start = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x";
            let text = format!("{start}{}", line.repeat((LONGEST - 100) / line.len()));
            let begun = crate::mime::testing::CpuTime::now();
            CalendarMessage::parse(&text);
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(3),
                "{line}: {:?}",
                begun.elapsed()
            );
        }
    }

    proptest! {
        #[test]
        fn any_lines_are_survived(text in "(BEGIN|END|DTSTART|DTEND|DURATION|RRULE|ATTENDEE|ORGANIZER|SEQUENCE|TZID|VALUE|:|;|=|VEVENT|VCALENDAR|VTIMEZONE|DATE|20261124T133000Z?|99999999999999999999|P[0-9]{1,20}[WDHMS]|PT|-|FREQ=DAILY|\r\n|\n | |\"|,|x){0,60}") {
            let text = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
            CalendarMessage::parse(&text);
        }
    }
}
