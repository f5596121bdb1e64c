//! Files as cards show them.

use super::MessagePage;
use crate::mail::{MemberFile, Part, Section, THUMBNAIL_MAX, display_filename, is_risky};

/// What a card says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    /// Octets.
    pub size: u64,
    pub icon: &'static str,
    pub hue: u8,
    /// Text key of the kind.
    pub kind: &'static str,
    pub risky: bool,
}

impl File {
    pub fn new(filename: &str, mime_type: &str, size: u64) -> Self {
        let name = display_filename(filename);
        let risky = is_risky(&name);
        let (kind, icon, hue) = kind(mime_type);
        Self {
            name,
            size,
            icon,
            hue,
            kind,
            risky,
        }
    }
}

/// A file of a message page and where its card leads.
pub struct FileCard {
    pub file: File,
    pub open_url: String,
    pub save_url: String,
    /// It opens as a page of ours.
    pub is_message: bool,
    /// It stands in the file before it.
    pub inside: bool,
    /// By the word of the sender a picture that browsers show.
    pub is_picture: bool,
    /// Of a picture that is small enough.
    pub thumbnail_url: Option<String>,
}

/// Types of pictures that browsers show and that cannot hold anything else.
pub(super) fn is_picture(mime_type: &str) -> bool {
    matches!(
        mime_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/jpg" | "image/pjpeg"
    )
}

impl MessagePage {
    /// The attachments, each with the files in it after it, then the files that stood in the text.
    pub fn files(&self) -> Vec<FileCard> {
        let opened = &self.opened;
        let is_alone = |member: &&MemberFile| {
            opened
                .attachments
                .iter()
                .all(|part| part.section != member.section)
        };
        let mut cards = Vec::new();
        for part in &opened.attachments {
            cards.push(self.part_card(part));
            let inside = opened.members.iter();
            cards.extend(
                inside
                    .filter(|member| member.section == part.section)
                    .map(|member| self.member_card(member, true)),
            );
        }
        let alone = opened.members.iter().filter(is_alone);
        cards.extend(alone.map(|member| self.member_card(member, false)));
        cards
    }

    fn part_card(&self, part: &Part) -> FileCard {
        let is_message = part.is_message();
        let open = if is_message { "message" } else { "part" };
        FileCard {
            file: File::new(
                part.filename.as_deref().unwrap_or_default(),
                &part.mime_type,
                part.content_size(),
            ),
            open_url: self.below(&format!("/{open}/{}", part.section)),
            save_url: self.part_url(&part.section, "?download"),
            is_message,
            inside: false,
            is_picture: is_picture(&part.mime_type),
            thumbnail_url: (is_picture(&part.mime_type) && part.content_size() <= THUMBNAIL_MAX)
                .then(|| self.part_url(&part.section, "?thumbnail")),
        }
    }

    fn member_card(&self, member: &MemberFile, inside: bool) -> FileCard {
        let query = format!("?member={}", member.number);
        FileCard {
            file: File::new(&member.filename, &member.mime_type, member.size),
            save_url: self.part_url(&member.section, &format!("{query}&download")),
            open_url: self.part_url(&member.section, &query),
            is_message: false,
            inside,
            is_picture: is_picture(&member.mime_type),
            thumbnail_url: None,
        }
    }

    fn part_url(&self, section: &Section, query: &str) -> String {
        self.below(&format!("/part/{section}{query}"))
    }

    /// Where all of them are saved together; one alone is saved by itself.
    pub fn save_all_url(&self, files: &[FileCard]) -> Option<String> {
        (files.len() > 1).then(|| match &self.attached {
            Some(attached) => self.below(&format!("/message/{}/files.zip", attached.section)),
            None => self.below("/files.zip"),
        })
    }

    pub fn has_pictures(&self, files: &[FileCard]) -> bool {
        files.iter().any(|card| card.is_picture)
    }

