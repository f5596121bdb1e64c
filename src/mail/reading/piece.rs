use super::raw;
use crate::imap::{Connection, Uid};
use crate::mail::{Part, Result};
use crate::mime;
use bytes::Bytes;

/// The content of one part, still encoded.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub part: Part,
    encoded: Bytes,
    /// There is more than was fetched.
    more: bool,
}

impl Piece {
    /// `more`: the part goes on after `encoded`.
    pub(super) fn new(part: Part, encoded: Bytes, more: bool) -> Self {
        Self {
            part,
            encoded,
            more,
        }
    }

    /// As it was fetched, with at most `limit` octets.
    pub(super) fn fetched(part: &Part, encoded: Bytes, limit: usize) -> Self {
        let more = encoded.len() >= limit;
        Self::new(part.clone(), encoded, more)
    }

    /// Of a part that the server describes and does not give.
    pub(super) fn unreadable(part: &Part) -> Self {
        Self::new(part.clone(), Bytes::new(), true)
    }

    pub(super) fn is_whole(&self) -> bool {
        !self.more
    }

    /// Fetches what is missing, up to `most` octets.
    pub(super) async fn complete(
        &mut self,
        connection: &mut Connection,
        uid: Uid,
        most: u64,
    ) -> Result<()> {
        let begun = std::mem::take(&mut self.encoded);
        let section = Some(&self.part.section);
        (self.encoded, self.more) = raw::octets(connection, uid, section, begun, most).await?;
        Ok(())
    }

    /// See [`super::content::Content::detached`].
    pub(super) fn detached(&self) -> Self {
        let encoded = Bytes::copy_from_slice(&self.encoded);
        Self::new(self.part.clone(), encoded, self.more)
    }

    /// Octets that were fetched.
    pub(super) fn octets(&self) -> usize {
        self.encoded.len()
    }

    pub(super) fn decoded(&self) -> Vec<u8> {
        mime::decode_transfer(&self.encoded, self.part.encoding)
    }

    /// At most `limit` octets, and whether there is more.
    pub(super) fn decoded_within(&self, limit: usize) -> (Vec<u8>, bool) {
        let mut octets = self.decoded();
        let more = self.more || octets.len() > limit;
        octets.truncate(limit);
        (octets, more)
    }

    /// At most `limit` octets of text, and whether there is more.
    pub(super) fn decoded_text(&self, limit: usize) -> (String, bool) {
        let (octets, more) = self.decoded_within(limit);
        (
            mime::decode_text(&octets, self.part.charset.as_deref()),
            more,
        )
    }
}
