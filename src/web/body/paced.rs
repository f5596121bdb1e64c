use super::BodyError;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures_util::Stream;
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep};

/// A body as the stream that multer reads. multer takes all that is ready into its buffer before it looks at it, so this stream is
/// never ready twice in a row, and it fails once more than `ahead` octets were given that nobody has used: a header without an end.
pub struct Paced {
    body: Body,
    idle: Duration,
    deadline: Pin<Box<Sleep>>,
    rest: bool,
    given: u64,
    used: Arc<AtomicU64>,
    ahead: u64,
}

impl Paced {
    /// `used`: octets of content that the reader has taken out of the parser so far.
    pub fn new(body: Body, idle: Duration, ahead: u64, used: Arc<AtomicU64>) -> Self {
        Self {
            body,
            idle,
            deadline: Box::pin(tokio::time::sleep(idle)),
            rest: false,
            given: 0,
            used,
            ahead,
        }
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rest) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                return self
                    .deadline
                    .as_mut()
                    .poll(cx)
                    .map(|()| Some(Err(BodyError::Stalled)));
            };
            let frame = match frame {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(BodyError::Broken(error)))),
                Some(Ok(frame)) => frame,
            };
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let next = Instant::now() + self.idle;
            self.deadline.as_mut().reset(next);
            self.rest = true;
            self.given += data.len() as u64;
            if self.given.saturating_sub(self.used.load(Ordering::Relaxed)) > self.ahead {
                return Poll::Ready(Some(Err(BodyError::TooLarge {
                    limit: usize::try_from(self.ahead).unwrap_or(usize::MAX),
                })));
            }
            return Poll::Ready(Some(Ok(data)));
        }
    }
}
