//! Where browsers see us: the public URL taken apart once at start.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Uri, header, uri::PathAndQuery},
};
use std::sync::Arc;
use tower::ServiceExt;
use url::{Host, Url};

/// The public URL (`POSTA_PUBLIC_URL`): scheme, authority and sub-path. Every absolute link, cookie and origin check is built from
/// it; the Host header chooses only between names that mean the same loopback machine.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    scheme: String,
    authority: String,
    base: String,
    loopback: bool,
}

impl PublicUrl {
    /// Query and fragment of `public_url` are ignored; a trailing slash of its path too.
    pub fn new(public_url: &Url) -> Self {
        Self {
            scheme: public_url.scheme().to_owned(),
            authority: authority(public_url),
            base: public_url.path().trim_end_matches('/').to_owned(),
            loopback: is_loopback(public_url),
        }
    }

    /// The sub-path without a trailing slash; empty at the root.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `local` (from the root of Posta, starting with `/`) as it stands in a link.
    pub fn path(&self, local: &str) -> String {
        format!("{}{local}", self.base)
    }

    /// Where a `next` field may lead: a path of ours, with or without the sub-path, as it stands in a Location. `None` for anything
    /// that a browser could take for another place.
    pub fn destination(&self, next: &str) -> Option<String> {
        is_local_path(next).then(|| self.path(self.local(next).unwrap_or(next)))
    }

    /// The way back from a path in a link to one from the root of Posta.
    pub fn local<'a>(&self, path: &'a str) -> Option<&'a str> {
        let local = path.strip_prefix(&self.base)?;
        match local.as_bytes().first() {
            None => Some("/"),
            Some(b'/' | b'?') => Some(local),
            Some(_) => None,
        }
    }

    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// `scheme://host[:port]` as browsers write it in Origin.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// The setting as a person would write it.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.base)
    }

    /// Name of the session cookie. `__Host-` binds it to this very host, but browsers take it only with Secure and `Path=/`.
    pub fn cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-sid" } else { "sid" }
    }

    /// Path attribute of our cookies.
    pub fn cookie_path(&self) -> String {
        if self.is_https() || self.base.is_empty() {
            "/".to_owned()
        } else {
            self.base.clone()
        }
    }

    /// The origin under which this request reached us, or `None` when its Host is not ours (421). With a loopback public URL the
    /// names `localhost`, `127.0.0.1` and `[::1]` count as one, whatever the port: no foreign page can own such a name.
    pub fn origin_of(&self, host: &str) -> Option<String> {
        let seen = Url::parse(&format!("{}://{host}/", self.scheme)).ok()?;
        if seen.path() != "/"
            || seen.query().is_some()
            || !seen.username().is_empty()
            || seen.password().is_some()
        {
            return None;
        }
        let seen_authority = authority(&seen);
        if seen_authority.eq_ignore_ascii_case(&self.authority)
            || (self.loopback && is_loopback(&seen))
        {
            Some(format!("{}://{seen_authority}", self.scheme))
        } else {
            None
        }
    }
}

/// Host and, unless it is the scheme's own, port.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The host a request names: `:authority` of HTTP/2 or an absolute request target, else the one Host header. `None` when there is
/// none or more than one.
pub fn requested_host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let header = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_str().ok()?),
        (None, _) => None,
        (Some(_), Some(_)) => return None,
    };
    match (uri.authority(), header) {
        (Some(authority), Some(header)) if !authority.as_str().eq_ignore_ascii_case(header) => None,
        (Some(authority), _) => Some(authority.as_str()),
        (None, header) => header,
    }
}

