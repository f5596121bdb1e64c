use super::measure::TAIL;
use super::{MessageRef, is_same};
use crate::mail::{Account, Error, Result, Section};
use bytes::Bytes;
use std::ops::Range;
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
    /// Nothing beyond it is wanted.
    until: u64,
    ended: bool,
    /// The slice at `offset`, on its way.
    ahead: Option<AbortOnDropHandle<Result<Bytes>>>,
}

struct Source {
    account: Account,
    reference: MessageRef,
    section: Option<Section>,
}

/// How content begins and ends, fetched in one round trip.
pub(super) struct Ends {
    /// Empty where there is nothing.
    pub first: Bytes,
    /// The last [`TAIL`] octets by the word of the server, and what comes after them. None: not told, or no longer than one slice.
    pub tail: Option<Bytes>,
}

impl Slices {
    /// `size`: what the server says of it.
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
            until: u64::MAX,
            ended: false,
            ahead: None,
        }
    }

    /// The first slice is taken.
    pub(super) async fn ends(&mut self) -> Result<Ends> {
        let mut wanted = vec![(0, SLICE)];
        if self.size > u64::from(SLICE) {
            wanted.push((self.size - TAIL, TAIL as u32 + 1));
        }
        let mut told = self.source.fetch(wanted).await?.into_iter();
        let first = told.next().flatten().ok_or(Error::NoSuchMessage)?;
        self.took(&first);
        let tail = told.next().flatten();
        Ok(Ends { first, tail })
    }

    /// The same content, from and to these encoded octets.
    pub(super) fn within(&self, range: Range<u64>) -> Self {
        Self {
            source: self.source.clone(),
            size: self.size,
            offset: range.start,
            until: range.end,
            ended: range.is_empty(),
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
        let (source, offset, length) = (self.source.clone(), self.offset, self.length());
        let tasks = self.source.account.tasks();
        let fetching = tasks.spawn(async move { source.slice(offset, length).await });
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
            None => self.source.slice(self.offset, self.length()).await?,
        };
        self.took(&slice);
        Ok((!slice.is_empty()).then_some(slice))
    }

    fn length(&self) -> u32 {
        let left = self.until.saturating_sub(self.offset);
        u32::try_from(left).unwrap_or(SLICE).min(SLICE)
    }

    /// A short slice is the end only where the size agrees: some servers give less than is asked for.
    fn took(&mut self, slice: &Bytes) {
        let is_short = slice.len() < self.length() as usize;
        self.offset += slice.len() as u64;
        self.ended =
            slice.is_empty() || self.offset >= self.until || (is_short && self.offset >= self.size);
    }
}

impl Source {
    async fn slice(self: &Arc<Self>, offset: u64, length: u32) -> Result<Bytes> {
        let mut told = self.fetch(vec![(offset, length)]).await?;
        told.pop().flatten().ok_or(Error::NoSuchMessage)
    }

    /// What stands at these offsets; None: not told.
    async fn fetch(self: &Arc<Self>, wanted: Vec<(u64, u32)>) -> Result<Vec<Option<Bytes>>> {
        let asked = Arc::new((self.clone(), wanted));
        let account = &self.account;
        let told = account.read(Some(&self.reference.mailbox), move |connection| {
            let asked = asked.clone();
            Box::pin(async move {
                let (source, wanted) = &*asked;
                let (uid, section) = (source.reference.uid, source.section.as_ref());
                let mut flight = connection.flight().select(&source.reference.mailbox)?;
                for &(offset, length) in wanted {
                    flight = flight.partial(uid, section, offset, length)?;
                }
                let landed = flight.send().await?;
                is_same(landed.selected()?, &source.reference)?;
                let told = wanted
                    .iter()
                    .map(|&(offset, length)| landed.partial(uid, section, offset, length));
                Ok(told.collect::<std::result::Result<_, _>>()?)
            })
        });
        told.await
    }
}
