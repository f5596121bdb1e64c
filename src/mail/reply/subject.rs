//! Subjects of answers: one prefix, whatever language the ones before it spoke.

/// "Answer" in the programs people use; matched without regard to case, in front of a colon.
const REPLY: &[&str] = &[
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "odp",
    "ynt",
    "res",
    "rif",
    "ref",
    "rép",
    "отв",
    "ответ",
    "atb",
    "bls",
    "ha",
    "heb",
    "απ",
    "回复",
    "回覆",
    "答复",
    "返信",
    "회신",
    "رد",
    "תגובה",
    "răsp",
    "rasp",
    "zn",
];

/// "Forward" in the same.
const FORWARD: &[&str] = &[
    "fwd",
    "fw",
    "wg",
    "tr",
    "doorst",
    "vb",
    "vl",
    "vid",
    "rv",
    "enc",
    "pd",
    "i̇lt",
    "ilt",
    "пересл",
    "ñòä",
    "πρθ",
    "转发",
    "轉寄",
    "転送",
    "전달",
    "fs",
    "továbbítás",
    "trs",
    "redir",
];

/// `Re: ` and the subject without any answer prefix before it.
pub(super) fn reply(subject: &str) -> String {
    format!("Re: {}", strip(subject, REPLY))
        .trim_end()
        .to_owned()
}

/// `Fwd: ` and the subject without any forward prefix before it; an answer prefix stays, it is part of what is shown on.
pub(super) fn forward(subject: &str) -> String {
    format!("Fwd: {}", strip(subject, FORWARD))
        .trim_end()
        .to_owned()
}

/// Whether the program that wrote the subject sent a letter on.
pub(in crate::mail) fn is_forward(subject: &str) -> bool {
    strip_one(subject.trim(), FORWARD).is_some()
}

fn strip<'a>(subject: &'a str, prefixes: &[&str]) -> &'a str {
    let mut rest = subject.trim();
    while let Some(after) = strip_one(rest, prefixes) {
        rest = after.trim_start();
    }
    rest
}

/// `Re:`, `RE :`, `Re[2]:`, `AW(3):`, `回复：`
fn strip_one<'a>(subject: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let colon = subject.find([':', '：'])?;
    let (label, rest) = subject.split_at(colon);
    if label.chars().count() > 20 {
        return None;
    }
    let label = label.trim_end();
    let label = label.split(['[', '(', '^', '*']).next()?;
    let label = label.trim_end().trim_end_matches('.').to_lowercase();
    prefixes
        .contains(&label.as_str())
        .then(|| rest.trim_start_matches([':', '：']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_prefix_is_never_doubled() {
        for subject in [
            "Tuesday",
            "Re: Tuesday",
            "RE: re: Tuesday",
            "AW: Tuesday",
            "Aw: RE: Sv: Tuesday",
            "Re[2]: Tuesday",
            "Re (3): Tuesday",
            "回复：Tuesday",
            "Отв: Tuesday",
            "  re : Tuesday",
            "Odp.: Tuesday",
        ] {
            assert_eq!(reply(subject), "Re: Tuesday", "{subject}");
        }
    }

    #[test]
    fn the_forward_prefix_is_never_doubled() {
        for subject in [
            "Tuesday",
            "Fwd: Tuesday",
            "FW: Tuesday",
            "WG: Fwd: Tuesday",
            "TR: Tuesday",
            "转发: Tuesday",
        ] {
            assert_eq!(forward(subject), "Fwd: Tuesday", "{subject}");
        }
    }

    #[test]
    fn an_answer_to_a_forward_and_a_forwarded_answer_tell_both() {
        assert_eq!(reply("Fwd: Tuesday"), "Re: Fwd: Tuesday");
        assert_eq!(forward("Re: Tuesday"), "Fwd: Re: Tuesday");
    }

    #[test]
    fn words_with_a_colon_are_no_prefix() {
        assert_eq!(reply("Reminder: Tuesday"), "Re: Reminder: Tuesday");
        assert_eq!(reply("10:30"), "Re: 10:30");
        assert_eq!(reply(""), "Re:");
        assert_eq!(forward(""), "Fwd:");
        assert_eq!(reply("Re:"), "Re:");
    }
}
