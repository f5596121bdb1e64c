use super::{Language, Locale};
use jiff::{Timestamp, Zoned, civil::Date};

/// The heading of a run of rows; equal groups belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayGroup {
    Today,
    Yesterday,
    ThisWeek,
    LastWeek,
    /// Year and month 1..=12.
    Month(i16, i8),
}

/// A day as a leaf of a calendar shows it: short names of month and weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub month: String,
    pub day: i8,
    pub weekday: &'static str,
}

struct Names {
    weekdays: [&'static str; 7],
    weekdays_short: [&'static str; 7],
    /// As they stand inside a date.
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    /// As they stand alone, where that is another form than inside a date.
    headings: Option<[&'static str; 12]>,
}

static ENGLISH: Names = Names {
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    weekdays_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    headings: None,
};
static FRENCH: Names = Names {
    weekdays: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    weekdays_short: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    months_short: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    headings: None,
};
static ROMANIAN: Names = Names {
    weekdays: [
        "luni",
        "marți",
        "miercuri",
        "joi",
        "vineri",
        "sâmbătă",
        "duminică",
    ],
    weekdays_short: ["lun.", "mar.", "mie.", "joi", "vin.", "sâm.", "dum."],
    months: [
        "ianuarie",
        "februarie",
        "martie",
        "aprilie",
        "mai",
        "iunie",
        "iulie",
        "august",
        "septembrie",
        "octombrie",
        "noiembrie",
        "decembrie",
    ],
    months_short: [
        "ian.", "feb.", "mar.", "apr.", "mai", "iun.", "iul.", "aug.", "sept.", "oct.", "nov.",
        "dec.",
    ],
    headings: None,
};
static RUSSIAN: Names = Names {
    weekdays: [
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
    ],
    weekdays_short: ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
    months: [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    months_short: [
        "янв.",
        "февр.",
        "марта",
        "апр.",
        "мая",
        "июня",
        "июля",
        "авг.",
        "сент.",
        "окт.",
        "нояб.",
        "дек.",
    ],
    headings: Some([
        "Январь",
        "Февраль",
        "Март",
        "Апрель",
        "Май",
        "Июнь",
        "Июль",
        "Август",
        "Сентябрь",
        "Октябрь",
        "Ноябрь",
        "Декабрь",
    ]),
};

impl Names {
    fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::Romanian => &ROMANIAN,
            Language::Russian => &RUSSIAN,
        }
    }

    fn weekday(&self, date: Date) -> &'static str {
        pick(&self.weekdays, date.weekday().to_monday_zero_offset())
    }

    /// A month as a heading, 1..=12.
    fn heading(&self, month: i8) -> String {
        let name = pick(self.headings.as_ref().unwrap_or(&self.months), month - 1);
        let mut letters = name.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }

    fn weekday_short(&self, date: Date) -> &'static str {
        pick(&self.weekdays_short, date.weekday().to_monday_zero_offset())
    }
}

