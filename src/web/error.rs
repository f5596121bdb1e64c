//! Pages for what went wrong: what happened, what is kept, what to do.

mod present;

pub use present::present;

use super::layout::Layout;
use crate::mail;
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};

/// What went wrong, in the visitor's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400
    BadRequest,
    /// 408: the request stopped coming.
    Stalled,
    /// 415
    UnsupportedForm,
    /// 403: a form or request from another site.
    ForeignSite,
    /// 404: no such page.
    NoSuchPage,
    /// 404
    NoSuchMailbox,
    /// 404
    NoSuchMessage,
    /// 404
    NoSuchDraft,
    /// 405
    WrongMethod,
    /// 409: a message that ended the process once; only its source is shown.
    EndedProcess,
    /// 410: UIDVALIDITY changed.
    MailboxChanged,
    /// 413: octets
    TooLarge { limit: u64 },
    /// 421: the host asked for is not the public one.
    WrongHost,
    /// 429: seconds
    TooMany { retry_after: u32 },
    /// 500
    Broken,
    /// 502: the mail server's words, cleaned
    Refused { reason: String },
    /// 502
    Unavailable,
    /// 503
    Busy,
    /// 504
    TimedOut,
    /// 507
    OverQuota,
}

impl Fault {
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Stalled => 408,
            Self::UnsupportedForm => 415,
            Self::ForeignSite => 403,
            Self::NoSuchPage | Self::NoSuchMailbox | Self::NoSuchMessage | Self::NoSuchDraft => 404,
            Self::WrongMethod => 405,
            Self::EndedProcess => 409,
            Self::MailboxChanged => 410,
            Self::TooLarge { .. } => 413,
            Self::WrongHost => 421,
            Self::TooMany { .. } => 429,
            Self::Broken => 500,
            Self::Refused { .. } | Self::Unavailable => 502,
            Self::Busy => 503,
            Self::TimedOut => 504,
            Self::OverQuota => 507,
        }
    }

    /// Stem of the text keys: `error-{stem}` is the title, `error-{stem}-text` the rest.
    fn stem(&self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Stalled => "stalled",
            Self::UnsupportedForm => "unsupported-form",
            Self::ForeignSite => "foreign-site",
            Self::NoSuchPage => "no-page",
            Self::NoSuchMailbox => "no-mailbox",
            Self::NoSuchMessage => "no-message",
            Self::NoSuchDraft => "no-draft",
            Self::WrongMethod => "wrong-method",
            Self::EndedProcess => "ended-process",
            Self::MailboxChanged => "mailbox-changed",
            Self::TooLarge { .. } => "too-large",
            Self::WrongHost => "wrong-host",
            Self::TooMany { .. } => "too-many",
            Self::Broken => "broken",
            Self::Refused { .. } => "refused",
            Self::Unavailable => "unavailable",
            Self::Busy => "busy",
            Self::TimedOut => "timed-out",
            Self::OverQuota => "over-quota",
        }
    }
}

/// Any answer that is an error and no form.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// `View::Page` beside a sidebar, `View::Alone` without one.
    pub layout: Layout,
    pub fault: Fault,
    /// For the administrator; shown small.
    pub request_id: String,
    /// The address that was asked for, where asking again may help (GET only).
    pub again: Option<String>,
}

impl ErrorPage {
    pub fn title(&self) -> String {
        self.layout.t(&format!("error-{}", self.fault.stem()))
    }

    pub fn text(&self) -> String {
        let layout = &self.layout;
        let key = format!("error-{}-text", self.fault.stem());
        match &self.fault {
            Fault::TooLarge { limit } => layout.t_x(&key, layout.size(limit)),
            Fault::WrongHost => layout.t_with(&key, &[("host", layout.site.host().to_owned())]),
            Fault::TooMany { retry_after } => layout.t_n(&key, *retry_after),
            Fault::Refused { reason } => layout.t_x(&key, reason),
            _ => layout.t(&key),
        }
    }

    /// Trying again may help.
    pub fn can_retry(&self) -> bool {
        matches!(
            self.fault,
            Fault::TooMany { .. }
                | Fault::Broken
                | Fault::Refused { .. }
                | Fault::Unavailable
                | Fault::Busy
                | Fault::TimedOut
        ) && self.again.is_some()
    }

    /// Whoever runs the server can do something about it, and finds it in the log by the id.
    pub fn is_for_administrator(&self) -> bool {
        self.fault.status() >= 500 || matches!(self.fault, Fault::WrongHost | Fault::ForeignSite)
    }

    /// Searching for it may help.
    pub fn can_search(&self) -> bool {
        matches!(self.fault, Fault::NoSuchMessage | Fault::MailboxChanged)
            && self.layout.sidebar.is_some()
    }

    /// Seconds that the page waits before it may be asked again; zero for none.
    pub fn wait(&self) -> u32 {
        match self.fault {
            Fault::TooMany { retry_after } => retry_after,
            _ => 0,
        }
    }
}

