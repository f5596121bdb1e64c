//! HTTP for browsers: the routing table and the layers around it. What a page is stands in its file.

mod assets;
mod body;
mod compose;
mod error;
mod extract;
mod fields;
mod folders;
mod health;
mod layout;
mod mailbox;
mod message;
mod outbox;
mod page;
mod pictures;
mod public_url;
mod quotas;
mod search;
mod security;
mod session;
mod settings;
mod sign_in;
mod trace;
mod upload;
mod visitor;

use crate::{config::Config, mail::Accounts, tasks::Tasks};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::{Extensions, HeaderMap, StatusCode, Version, header},
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use error::Error;
use public_url::PublicUrl;
use quotas::Quotas;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_sessions::SessionStore;

/// What handlers and layers share.
#[derive(Clone)]
struct Web {
    config: Arc<Config>,
    accounts: Accounts,
    public_url: Arc<PublicUrl>,
    site: layout::Site,
    quotas: Arc<Quotas>,
    tasks: Tasks,
}

impl FromRef<Web> for Arc<PublicUrl> {
    fn from_ref(web: &Web) -> Self {
        Self::clone(&web.public_url)
    }
}

/// The whole application. The caller puts `ConnectInfo<SocketAddr>` into the extensions of each request; without it all browsers
/// share one address for the sign-in limits.
pub fn router<S: SessionStore + Clone>(
    config: Arc<Config>,
    accounts: Accounts,
    sessions: S,
    tasks: Tasks,
) -> Router {
    let web = Web {
        public_url: Arc::new(PublicUrl::new(&config.public_url)),
        site: layout::Site::new(&config.public_url),
        quotas: Arc::new(Quotas::new(&config.limits)),
        config,
        accounts,
        tasks,
    };
    let session = session::layer(sessions, &web.public_url);
    let pages = routes(&web)
        .layer(from_fn_with_state(web.clone(), visitor::visitor))
        .layer(session)
        .layer(from_fn_with_state(web.clone(), session::cookie_rules));
    let everything = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/assets/{version}/{*path}", get(assets::serve))
        .route("/img/{token}", get(pictures::show))
        .route_layer(from_fn(trace::record_route))
        .merge(pages)
        .layer(from_fn_with_state(web.clone(), security::same_origin))
        .layer(from_fn_with_state(web.clone(), security::known_host))
        .layer(from_fn_with_state(web.clone(), error::present))
        .layer(CompressionLayer::new().compress_when(is_page))
        .layer(from_fn(body::linger))
        .layer(from_fn_with_state(web.clone(), security::headers))
        .layer(from_fn_with_state(web.clone(), trace::trace))
        .layer(DefaultBodyLimit::disable())
        .with_state(web.clone());
    public_url::below_base(everything, &web.public_url)
}

/// The routing table of the pages.
fn routes(web: &Web) -> Router<Web> {
    let framed = Router::new()
        .route("/mailbox/{name}/{reference}/body", get(message::body))
        .route(
            "/mailbox/{name}/{reference}/message/{section}/body",
            get(message::attached_body),
        )
        .route_layer(from_fn(security::frames_only));
    let files = Router::new()
        .route(
            "/mailbox/{name}/{reference}/part/{section}",
            get(message::part),
        )
        .route("/mailbox/{name}/{reference}/source", get(message::source))
        .route(
            "/mailbox/{name}/{reference}/files.zip",
            get(message::save_all),
        )
        .route(
            "/mailbox/{name}/{reference}/message/{section}/files.zip",
            get(message::save_all_attached),
        )
        .route_layer(from_fn(security::files_only));
    let mail = Router::new()
        .route("/mailbox/{name}", get(mailbox::show))
        .route("/mailbox/{name}/actions", post(mailbox::act))
        .route("/mailbox/{name}/{reference}", get(message::show))
        .route("/mailbox/{name}/{reference}/print", get(message::print))
        .route(
            "/mailbox/{name}/{reference}/again",
            post(message::try_again),
        )
        .route(
            "/mailbox/{name}/{reference}/pictures",
            post(message::always_show_pictures),
        )
        .route(
            "/mailbox/{name}/{reference}/unsubscribe",
            post(message::unsubscribe),
        )
        .route(
            "/mailbox/{name}/{reference}/unsubscribe/undo",
            post(message::stay_subscribed),
        )
        .route(
            "/mailbox/{name}/{reference}/view",
            post(message::always_view),
        )
        .route(
            "/mailbox/{name}/{reference}/message/{section}",
            get(message::show_attached),
        )
        .route("/folders", get(folders::show))
        .route("/starred", get(mailbox::starred))
        .route("/search", get(search::show))
        .route("/compose", get(compose::fresh))
        .route("/compose/{id}", get(compose::show).post(compose::save))
        .route("/compose/{id}/attachments", post(compose::attach))
        .route(
            "/compose/{id}/attachments/{n}/remove",
            post(compose::remove),
        )
        .route("/compose/{id}/send", post(compose::send))
        .route("/compose/{id}/discard", post(compose::discard))
        .route("/outbox", get(outbox::show))
        .route("/outbox/{id}/retry", post(outbox::retry))
        .route("/outbox/{id}/cancel", post(outbox::cancel))
        .route("/settings", get(settings::show).post(settings::save))
        .route("/settings/senders/forget", post(settings::forget_sender))
        .route("/settings/devices", get(settings::devices))
        .route("/settings/devices/{id}/revoke", post(settings::revoke))
        .merge(framed)
        .merge(files)
        .route_layer(from_fn_with_state(web.clone(), sign_in::required))
        .route_layer(from_fn_with_state(
            web.clone(),
            security::foreign_navigation,
        ));
    Router::new()
        .route("/", get(sign_in::home))
        .route("/login", get(sign_in::show).post(sign_in::sign_in))
        .route("/logout", post(sign_in::sign_out))
        .merge(mail)
        .route_layer(from_fn(trace::record_route))
        .fallback(async || Error::NoSuchPage)
        .method_not_allowed_fallback(async || Error::WrongMethod)
}

/// Pages are compressed; downloads are not.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
