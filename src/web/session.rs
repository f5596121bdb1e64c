//! The session cookie and what a session holds (R-SESS-1).

use super::{PublicUrl, error::Error};
use crate::{
    config::Limits,
    mail::{Account, Credentials},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore, cookie::SameSite};

/// Names in a session's data. The store reads the first three itself: whose it is, what the list of devices says, how long it lives.
mod key {
    pub const ACCOUNT: &str = "account";
    pub const DEVICE: &str = "device";
    pub const REMEMBERED: &str = "remembered";
    pub const EMAIL: &str = "email";
    pub const PASSWORD: &str = "password";
    pub const CLIENT: &str = "client";
    pub const SEEN: &str = "seen";
    pub const NOTICE: &str = "notice";
}

/// How long a notice waits for the page that says it, seconds.
const NOTICE_LIFE: i64 = 60;

/// The cookie: `__Host-sid` under https, `sid` on loopback trials; for the browser's session unless the person asked to be kept
/// signed in. How long the session itself lives is decided by its store.
pub fn layer<S: SessionStore>(store: S, public_url: &PublicUrl) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name(public_url.cookie_name())
        .with_secure(public_url.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path(public_url.cookie_path())
        .with_expiry(Expiry::OnSessionEnd)
}

/// Two session cookies mean that somebody else set one of them; neither is believed (401). A cookie that is taken back says
/// Secure as well, or browsers would keep one whose name begins with `__Host-`.
pub async fn cookie_rules(
    State(public_url): State<Arc<PublicUrl>>,
    mut request: Request,
    next: Next,
) -> Response {
    if cookies(request.headers(), public_url.cookie_name()).count() > 1 {
        return Error::TwoSessions.into_response();
    }
    keep_readable_cookies(request.headers_mut());
    let mut response = next.run(request).await;
    if public_url.is_https()
        && let Some(cookie) = response.headers_mut().get_mut(header::SET_COOKIE)
        && let Some(secured) = secured(cookie)
    {
        *cookie = secured;
    }
    response
}

/// The same Set-Cookie with Secure, where it is missing.
fn secured(cookie: &HeaderValue) -> Option<HeaderValue> {
    let value = cookie.to_str().ok()?;
    let has = value
        .split(';')
        .any(|part| part.trim().eq_ignore_ascii_case("secure"));
    if has {
        None
    } else {
        HeaderValue::from_str(&format!("{value}; Secure")).ok()
    }
}

/// Values of all cookies of this name. One that is not printable ASCII counts, as an empty one: it stands for no session.
pub fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs(headers).filter_map(move |pair| {
        let (found, value) = pair.split_at_checked(name.len())?;
        let value = value
            .strip_prefix(b"=")
            .filter(|_| found == name.as_bytes())?;
        Some(readable(value).unwrap_or_default())
    })
}

/// Leaves out cookies that are not printable ASCII: the session layer would not see the others of their header field. Other
/// software of the same host sets what it likes (RFC 6265 §5.4 sends it to us as well).
fn keep_readable_cookies(headers: &mut HeaderMap) {
    let all_readable = headers
        .get_all(header::COOKIE)
        .iter()
        .all(|value| value.to_str().is_ok());
    if all_readable {
        return;
    }
    let kept: Vec<&str> = pairs(headers).filter_map(readable).collect();
    let kept = HeaderValue::from_str(&kept.join("; "));
    headers.remove(header::COOKIE);
    headers.extend(kept.ok().map(|kept| (header::COOKIE, kept)));
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b';'))
        .map(<[u8]>::trim_ascii)
}

