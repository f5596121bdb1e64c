//! Framing and limits: octets of the socket to complete responses.
//!
//! A frame is one response: a line, and where it ends in `{n}` the literal and the line that goes on after it. Limits
//! hold while octets arrive; nothing is allocated by a length that the server only announces.

use super::{Error, Result};
use bytes::{Bytes, BytesMut};
use std::{future::poll_fn, io, pin::pin, task::Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const CHUNK: usize = 16 * 1024;
const LARGEST_CHUNK: usize = 128 * 1024;

/// The limits of one frame and of all frames that answer one command, octets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Lines of one frame together, without literals.
    pub line: usize,
    pub literal: usize,
    /// Open parentheses.
    pub depth: usize,
    /// Everything received until `begin` is called again.
    pub response: usize,
}

pub(super) struct Wire<S> {
    io: S,
    buffer: BytesMut,
    scan: Scan,
    bounds: Bounds,
    received: usize,
}

/// How far the frame at the start of the buffer is understood.
#[derive(Default)]
struct Scan {
    /// No line feed before this offset, literals aside.
    at: usize,
    line_start: usize,
    line_octets: usize,
    /// Human text follows: no literals in it.
    text: bool,
}

#[derive(Default)]
struct Nesting {
    depth: usize,
    deepest: usize,
    quoted: bool,
    escaped: bool,
}

