//! Files inside a part that is no multipart: of a TNEF part, and in the middle of a text.
mod armour;
mod text_blocks;
mod tnef;
mod uu;
mod yenc;

pub use text_blocks::{TextBlocks, text_blocks};
pub use tnef::{TNEF_MAX, is_tnef, tnef_members};

use bytes::Bytes;

/// Files of one part that are listed.
const MOST_MEMBERS: usize = 200;

/// One file out of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As it was told, not yet made safe; may be empty.
    pub filename: String,
    /// Lower case `type/subtype`, as it was told or as the name ends.
    pub mime_type: String,
    pub content: Bytes,
}

impl Member {
    fn new(filename: String, content: Bytes) -> Self {
        Self {
            mime_type: type_of(&filename).to_owned(),
            filename,
            content,
        }
    }
}

/// The media type that the ending of a name stands for, so that the file has its icon and opens as what it is.
fn type_of(filename: &str) -> &'static str {
    let ending = filename.rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "rtf" => "application/rtf",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "eml" => "message/rfc822",
        _ => "application/octet-stream",
    }
}