    /// "3 files, 1.9 MB"; what stands inside a file is not counted once more.
    pub fn files_title(&self, files: &[FileCard]) -> String {
        let outer = files.iter().filter(|card| !card.inside);
        let size: u64 = outer.clone().map(|card| card.file.size).sum();
        let count = u32::try_from(outer.count()).unwrap_or(u32::MAX);
        format!(
            "{}, {}",
            self.layout.t_n("count-files", count),
            self.layout.size(size)
        )
    }
}

/// Characters of a file name that stay when it is too long for its card: the ending and a little before it.
const TAIL: usize = 9;

impl File {
    fn cut(&self) -> usize {
        let tail = self
            .name
            .char_indices()
            .rev()
            .nth(TAIL - 1)
            .map_or(0, |(at, _)| at);
        if tail < TAIL { self.name.len() } else { tail }
    }

    /// The part of the name that may be shortened.
    pub fn head(&self) -> &str {
        self.name.get(..self.cut()).unwrap_or(&self.name)
    }

    /// The part of the name that always shows; empty for a short name.
    pub fn tail(&self) -> &str {
        self.name.get(self.cut()..).unwrap_or_default()
    }
}

/// Text key, icon and hue of a media type.
fn kind(mime_type: &str) -> (&'static str, &'static str, u8) {
    let (main, sub) = mime_type.split_once('/').unwrap_or((mime_type, ""));
    match (main, sub) {
        ("image", _) => ("file-image", "file-image", 6),
        ("audio", _) => ("file-audio", "file-music", 9),
        ("video", _) => ("file-video", "file-video-camera", 10),
        (_, "applefile") => ("file-mac", "file", 5),
        (_, "ms-tnef" | "vnd.ms-tnef") => ("file-outlook", "file-archive", 2),
        (_, "pgp-signature" | "pkcs7-signature" | "x-pkcs7-signature") => {
            ("file-signature", "shield-check", 5)
        }
        ("text", "calendar") => ("file-calendar", "calendar", 3),
        ("text", _) => ("file-text", "file-text", 7),
        ("message", _) => ("file-message", "mail", 8),
        (_, "pdf") => ("file-pdf", "file-text", 0),
        (_, "zip" | "gzip" | "x-tar" | "x-7z-compressed" | "vnd.rar" | "x-rar-compressed") => {
            ("file-archive", "file-archive", 2)
        }
        (_, sub) if sub.contains("spreadsheet") || sub.contains("excel") => {
            ("file-sheet", "file-spreadsheet", 4)
        }
        (_, sub) if sub.contains("presentation") || sub.contains("powerpoint") => {
            ("file-slides", "file-image", 1)
        }
        (_, sub) if sub.contains("word") || sub.contains("opendocument.text") || sub == "rtf" => {
            ("file-document", "file-text", 8)
        }
        _ => ("file-other", "file", 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_name_keeps_its_ending() {
        let file = |name: &str| File {
            name: name.into(),
            size: 1,
            icon: "file",
            hue: 0,
            kind: "file-other",
            risky: false,
        };
        let long = file("a-very-long-name-final.pdf");
        assert_eq!(
            (long.head(), long.tail()),
            ("a-very-long-name-", "final.pdf")
        );
        let short = file("a.pdf");
        assert_eq!((short.head(), short.tail()), ("a.pdf", ""));
        let cyrillic = file("договор-подписанный.docx");
        assert_eq!(
            format!("{}{}", cyrillic.head(), cyrillic.tail()),
            cyrillic.name
        );
    }

    #[test]
    fn media_types_have_a_kind() {
        assert_eq!(kind("image/png").0, "file-image");
        assert_eq!(kind("application/pdf").0, "file-pdf");
        assert_eq!(
            kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").0,
            "file-sheet"
        );
        assert_eq!(
            kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document").0,
            "file-document"
        );
        assert_eq!(
            kind("application/vnd.oasis.opendocument.presentation").0,
            "file-slides"
        );
        assert_eq!(kind("").0, "file-other");
    }
}
