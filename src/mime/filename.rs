//! File names of attachments: hostile in, safe to show and to save out (SECURITY.md R-ATT-2).
use super::characters::{is_bidi_control, is_control, is_invisible};
use super::header::decode_phrase;

/// Longest name in octets; leaves room for a suffix under the 255 that file systems allow.
const MAX_OCTETS: usize = 180;
/// Longest extension, dot included, that is kept when a name is cut.
const MAX_EXTENSION: usize = 20;
const FALLBACK: &str = "attachment";

/// Extensions that run something, or that open a browser or a shell on what the sender wrote.
const PROGRAMS: [&str; 76] = [
    "ade",
    "adp",
    "apk",
    "app",
    "appimage",
    "appx",
    "bas",
    "bat",
    "bin",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "crt",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "exe",
    "gadget",
    "hlp",
    "hta",
    "htm",
    "html",
    "img",
    "inf",
    "ins",
    "iso",
    "isp",
    "jar",
    "js",
    "jse",
    "jnlp",
    "lib",
    "library-ms",
    "lnk",
    "mde",
    "mht",
    "mhtml",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "nsh",
    "one",
    "pif",
    "pkg",
    "ps1",
    "ps1xml",
    "psc1",
    "py",
    "reg",
    "rpm",
    "run",
    "scf",
    "scr",
    "sct",
    "settingcontent-ms",
    "sh",
    "shb",
    "shtml",
    "svg",
    "swf",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "website",
    "wsf",
    "wsh",
    "xhtml",
];
/// Office files that carry macros.
const MACROS: [&str; 9] = [
    "docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "xll",
];
/// What a program pretends to be when its name has two extensions.
const DOCUMENTS: [&str; 25] = [
    "avi", "bmp", "csv", "doc", "docx", "gif", "jpeg", "jpg", "mov", "mp3", "mp4", "odt", "ods",
    "pdf", "png", "ppt", "pptx", "rtf", "tif", "tiff", "txt", "wav", "webp", "xls", "xlsx",
];

/// Safe to show and to save: last path component, no control, bidi or invisible characters, 1 to 180 octets, not
/// hidden, not a device name; the last extension is kept (H filenames.json).
pub fn display_filename(raw: &str) -> String {
    let decoded = if raw.contains("=?") {
        decode_phrase(raw)
    } else {
        raw.to_owned()
    };
    let last = decoded
        .rsplit(['/', '\\'])
        .find(|part| !part.trim().is_empty())
        .unwrap_or_default();
    let mut name = String::with_capacity(last.len().min(4 * MAX_OCTETS));
    for c in last.chars() {
        match c {
            c if is_bidi_control(c) || is_invisible(c) => {}
            c if is_control(c) || c.is_whitespace() => {
                if !name.is_empty() && !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            ':' | '*' | '?' | '"' | '<' | '>' | '|' => name.push('_'),
            c => name.push(c),
        }
    }
    let trimmed = trim(&name);
    let mut name = shorten(trimmed);
    if name.is_empty() {
        return FALLBACK.to_owned();
    }
    if is_device(&name) {
        name.insert(0, '_');
    }
    name
}

/// Dots and dashes in front hide a file or look like an option; dots and spaces at the end are lost on Windows.
fn trim(name: &str) -> &str {
    name.trim_start_matches(['.', '-', ' '])
        .trim_end_matches(['.', ' '])
}

fn shorten(name: &str) -> String {
    if name.len() < MAX_OCTETS {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .and_then(|dot| name.get(dot..))
        .filter(|extension| extension.len() <= MAX_EXTENSION);
    let extension = extension.unwrap_or_default();
    let stem = name
        .get(..name.floor_char_boundary(MAX_OCTETS - 1 - extension.len()))
        .unwrap_or_default();
    format!("{}{extension}", stem.trim_end_matches(['.', ' ']))
}

/// CON, COM1 and the like, with any extension, mean a device on Windows.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) {
        return true;
    }
    let numbered = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    numbered.is_some_and(|digit| {
        matches!(
            digit,
            "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
        )
    })
}

