//! The one way out to the web: every fetch from a host that a stranger named goes through this guarded client
//! (SECURITY.md R-IMG-2).
//!
//! A host is looked up once, every address it has must be a public one, and the connection goes to an address that
//! was checked: there is no second look-up that could answer otherwise. The system's resolver is asked, by absolute
//! names: what counts is the address, and the administrator's own rules for names stay in force. Nothing is taken
//! from the environment, nothing is kept between two fetches, and nothing is told but the address asked for.

mod address;
mod exchange;
mod target;

use address::is_public;
use bytes::Bytes;
use exchange::{Reply, Request};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use target::Target;
use tokio::{sync::Semaphore, time::timeout};
use url::Host;

/// Octets of a URL that is fetched. The token of a longer one would not pass the proxies in front of us.
pub const LONGEST_URL: usize = 4096;

/// What one fetch may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// TCP connection and TLS handshake with one address (default 5 s).
    pub connect: Duration,
    /// Look-ups, redirects and body together (default 10 s).
    pub total: Duration,
    /// Octets of a body (default 5 MiB).
    pub body: usize,
    /// Octets of an answer's header (default 32 KiB, at least 8 KiB).
    pub header: usize,
    /// Redirects that are followed (default 3).
    pub redirects: usize,
    /// Fetches of the whole process at a time; further ones wait (default 32).
    pub parallel: usize,
    /// Socket addresses that are fetched from though their network or port is no public one. Empty, and no setting
    /// fills it: it is for the servers of tests, which stand on loopback.
    pub admitted: Vec<SocketAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(10),
            body: 5 << 20,
            header: 32 << 10,
            redirects: 3,
            parallel: 32,
            admitted: Vec::new(),
        }
    }
}

/// Why nothing came. The text holds no word of the other server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Scheme, port, user name, length or characters.
    #[error("no address that is fetched from")]
    Address,
    #[error("the host has no address")]
    Unknown(#[source] Option<io::Error>),
    /// One such address among several is enough.
    #[error("the host has an address that is not public")]
    NotPublic,
    #[error("too many redirects, or one that leads nowhere")]
    Redirected,
    /// Any status but success.
    #[error("status {0}")]
    Status(u16),
    #[error("a content encoding that was not asked for")]
    Encoded,
    #[error("too large")]
    TooLarge,
    #[error("no connection")]
    Connection(#[source] io::Error),
    #[error("no HTTP/1.1")]
    Protocol(#[source] hyper::Error),
    #[error("not in time")]
    TimedOut,
}

pub type Result<T> = std::result::Result<T, Error>;

/// Answers which addresses a host has.
type Names = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Cheap handle of the guarded client.
#[derive(Clone)]
pub struct Client {
    limits: Arc<Limits>,
    tls: Arc<rustls::ClientConfig>,
    places: Arc<Semaphore>,
    names: Option<Arc<Names>>,
}

impl Client {
    pub fn new(limits: Limits, tls: Arc<rustls::ClientConfig>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.parallel.max(1))),
            limits: Arc::new(limits),
            tls,
            names: None,
        }
    }

    /// The same client with other answers than the system's resolver gives: for tests of what hostile ones do.
    pub fn with_names(self, names: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Self {
        Self {
            names: Some(Arc::new(names)),
            ..self
        }
    }

    /// The body of a successful answer, redirects followed. `accept`: value of the Accept field.
    pub async fn get(&self, url: &str, accept: &'static str) -> Result<Bytes> {
        self.in_time(self.follow(url, accept)).await
    }

    /// Sends a small form and waits until it was taken with a success. Redirects are a failure: a sender of mail must
    /// not answer a one-click request with one (RFC 8058 §3.1).
    pub async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<()> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let posted = async {
            let target = Target::parse(url, &self.limits)?;
            match self.ask(&target, Request::Post(form.into())).await? {
                Reply::Content(_) => Ok(()),
                Reply::Redirect(_) => Err(Error::Redirected),
            }
        };
        self.in_time(posted).await
    }

    /// The addresses of a URL, if all that R-IMG-2 asks before a connection is fulfilled. Connects to nothing.
    pub async fn check(&self, url: &str) -> Result<Vec<SocketAddr>> {
        let target = Target::parse(url, &self.limits)?;
        self.in_time(self.addresses(&target)).await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        // The semaphore is never closed; waiting for a place is not the other server's time.
        let _place = self.places.acquire().await;
        timeout(self.limits.total, work)
            .await
            .unwrap_or(Err(Error::TimedOut))
    }

    async fn follow(&self, url: &str, accept: &'static str) -> Result<Bytes> {
        let mut target = Target::parse(url, &self.limits)?;
        for _ in 0..=self.limits.redirects {
            match self.ask(&target, Request::Get(accept)).await? {
                Reply::Content(body) => return Ok(body),
                Reply::Redirect(location) => target = target.onward(&location, &self.limits)?,
            }
        }
        Err(Error::Redirected)
    }

    /// One exchange with the first of the checked addresses that takes a connection.
    async fn ask(&self, target: &Target, request: Request) -> Result<Reply> {
        let mut last = Error::Unknown(None);
        for address in self.addresses(target).await? {
            match exchange::connect(address, target, &self.tls, self.limits.connect).await {
                Ok(stream) => {
                    return exchange::exchange(stream, target, request, &self.limits).await;
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Looks the host up, once, and checks every answer.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>> {
        let found = match target.host() {
            Host::Ipv4(ip) => vec![ip.into()],
            Host::Ipv6(ip) => vec![ip.into()],
            Host::Domain(name) => self.look_up(name).await?,
        };
        let addresses: Vec<SocketAddr> = found
            .into_iter()
            .map(|ip| SocketAddr::new(ip, target.port()))
            .collect();
        if addresses.is_empty() {
            return Err(Error::Unknown(None));
        }
        if addresses.iter().all(|address| self.may_connect(address)) {
            Ok(addresses)
        } else {
            Err(Error::NotPublic)
        }
    }

    fn may_connect(&self, address: &SocketAddr) -> bool {
        let public = target::WEB_PORTS.contains(&address.port()) && is_public(address.ip());
        public || self.limits.admitted.contains(address)
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>> {
        if let Some(names) = &self.names {
            return Ok(names(name));
        }
        // With its last dot a name is absolute: the search list of this machine is for the names of its own network.
        let absolute = format!("{}.", name.trim_end_matches('.'));
        let found = tokio::net::lookup_host((absolute, 0)).await;
        let found = found.map_err(|error| Error::Unknown(Some(error)))?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
