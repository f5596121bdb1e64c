use super::MessageRef;
use crate::mail::{Account, Error, Result, Section};
use bytes::Bytes;
use std::sync::Arc;

/// Octets of one partial FETCH.
const SLICE: u32 = 256 << 10;

/// One section (None: the whole message), slice by slice, still encoded. Each slice leases a connection
/// of its own, so that a slow browser keeps nobody else waiting.
pub(super) struct Slices {
    account: Account,
    reference: MessageRef,
    section: Option<Section>,
    /// What the server says of the encoded size; it may be wrong.
    size: u64,
    offset: u64,
    ended: bool,
}

impl Slices {
    pub(super) fn new(
        account: &Account,
        reference: &MessageRef,
        section: Option<&Section>,
        size: u64,
    ) -> Self {
        let (account, reference) = (account.clone(), reference.clone());
        Self {
            account,
            reference,
            section: section.cloned(),
            size,
            offset: 0,
            ended: false,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// None at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        let slice = self.fetch(self.offset, SLICE).await?;
        self.offset += slice.len() as u64;
        // A short slice is the end only where the size agrees: some servers give less than is asked for.
        self.ended = slice.is_empty() || (slice.len() < SLICE as usize && self.offset >= self.size);
        Ok((!slice.is_empty()).then_some(slice))
    }

    /// Whether the content ends exactly where the server says.
    pub(super) async fn size_is_exact(&self) -> Result<bool> {
        if self.ended {
            return Ok(self.offset == self.size);
        }
        match self.size.checked_sub(1) {
            Some(last) => Ok(self.fetch(last, 2).await?.len() == 1),
            None => Ok(false),
        }
    }

    async fn fetch(&self, offset: u64, len: u32) -> Result<Bytes> {
        let wanted = Arc::new((self.reference.clone(), self.section.clone()));
        let slice = self
            .account
            .read(Some(&self.reference.mailbox), move |connection| {
                let wanted = wanted.clone();
                Box::pin(async move {
                    let (reference, section) = &*wanted;
                    super::select(connection, reference).await?;
                    Ok(connection
                        .fetch_partial(reference.uid, section.as_ref(), offset, len)
                        .await?)
                })
            });
        slice.await?.ok_or(Error::NoSuchMessage)
    }
}