fn pick(names: &[&'static str], index: i8) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or_default()
}

fn zoned(locale: &Locale, at: i64) -> Zoned {
    // Seconds outside years -9999..=9999 come only from garbled mail: shown as the epoch.
    Timestamp::from_second(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(locale.zone.clone())
}

fn clock(at: &Zoned) -> String {
    let zero = if at.minute() < 10 { "0" } else { "" };
    [&*at.hour().to_string(), ":", zero, &at.minute().to_string()].concat()
}

/// Days from `date` to `now`; negative in the future.
fn days_ago(date: Date, now: Date) -> i64 {
    let ordinal = |d: Date| {
        d.duration_since(Date::new(1970, 1, 1).unwrap_or(Date::ZERO))
            .as_hours()
            / 24
    };
    ordinal(now) - ordinal(date)
}

fn day_month(language: Language, date: Date, months: &[&'static str; 12]) -> String {
    let month = pick(months, date.month() - 1);
    match (language, date.day()) {
        (Language::French, 1) => ["1er ", month].concat(),
        (_, day) => [&*day.to_string(), " ", month].concat(),
    }
}

pub(super) fn short(locale: &Locale, at: i64, now: i64) -> String {
    let (at, now) = (zoned(locale, at), zoned(locale, now));
    let names = Names::of(locale.language);
    match days_ago(at.date(), now.date()) {
        0 => clock(&at),
        1..=6 => names.weekday_short(at.date()).to_owned(),
        _ if at.year() == now.year() => day_month(locale.language, at.date(), &names.months_short),
        _ => at.date().to_string(),
    }
}

pub(super) fn medium(locale: &Locale, at: i64, now: i64) -> String {
    let (at, now) = (zoned(locale, at), zoned(locale, now));
    let names = Names::of(locale.language);
    let clock = clock(&at);
    match days_ago(at.date(), now.date()) {
        0 => format!("{}, {clock}", locale.t("day-today")),
        1 => format!("{}, {clock}", locale.t("day-yesterday")),
        _ if at.year() == now.year() => {
            format!(
                "{} {}, {clock}",
                names.weekday_short(at.date()),
                day_month(locale.language, at.date(), &names.months_short)
            )
        }
        _ => format!(
            "{} {}, {clock}",
            day_month(locale.language, at.date(), &names.months),
            at.year()
        ),
    }
}

pub(super) fn long(locale: &Locale, at: i64) -> String {
    let at = zoned(locale, at);
    let names = Names::of(locale.language);
    let (after_weekday, before_clock) = match locale.language {
        Language::English => (" ", ", "),
        Language::French => (" ", " à "),
        Language::Romanian => (", ", ", "),
        Language::Russian => (", ", "\u{a0}г., "),
    };
    [
        names.weekday(at.date()),
        after_weekday,
        &day_month(locale.language, at.date(), &names.months),
        " ",
        &at.year().to_string(),
        before_clock,
        &clock(&at),
    ]
    .concat()
}

pub(super) fn with_zone(locale: &Locale, at: i64) -> String {
    format!("{} ({})", long(locale, at), zone_name(locale, at))
}

pub(super) fn zone_name(locale: &Locale, at: i64) -> String {
    let at = zoned(locale, at);
    if at.offset().is_zero() {
        "UTC".to_owned()
    } else {
        at.strftime("UTC%:z").to_string()
    }
}

pub(super) fn time(locale: &Locale, at: i64) -> String {
    clock(&zoned(locale, at))
}

pub(super) fn civil(locale: &Locale, at: i64) -> jiff::civil::DateTime {
    zoned(locale, at).datetime()
}

pub(super) fn time_of_day(time: jiff::civil::Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

pub(super) fn day(locale: &Locale, date: Date) -> String {
    let names = Names::of(locale.language);
    let day = day_month(locale.language, date, &names.months);
    format!("{day} {}", date.year())
}

pub(super) fn leaf(locale: &Locale, date: Date) -> Leaf {
    let names = Names::of(locale.language);
    let month = pick(&names.months_short, date.month() - 1);
    Leaf {
        month: month.trim_end_matches('.').to_owned(),
        day: date.day(),
        weekday: names.weekday_short(date),
    }
}

pub(super) fn machine(at: i64) -> String {
    Timestamp::from_second(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

pub(super) fn hour(locale: &Locale, now: i64) -> i8 {
    zoned(locale, now).hour()
}

pub(super) fn group(locale: &Locale, at: i64, now: i64) -> DayGroup {
    let (at, now) = (zoned(locale, at).date(), zoned(locale, now).date());
    let since_monday = i64::from(now.weekday().to_monday_zero_offset());
    match days_ago(at, now) {
        // A clock that runs ahead puts mail into the future: it belongs to today.
        ..=0 => DayGroup::Today,
        1 => DayGroup::Yesterday,
        days if days <= since_monday => DayGroup::ThisWeek,
        days if days <= since_monday + 7 => DayGroup::LastWeek,
        _ => DayGroup::Month(at.year(), at.month()),
    }
}

pub(super) fn group_title(locale: &Locale, group: DayGroup, now: i64) -> String {
    match group {
        DayGroup::Today => locale.t("day-today"),
        DayGroup::Yesterday => locale.t("day-yesterday"),
        DayGroup::ThisWeek => locale.t("day-this-week"),
        DayGroup::LastWeek => locale.t("day-last-week"),
        DayGroup::Month(year, month) => {
            let name = Names::of(locale.language).heading(month);
            if zoned(locale, now).year() == year {
                name
            } else {
                format!("{name} {year}")
            }
        }
    }
}
