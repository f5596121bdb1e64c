//! What stands between the socket and the handlers: who may ask (SECURITY.md §3), and what every answer carries.

mod client;
mod fetch_metadata;
mod headers;
mod host;

pub use client::Client;
pub use fetch_metadata::{files_only, foreign_navigation, frames_only, same_origin};
pub use headers::{FrameAllowed, headers};
pub use host::{RequestOrigin, known_host};