/// Content-Disposition value (RFC 6266): ASCII fallback and RFC 8187 `filename*`. The name is made safe first.
pub fn content_disposition(inline: bool, filename: &str) -> String {
    let name = display_filename(filename);
    let fallback: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded = percent_encoding::utf8_percent_encode(&name, NOT_ATTR_CHAR);
    let kind = if inline { "inline" } else { "attachment" };
    format!("{kind}; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
}

/// Everything but RFC 8187 `attr-char`.
const NOT_ATTR_CHAR: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A program, a file with macros, a document extension followed by another one, or an extension whose letters only
/// look Latin.
pub fn is_risky(filename: &str) -> bool {
    let name = display_filename(filename);
    let mut extensions = name
        .rsplit('.')
        .map(|extension| extension.trim().to_lowercase());
    let Some(last) = extensions.next().filter(|last| last.len() < name.len()) else {
        return false;
    };
    if PROGRAMS.contains(&last.as_str()) || MACROS.contains(&last.as_str()) {
        return true;
    }
    let mixes_scripts = !last.is_ascii() && last.chars().any(|c| c.is_ascii_alphabetic());
    let before = extensions.next().unwrap_or_default();
    let stem_remains = extensions.next().is_some();
    mixes_scripts
        || (stem_remains
            && DOCUMENTS.contains(&before.as_str())
            && last != before
            && !is_wrapper(&last))
}

/// Signatures, encryption and compression stand rightly after a document extension.
fn is_wrapper(extension: &str) -> bool {
    matches!(
        extension,
        "gz" | "zip"
            | "7z"
            | "bz2"
            | "xz"
            | "zst"
            | "asc"
            | "sig"
            | "gpg"
            | "pgp"
            | "p7m"
            | "p7s"
            | "eml"
    ) || DOCUMENTS.contains(&extension)
        || extension.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_safe(raw: &str) {
        let name = display_filename(raw);
        assert!((1..=MAX_OCTETS).contains(&name.len()), "{raw:?} → {name:?}");
        let forbidden = |c: char| {
            is_control(c) || is_bidi_control(c) || is_invisible(c) || matches!(c, '/' | '\\')
        };
        assert!(!name.contains(forbidden), "{raw:?} → {name:?}");
        assert!(
            !name.starts_with(['.', '-']) && !name.ends_with(['.', ' ']),
            "{raw:?} → {name:?}"
        );
        assert!(!is_device(&name), "{raw:?} → {name:?}");
        assert_eq!(display_filename(&name), name, "not stable: {raw:?}");
        let header = content_disposition(false, raw);
        let parsed = super::super::header::Parameters::parse(header.as_bytes());
        assert_eq!(
            parsed.get("filename").as_deref(),
            Some(name.as_str()),
            "{header}"
        );
        let rest = header.strip_prefix("attachment; filename=\"").unwrap();
        let (fallback, rest) = rest.split_once("\"; filename*=UTF-8''").unwrap();
        assert!(
            fallback
                .chars()
                .all(|c| c == ' ' || c.is_ascii_graphic() && c != '"' && c != '\\'),
            "{header}"
        );
        assert!(
            rest.chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | ';' | ',' | '\'')),
            "{header}"
        );
    }

    #[test]
    fn every_hostile_name_is_made_safe() {
        let text = std::fs::read_to_string("tests/corpora/handmade/filenames.json").unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names = vectors["names"].as_array().unwrap();
        assert_eq!(names.len(), 70 + 17);
        for name in names {
            assert_safe(name["raw"].as_str().unwrap());
        }
    }

    #[test]
    fn paths_lose_their_folders_and_names_their_traps() {
        for (raw, expected) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\win.ini", "win.ini"),
            (".htaccess", "htaccess"),
            ("con.txt", "_con.txt"),
            ("nul.", "_nul"),
            ("", "attachment"),
            ("...", "attachment"),
            ("x.txt:ads", "x.txt_ads"),
            ("a\r\nb", "a b"),
            ("invoice.pdf\u{202e}gnp.exe", "invoice.pdfgnp.exe"),
            ("=?utf-8?Q?caf=C3=A9.txt?=", "café.txt"),
            ("=?utf-8?B?Li4vLi4vZXRjL3Bhc3N3ZA==?=", "passwd"),
            ("report.pdf                .exe", "report.pdf .exe"),
            ("файл.pdf", "файл.pdf"),
        ] {
            assert_eq!(display_filename(raw), expected, "{raw:?}");
        }
        assert!(display_filename(&format!("{}.pdf", "é".repeat(200))).ends_with("é.pdf"));
    }

    #[test]
    fn the_disposition_carries_both_names() {
        assert_eq!(
            content_disposition(true, "Übersicht 100%.pdf"),
            "inline; filename=\"_bersicht 100_.pdf\"; filename*=UTF-8''%C3%9Cbersicht%20100%25.pdf"
        );
    }

    #[test]
    fn programs_and_double_extensions_are_risky() {
        for name in [
            "report.pdf.exe",
            "x.js",
            "x.hta",
            "a.docm",
            "x.html",
            "x.svg",
            "x.\u{440}df",
            "x.\u{435}xe",
            "x.exe.",
            "a.pdf.xyz",
            "report.pdf    .exe",
        ] {
            assert!(is_risky(name), "{name}");
        }
        for name in [
            "report.pdf",
            "x.tar.gz",
            "no-extension",
            "photo.jpg",
            "v1.2.docx",
            "a.pdf.zip",
            "letter.docx.pdf",
            "файл.док",
            "exe",
        ] {
            assert!(!is_risky(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_made_safe(raw in "\\PC{0,300}|[\\x00-\\x7f]{0,60}") {
            assert_safe(&raw);
            is_risky(&raw);
        }
    }
}
