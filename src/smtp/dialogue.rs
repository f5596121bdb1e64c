//! Commands and replies over one stream, with bounds.
use super::Cause;
use lettre::transport::smtp::response::Response;
use std::{fmt::Display, io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use zeroize::Zeroizing;

/// Octets of one reply with all its lines.
const REPLY: usize = 64 * 1024;
/// Characters of a server's words that are kept.
const WORDS: usize = 500;

/// A reply as the rest of the module sees it.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

impl Reply {
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    pub fn is_negative(&self) -> bool {
        matches!(self.code / 100, 4 | 5)
    }

    /// The server's words on one line, for a person.
    pub fn text(&self) -> String {
        let words = self.lines.join(" ");
        words.trim().chars().take(WORDS).collect()
    }
}

/// Why a step came to no reply.
#[derive(Debug)]
pub(super) enum Fault {
    Timeout,
    Closed(String),
    Protocol(&'static str),
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Timeout => Self::Timeout,
            Fault::Closed(text) => Self::Unreachable(text),
            Fault::Protocol(text) => Self::Protocol(text.to_owned()),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Closed(error.to_string())
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer in time"),
            Self::Closed(text) => write!(f, "the connection broke: {text}"),
            Self::Protocol(text) => f.write_str(text),
        }
    }
}

pub(super) struct Dialogue<S> {
    stream: S,
    buffer: Vec<u8>,
    deadline: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    pub fn new(stream: S, deadline: Duration) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
            deadline,
        }
    }

    /// The bare stream, for the TLS handshake. None when the server has already said more than it was asked: bytes
    /// from before the handshake must not be taken for words from inside it (CVE-2011-0411 and its kin).
    pub fn into_stream(self) -> Option<S> {
        self.buffer.is_empty().then_some(self.stream)
    }

    pub async fn command(&mut self, command: impl Display) -> Result<Reply, Fault> {
        self.secret_command(&Zeroizing::new(command.to_string()))
            .await
    }

    /// `line` with its CRLF; the caller's buffer is the only copy on our side of TLS.
    pub async fn secret_command(&mut self, line: &Zeroizing<String>) -> Result<Reply, Fault> {
        let deadline = self.deadline;
        timeout(deadline, self.write(line.as_bytes()))
            .await
            .map_err(|_| Fault::Timeout)??;
        self.reply(deadline).await
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// Content in pieces, each under the deadline, so that a slow line is not a dead one.
    pub async fn write_content(&mut self, content: &[u8]) -> Result<(), Fault> {
        for piece in content.chunks(64 * 1024) {
            timeout(self.deadline, self.write(piece))
                .await
                .map_err(|_| Fault::Timeout)??;
        }
        Ok(())
    }

    /// What the server has said without being asked, if it is here already: during DATA a refusal or the end.
    pub async fn unasked(&mut self) -> Option<Result<Reply, Fault>> {
        if self.buffer.is_empty() {
            let mut piece = [0; 4096];
            let read = futures_util::poll!(std::pin::pin!(self.stream.read(&mut piece)));
            match read {
                std::task::Poll::Pending => return None,
                std::task::Poll::Ready(Ok(0)) => {
                    return Some(Err(Fault::Closed("closed by the server".to_owned())));
                }
                std::task::Poll::Ready(Err(error)) => return Some(Err(error.into())),
                std::task::Poll::Ready(Ok(n)) => {
                    self.buffer
                        .extend_from_slice(piece.get(..n).unwrap_or_default());
                }
            }
        }
        Some(self.reply(Duration::from_secs(1)).await)
    }

    /// One reply with all its lines (RFC 5321 §4.2.1). `deadline` is for the whole.
    pub async fn reply(&mut self, deadline: Duration) -> Result<Reply, Fault> {
        timeout(deadline, self.read_reply())
            .await
            .map_err(|_| Fault::Timeout)?
    }

    async fn read_reply(&mut self) -> Result<Reply, Fault> {
        let mut framed = String::new();
        let mut size = 0;
        loop {
            let line = self.line(REPLY - size).await?;
            size += line.len();
            let last = frame(&line, &mut framed)?;
            if last {
                break;
            }
        }
        let reply: Response = framed
            .parse()
            .map_err(|_| Fault::Protocol("a reply outside the protocol"))?;
        Ok(Reply {
            code: reply.code().into(),
            lines: reply.message().map(str::to_owned).collect(),
        })
    }

    async fn line(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        let mut searched = 0;
        loop {
            let unseen = self.buffer.get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', unseen) {
                let rest = self.buffer.split_off(searched + at + 1);
                let line = std::mem::replace(&mut self.buffer, rest);
                return if line.len() > limit {
                    Err(Fault::Protocol("a reply over 64 KiB"))
                } else {
                    Ok(line)
                };
            }
            searched = self.buffer.len();
            if searched >= limit {
                return Err(Fault::Protocol("a reply over 64 KiB"));
            }
            let mut piece = [0; 4096];
            let n = self.stream.read(&mut piece).await?;
            if n == 0 {
                return Err(Fault::Closed("closed by the server".to_owned()));
            }
            self.buffer
                .extend_from_slice(piece.get(..n).unwrap_or_default());
        }
    }
}

