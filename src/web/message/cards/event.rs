use super::Around;
use crate::{
    i18n::Leaf,
    mail::{Address, Answer, CalendarMessage, CalendarMethod, Event, Moment, Repeats},
    web::layout::Layout,
};

/// Events of one file that are shown.
const SHOWN: usize = 5;
/// People who are named.
const NAMED: usize = 6;

/// One event as its card shows it.
pub struct EventView {
    /// Text key of what the message is about the event.
    pub state: &'static str,
    pub cancelled: bool,
    pub leaf: Option<Leaf>,
    pub title: String,
    pub time: Option<String>,
    pub place: String,
    /// Text key.
    pub repeats: Option<&'static str>,
    /// Who answered, and how.
    pub answers: Vec<Around>,
    /// Organizer first.
    pub people: Vec<String>,
    /// How many are not named.
    pub more_people: usize,
    /// Whose event it says it is, when the sender is somebody else.
    pub differs: Option<Around>,
}

/// `from`: who the message says it is from.
pub(super) fn views(
    layout: &Layout,
    message: &CalendarMessage,
    from: &[Address],
) -> Vec<EventView> {
    message
        .events
        .iter()
        .take(SHOWN)
        .map(|event| EventView::new(layout, event, message.method, from))
        .collect()
}

impl EventView {
    fn new(layout: &Layout, event: &Event, method: CalendarMethod, from: &[Address]) -> Self {
        let is_answer = matches!(method, CalendarMethod::Reply | CalendarMethod::Counter);
        let people =
            event
                .organizer
                .iter()
                .chain(
                    event
                        .guests
                        .iter()
                        .map(|guest| &guest.address)
                        .filter(|address| {
                            !event
                                .organizer
                                .as_ref()
                                .is_some_and(|own| own.same(&address.addr))
                        }),
                );
        let count = people.clone().count();
        let title = event.title.as_str();
        Self {
            state: state(event, method),
            cancelled: event.cancelled,
            leaf: event
                .start
                .map(|start| layout.locale.leaf(date(layout, start))),
            title: if title.is_empty() {
                layout.t("event-untitled")
            } else {
                title.to_owned()
            },
            time: event.start.map(|start| time(layout, start, event.end)),
            place: event.place.clone(),
            repeats: event.repeats.map(repeats),
            answers: if is_answer {
                answers(layout, event)
            } else {
                Vec::new()
            },
            people: people.take(NAMED).map(Address::display_name).collect(),
            more_people: count.saturating_sub(NAMED),
            differs: differs(event, is_answer, from)
                .map(|address| Around::new(layout, "event-other-sender", &address.addr)),
        }
    }
}

fn state(event: &Event, method: CalendarMethod) -> &'static str {
    match method {
        CalendarMethod::Reply => "event-reply",
        CalendarMethod::Counter => "event-counter",
        _ if event.cancelled => "event-cancelled",
        CalendarMethod::Request if event.revision > 0 => "event-changed",
        CalendarMethod::Request => "event-request",
        CalendarMethod::Cancel | CalendarMethod::Publish => "event-publish",
    }
}

fn repeats(repeats: Repeats) -> &'static str {
    match repeats {
        Repeats::Daily => "event-daily",
        Repeats::Weekly => "event-weekly",
        Repeats::Monthly => "event-monthly",
        Repeats::Yearly => "event-yearly",
        Repeats::Otherwise => "event-repeats",
    }
}

fn answers(layout: &Layout, event: &Event) -> Vec<Around> {
    event
        .guests
        .iter()
        .take(NAMED)
        .map(|guest| {
            let key = match guest.answer {
                Answer::Accepted => "answer-yes",
                Answer::Declined => "answer-no",
                Answer::Tentative => "answer-maybe",
                Answer::None => "answer-none",
            };
            Around::new(layout, key, &guest.address.display_name())
        })
        .collect()
}

/// An invitation comes from its organizer, an answer from a guest.
fn differs<'a>(event: &'a Event, is_answer: bool, from: &[Address]) -> Option<&'a Address> {
    let is_sender = |address: &Address| from.iter().any(|sender| sender.same(&address.addr));
    if is_answer {
        let guests = event.guests.iter().map(|guest| &guest.address);
        let known = guests.clone().any(is_sender);
        return guests.take(1).next().filter(|_| !known);
    }
    event
        .organizer
        .as_ref()
        .filter(|address| !is_sender(address))
}

/// The day in the visitor's zone.
fn date(layout: &Layout, moment: Moment) -> jiff::civil::Date {
    match moment {
        Moment::At(at) => layout.locale.civil(at).date(),
        Moment::Floating(at) => at.date(),
        Moment::Day(day) => day,
    }
}

/// "14:30 to 15:00, your time", or in which zone where that is not the visitor's own; with the day where the leaf beside it does not tell it.
fn time(layout: &Layout, start: Moment, end: Option<Moment>) -> String {
    let locale = &layout.locale;
    let clock = |moment: Moment| match moment {
        Moment::At(at) => Some(locale.clock(locale.civil(at).time())),
        Moment::Floating(at) => Some(locale.clock(at.time())),
        Moment::Day(_) => None,
    };
    let (first, last) = (date(layout, start), end.map(|end| date(layout, end)));
    let this_year = locale.civil(layout.now).year();
    let is_far = first.year() != this_year || last.is_some_and(|last| last != first);
    let point = |moment: Moment| {
        let day = is_far.then(|| locale.day(date(layout, moment)));
        let parts: Vec<String> = day.into_iter().chain(clock(moment)).collect();
        parts.join(", ")
    };
    let begin = point(start);
    let span = match end {
        // On the same day the day is said once.
        Some(end) if last == Some(first) => {
            let until = clock(end).unwrap_or_default();
            layout.t_with("event-span", &[("a", begin), ("b", until)])
        }
        Some(end) => layout.t_with("event-span", &[("a", begin), ("b", point(end))]),
        None => begin,
    };
    match start {
        Moment::At(_) if locale.zone_is_own => layout.t_x("event-your-time", span),
        Moment::At(at) => {
            let zone = locale.zone_name(at);
            layout.t_with("event-zone-time", &[("x", span), ("zone", zone)])
        }
        Moment::Floating(_) => layout.t_x("event-local-time", span),
        Moment::Day(_) if span.is_empty() => layout.t("event-all-day"),
        Moment::Day(_) => span,
    }
}