/// Whether `next` may follow a sign-in: a path on this server and nothing else. The same bytes mean the same to every browser:
/// no backslash, no control character, no second slash, also not percent-encoded ones in front.
fn is_local_path(next: &str) -> bool {
    let mut bytes = next.bytes();
    bytes.next() == Some(b'/')
        && bytes
            .next()
            .is_none_or(|second| second.is_ascii_alphanumeric() || second == b'?')
        && next.len() <= 4096
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The application under the sub-path of the public URL. A proxy may have cut the sub-path off already: both are the same page.
pub fn below_base(application: Router, public_url: &PublicUrl) -> Router {
    if public_url.base.is_empty() {
        return application;
    }
    let base: Arc<str> = public_url.base.as_str().into();
    Router::new().fallback_service(
        application.map_request(move |request: Request| without_base(request, &base)),
    )
}

fn without_base(mut request: Request, base: &str) -> Request {
    let uri = request.uri();
    let Some(local) = uri
        .path_and_query()
        .and_then(|path| path.as_str().strip_prefix(base))
    else {
        return request;
    };
    let local = match local.as_bytes().first() {
        Some(b'/') => local.to_owned(),
        None | Some(b'?') => format!("/{local}"),
        Some(_) => return request,
    };
    let mut parts = uri.clone().into_parts();
    if let Ok(path) = local.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> PublicUrl {
        PublicUrl::new(&Url::parse(url).unwrap())
    }

    #[test]
    fn links_carry_the_sub_path() {
        let site = site("https://example.org/mail/");
        assert_eq!(site.path("/login"), "/mail/login");
        assert_eq!(site.local("/mail/login"), Some("/login"));
        assert_eq!(site.local("/mail"), Some("/"));
        assert_eq!(site.local("/mailbox/INBOX"), None);
    }

    #[test]
    fn a_destination_is_always_below_the_sub_path() {
        let site = site("https://example.org/mail");
        assert_eq!(
            site.destination("/mail/compose/x").as_deref(),
            Some("/mail/compose/x")
        );
        assert_eq!(
            site.destination("/mailbox/INBOX").as_deref(),
            Some("/mail/mailbox/INBOX")
        );
        assert_eq!(site.destination("//evil.example"), None);
    }

    #[test]
    fn a_foreign_host_is_not_ours() {
        let site = site("https://mail.example.org");
        assert_eq!(
            site.origin_of("mail.example.org").as_deref(),
            Some("https://mail.example.org")
        );
        assert_eq!(
            site.origin_of("MAIL.example.org:443").as_deref(),
            Some("https://mail.example.org")
        );
        for host in [
            "evil.example",
            "mail.example.org:8443",
            "mail.example.org.evil.example",
            "a@mail.example.org",
            "mail.example.org/x",
            "",
            "127.0.0.1",
        ] {
            assert_eq!(site.origin_of(host), None, "{host}");
        }
    }

    #[test]
    fn the_sub_path_is_cut_off_once() {
        let local = |path: &str| {
            without_base(
                Request::get(path).body(axum::body::Body::empty()).unwrap(),
                "/mail",
            )
            .uri()
            .to_string()
        };
        assert_eq!(local("/mail/mailbox/INBOX?page=2"), "/mailbox/INBOX?page=2");
        assert_eq!(local("/mail"), "/");
        assert_eq!(local("/mailbox/INBOX"), "/mailbox/INBOX");
        assert_eq!(local("/login"), "/login");
    }

    #[test]
    fn loopback_names_count_as_one() {
        let site = site("http://127.0.0.1:8080");
        assert_eq!(
            site.origin_of("localhost:8080").as_deref(),
            Some("http://localhost:8080")
        );
        assert_eq!(
            site.origin_of("[::1]:8080").as_deref(),
            Some("http://[::1]:8080")
        );
        assert_eq!(site.origin_of("192.168.1.2:8080"), None);
        assert_eq!(site.origin_of("localhost.evil.example:8080"), None);
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_under_https() {
        let secure = site("https://example.org/mail");
        assert_eq!(
            (secure.cookie_name(), secure.cookie_path().as_str()),
            ("__Host-sid", "/")
        );
        let plain = site("http://127.0.0.1:8080/mail");
        assert_eq!(
            (plain.cookie_name(), plain.cookie_path().as_str()),
            ("sid", "/mail")
        );
    }

    #[test]
    fn only_local_paths_may_follow_a_sign_in() {
        for good in ["/", "/mailbox/INBOX?page=2", "/?x", "/compose/abc"] {
            assert!(is_local_path(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "%2f%2fevil.example",
            "/%09/evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "/./x",
            "/a\\b",
        ] {
            assert!(!is_local_path(bad), "{bad}");
        }
    }
}
