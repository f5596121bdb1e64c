//! Signing in, also in the middle of something.

use super::{
    PublicUrl, Web,
    error::{Error, seconds},
    extract::Query,
    fields::Fields,
    layout::{Layout, Site},
    page::Page,
    security::Client,
    session,
    upload::{FilesError, Upload},
    visitor::{Visitor, layout_for, locale, now},
};
use crate::mail::{self, Credentials, MailboxName, SignInError, Theme};
use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;

/// Why the form is shown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// 401
    Refused,
    /// 429; seconds to wait
    TooMany { retry_after: u32 },
    /// 502
    Unavailable,
    /// 504
    TimedOut,
}

/// A POST that met an expired session: what it carried, to be sent again after signing in.
#[derive(Clone, Debug, Default)]
pub struct Interrupted {
    /// The path that the POST went to, as the browser sees it.
    pub path: String,
    /// Its text fields in order, in their own names.
    pub fields: Vec<(String, String)>,
    /// Names of files that have to be chosen again.
    pub files: Vec<String>,
}

/// `GET`, `POST /login`, and the 401 answer to any POST without a session.
///
/// The form posts `email`, `password`, optional `remember` and `next`. With `interrupted` it also posts the carried fields in their own names and
/// `repeat`, the path to repeat the POST to: a 307 to that path makes the browser send all of it there.
#[derive(Template)]
#[template(path = "sign_in/sign_in.html")]
pub struct SignInPage {
    pub layout: Layout,
    pub email: String,
    pub remember: bool,
    /// Path to go to afterwards, as the browser sees it.
    pub next: Option<String>,
    pub problem: Option<SignInProblem>,
    pub interrupted: Option<Interrupted>,
}

impl SignInPage {
    pub fn problem_text(&self) -> Option<String> {
        Some(match self.problem.as_ref()? {
            SignInProblem::Refused => self.layout.t("sign-in-refused"),
            SignInProblem::TooMany { retry_after } => {
                self.layout.t_n("sign-in-too-many", *retry_after)
            }
            SignInProblem::Unavailable => self.layout.t("sign-in-unavailable"),
            SignInProblem::TimedOut => self.layout.t("sign-in-timed-out"),
        })
    }

    /// The problem is the password, and is said under it.
    pub fn refused(&self) -> bool {
        self.problem == Some(SignInProblem::Refused)
    }

    /// Seconds that the button waits; zero for none.
    pub fn wait(&self) -> u32 {
        match self.problem {
            Some(SignInProblem::TooMany { retry_after }) => retry_after,
            _ => 0,
        }
    }

    pub fn files_to_choose(&self) -> Option<String> {
        let files = &self.interrupted.as_ref()?.files;
        (!files.is_empty()).then(|| files.join(", "))
    }
}

/// A link from another site (R-HDR-4): reads nothing, refreshes to the same path from here.
#[derive(Template)]
#[template(path = "sign_in/pass_on.html")]
pub struct PassOnPage {
    pub layout: Layout,
    /// Where to go, with the sub-path of the public URL.
    pub target: String,
}

/// Octets of a sign-in that carries no interrupted form.
const SMALL: u64 = 64 << 10;

impl SignInPage {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            email: String::new(),
            remember: false,
            next: None,
            problem: None,
            interrupted: None,
        }
    }

    /// Asks again and leads back to where one was.
    pub fn again(layout: Layout, next: String) -> Self {
        Self {
            next: Some(next),
            ..Self::new(layout)
        }
    }
}

/// `GET /login`
pub async fn show(State(web): State<Web>, visitor: Visitor, query: Query) -> Response {
    let next = query
        .get("next")
        .and_then(|next| web.public_url.destination(next));
    if visitor.is_signed_in() {
        return Redirect::to(&next.unwrap_or_else(|| visitor.layout_alone().inbox_url()))
            .into_response();
    }
    Page::new(SignInPage {
        next,
        ..SignInPage::new(visitor.layout_alone())
    })
    .into_response()
}

/// `POST /login`
pub async fn sign_in(
    State(web): State<Web>,
    visitor: Visitor,
    Extension(Client(client)): Extension<Client>,
    request: Request,
) -> Result<Response, Error> {
    let device = session::device_label(header_text(request.headers(), header::USER_AGENT));
    let (fields, _) = carried(&web, request).await?;
    let mut form = Form::of(fields, &web.public_url);
    // Kept with the session, so only where it is needed.
    form.credentials.client = web.config.forward_client_ip.then_some(client);
    match web
        .accounts
        .sign_in(form.credentials.clone(), client, visitor.now)
        .await
    {
        Ok(account) => {
            let remember = form
                .remember
                .then_some(web.config.limits.session_remembered);
            session::begin(
                &visitor.session,
                &account,
                &form.credentials,
                &device,
                remember,
                visitor.now,
            )
            .await?;
            Ok(form.onward(&visitor, &web.public_url))
        }
        Err(SignInError::Refused | SignInError::Mail(mail::Error::SignedOut)) => {
            Ok(form.again(&visitor, StatusCode::UNAUTHORIZED, SignInProblem::Refused))
        }
        Err(SignInError::TooMany { retry_after }) => {
            let retry_after = seconds(retry_after);
            let mut response = form.again(
                &visitor,
                StatusCode::TOO_MANY_REQUESTS,
                SignInProblem::TooMany { retry_after },
            );
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            Ok(response)
        }
        Err(SignInError::Mail(error @ mail::Error::Store(_))) => Err(error.into()),
        Err(SignInError::Mail(error)) => {
            let timed_out = matches!(error, mail::Error::TimedOut | mail::Error::Busy);
            Error::Mail(error).log();
            Ok(if timed_out {
                form.again(
                    &visitor,
                    StatusCode::GATEWAY_TIMEOUT,
                    SignInProblem::TimedOut,
                )
            } else {
                form.again(
                    &visitor,
                    StatusCode::BAD_GATEWAY,
                    SignInProblem::Unavailable,
                )
            })
        }
    }
}

