//! The values in force, from the settings collected and back.

use super::{
    Config, Error, Security, Server, Settings,
    parse::{self, IMAP, Kind, Problem, SUBMISSION},
    settings,
};
use crate::seal::ServerKey;
use secrecy::SecretString;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};
use url::Url;

const MASK: &str = "********";

impl Config {
    /// The values in force for what was collected.
    pub fn from_settings(settings: &Settings) -> Result<Self, Error> {
        for later in super::settings().iter().filter(|setting| setting.later) {
            settings.parsed(later.name, only_off)?;
        }
        let imap = settings.parsed("POSTA_IMAP_URL", |text| parse::parse_server_url(text, IMAP))?;
        let imap = imap.ok_or(Error::NoImapServer)?;
        let smtp = settings
            .parsed("POSTA_SMTP_URL", |text| {
                parse::parse_server_url(text, SUBMISSION)
            })?
            .unwrap_or_else(|| Server {
                host: imap.host.clone(),
                port: SUBMISSION.plain_port,
                security: Security::StartTls,
            });
        let mut config = Self::new(imap, smtp);
        if let Some(listen) = settings.parsed("POSTA_LISTEN", listen_address)? {
            config.listen = listen;
            config.public_url = public_url_of(listen);
        }
        set(
            &mut config.public_url,
            settings.parsed("POSTA_PUBLIC_URL", parse::public_url)?,
        );
        config.ca_file = settings.parsed("POSTA_CA_FILE", path)?;
        set(
            &mut config.authserv_id,
            settings.parsed("POSTA_AUTHSERV_ID", authserv_id)?,
        );
        set(
            &mut config.forward_client_ip,
            settings.parsed("POSTA_FORWARD_CLIENT_IP", parse::switch)?,
        );
        config.database_url = settings.parsed("POSTA_DATABASE_URL", database_url)?;
        set(
            &mut config.data_dir,
            settings.parsed("POSTA_DATA_DIR", path)?,
        );
        config.secret_key = settings.parsed("POSTA_SECRET_KEY", secret_key)?;
        set(
            &mut config.limits.upload,
            settings.parsed("POSTA_UPLOAD_LIMIT", parse::parse_size)?,
        );
        set(
            &mut config.trusted_proxies,
            settings.parsed("POSTA_TRUSTED_PROXIES", parse::networks)?,
        );
        config.log = settings.parsed("POSTA_LOG", log_filter)?;
        Ok(config)
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Name and value of each setting as it is in force, secrets masked.
pub(super) fn in_force(config: &Config) -> Vec<(&'static str, String)> {
    let value = |name| match name {
        "POSTA_LISTEN" => config.listen.to_string(),
        "POSTA_PUBLIC_URL" => config.public_url.to_string(),
        "POSTA_IMAP_URL" => server_url(&config.imap, IMAP),
        "POSTA_SMTP_URL" => server_url(&config.smtp, SUBMISSION),
        "POSTA_CA_FILE" => config
            .ca_file
            .as_ref()
            .map_or_else(String::new, |path| path.display().to_string()),
        "POSTA_AUTHSERV_ID" => config.authserv_id.clone(),
        "POSTA_FORWARD_CLIENT_IP" => if config.forward_client_ip {
            "on"
        } else {
            "off"
        }
        .to_owned(),
        "POSTA_DATABASE_URL" => match &config.database_url {
            Some(url) => masked_database_url(url),
            None => format!("sqlite:{}", config.data_dir.join("posta.db").display()),
        },
        "POSTA_DATA_DIR" => config.data_dir.display().to_string(),
        "POSTA_SECRET_KEY" => config.secret_key.as_ref().map_or("", |_| MASK).to_owned(),
        "POSTA_UPLOAD_LIMIT" => config.limits.upload.to_string(),
        "POSTA_TRUSTED_PROXIES" => {
            let networks: Vec<String> = config
                .trusted_proxies
                .iter()
                .map(ToString::to_string)
                .collect();
            if networks.is_empty() {
                "none".to_owned()
            } else {
                networks.join(",")
            }
        }
        "POSTA_LOG" => config.log.clone().unwrap_or_else(|| "info".to_owned()),
        _later => "off".to_owned(),
    };
    settings()
        .iter()
        .map(|setting| (setting.name, value(setting.name)))
        .collect()
}

/// What browsers see of a server that has no proxy in front.
pub(super) fn public_url_of(listen: SocketAddr) -> Url {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    #[expect(
        clippy::expect_used,
        reason = "a socket address is the authority of a URL"
    )]
    Url::parse(&format!("http://{}/", SocketAddr::new(ip, listen.port())))
        .expect("http:// and a socket address is a URL")
}

fn server_url(server: &Server, kind: Kind) -> String {
    let Server {
        host,
        port,
        security,
    } = server;
    let scheme = if *security == Security::Tls {
        kind.tls_scheme
    } else {
        kind.plain_scheme
    };
    let query = if *security == Security::None {
        "?tls=none"
    } else {
        ""
    };
    if host.contains(':') {
        format!("{scheme}://[{host}]:{port}{query}")
    } else {
        format!("{scheme}://{host}:{port}{query}")
    }
}

/// A database address without its password.
fn masked_database_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return MASK.to_owned();
    };
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    if url
        .query_pairs()
        .any(|(name, _)| name.eq_ignore_ascii_case("password"))
    {
        url.set_query(Some("password=********"));
    }
    url.to_string()
}

fn only_off(text: &str) -> Result<(), Problem> {
    match parse::switch(text) {
        Ok(false) => Ok(()),
        _ => Err(Problem(
            "this version does not offer it; leave it out, or set it to off".to_owned(),
        )),
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, Problem> {
    text.replacen("localhost:", "127.0.0.1:", 1)
        .parse()
        .map_err(|_| Problem(format!("{text:?} is not an address and port; write 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080")))
}

fn path(text: &str) -> Result<PathBuf, Problem> {
    Ok(PathBuf::from(text))
}

fn authserv_id(text: &str) -> Result<String, Problem> {
    if text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b'"' | b'(' | b')'))
    {
        Ok(text.to_owned())
    } else {
        Err(Problem(format!(
            "{text:?} is not a name as it stands in Authentication-Results"
        )))
    }
}

fn database_url(text: &str) -> Result<String, Problem> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known
        .iter()
        .any(|scheme| text.starts_with(scheme) && text.len() > scheme.len())
        && Url::parse(text).is_ok()
    {
        Ok(text.to_owned())
    } else {
        Err(Problem("is not a database address; write sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE".to_owned()))
    }
}

fn secret_key(text: &str) -> Result<SecretString, Problem> {
    let secret = SecretString::from(text.to_owned());
    match ServerKey::from_text(&secret) {
        Ok(_) => Ok(secret),
        Err(weak) => Err(Problem(weak.to_string())),
    }
}

fn log_filter(text: &str) -> Result<String, Problem> {
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Problem(format!(
            "{text:?} is not a filter ({error}); write error, warn, info or debug"
        ))),
    }
}
