//! Configuration and every limit; the only reader of the environment.
//!
//! A setting comes from the first of: a flag (`--imap-url`), the environment (`POSTA_IMAP_URL`, or a file
//! named by `POSTA_IMAP_URL_FILE`), the TOML file given by `POSTA_CONFIG`, its default.

mod parse;
mod settings;
mod values;

pub use parse::{parse_server_url, parse_size};
pub use settings::{Flags, Origin, Setting, Settings, check_password, settings};

use secrecy::SecretString;
use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

/// Where a mail server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Host name or address, without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
}

/// How the way to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first octet: imaps, smtps (RFC 8314).
    Tls,
    /// STARTTLS, required.
    StartTls,
    /// In the clear; a loopback host only.
    None,
}

/// A setting that cannot be used. The text names the setting and says how to mend it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    #[error("{name}: {problem}")]
    Value { name: String, problem: String },
    #[error("there is no setting {name}{hint}; `posta --help` lists all")]
    Unknown { name: String, hint: String },
    #[error("{name} and {name}_FILE are both set; keep one")]
    Twice { name: String },
    #[error("{name}: {path} cannot be read: {problem}")]
    File {
        name: String,
        path: String,
        problem: String,
    },
    #[error(
        "POSTA_IMAP_URL is not set: say where the mail is, for example POSTA_IMAP_URL=imaps://mail.example.org posta"
    )]
    NoImapServer,
}

/// What is in force. Built by `Config::load` (flags, environment, `_FILE`, TOML) or, in tests, by
/// `Config::new(imap, smtp)` and changed field by field.
#[derive(Clone)]
pub struct Config {
    /// Address to serve.
    pub listen: SocketAddr,
    /// What browsers see; its path ends with `/`.
    pub public_url: url::Url,
    pub imap: Server,
    pub smtp: Server,
    /// PEM file of certificates trusted for the mail servers beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Whose Authentication-Results are believed (RFC 8601). The receiving server removes those that strangers send under this name.
    pub authserv_id: String,
    /// Tell the IMAP server the browser's address by ID (RFC 2971).
    pub forward_client_ip: bool,
    /// None: a SQLite file in `data_dir`.
    pub database_url: Option<String>,
    pub data_dir: PathBuf,
    /// None: the key file in `data_dir`.
    pub secret_key: Option<SecretString>,
    /// Whose `X-Forwarded-*` count.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Filter of tracing; None: `info`.
    pub log: Option<String>,
    pub limits: Limits,
}

impl Config {
    /// Everything at its default, for these servers.
    pub fn new(imap: Server, smtp: Server) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self {
            listen,
            public_url: values::public_url_of(listen),
            authserv_id: imap.host.clone(),
            imap,
            smtp,
            ca_file: None,
            forward_client_ip: false,
            database_url: None,
            data_dir: PathBuf::from("data"),
            secret_key: None,
            trusted_proxies: parse::loopback_networks(),
            log: None,
            limits: Limits::default(),
        }
    }

    /// What the flags and the environment of this process ask for.
    pub fn load(flags: &Flags) -> Result<Self, Error> {
        Self::from_settings(&Settings::of_process(flags)?)
    }

    /// The value of each setting as it is in force, in the order of `settings()`, secrets masked.
    pub fn in_force(&self) -> Vec<(&'static str, String)> {
        values::in_force(self)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.in_force()).finish()?;
        write!(f, " {:?}", self.limits)
    }
}

