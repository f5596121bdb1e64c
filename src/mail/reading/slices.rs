use super::{MessageRef, is_same};
use crate::mail::{Account, Error, Result, Section};
use bytes::Bytes;
use std::sync::Arc;
use tokio_util::task::AbortOnDropHandle;

/// Octets of one partial FETCH.
const SLICE: u32 = 256 << 10;

/// One section (None: the whole message), slice by slice, still encoded. Each slice leases a connection of its own and is
/// asked for when the one before it is handed over: a slow browser keeps nobody else waiting, and holds two slices.
pub(super) struct Slices {
    source: Arc<Source>,
    /// What the server says of the encoded size; it may be wrong.
    size: u64,
    offset: u64,
    ended: bool,
    /// The slice at `offset`, on its way.
    ahead: Option<AbortOnDropHandle<Result<Bytes>>>,
}

struct Source {
    account: Account,
    reference: MessageRef,
    section: Option<Section>,
}

impl Slices {
    pub(super) fn new(
        account: &Account,
        reference: &MessageRef,
        section: Option<&Section>,
        size: u64,
    ) -> Self {
        let source = Source {
            account: account.clone(),
            reference: reference.clone(),
            section: section.cloned(),
        };
        Self {
            source: Arc::new(source),
            size,
            offset: 0,
            ended: false,
            ahead: None,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Asks for the next slice before it is needed.
    pub(super) fn read_ahead(&mut self) {
        if self.ended || self.ahead.is_some() {
            return;
        }
        let (source, offset) = (self.source.clone(), self.offset);
        let tasks = self.source.account.tasks();
        let fetching = tasks.spawn(async move { source.fetch(offset, SLICE).await });
        self.ahead = Some(AbortOnDropHandle::new(fetching));
    }

    /// None at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        let slice = match self.ahead.take() {
            Some(ahead) => ahead
                .await
                .map_err(|panicked| Error::Unavailable(Box::new(panicked)))??,
            None => self.source.fetch(self.offset, SLICE).await?,
        };
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
            Some(last) => Ok(self.source.fetch(last, 2).await?.len() == 1),
            None => Ok(false),
        }
    }
}

impl Source {
    async fn fetch(self: &Arc<Self>, offset: u64, len: u32) -> Result<Bytes> {
        let source = self.clone();
        let slice = self
            .account
            .read(Some(&self.reference.mailbox), move |connection| {
                let source = source.clone();
                Box::pin(async move {
                    let (uid, section) = (source.reference.uid, source.section.as_ref());
                    let flight = connection.flight().select(&source.reference.mailbox)?;
                    let flight = flight.partial(uid, section, offset, len)?;
                    let landed = flight.send().await?;
                    is_same(landed.selected()?, &source.reference)?;
                    Ok(landed.partial(uid, section, offset, len)?)
                })
            });
        slice.await?.ok_or(Error::NoSuchMessage)
    }
}
