//! A letter's form as browsers send it: text fields, then files (RFC 7578), counted while they stream (R-ATT-3).

use super::{
    body::{self, BodyError, Paced},
    error::Error,
    fields::{Fields, is_urlencoded},
};
use crate::config::Limits;
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use multer::{Field, Multipart};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Octets of part headers and boundaries that may stand between contents.
const OVERHEAD: u64 = 256 << 10;
/// Octets of the name of a field.
const NAME: usize = 256;
/// Octets of all fields beside the text of the letter.
const SMALL_FIELDS: usize = 64 << 10;

/// One file, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As the browser named it.
    pub filename: String,
    /// `type/subtype`, as the browser named it.
    pub mime_type: String,
    pub content: Bytes,
}

/// Why the files of a form were not taken.
#[derive(Debug)]
pub enum FilesError {
    /// The files together are over the limit; `filename` is the one that passed it.
    TooLarge {
        filename: String,
        limit: u64,
    },
    Other(Error),
}

impl<E: Into<Error>> From<E> for FilesError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// A form that is being read. First [`text_fields`](Self::text_fields), so that the caller can store what was typed before the
/// first octet of a file is looked at, then [`files`](Self::files).
pub struct Upload {
    source: Source,
    fields: Fields,
    file: Option<Field<'static>>,
    room: usize,
    /// The same for a urlencoded form, in which an octet may take three.
    encoded_room: usize,
    used: Arc<AtomicU64>,
    count: usize,
    most: usize,
    limit: u64,
    /// Octets the browser announced, where it did.
    announced: u64,
}

enum Source {
    Urlencoded(Body, std::time::Duration),
    Multipart(Box<Multipart<'static>>),
    Ended,
}

impl Upload {
    /// A multipart or a urlencoded form; 415 for anything else.
    pub fn begin(request: Request, limits: &Limits) -> Result<Self, Error> {
        let used = Arc::new(AtomicU64::new(0));
        let announced = request.body().size_hint().upper().unwrap_or_default();
        let source = if is_urlencoded(request.headers()) {
            Source::Urlencoded(request.into_body(), limits.body_idle)
        } else {
            let boundary = boundary(request.headers())?;
            let stream = Paced::new(
                request.into_body(),
                limits.body_idle,
                OVERHEAD,
                Arc::clone(&used),
            );
            Source::Multipart(Box::new(Multipart::new(stream, boundary)))
        };
        Ok(Self {
            source,
            fields: Fields::default(),
            file: None,
            // Twice the text of a letter is read, so that a text that is too long can be given back in the page.
            room: limits
                .draft_text
                .saturating_mul(2)
                .saturating_add(SMALL_FIELDS),
            encoded_room: limits
                .draft_text
                .saturating_mul(3)
                .saturating_add(SMALL_FIELDS),
            used,
            count: 0,
            most: limits.multipart_fields,
            limit: limits.upload,
            announced,
        })
    }

    /// What has arrived whole until now, also after an error.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    pub fn into_fields(self) -> Fields {
        self.fields
    }

    /// Reads the fields that stand in front of the first file.
    pub async fn text_fields(&mut self) -> Result<(), Error> {
        if let Source::Urlencoded(body, idle) = &mut self.source {
            let (body, idle) = (std::mem::take(body), *idle);
            self.source = Source::Ended;
            self.fields = Fields::parse(&body::read(body, self.encoded_room, idle).await?)?;
            return Ok(());
        }
        while let Some(field) = self.next().await? {
            if field.file_name().is_some() {
                self.file = Some(field);
                return Ok(());
            }
            self.text(field).await?;
        }
        Ok(())
    }

    /// Reads the files, and the text fields between and after them. Empty file fields are what a browser sends when nothing was
    /// chosen; they are left out. Over the limit nothing is kept and nothing more is read.
    pub async fn files(&mut self) -> Result<Vec<File>, FilesError> {
        let mut files = Vec::new();
        let mut total = 0;
        while let Some(field) = match self.file.take() {
            Some(field) => Some(field),
            None => self.next().await?,
        } {
            if field.file_name().is_some() {
                files.extend(self.file(field, &mut total).await?);
            } else {
                self.text(field).await?;
            }
        }
        Ok(files)
    }

    async fn next(&mut self) -> Result<Option<Field<'static>>, Error> {
        let Source::Multipart(multipart) = &mut self.source else {
            return Ok(None);
        };
        let Some(field) = multipart.next_field().await.map_err(broken)? else {
            self.source = Source::Ended;
            return Ok(None);
        };
        self.count += 1;
        if self.count > self.most || field.name().is_none_or(|name| name.len() > NAME) {
            return Err(Error::BadForm);
        }
        Ok(Some(field))
    }

    async fn text(&mut self, mut field: Field<'static>) -> Result<(), Error> {
        let mut value = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            self.used.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            if chunk.len() > self.room {
                return Err(Error::FormTooLarge { limit: self.room });
            }
            self.room -= chunk.len();
            value.extend_from_slice(&chunk);
        }
        let name = field.name().unwrap_or_default().to_owned();
        self.fields
            .push(name, String::from_utf8_lossy(&value).into_owned());
        Ok(())
    }

    async fn file(
        &mut self,
        mut field: Field<'static>,
        total: &mut u64,
    ) -> Result<Option<File>, FilesError> {
        let filename = field.file_name().unwrap_or_default().replace("%22", "\"");
        let mime_type = field
            .content_type()
            .map_or("application/octet-stream", |kind| kind.essence_str())
            .to_owned();
        let mut content = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            self.used.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            *total += chunk.len() as u64;
            if *total > self.limit {
                return Err(FilesError::TooLarge {
                    filename,
                    limit: self.limit,
                });
            }
            if content.is_empty() {
                content.reserve(self.expected(chunk.len()));
            }
            content.extend_from_slice(&chunk);
        }
        if filename.is_empty() && content.is_empty() {
            return Ok(None);
        }
        Ok(Some(File {
            filename,
            mime_type,
            content: content.freeze(),
        }))
    }
}

impl Upload {
    /// Room for what a file can still become when its first octets are there, so that it is not copied while it grows. Room that
    /// nothing is written to takes no memory.
    fn expected(&self, first: usize) -> usize {
        let seen = self.used.load(Ordering::Relaxed);
        let rest = self.announced.saturating_sub(seen).min(self.limit);
        usize::try_from(rest).map_or(first, |rest| first.saturating_add(rest))
    }
}

fn boundary(headers: &HeaderMap) -> Result<String, Error> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or(Error::UnsupportedForm)?;
    multer::parse_boundary(kind).map_err(|_not_multipart| Error::UnsupportedForm)
}

/// What multer says, in terms of the request.
fn broken(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(cause) => {
            match cause.downcast::<BodyError>().map(|cause| *cause) {
                Ok(BodyError::TooLarge { .. }) | Err(_) => Error::BadForm,
                Ok(cause) => cause.into(),
            }
        }
        multer::Error::IncompleteStream
        | multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders => Error::BrokenBody,
        _ => Error::BadForm,
    }
}

#[cfg(test)]
#[path = "upload/tests.rs"]
mod tests;
