//! Pictures from the web that a letter shows, fetched on behalf of whoever reads it (R-IMG-1).

use super::{Web, error::chain, visitor::now};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const POLICY: &str = "sandbox; default-src 'none'";

/// `GET /img/{token}`: the picture and nothing else of its server's answer; 403 for a token that is not good (any more),
/// 502 or 504 when there is no such picture. Asks for no cookie: the letter's document has none.
pub async fn show(State(web): State<Web>, Path(token): Path<String>) -> Response {
    let ticket = match web.accounts.picture_ticket(&token, now()).await {
        Ok(Some(ticket)) => ticket,
        Ok(None) => return StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(error = %chain(&error), "the session of a picture cannot be looked up");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let _place = match web.quotas.picture(ticket.session()).await {
        Ok(place) => place,
        Err(error) => return error.into_response(),
    };
    match web.accounts.picture(&ticket).await {
        Ok(picture) => {
            let fixed = [
                (header::CONTENT_TYPE, picture.content_type),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            // The letter's document has an origin of its own, foreign to every other.
            let shared = [("cross-origin-resource-policy", "cross-origin")];
            (fixed, shared, picture.content).into_response()
        }
        Err(error) => {
            // Only the kind of failure: its cause can name the host.
            tracing::info!(%error, "no picture");
            match error.is_late() {
                true => StatusCode::GATEWAY_TIMEOUT.into_response(),
                false => StatusCode::BAD_GATEWAY.into_response(),
            }
        }
    }
}
