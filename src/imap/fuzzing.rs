//! The one door of the fuzz targets into what reads a server's octets. It is not in the program: `cargo fuzz` alone sets
//! `cfg(fuzzing)`.

use super::{
    Envelope, Error, Limits, MailboxName,
    dialogue::bounds,
    envelope::{Attributes, Gathered},
    response::{Data, Response},
    sexp,
    wire::Wire,
};
use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::io::AsyncReadExt as _;

/// The frames up to the first error, and how many octets were left, when the first `first` octets arrive before the others.
pub fn frames(octets: &[u8], first: usize) -> (Vec<Bytes>, usize) {
    let (begin, rest) = octets.split_at(first.min(octets.len()));
    let stream = tokio::io::join(begin.chain(rest), tokio::io::sink());
    let mut wire = Wire::new(stream, bounds(&Limits::default()));
    let mut frames = Vec::new();
    loop {
        // Octets in memory are always ready.
        match wire.next_frame().now_or_never() {
            Some(Ok(frame)) => frames.push(frame),
            Some(Err(Error::Closed(_) | Error::Limit(_) | Error::Protocol(_))) | None => break,
            Some(Err(error)) => panic!("{error}"),
        }
    }
    let read: usize = frames.iter().map(Bytes::len).sum();
    (frames, octets.len() - read)
}

/// What the frames tell of messages, and all other responses read on the way.
pub fn envelopes(octets: &[u8]) -> Vec<Envelope> {
    let mut envelopes = Vec::new();
    for frame in frames(octets, octets.len()).0 {
        let Response::Data(data) = Response::parse(&frame) else {
            continue;
        };
        envelopes.extend(envelope(&data));
        for octets in sexp::read(&data.rest)
            .values()
            .filter_map(sexp::Value::octets)
        {
            std::hint::black_box(MailboxName::from_wire(octets));
        }
    }
    envelopes
}

fn envelope(data: &Data) -> Option<Envelope> {
    let attributes = Attributes::read(data)?;
    std::hint::black_box(attributes.section("1", 0));
    let mut gathered = Gathered::new(attributes.uid()?);
    gathered.add(&attributes);
    gathered.finish()
}
