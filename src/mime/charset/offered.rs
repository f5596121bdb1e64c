//! What a person may choose when a message says the wrong thing of itself.

/// The writing that a charset is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetGroup {
    Unicode,
    Western,
    CentralEuropean,
    Cyrillic,
    Greek,
    Turkish,
    Baltic,
    Hebrew,
    Arabic,
    Thai,
    Vietnamese,
    Japanese,
    Chinese,
    Korean,
}

/// Names that every decoder of ours knows, the likeliest of a group first.
pub const OFFERED_CHARSETS: [(CharsetGroup, &[&str]); 14] = [
    (
        CharsetGroup::Unicode,
        &["utf-8", "utf-16", "utf-32", "utf-7"],
    ),
    (
        CharsetGroup::Western,
        &["windows-1252", "iso-8859-15", "macintosh"],
    ),
    (
        CharsetGroup::CentralEuropean,
        &["windows-1250", "iso-8859-2", "iso-8859-16"],
    ),
    (
        CharsetGroup::Cyrillic,
        &[
            "windows-1251",
            "koi8-r",
            "koi8-u",
            "iso-8859-5",
            "ibm866",
            "x-mac-cyrillic",
        ],
    ),
    (CharsetGroup::Greek, &["windows-1253", "iso-8859-7"]),
    (CharsetGroup::Turkish, &["windows-1254"]),
    (
        CharsetGroup::Baltic,
        &["windows-1257", "iso-8859-13", "iso-8859-4"],
    ),
    (CharsetGroup::Hebrew, &["windows-1255", "iso-8859-8"]),
    (CharsetGroup::Arabic, &["windows-1256", "iso-8859-6"]),
    (CharsetGroup::Thai, &["windows-874"]),
    (CharsetGroup::Vietnamese, &["windows-1258"]),
    (
        CharsetGroup::Japanese,
        &["iso-2022-jp", "shift_jis", "euc-jp"],
    ),
    (CharsetGroup::Chinese, &["gb18030", "big5", "hz-gb-2312"]),
    (CharsetGroup::Korean, &["euc-kr", "iso-2022-kr"]),
];

#[cfg(test)]
mod tests {
    use super::super::label::Charset;
    use super::*;

    #[test]
    fn what_is_offered_can_be_read() {
        let mut names: Vec<_> = OFFERED_CHARSETS
            .iter()
            .flat_map(|(_, names)| *names)
            .collect();
        assert!(names.iter().all(|name| Charset::for_label(name).is_some()));
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
