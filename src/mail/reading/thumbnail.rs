//! A picture among the files, small enough that every card shows it without being asked.
use super::{MessageRef, PartRequest, PartStream, manner, served};
use crate::mail::{Account, Error, Result, Section};
use crate::mime;
use futures_util::TryStreamExt;

/// Largest picture that a card shows, octets.
pub const THUMBNAIL_MAX: u64 = 512 << 10;
/// A browser needs four octets for each: cards show up to fifty of them at once.
const MOST_PIXELS: u64 = 24 << 20;

impl Account {
    /// A part that is a picture by its first octets.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`] for one that is none, is too large, or would cost the browser too much.
    pub async fn thumbnail(&self, reference: &MessageRef, section: &Section) -> Result<PartStream> {
        let (part, content) = self.find_part(reference, section).await?;
        let request = PartRequest::default();
        let content = match content {
            Some(content) => content,
            None if part.content_size() > THUMBNAIL_MAX => return Err(Error::NoSuchMessage),
            None => {
                let streamed = served::part(self, reference, &part, request).await?;
                let read = streamed
                    .stream
                    .try_fold(Vec::new(), async |mut content, piece| {
                        content.extend_from_slice(&piece);
                        Ok(content)
                    });
                let content = read.await;
                content
                    .map_err(|error| Error::Unavailable(Box::new(error)))?
                    .into()
            }
        };
        match mime::picture_pixels(&content) {
            Some(pixels) if pixels <= MOST_PIXELS && manner::is_picture(&content) => {
                Ok(served::whole(&part, content, request))
            }
            _ => Err(Error::NoSuchMessage),
        }
    }
}
