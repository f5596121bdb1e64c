use super::{Error, ErrorPage, Failure, Fault};
use crate::{
    mail::Theme,
    web::{
        Web,
        layout::{Current, Layout, View},
        page::Page,
        sign_in::SignInPage,
        trace::RequestId,
        visitor::{Visitor, layout_for, locale, now},
    },
};
use axum::{
    extract::{Request, State},
    http::{Method, Uri},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The one place where a failure becomes a page, in the visitor's language, with the request's id and a way on. What a handler set
/// beside it (Retry-After) is kept.
pub async fn present(State(web): State<Web>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let uri = request.uri().clone();
    let anonymous = layout_for(
        web.site.clone(),
        locale(None, request.headers()),
        Theme::Auto,
        now(),
    );
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|RequestId(id)| id.clone())
        .unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    error.log();
    let visitor = response.extensions_mut().remove::<Visitor>();
    let again = (method == Method::GET).then(|| {
        web.public_url
            .path(uri.path_and_query().map_or("/", |path| path.as_str()))
    });
    let page = if matches!(*error, Error::TwoSessions) || error.is_signed_out() {
        let layout = visitor.map_or(anonymous, |visitor| visitor.layout_alone());
        let next = again.unwrap_or_else(|| web.public_url.path(&page_of(&uri)));
        Page::with_status(error.status(), SignInPage::again(layout, next)).into_response()
    } else {
        let layout = frame(visitor, anonymous, &error).await;
        Page::with_status(
            error.status(),
            ErrorPage {
                layout,
                fault: error.fault(),
                request_id: id,
                again,
            },
        )
        .into_response()
    };
    let (mut parts, body) = page.into_parts();
    parts.headers.extend(
        response
            .headers_mut()
            .drain()
            .filter_map(|(name, value)| Some((name?, value)))
            .filter(|(name, _)| *name != axum::http::header::CONTENT_LENGTH),
    );
    parts
        .extensions
        .extend(std::mem::take(response.extensions_mut()));
    Response::from_parts(parts, body)
}

/// Beside the sidebar where somebody is signed in and the mail server can be asked.
async fn frame(visitor: Option<Visitor>, anonymous: Layout, error: &Error) -> Layout {
    let Some(visitor) = visitor else {
        return anonymous;
    };
    let Some(signed_in) = visitor.signed_in() else {
        return visitor.layout_alone();
    };
    let folders = match error.fault() {
        Fault::NoSuchPage
        | Fault::NoSuchMailbox
        | Fault::NoSuchMessage
        | Fault::NoSuchDraft
        | Fault::MailboxChanged => signed_in.folders_or_none().await,
        _ => Ok(Vec::new()),
    };
    let layout = match folders {
        Ok(folders) => {
            signed_in
                .layout(View::Page, Current::Nothing, folders)
                .await
        }
        Err(error) => Err(error),
    };
    layout.unwrap_or_else(|error| {
        // The page about the first failure is worth more than its frame.
        error.log();
        visitor.layout_alone()
    })
}

/// The page that a form of ours stands on, by the address it posts to.
fn page_of(uri: &Uri) -> String {
    let mut segments = uri.path().split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some(kind @ ("compose" | "mailbox")), Some(name)) => format!("/{kind}/{name}"),
        (Some(kind @ ("outbox" | "settings")), _) => format!("/{kind}"),
        _ => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_page() {
        for (path, page) in [
            ("/compose/abc/attachments/3/remove", "/compose/abc"),
            ("/mailbox/INBOX%2FRoof/actions", "/mailbox/INBOX%2FRoof"),
            ("/outbox/abc/retry", "/outbox"),
            ("/settings/devices/1/revoke", "/settings"),
            ("/logout", "/"),
        ] {
            assert_eq!(page_of(&Uri::from_static(path)), page);
        }
    }
}
