//! Reading request bodies: bounded, with an end to patience, and polite to browsers that are still sending when we answer.

mod linger;
mod paced;

pub use linger::linger;
pub use paced::Paced;

use super::error::Error;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use std::time::Duration;

/// Why a body could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the body is over {limit} octets")]
    TooLarge { limit: usize },
    /// Nothing came for as long as we wait.
    #[error("the body stalled")]
    Stalled,
    #[error("the body broke off")]
    Broken(#[source] axum::Error),
}

impl From<BodyError> for Error {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge { limit } => Self::FormTooLarge { limit },
            BodyError::Stalled => Self::Stalled,
            BodyError::Broken(_) => Self::BrokenBody,
        }
    }
}

/// The whole body, at most `limit` octets, never waiting longer than `idle` for the next of them.
pub async fn read(mut body: Body, limit: usize, idle: Duration) -> Result<Bytes, BodyError> {
    let mut whole = BytesMut::new();
    loop {
        let frame = match tokio::time::timeout(idle, body.frame()).await {
            Err(_) => return Err(BodyError::Stalled),
            Ok(None) => return Ok(whole.freeze()),
            Ok(Some(frame)) => frame.map_err(BodyError::Broken)?,
        };
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limit {
                return Err(BodyError::TooLarge { limit });
            }
            whole.extend_from_slice(&data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_passes() {
        assert_eq!(
            read(Body::from("abcd"), 4, Duration::from_secs(1))
                .await
                .unwrap(),
            "abcd"
        );
        assert!(matches!(
            read(Body::from("abcde"), 4, Duration::from_secs(1)).await,
            Err(BodyError::TooLarge { limit: 4 })
        ));
    }

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let silent =
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert!(matches!(
            read(silent, 4, Duration::from_millis(20)).await,
            Err(BodyError::Stalled)
        ));
    }
}