impl Nesting {
    fn read(&mut self, line: &[u8]) {
        for &c in line {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            match c {
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                b'(' if !self.quoted => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b')' if !self.quoted => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        // A quoted string ends with its line at the latest.
        self.quoted = false;
        self.escaped = false;
    }
}

/// How deep the lists of a complete frame nest.
fn deepest(mut frame: &[u8]) -> usize {
    let mut nesting = Nesting::default();
    while let Some(end) = memchr::memchr(b'\n', frame) {
        let (line, rest) = frame.split_at(end + 1);
        nesting.read(line);
        let announced = literal(line).unwrap_or_default().unwrap_or_default();
        frame = rest.get(announced..).unwrap_or_default();
    }
    nesting.deepest
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(io: S, bounds: Bounds) -> Self {
        Self {
            io,
            buffer: BytesMut::new(),
            scan: Scan::default(),
            bounds,
            received: 0,
        }
    }

    pub(super) fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// A new command starts: what was received counts from here, and an idle connection keeps no large buffer.
    pub(super) fn begin(&mut self) {
        self.received = self.buffer.len();
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// The bare stream, and whether octets that nobody asked for lie in the buffer.
    pub(super) fn into_inner(self) -> (S, bool) {
        (self.io, !self.buffer.is_empty())
    }

    pub(super) async fn send(&mut self, octets: &[u8]) -> Result<()> {
        self.io.write_all(octets).await.map_err(Error::Closed)
    }

    pub(super) async fn flush(&mut self) -> Result<()> {
        self.io.flush().await.map_err(Error::Closed)
    }

    /// The next complete response, with its CRLF and literals. Not cancel-safe only in so far as a cancelled dialogue is out of step.
    pub(super) async fn next_frame(&mut self) -> Result<Bytes> {
        loop {
            if let Some(frame) = self.buffered_frame()? {
                return Ok(frame);
            }
            self.reserve();
            match self.io.read_buf(&mut self.buffer).await {
                Ok(0) => return Err(Error::Closed(io::ErrorKind::UnexpectedEof.into())),
                Ok(n) => self.count(n)?,
                Err(error) => return Err(Error::Closed(error)),
            }
        }
    }

    /// A complete response that has arrived already, without waiting; end of stream is an error.
    pub(super) async fn arrived_frame(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(frame) = self.buffered_frame()? {
                return Ok(Some(frame));
            }
            self.reserve();
            let mut read = pin!(self.io.read_buf(&mut self.buffer));
            let outcome = poll_fn(|cx| match read.as_mut().poll(cx) {
                Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                Poll::Pending => Poll::Ready(None),
            });
            match outcome.await {
                None => return Ok(None),
                Some(Ok(0)) => return Err(Error::Closed(io::ErrorKind::UnexpectedEof.into())),
                Some(Ok(n)) => self.count(n)?,
                Some(Err(error)) => return Err(Error::Closed(error)),
            }
        }
    }

    /// A complete response that lies in the buffer already.
    pub(super) fn buffered_frame(&mut self) -> Result<Option<Bytes>> {
        let Some(end) = self.frame_end()? else {
            return Ok(None);
        };
        self.scan = Scan::default();
        Ok(Some(self.buffer.split_to(end).freeze()))
    }

    fn count(&mut self, octets: usize) -> Result<()> {
        self.received += octets;
        if self.received > self.bounds.response {
            Err(Error::Limit("octets in answer to one command"))
        } else {
            Ok(())
        }
    }

    fn reserve(&mut self) {
        let announced = self.scan.line_start.saturating_sub(self.buffer.len());
        self.buffer.reserve(announced.clamp(CHUNK, LARGEST_CHUNK));
    }

    fn frame_end(&mut self) -> Result<Option<usize>> {
        loop {
            let scan = &mut self.scan;
            if scan.line_start > self.buffer.len() {
                return Ok(None);
            }
            let from = scan.at.max(scan.line_start);
            let Some(found) = memchr::memchr(b'\n', &self.buffer[from..]) else {
                scan.at = self.buffer.len();
                if scan.line_octets + scan.at - scan.line_start > self.bounds.line {
                    return Err(Error::Limit("length of a line"));
                }
                return Ok(None);
            };
            let end = from + found + 1;
            let line = &self.buffer[scan.line_start..end];
            if scan.line_start == 0 {
                scan.text = is_text(line);
            }
            scan.line_octets += line.len();
            if scan.line_octets > self.bounds.line {
                return Err(Error::Limit("length of a line"));
            }
            let Some(announced) = (if scan.text { None } else { literal(line)? }) else {
                // Few octets cannot hold many parentheses.
                let may_be_deep = scan.line_octets > self.bounds.depth;
                if may_be_deep && deepest(&self.buffer[..end]) > self.bounds.depth {
                    return Err(Error::Limit("depth of parentheses"));
                }
                return Ok(Some(end));
            };
            if announced > self.bounds.literal {
                return Err(Error::Limit("size of a literal"));
            }
            scan.line_start = end + announced;
            scan.at = scan.line_start;
        }
    }
}

/// A tagged status, an untagged one, a continuation request: from here on human text (resp-text of RFC 9051 §9).
fn is_text(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"* ") else {
        return true;
    };
    let word = rest
        .split(|c| matches!(c, b' ' | b'\r' | b'\n'))
        .next()
        .unwrap_or_default();
    [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
        .iter()
        .any(|status| word.eq_ignore_ascii_case(status))
}

/// The octets of the literal announced at the end of this line. Something that looks like one and is none is an error:
/// client and server would disagree on where the next response begins.
fn literal(line: &[u8]) -> Result<Option<usize>> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(inner) = line.strip_suffix(b"}") else {
        return Ok(None);
    };
    let inside = inner
        .iter()
        .rev()
        .take_while(|c| c.is_ascii_digit() || matches!(c, b'+' | b'-'))
        .count();
    let (before, announced) = inner.split_at(inner.len() - inside);
    if before.last() != Some(&b'{') || announced.is_empty() {
        return Ok(None);
    }
    if !announced.iter().all(u8::is_ascii_digit) {
        return Err(Error::Protocol("a literal of an unknown kind"));
    }
    match std::str::from_utf8(announced).map(str::parse::<u32>) {
        Ok(Ok(octets)) => Ok(Some(octets as usize)),
        _ => Err(Error::Limit("size of a literal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        line: 1_000,
        literal: 5_000,
        depth: 100,
        response: 20_000,
    };

    /// The frames of `input` sent in pieces of `step` octets, until the end or the first error.
    async fn frames(input: &[u8], step: usize) -> (Vec<Bytes>, Error) {
        let (client, mut server) = tokio::io::duplex(64);
        let input = input.to_vec();
        let feeding = async move {
            for piece in input.chunks(step) {
                if server.write_all(piece).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        let reading = async move {
            let mut wire = Wire::new(client, BOUNDS);
            let mut frames = Vec::new();
            loop {
                match wire.next_frame().await {
                    Ok(frame) => frames.push(frame),
                    Err(error) => return (frames, error),
                }
            }
        };
        tokio::join!(feeding, reading).1
    }

    #[tokio::test]
    async fn frames_are_the_same_however_the_octets_arrive() {
        let input = b"* OK hi {3}\r\n* 1 FETCH (BODY[] {5}\r\na\r\nb) X {2}\r\nok)\r\n* 1 FETCH (BINARY[1] ~{4}\r\n\0\r\n))\r\nA1 OK done {9}\r\n+ go\n";
        for step in [1, 2, 7, 100] {
            let (frames, end) = frames(input, step).await;
            let expected: [&[u8]; 5] = [
                b"* OK hi {3}\r\n",
                b"* 1 FETCH (BODY[] {5}\r\na\r\nb) X {2}\r\nok)\r\n",
                b"* 1 FETCH (BINARY[1] ~{4}\r\n\0\r\n))\r\n",
                b"A1 OK done {9}\r\n",
                b"+ go\n",
            ];
            assert_eq!(frames, expected);
            assert!(matches!(end, Error::Closed(_)));
        }
    }

    #[tokio::test]
    async fn every_limit_ends_the_connection() {
        let long = "x".repeat(1_001);
        let deep = format!("* 1 FETCH {}\r\n", "(".repeat(101));
        let flood = "* 1 EXISTS\r\n".repeat(2_000);
        for (input, limit) in [
            (format!("* {long}"), "length of a line"),
            (deep, "depth of parentheses"),
            ("* 1 FETCH (X {5001}\r\n".into(), "size of a literal"),
            ("* 1 FETCH (X {99999999999}\r\n".into(), "size of a literal"),
            // literal8 (RFC 9051 §9)
            ("* 1 FETCH (X ~{5001}\r\n".into(), "size of a literal"),
            (
                "* 1 FETCH (X ~{18446744073709551617}\r\n".into(),
                "size of a literal",
            ),
            (flood, "octets in answer to one command"),
        ] {
            let (_, error) = frames(input.as_bytes(), 64).await;
            assert!(
                matches!(error, Error::Limit(what) if what == limit),
                "{limit}: {error}"
            );
        }
    }

    #[tokio::test]
    async fn a_literal_of_no_known_kind_is_refused() {
        for odd in ["{5+}", "{-1}", "{+}", "~{5+}", "~{-1}"] {
            let (_, error) =
                frames(format!("* 1 FETCH (X {odd}\r\nshort)\r\n").as_bytes(), 64).await;
            assert!(matches!(error, Error::Protocol(_)), "{odd}");
        }
    }

    #[tokio::test]
    async fn parentheses_in_quoted_strings_do_not_count() {
        let input = format!("* LIST () \"/\" \"{}\"\r\n", "(\\\"".repeat(200));
        let (frames, _) = frames(input.as_bytes(), 64).await;
        assert_eq!(frames.len(), 1);
    }

    #[tokio::test]
    async fn looking_for_arrived_responses_does_not_wait() {
        let (client, mut server) = tokio::io::duplex(64);
        let mut wire = Wire::new(client, BOUNDS);
        assert!(wire.arrived_frame().await.unwrap().is_none());
        server.write_all(b"* 3 EXISTS\r\n* 4").await.unwrap();
        assert_eq!(
            wire.arrived_frame().await.unwrap().unwrap(),
            "* 3 EXISTS\r\n"
        );
        assert!(wire.arrived_frame().await.unwrap().is_none());
        drop(server);
        assert!(matches!(wire.arrived_frame().await, Err(Error::Closed(_))));
    }
}
