use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep};

/// How long, in all and without a byte, and how much we go on reading after an early answer.
const TIME: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(5);
const OCTETS: u64 = 64 << 20;

/// An answer that comes before the body was read (413 above all) would reset the connection, and the browser would show its own
/// error page instead of ours. So the answer goes out at once, and the rest of the body is read and thrown away, within bounds,
/// before the connection is closed: lingering close.
pub async fn linger(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let version = request.version();
    let (parts, body) = request.into_parts();
    let shared = Shared(Arc::new(Mutex::new(Source { body, ended: false })));
    let mut response = next
        .run(Request::from_parts(parts, Body::new(shared.clone())))
        .await;
    if shared.lock().ended {
        return response;
    }
    if version < Version::HTTP_2 {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    // The length must not be told, or the connection ends with the last octet of the answer.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.map(|answer| {
        Body::new(Lingering {
            answer: Some(answer),
            rest: shared,
            drained: 0,
            end: Box::pin(tokio::time::sleep(TIME)),
            silence: Box::pin(tokio::time::sleep(SILENCE)),
        })
    })
}

struct Source {
    body: Body,
    ended: bool,
}

/// The request's body, held by the handler that reads it and by the layer that reads what the handler left.
#[derive(Clone)]
struct Shared(Arc<Mutex<Source>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Source> {
        // Polling the body is all that is ever done under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut source = self.lock();
        let polled = Pin::new(&mut source.body).poll_frame(cx);
        source.ended = match &polled {
            Poll::Ready(None | Some(Err(_))) => true,
            _ => source.body.is_end_stream(),
        };
        polled
    }
}

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.lock().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().body.size_hint()
    }
}

/// The answer, and after its last octet the end of the request.
struct Lingering {
    answer: Option<Body>,
    rest: Shared,
    drained: u64,
    end: Pin<Box<Sleep>>,
    silence: Pin<Box<Sleep>>,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(answer) = &mut self.answer {
            match Pin::new(answer).poll_frame(cx) {
                Poll::Ready(None) => self.answer = None,
                other => return other,
            }
        }
        loop {
            if self.drained > OCTETS
                || self.end.as_mut().poll(cx).is_ready()
                || self.silence.as_mut().poll(cx).is_ready()
            {
                return Poll::Ready(None);
            }
            match self.rest.poll(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    self.drained += frame.data_ref().map_or(0, |data| data.len() as u64);
                    let next = Instant::now() + SILENCE;
                    self.silence.as_mut().reset(next);
                }
                // The answer is complete either way; how the request ended changes nothing.
                Poll::Ready(None | Some(Err(_))) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, middleware::from_fn, routing::post};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    #[tokio::test]
    async fn the_rest_of_a_body_is_read_after_an_early_answer() {
        let app = Router::new()
            .route("/", post(|| async { "early" }))
            .layer(from_fn(linger));
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
        let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|item| (item, receiver))
        });
        let request = Request::post("/").body(Body::from_stream(stream)).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.headers()["connection"], "close");
        let sending = async {
            for _ in 0..100 {
                sender
                    .send(Ok(Bytes::from_static(&[0; 1024])))
                    .await
                    .unwrap();
            }
            drop(sender);
        };
        let (body, ()) = tokio::join!(response.into_body().collect(), sending);
        assert_eq!(body.unwrap().to_bytes(), "early");
    }

    #[tokio::test]
    async fn a_body_that_was_read_changes_nothing() {
        let app = Router::new()
            .route("/", post(|body: Bytes| async move { body }))
            .layer(from_fn(linger));
        let response = app
            .oneshot(Request::post("/").body(Body::from("text")).unwrap())
            .await
            .unwrap();
        assert!(!response.headers().contains_key("connection"));
        assert_eq!(
            response.into_body().collect().await.unwrap().to_bytes(),
            "text"
        );
    }
}
