//! A socket that ends when its other side makes no progress.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// Length of the text by which HTTP/2 begins (RFC 9113 §3.4). Until so many octets have come hyper-util
/// waits to learn the version, and no deadline of hyper runs yet.
const PREFACE: usize = 24;

/// Longest wait for an answer to begin, or to go on, once the other side sends no more.
const HALF_CLOSED: Duration = Duration::from_secs(5);

/// Reading fails when the first octets are late, writing when nothing is taken for a while.
///
/// The end of what the other side sends (`shutdown(SHUT_WR)`, or it is gone: TCP cannot tell) is passed on late, for hyper
/// drops the requests under way when it learns of it. Its `half_close` would never drop them: a search that nobody waits
/// for any more would keep its IMAP connection for minutes.
pub struct Paced<S> {
    stream: S,
    read: usize,
    first: Pin<Box<Sleep>>,
    stalled: Pin<Box<Sleep>>,
    stalling: bool,
    answer_idle: Duration,
    /// Set with the end of the input: when it is passed on. Put off by every write that makes progress.
    ended: Option<Pin<Box<Sleep>>>,
    half_closed: Duration,
}

impl<S> Paced<S> {
    /// `first`: until the first 24 octets have come. `answer_idle`: for each write to make progress.
    pub fn new(stream: S, first: Duration, answer_idle: Duration) -> Self {
        Self {
            stream,
            read: 0,
            first: Box::pin(tokio::time::sleep(first)),
            stalled: Box::pin(tokio::time::sleep(answer_idle)),
            stalling: false,
            answer_idle,
            ended: None,
            half_closed: HALF_CLOSED.min(answer_idle),
        }
    }

    fn progress<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalling = false;
            if let Some(ended) = &mut self.ended {
                ended.as_mut().reset(Instant::now() + self.half_closed);
            }
            return written;
        }
        if !self.stalling {
            self.stalling = true;
            self.stalled
                .as_mut()
                .reset(Instant::now() + self.answer_idle);
        }
        ready!(self.stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(ended) = &mut this.ended {
            return ended.as_mut().poll(context).map(Ok);
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let end = matches!(read, Poll::Ready(Ok(()))) && buffer.filled().len() == before;
        if end && this.read > 0 && buffer.remaining() > 0 {
            let ended = this
                .ended
                .insert(Box::pin(tokio::time::sleep(this.half_closed)));
            return ended.as_mut().poll(context).map(Ok);
        }
        if this.read >= PREFACE {
            return read;
        }
        if read.is_pending() && this.first.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        this.read += buffer.filled().len() - before;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.progress(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.progress(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        this.progress(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let closed = Pin::new(&mut this.stream).poll_shutdown(context);
        this.progress(context, closed)
    }
}
