//! What may be asked for at all, before any look-up.
use super::{Error, LONGEST_URL, Limits, Result};
use url::{Host, Url};

pub(super) const WEB_PORTS: [u16; 2] = [80, 443];

/// An address that passed the rules for addresses; its host is still to be looked up.
pub(super) struct Target {
    url: Url,
    port: u16,
}

impl Target {
    pub fn parse(text: &str, limits: &Limits) -> Result<Self> {
        if text.len() > LONGEST_URL || has_line_break(text) {
            return Err(Error::Address);
        }
        // Why it is none says nothing to anyone.
        let url = Url::parse(text).map_err(|_| Error::Address)?;
        Self::of(url, limits)
    }

    /// Where a redirect leads, with the same rules.
    pub fn onward(&self, location: &str, limits: &Limits) -> Result<Self> {
        if has_line_break(location) {
            return Err(Error::Redirected);
        }
        let url = self.url.join(location).map_err(|_| Error::Redirected)?;
        Self::of(url, limits)
    }

    fn of(url: Url, limits: &Limits) -> Result<Self> {
        let port = url.port_or_known_default().ok_or(Error::Address)?;
        let known_port = WEB_PORTS.contains(&port)
            || limits
                .admitted
                .iter()
                .any(|admitted| admitted.port() == port);
        let fine = matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= LONGEST_URL
            && known_port;
        fine.then_some(Self { url, port }).ok_or(Error::Address)
    }

    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn host(&self) -> Host<&str> {
        // `of` takes no URL without one; an empty name has no address.
        self.url.host().unwrap_or(Host::Domain(""))
    }

    /// The name that a certificate must be for: without brackets, without the last dot.
    pub fn server_name(&self) -> String {
        match self.host() {
            Host::Domain(name) => name.trim_end_matches('.').to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        }
    }

    /// Value of the Host field.
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Path and query, as they stand in the request line.
    pub fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

/// Control characters, and line breaks that a careless server further on might decode.
fn has_line_break(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    text.chars().any(char::is_control) || lower.contains("%0d") || lower.contains("%0a")
}