/// What the sign-in form says.
struct Form {
    credentials: Credentials,
    remember: bool,
    next: Option<String>,
    interrupted: Option<Interrupted>,
}

impl Form {
    fn of(fields: Fields, public_url: &PublicUrl) -> Self {
        let email = fields.line("email").unwrap_or_default();
        let password = SecretString::from(fields.secret("password").unwrap_or_default());
        let repeat = fields
            .raw("repeat")
            .filter(|path| public_url.destination(path).is_some())
            .map(str::to_owned);
        let next = match repeat {
            Some(_) => None,
            None => fields
                .raw("next")
                .and_then(|next| public_url.destination(next)),
        };
        let interrupted = repeat.map(|path| {
            let own = ["email", "password", "remember", "repeat"];
            let fields = fields
                .iter()
                .filter(|(name, _)| !own.contains(name))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            Interrupted {
                path,
                fields,
                files: Vec::new(),
            }
        });
        Self {
            credentials: Credentials {
                email,
                password,
                client: None,
            },
            remember: fields.has("remember"),
            next,
            interrupted,
        }
    }

    /// Where the signed-in person goes: on with the POST that was interrupted (307 sends the same form there), to `next`, or to the inbox.
    fn onward(self, visitor: &Visitor, public_url: &PublicUrl) -> Response {
        match self
            .interrupted
            .and_then(|interrupted| public_url.destination(&interrupted.path))
        {
            Some(target) => Redirect::temporary(&target).into_response(),
            None => Redirect::to(
                &self
                    .next
                    .unwrap_or_else(|| visitor.layout_alone().inbox_url()),
            )
            .into_response(),
        }
    }

    fn again(self, visitor: &Visitor, status: StatusCode, problem: SignInProblem) -> Response {
        let page = SignInPage {
            layout: visitor.layout_alone(),
            email: self.credentials.email,
            remember: self.remember,
            next: self.next,
            problem: Some(problem),
            interrupted: self.interrupted,
        };
        Page::with_status(status, page).into_response()
    }
}

/// `POST /logout`
pub async fn sign_out(State(web): State<Web>, visitor: Visitor) -> Result<Response, Error> {
    visitor.session.flush().await?;
    let clear = [("clear-site-data", "\"cache\", \"storage\"")];
    Ok((clear, Redirect::to(&web.public_url.path("/login"))).into_response())
}

/// `GET /`
pub async fn home(visitor: Visitor) -> Redirect {
    let layout = visitor.layout_alone();
    Redirect::to(&if visitor.is_signed_in() {
        layout.mailbox_url(&MailboxName::inbox())
    } else {
        layout.url("/login")
    })
}

/// In front of every page that needs an account. Without one: a page sends to sign in and comes back; a form gets a sign-in page
/// (401) that carries its fields; so does a script, which would not notice that it was sent elsewhere.
pub async fn required(
    State(web): State<Web>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if let Some(session) = visitor.session_id().filter(|_| visitor.is_signed_in()) {
        let _place = web.quotas.place(session).await?;
        return Ok(next.run(request).await);
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let (fields, files) = carried(&web, request).await?;
        let fields = fields
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let interrupted = Some(Interrupted {
            path,
            fields,
            files,
        });
        let page = SignInPage {
            interrupted,
            ..SignInPage::new(visitor.layout_alone())
        };
        return Ok(Page::with_status(StatusCode::UNAUTHORIZED, page).into_response());
    }
    let next = web.public_url.path(&path);
    if header_text(request.headers(), "sec-fetch-dest") == "empty" {
        return Ok(Page::with_status(
            StatusCode::UNAUTHORIZED,
            SignInPage::again(visitor.layout_alone(), next),
        )
        .into_response());
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", &next)
        .finish();
    Ok(Redirect::to(&web.public_url.path(&format!("/login?{query}"))).into_response())
}

/// The fields of a form from somebody who is not signed in, and the names of its files, which have to be chosen again. Large ones
/// are read a few at a time: nobody has proved anything yet.
async fn carried(web: &Web, request: Request) -> Result<(Fields, Vec<String>), Error> {
    let length = header_text(request.headers(), header::CONTENT_LENGTH)
        .parse()
        .unwrap_or(u64::MAX);
    let _place = if length > SMALL {
        let client = request.extensions().get().copied();
        let client = client.ok_or(Error::Misassembled)?;
        Some(web.quotas.stranger(client).await?)
    } else {
        None
    };
    let mut upload = Upload::begin(request, &web.config.limits)?;
    upload.text_fields().await?;
    let files = match upload.files().await {
        Ok(files) => files.into_iter().map(|file| file.filename).collect(),
        Err(FilesError::TooLarge { filename, .. }) => vec![filename],
        Err(FilesError::Other(error)) => return Err(error),
    };
    Ok((upload.into_fields(), files))
}

fn header_text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The answer to a link from another site: reads nothing, leads on from here.
pub fn pass_on(site: &Site, headers: &HeaderMap, target: String) -> Response {
    let layout = layout_for(site.clone(), locale(None, headers), Theme::Auto, now());
    Page::new(PassOnPage { layout, target }).into_response()
}
