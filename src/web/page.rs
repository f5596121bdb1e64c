//! A page as an answer.

use super::error::Error;
use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use std::time::{Duration, Instant};

/// A page struct that renders itself into the answer, 200 unless said otherwise.
pub struct Page<T>(StatusCode, T);

/// Extension of a response: how long the template took.
#[derive(Clone, Copy, Debug)]
pub struct RenderTime(pub Duration);

impl<T> Page<T> {
    pub fn new(page: T) -> Self {
        Self(StatusCode::OK, page)
    }

    pub fn with_status(status: StatusCode, page: T) -> Self {
        Self(status, page)
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Self(status, page) = self;
        let started = Instant::now();
        match page.render() {
            Ok(html) => {
                let mut response = (status, Html(html)).into_response();
                response
                    .extensions_mut()
                    .insert(RenderTime(started.elapsed()));
                response
            }
            Err(error) => Error::Page(error).into_response(),
        }
    }
}
