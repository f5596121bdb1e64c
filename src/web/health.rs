//! For supervisors: `/healthz` tells that the process answers, `/readyz` that the database takes writes. Neither asks IMAP.

use super::Web;
use axum::{extract::State, http::StatusCode};

pub async fn healthz() -> &'static str {
    "ok\n"
}

pub async fn readyz(State(web): State<Web>) -> (StatusCode, &'static str) {
    if web.accounts.ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database takes no writes\n",
        )
    }
}
