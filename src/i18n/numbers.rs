use super::Language;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

pub(super) fn whole(language: Language, n: u64) -> String {
    let separator = match language {
        Language::English => ",",
        Language::French => "\u{202f}",
        Language::Romanian => ".",
        Language::Russian => "\u{a0}",
    };
    let digits = n.to_string();
    // Four digits stay together in Russian and Romanian, as their style guides ask.
    let together = if matches!(language, Language::Russian | Language::Romanian) {
        4
    } else {
        3
    };
    if digits.len() <= together {
        return digits;
    }
    let mut out = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

pub(super) fn size(language: Language, octets: u64) -> String {
    let units = match language {
        Language::English | Language::Romanian => ["B", "kB", "MB", "GB"],
        Language::French => ["o", "ko", "Mo", "Go"],
        Language::Russian => ["Б", "КБ", "МБ", "ГБ"],
    };
    let (number, unit) = if octets < 1000 {
        (octets.to_string(), units[0])
    } else if octets < 1000 * KIB {
        (whole(language, octets.div_ceil(KIB).max(1)), units[1])
    } else if octets < 1000 * MIB {
        (tenths(language, octets, MIB), units[2])
    } else {
        (tenths(language, octets, GIB), units[3])
    };
    format!("{number}\u{a0}{unit}")
}

/// Rounded up to a tenth, so that what is over a limit never looks like the limit.
fn tenths(language: Language, octets: u64, unit: u64) -> String {
    let tenths = (u128::from(octets) * 10).div_ceil(u128::from(unit));
    let (ones, tenth) = (u64::try_from(tenths / 10).unwrap_or(u64::MAX), tenths % 10);
    if tenth == 0 || ones >= 100 {
        return whole(language, ones);
    }
    let point = if language == Language::English {
        '.'
    } else {
        ','
    };
    format!("{}{point}{tenth}", whole(language, ones))
}