fn readable(octets: &[u8]) -> Option<&str> {
    std::str::from_utf8(octets)
        .ok()
        .filter(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~')))
}

/// Begins the session of somebody whose password was just proved: a new id, the old one dies.
pub async fn begin(
    session: &Session,
    account: &Account,
    credentials: &Credentials,
    device: &str,
    remember: Option<Duration>,
    now: i64,
) -> Result<(), Error> {
    session.cycle_id().await?;
    session.insert(key::ACCOUNT, account.id()).await?;
    session.insert(key::DEVICE, device).await?;
    session.insert(key::REMEMBERED, remember.is_some()).await?;
    session.insert(key::EMAIL, &credentials.email).await?;
    session
        .insert(key::PASSWORD, credentials.password.expose_secret())
        .await?;
    if let Some(client) = credentials.client {
        session.insert(key::CLIENT, client).await?;
    }
    session.insert(key::SEEN, now).await?;
    session.set_expiry(Some(cookie_life(remember)));
    Ok(())
}

fn cookie_life(remember: Option<Duration>) -> Expiry {
    match remember.and_then(|life| time::Duration::try_from(life).ok()) {
        Some(life) => Expiry::OnInactivity(life),
        None => Expiry::OnSessionEnd,
    }
}

/// Who is signed in, if anybody.
pub async fn credentials(session: &Session) -> Result<Option<Credentials>, Error> {
    let (Some(email), Some(password)) = (
        session.get::<String>(key::EMAIL).await?,
        session.get::<String>(key::PASSWORD).await?,
    ) else {
        return Ok(None);
    };
    Ok(Some(Credentials {
        email,
        password: SecretString::from(password),
        client: session.get(key::CLIENT).await?,
    }))
}

/// Rolls a session on, by writing it, when a tenth of its idle time or five minutes have passed since the last time.
pub async fn touch(session: &Session, limits: &Limits, now: i64) -> Result<(), Error> {
    let remembered = session.get::<bool>(key::REMEMBERED).await?.unwrap_or(false);
    let life = if remembered {
        limits.session_remembered
    } else {
        limits.session_idle
    };
    let step = i64::try_from(life.as_secs() / 10)
        .unwrap_or(i64::MAX)
        .min(300);
    let seen = session.get::<i64>(key::SEEN).await?.unwrap_or(0);
    if now - seen >= step {
        session.insert(key::SEEN, now).await?;
        session.set_expiry(Some(cookie_life(remembered.then_some(life))));
    }
    Ok(())
}

/// Keeps what was done for the next page to say.
pub async fn leave_notice(
    session: &Session,
    notice: &super::layout::Notice,
    now: i64,
) -> Result<(), Error> {
    Ok(session
        .insert(
            key::NOTICE,
            (now, notice.is_failure(), &notice.text, &notice.link),
        )
        .await?)
}

/// What the last action left to be said, once.
pub async fn take_notice(
    session: &Session,
    now: i64,
) -> Result<Option<super::layout::Notice>, Error> {
    type Kept = (i64, bool, String, Option<(String, String)>);
    if session.get_value(key::NOTICE).await?.is_none() {
        return Ok(None);
    }
    let Some((at, failed, text, link)) = session.remove::<Kept>(key::NOTICE).await? else {
        return Ok(None);
    };
    let kind = if failed {
        super::layout::NoticeKind::Failed
    } else {
        super::layout::NoticeKind::Done
    };
    Ok((now - at < NOTICE_LIFE).then_some(super::layout::Notice { kind, text, link }))
}

/// "Firefox on Linux", from a User-Agent; nothing of it is copied.
pub fn device_label(user_agent: &str) -> String {
    let first = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Vivaldi", "Vivaldi"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
        ("Lynx", "Lynx"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
        ("BSD", "BSD"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_browser_and_system() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(device_label(firefox), "Firefox on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device_label(phone), "Safari on iPhone");
        assert_eq!(device_label("<script>"), "?");
    }

    #[test]
    fn every_cookie_of_a_name_is_counted() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            "sid=evil; __Host-sid=a; x=1".parse().unwrap(),
        );
        headers.append(header::COOKIE, "__Host-sid=b".parse().unwrap());
        assert_eq!(
            cookies(&headers, "__Host-sid").collect::<Vec<_>>(),
            ["a", "b"]
        );
        assert_eq!(cookies(&headers, "sid").count(), 1);
        let garbled = HeaderValue::from_bytes(b"__Host-sid=\xff").unwrap();
        headers.append(header::COOKIE, garbled);
        assert_eq!(cookies(&headers, "__Host-sid").count(), 3);
    }

    #[test]
    fn unreadable_cookies_take_none_with_them() {
        let mut headers = HeaderMap::new();
        let garbled =
            HeaderValue::from_bytes(b"a=caf\xe9; __Host-sid=x;b=\xd1\x88; tz=UTC").unwrap();
        headers.append(header::COOKIE, garbled);
        headers.append(header::COOKIE, "c=1".parse().unwrap());
        keep_readable_cookies(&mut headers);
        let kept: Vec<_> = headers.get_all(header::COOKIE).iter().collect();
        assert_eq!(kept, ["__Host-sid=x; tz=UTC; c=1"]);
    }

    #[test]
    fn a_cookie_that_is_taken_back_is_secure_too() {
        let removal = HeaderValue::from_static("__Host-sid=; Path=/; Max-Age=0");
        assert_eq!(
            secured(&removal).unwrap(),
            "__Host-sid=; Path=/; Max-Age=0; Secure"
        );
        assert_eq!(
            secured(&HeaderValue::from_static("__Host-sid=x; Secure; Path=/")),
            None
        );
    }

    #[tokio::test]
    async fn a_notice_is_said_once_and_soon() {
        let session = Session::new(None, Arc::new(Nowhere), None);
        let notice = super::super::layout::Notice::done("Moved 2 messages to Archive");
        leave_notice(&session, &notice, 1_000).await.unwrap();
        assert_eq!(
            take_notice(&session, 1_001).await.unwrap(),
            Some(notice.clone())
        );
        assert_eq!(take_notice(&session, 1_001).await.unwrap(), None);
        leave_notice(&session, &notice, 1_000).await.unwrap();
        assert_eq!(take_notice(&session, 1_060).await.unwrap(), None);
    }

    /// A store for sessions that are never saved.
    #[derive(Debug)]
    struct Nowhere;

    #[async_trait::async_trait]
    impl SessionStore for Nowhere {
        async fn save(
            &self,
            _: &tower_sessions::session::Record,
        ) -> tower_sessions::session_store::Result<()> {
            Ok(())
        }
        async fn load(
            &self,
            _: &tower_sessions::session::Id,
        ) -> tower_sessions::session_store::Result<Option<tower_sessions::session::Record>>
        {
            Ok(None)
        }
        async fn delete(
            &self,
            _: &tower_sessions::session::Id,
        ) -> tower_sessions::session_store::Result<()> {
            Ok(())
        }
    }
}
