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

/// Reading fails when the first octets are late, writing when nothing is taken for a while.
pub struct Paced<S> {
    stream: S,
    read: usize,
    first: Pin<Box<Sleep>>,
    stalled: Pin<Box<Sleep>>,
    stalling: bool,
    answer_idle: Duration,
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
        }
    }

    fn progress<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalling = false;
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
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
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