/// Why a request has no page of its own. A handler returns it, `present` shows it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such page")]
    NoSuchPage,
    #[error("this address takes another method")]
    WrongMethod,
    #[error("another host was asked for")]
    Misdirected,
    #[error("a request from another site")]
    CrossSite,
    #[error("two session cookies")]
    TwoSessions,
    /// What came is no form that a page of ours sends.
    #[error("not one of our forms")]
    BadForm,
    #[error("a body that is no form")]
    UnsupportedForm,
    #[error("the request broke off")]
    BrokenBody,
    #[error("the request stalled")]
    Stalled,
    #[error("a form over {limit} octets")]
    FormTooLarge { limit: usize },
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    #[error(transparent)]
    Mail(#[from] mail::Error),
    #[error("the session cannot be read or written")]
    Session(#[from] tower_sessions::session::Error),
    #[error("a page cannot be rendered")]
    Page(#[source] askama::Error),
    #[error("a handler stands outside the layers it needs")]
    Misassembled,
    #[error("a task panicked")]
    Panicked(#[source] tokio::task::JoinError),
}

/// Extension of a response that `present` still has to give a page.
#[derive(Clone, Debug)]
pub struct Failure(pub Arc<Error>);

impl Error {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TwoSessions | Self::Mail(mail::Error::SignedOut) => StatusCode::UNAUTHORIZED,
            _ => StatusCode::from_u16(self.fault().status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// What the page says. The host that was asked for is never repeated: it is whatever a stranger wrote.
    fn fault(&self) -> Fault {
        match self {
            Self::NoSuchPage => Fault::NoSuchPage,
            Self::WrongMethod => Fault::WrongMethod,
            Self::Misdirected => Fault::WrongHost,
            Self::CrossSite => Fault::ForeignSite,
            Self::TwoSessions | Self::BadForm | Self::BrokenBody => Fault::BadRequest,
            Self::UnsupportedForm => Fault::UnsupportedForm,
            Self::Stalled => Fault::Stalled,
            Self::FormTooLarge { limit } => Fault::TooLarge {
                limit: *limit as u64,
            },
            Self::TooMany { retry_after } => Fault::TooMany {
                retry_after: seconds(*retry_after),
            },
            Self::Mail(error) => mail_fault(error),
            Self::Session(_) | Self::Page(_) | Self::Misassembled | Self::Panicked(_) => {
                Fault::Broken
            }
        }
    }

    /// The mail server no longer takes the password: the session is over.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Mail(mail::Error::SignedOut))
    }

    /// What was written is safe, but the mail server is in trouble: a form can be shown again with the reason.
    pub fn is_mail_trouble(&self) -> bool {
        matches!(
            self,
            Self::Mail(
                mail::Error::Unavailable(_)
                    | mail::Error::TimedOut
                    | mail::Error::Busy
                    | mail::Error::Refused(_)
                    | mail::Error::OverQuota
            )
        )
    }

    /// Title and text of the page, as one sentence for a banner.
    pub fn sentence(&self, layout: &Layout) -> String {
        let page = ErrorPage {
            layout: layout.clone(),
            fault: self.fault(),
            request_id: String::new(),
            again: None,
        };
        format!("{} {}", page.title(), page.text())
    }

    /// For the log: faults of ours loudly, trouble of the mail server as a warning, the rest quietly.
    pub fn log(&self) {
        let error = chain(self);
        match self.status().as_u16() {
            500 => tracing::error!(%error, "failed"),
            501.. => tracing::warn!(%error, "failed"),
            _ => tracing::info!(%error, "refused"),
        }
    }
}

fn mail_fault(error: &mail::Error) -> Fault {
    match error {
        mail::Error::NoSuchMailbox => Fault::NoSuchMailbox,
        mail::Error::NoSuchMessage => Fault::NoSuchMessage,
        mail::Error::MailboxChanged => Fault::MailboxChanged,
        mail::Error::NoSuchDraft => Fault::NoSuchDraft,
        mail::Error::EndedProcess => Fault::EndedProcess,
        mail::Error::OverQuota => Fault::OverQuota,
        mail::Error::TooLarge { limit } => Fault::TooLarge { limit: *limit },
        mail::Error::Refused(reason) => Fault::Refused {
            reason: super::fields::line(reason),
        },
        mail::Error::SignedOut | mail::Error::Unavailable(_) => Fault::Unavailable,
        mail::Error::TimedOut => Fault::TimedOut,
        mail::Error::Busy => Fault::Busy,
        mail::Error::Store(_) => Fault::Broken,
    }
}

/// Whole seconds, rounded up, at least one.
pub fn seconds(time: Duration) -> u32 {
    let rounded = time.as_secs() + u64::from(time.subsec_nanos() > 0 || time.is_zero());
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let wait = match &self {
            Self::TooMany { retry_after } => Some(seconds(*retry_after)),
            Self::Mail(mail::Error::Busy) => Some(5),
            _ => None,
        };
        if let Some(wait) = wait {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

/// An error and its causes on one line. Servers like to repeat addresses; those are left out.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line.split_whitespace()
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_status() {
        for (error, status) in [
            (Error::from(mail::Error::NoSuchMessage), 404),
            (mail::Error::MailboxChanged.into(), 410),
            (mail::Error::TooLarge { limit: 1 }.into(), 413),
            (mail::Error::SignedOut.into(), 401),
            (mail::Error::Unavailable("down".into()).into(), 502),
            (mail::Error::TimedOut.into(), 504),
            (
                Error::TooMany {
                    retry_after: Duration::from_millis(1),
                },
                429,
            ),
            (Error::Stalled, 408),
            (Error::UnsupportedForm, 415),
            (Error::Misdirected, 421),
            (Error::CrossSite, 403),
            (Error::Misassembled, 500),
        ] {
            assert_eq!(error.status().as_u16(), status, "{error}");
        }
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        let response = Error::TooMany {
            retry_after: Duration::from_millis(1_200),
        }
        .into_response();
        assert_eq!(response.headers()["retry-after"], "2");
    }

    #[test]
    fn the_log_holds_no_address() {
        let error = mail::Error::Refused("quota of\r\n ana@example.org exceeded".into());
        assert_eq!(
            chain(&error),
            "the mail server refused: quota of … exceeded"
        );
    }
}
