//! Decoded content as a stream: all of it or a range, in bounded memory.
use super::manner::{charset_for, file_stem, filename};
use super::measure::Measure;
use super::range::{ByteRange, Carried, PartRequest};
use super::slices::Slices;
use super::{MessageRef, PartStream};
use crate::mail::{Account, Envelope, Error, Part, Result, display_filename};
use crate::mime::{CharsetDecoder, TransferDecoder, TransferEncoding};
use bytes::{Buf, Bytes};
use futures_util::stream;
use std::io;
use std::ops::Range;

/// A part by its structure, streamed.
pub(super) async fn part(
    account: &Account,
    reference: &MessageRef,
    part: &Part,
    request: PartRequest,
) -> Result<PartStream> {
    let mut slices = Slices::new(account, reference, Some(&part.section), part.size);
    let ends = slices.ends().await?;
    let mut transfer = TransferDecoder::new(part.encoding);
    let mut first = transfer.decode(&ends.first);
    // What encoded content begins with may hold nothing.
    while first.is_empty()
        && let Some(slice) = slices.next().await?
    {
        first.extend(transfer.decode(&slice));
    }
    if slices.has_ended() {
        first.extend(transfer.finish());
        return Ok(whole(part, first.into(), request));
    }
    let (manner, charset) = charset_for(part, &first, request.download);
    let measure = ends
        .tail
        .filter(|_| request.sized && charset.is_none())
        .and_then(|tail| Measure::of(part.encoding, &ends.first, &tail, part.size));
    let decoding = Decoding {
        slices,
        transfer: Some(transfer),
        charset,
        window: None,
        ready: Some(first.into()),
    };
    let named = PartStream {
        filename: filename(part),
        content_type: manner.content_type,
        inline: manner.inline,
        size: measure.map(|measure| measure.size),
        carried: Carried::All,
        stream: Box::pin(stream::empty()),
    };
    decoding
        .serve(named, part.encoding, measure, request.range)
        .await
}

/// Content that is in memory already.
pub(super) fn whole(part: &Part, content: Bytes, request: PartRequest) -> PartStream {
    let (manner, charset) = charset_for(part, &content, request.download);
    let content = match charset {
        Some(mut charset) => Bytes::from(charset.decode(&content, true)),
        None => content,
    };
    let size = Some(content.len() as u64);
    let carried = Carried::of(request.range, size);
    let content = match &carried {
        Carried::All => content,
        Carried::Nothing => Bytes::new(),
        // Within what is in memory, so both ends fit.
        Carried::Some(range) => content.slice(range.start as usize..range.end as usize),
    };
    PartStream {
        filename: filename(part),
        content_type: manner.content_type,
        inline: manner.inline,
        size,
        carried,
        stream: Box::pin(stream::iter([Ok(content)])),
    }
}

/// The raw message. Its size is told where the server's word for it holds.
pub(super) async fn source(
    account: &Account,
    reference: &MessageRef,
    envelope: &Envelope,
    range: Option<ByteRange>,
) -> Result<PartStream> {
    let encoding = TransferEncoding::Binary;
    let mut slices = Slices::new(account, reference, None, envelope.size);
    let ends = slices.ends().await?;
    let first = ends.first;
    let measure = match ends.tail {
        _ if slices.has_ended() => Some(Measure::plain(first.len() as u64)),
        tail => tail.and_then(|tail| Measure::of(encoding, &first, &tail, envelope.size)),
    };
    let decoding = Decoding {
        transfer: (!slices.has_ended()).then(|| TransferDecoder::new(encoding)),
        slices,
        charset: None,
        window: None,
        ready: Some(first),
    };
    let named = PartStream {
        filename: display_filename(&format!("{}.eml", file_stem(&envelope.subject))),
        content_type: "message/rfc822",
        inline: false,
        size: measure.map(|measure| measure.size),
        carried: Carried::All,
        stream: Box::pin(stream::empty()),
    };
    decoding.serve(named, encoding, measure, range).await
}

/// What of the decoded octets is handed on, and how many are still to come.
struct Window {
    skip: u64,
    left: u64,
    /// Nothing may come after it.
    is_end: bool,
}

impl Window {
    fn all(size: u64) -> Self {
        Self {
            skip: 0,
            left: size,
            is_end: true,
        }
    }