/// Adds one raw line in the strict form the parser takes: control characters gone, a space where the text is left out,
/// CRLF. `true`: it was the last one.
fn frame(raw: &[u8], framed: &mut String) -> Result<bool, Fault> {
    let line = String::from_utf8_lossy(raw);
    let line = line.trim_end_matches(['\r', '\n']);
    let (Some(code), Some(rest)) = (line.get(..3), line.get(3..)) else {
        return Err(Fault::Protocol("a reply without a code"));
    };
    let (last, text) = match rest.as_bytes().first() {
        Some(b'-') => (false, &rest[1..]),
        Some(b' ') => (true, &rest[1..]),
        None => (true, ""),
        Some(_) => return Err(Fault::Protocol("a reply without a code")),
    };
    framed.push_str(code);
    framed.push(if last { ' ' } else { '-' });
    framed.extend(text.chars().map(|c| if is_visible(c) { c } else { ' ' }));
    framed.push_str("\r\n");
    Ok(last)
}

/// Neither a control character nor one that turns the direction of the text around it.
fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<Reply, Fault> {
        let (client, mut server) = tokio::io::duplex(1 << 20);
        server.write_all(bytes).await.unwrap();
        drop(server);
        Dialogue::new(client, Duration::from_secs(5))
            .reply(Duration::from_secs(5))
            .await
    }

    #[tokio::test]
    async fn a_reply_of_several_lines_is_one() {
        let reply = read(b"250-x\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n")
            .await
            .unwrap();
        assert_eq!(reply.code, 250);
        assert_eq!(reply.lines, ["x", "SIZE 1000", "AUTH PLAIN"]);
    }

    #[tokio::test]
    async fn a_code_alone_and_a_bare_line_feed_are_taken() {
        assert_eq!(read(b"250\n").await.unwrap().code, 250);
    }

    #[tokio::test]
    async fn control_characters_never_leave_the_reader() {
        let reply = read(b"220 \0\x1b[31m\x07\xff\r\n").await.unwrap();
        assert_eq!(reply.text(), "[31m \u{fffd}");
    }

    #[tokio::test]
    async fn garbage_mixed_codes_and_the_end_are_faults() {
        for bytes in [
            &b"hello\r\n"[..],
            b"250-a\r\n550 b\r\n",
            b"250-a\r\n",
            b"220 x",
            b"",
            b"999 x\r\n",
            b"2\r\n",
            b"25\xc3\xa9 x\r\n",
        ] {
            assert!(read(bytes).await.is_err(), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn a_reply_over_64_kib_is_a_fault() {
        assert!(matches!(
            read(&b"220-x\r\n".repeat(20_000)).await,
            Err(Fault::Protocol(_))
        ));
        assert!(matches!(
            read(&[b'2'; 100_000]).await,
            Err(Fault::Protocol(_))
        ));
    }
}