/// Every limit of SECURITY.md, so that a test can lift or lower it.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Files of one upload request together, octets (POSTA_UPLOAD_LIMIT, default 2 MiB).
    pub upload: u64,
    /// Files of one draft (default 20).
    pub uploads_per_draft: usize,
    /// Text of one draft, octets (default 8 MiB).
    pub draft_text: usize,
    /// Fields of one multipart request (default 64).
    pub multipart_fields: usize,
    /// A request body without progress ends after this (default 30 s).
    pub body_idle: Duration,
    /// The header of a request is complete after this (default 10 s).
    pub header_deadline: Duration,
    /// Header of one request, octets (default 32 KiB).
    pub header_size: usize,
    /// A browser that takes nothing of its answer for this long is cut off (default 60 s).
    pub answer_idle: Duration,
    /// Browser connections at a time (default 2,000).
    pub connections: usize,
    /// Lines, literals, deadlines and connections of IMAP.
    pub imap: crate::imap::Limits,
    /// What a message may consist of to be shown.
    pub mime: crate::mime::Limits,
    /// What one fetch from the web may cost.
    pub remote: crate::remote::Limits,
    /// Pictures from the web that one message may show (default 200).
    pub pictures_per_message: usize,
    /// Pictures from the web that one session fetches at a time (default 8).
    pub pictures_per_session: usize,
    /// Answer to one SMTP command (default 60 s).
    pub smtp_command: Duration,
    /// Answer to the final dot of an SMTP transaction (default 10 min).
    pub smtp_data: Duration,
    /// How long `POST …/send` waits for the outcome (default 10 s).
    pub send_wait: Duration,
    /// Failed sign-ins answer at this moment (default 2 s).
    pub sign_in_deadline: Duration,
    /// Tries before the exponential wait begins, of one /32 or IPv6 /64 (default 20).
    pub attempts_per_client: u32,
    /// Tries before the exponential wait begins, of one account (default 5).
    pub attempts_per_account: u32,
    /// Tries of all together in a minute (default 300).
    pub attempts_global: u32,
    /// Requests of one session at a time (default 8).
    pub requests_per_session: usize,
    /// Searches of one session in a minute (default 30).
    pub searches_per_minute: u32,
    /// Messages that one session sends in an hour (default 60).
    pub sends_per_hour: u32,
    /// A session not used for this long ends (default 12 h).
    pub session_idle: Duration,
    /// The same where the person asked to be kept signed in (default 14 days).
    pub session_remembered: Duration,
    /// A session ends this long after sign-in, used or not (default 90 days).
    pub session_absolute: Duration,
    /// How long leaving a mailing list can be taken back before its sender is asked (default 8 s).
    pub unsubscribe_delay: Duration,
    /// How long a page waits for the search that tells whether a message is its sender's first (default 300 ms).
    pub first_message_wait: Duration,
    /// Messages rendered at a time (default: one per core, at least two: one account has one less than all).
    pub renderings: usize,
    /// From SIGTERM to the hard stop (default 30 s).
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1 << 20;
        const HOUR: u64 = 3600;
        Self {
            upload: 2 * MIB as u64,
            uploads_per_draft: 20,
            draft_text: 8 * MIB,
            multipart_fields: 64,
            body_idle: Duration::from_secs(30),
            header_deadline: Duration::from_secs(10),
            header_size: 32 << 10,
            answer_idle: Duration::from_secs(60),
            connections: 2000,
            imap: crate::imap::Limits::default(),
            mime: crate::mime::Limits::default(),
            remote: crate::remote::Limits::default(),
            pictures_per_message: 200,
            pictures_per_session: 8,
            smtp_command: Duration::from_secs(60),
            smtp_data: Duration::from_secs(600),
            send_wait: Duration::from_secs(10),
            sign_in_deadline: Duration::from_secs(2),
            attempts_per_client: 20,
            attempts_per_account: 5,
            attempts_global: 300,
            requests_per_session: 8,
            searches_per_minute: 30,
            sends_per_hour: 60,
            session_idle: Duration::from_secs(12 * HOUR),
            session_remembered: Duration::from_secs(14 * 24 * HOUR),
            session_absolute: Duration::from_secs(90 * 24 * HOUR),
            unsubscribe_delay: Duration::from_secs(8),
            first_message_wait: Duration::from_millis(300),
            renderings: std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
            shutdown: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests;