    /// # Errors
    /// More than was told to the browser, which would take what it got for all.
    fn cut(&mut self, mut decoded: Bytes) -> Result<Bytes> {
        let skipped = self.skip.min(decoded.len() as u64);
        self.skip -= skipped;
        decoded.advance(skipped as usize);
        if decoded.len() as u64 > self.left {
            if self.is_end {
                return Err(mismeasured());
            }
            decoded.truncate(self.left as usize);
        }
        self.left -= decoded.len() as u64;
        Ok(decoded)
    }
}

fn mismeasured() -> Error {
    let error = io::Error::new(
        io::ErrorKind::InvalidData,
        "content is not as long as its lines tell",
    );
    Error::Unavailable(Box::new(error))
}

/// The state of a stream between two of its items.
struct Decoding {
    slices: Slices,
    /// None after the end.
    transfer: Option<TransferDecoder>,
    charset: Option<CharsetDecoder>,
    /// None: all there is, however much that is.
    window: Option<Window>,
    /// What is decoded already.
    ready: Option<Bytes>,
}

impl Decoding {
    /// `measure`: of the content, whose beginning is ready.
    async fn serve(
        mut self,
        mut part: PartStream,
        encoding: TransferEncoding,
        measure: Option<Measure>,
        range: Option<ByteRange>,
    ) -> Result<PartStream> {
        part.carried = Carried::of(range, part.size);
        if let Some(measure) = measure {
            self.window = Some(Window::all(measure.size));
            let range = match &part.carried {
                Carried::All => None,
                Carried::Nothing => return Ok(part),
                Carried::Some(range) => Some(range),
            };
            if let Some(range) = range
                && !self.move_to(range, encoding, measure).await?
            {
                // The lines only look alike at both ends, so nothing can be said of their content.
                self.window = None;
                part.size = None;
                part.carried = Carried::All;
            }
        }
        part.stream = Box::pin(stream::try_unfold(self, |mut decoding| async move {
            let next = decoding.next().await.map_err(io::Error::other)?;
            Ok(next.map(|bytes| (bytes, decoding)))
        }));
        Ok(part)
    }

    /// False: the octets there are not as they were measured, and nothing is changed.
    async fn move_to(
        &mut self,
        range: &Range<u64>,
        encoding: TransferEncoding,
        measure: Measure,
    ) -> Result<bool> {
        let window = |skip| Window {
            skip,
            left: range.end - range.start,
            is_end: false,
        };
        let ready = self.ready.as_ref().map_or(0, Bytes::len);
        if range.end <= ready as u64 {
            self.transfer = None;
            self.window = Some(window(range.start));
            return Ok(true);
        }
        let (encoded, skip) = measure.around(range);
        let mut slices = self.slices.within(encoded);
        let slice = slices.next().await?.unwrap_or_default();
        if !measure.fits(&slice) {
            return Ok(false);
        }
        let mut transfer = TransferDecoder::new(encoding);
        self.ready = Some(transfer.decode(&slice).into());
        self.transfer = Some(transfer);
        self.slices = slices;
        self.window = Some(window(skip));
        Ok(true)
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let decoded = match (self.ready.take(), &mut self.transfer) {
                (Some(ready), _) => ready,
                (None, None) => return Ok(None),
                (None, Some(transfer)) => match self.slices.next().await? {
                    Some(slice) => transfer.decode(&slice).into(),
                    None => {
                        let rest = self.transfer.take().map(TransferDecoder::finish);
                        rest.unwrap_or_default().into()
                    }
                },
            };
            let bytes = self.hand_on(decoded)?;
            if self.transfer.is_some() {
                self.slices.read_ahead();
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    fn hand_on(&mut self, decoded: Bytes) -> Result<Bytes> {
        let is_last = self.transfer.is_none();
        if let Some(charset) = &mut self.charset {
            return Ok(charset.decode(&decoded, is_last).into());
        }
        let Some(window) = &mut self.window else {
            return Ok(decoded);
        };
        let bytes = window.cut(decoded)?;
        match window.left {
            0 if !window.is_end => self.transfer = None,
            0 => {}
            _ if is_last => return Err(mismeasured()),
            _ => {}
        }
        Ok(bytes)
    }
}
