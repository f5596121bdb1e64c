//! From the text of a setting to its value. An error is a sentence without the setting's name.

use super::{Security, Server};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

type Parsed<T> = Result<T, Problem>;

/// What is wrong with a value, in words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub String);

fn problem<T>(text: impl Into<String>) -> Parsed<T> {
    Err(Problem(text.into()))
}

/// Protocol and ports of one kind of mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub tls_scheme: &'static str,
    pub tls_port: u16,
    pub plain_scheme: &'static str,
    pub plain_port: u16,
}

pub const IMAP: Kind = Kind {
    tls_scheme: "imaps",
    tls_port: 993,
    plain_scheme: "imap",
    plain_port: 143,
};
pub const SUBMISSION: Kind = Kind {
    tls_scheme: "smtps",
    tls_port: 465,
    plain_scheme: "smtp",
    plain_port: 587,
};

/// `imaps://host[:993]` (TLS), `imap://host[:143]` (STARTTLS required), or with `?tls=none` and a loopback
/// host in the clear; the same for submission.
pub fn parse_server_url(text: &str, kind: Kind) -> Parsed<Server> {
    let Kind {
        tls_scheme,
        plain_scheme,
        ..
    } = kind;
    let form =
        format!("write {tls_scheme}://HOST[:PORT], or {plain_scheme}://HOST[:PORT] for STARTTLS");
    let Ok(url) = Url::parse(text) else {
        return problem(format!("{text:?} is not an address of a server; {form}"));
    };
    let tls = match url.scheme() {
        scheme if scheme == tls_scheme => true,
        scheme if scheme == plain_scheme => false,
        scheme => return problem(format!("{scheme}:// is not a protocol spoken here; {form}")),
    };
    let host = match url.host() {
        Some(Host::Domain(name)) if !name.is_empty() => host_name(name)?,
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        _ => return problem(format!("no host in {text:?}; {form}")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return problem(
            "no user name and no password belong here: each person signs in with her own",
        );
    }
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return problem(format!("nothing may follow the host and port; {form}"));
    }
    let port = match url.port() {
        Some(0) => return problem("port 0 is no port"),
        Some(port) => port,
        None if tls => kind.tls_port,
        None => kind.plain_port,
    };
    let security = match url.query() {
        None if tls => Security::Tls,
        None => Security::StartTls,
        Some("tls=none") if tls => {
            return problem(format!(
                "{tls_scheme}:// and tls=none contradict each other"
            ));
        }
        Some("tls=none") if !is_loopback(&host) => {
            return problem(format!(
                "tls=none would send passwords in the clear to {host}; it is for a loopback host (localhost, 127.0.0.1, ::1) only"
            ));
        }
        Some("tls=none") => Security::None,
        Some(query) => {
            return problem(format!(
                "?{query} is not known; only ?tls=none is, for a loopback host"
            ));
        }
    };
    Ok(Server {
        host,
        port,
        security,
    })
}

/// A domain name in its ASCII form. `url` leaves hosts of schemes it does not know as they are.
fn host_name(name: &str) -> Parsed<String> {
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    if let Ok(address) = decoded.parse::<Ipv4Addr>() {
        return Ok(address.to_string());
    }
    match idna::domain_to_ascii_strict(decoded.trim_end_matches('.')) {
        Ok(ascii) if !ascii.is_empty() => Ok(ascii),
        _ if is_service_name(&decoded) => Ok(decoded.to_ascii_lowercase()),
        _ => problem(format!("{decoded:?} is not a host name")),
    }
}

/// Names that containers get have underscores, which domain names have not.
fn is_service_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Whether the host is this machine by its very name.
pub fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// What browsers see. The path gets a `/` at its end, so that links can be joined to it.
pub fn public_url(text: &str) -> Parsed<Url> {
    let form = "write http:// or https://, a host, perhaps a port and a path, as browsers see it";
    let Ok(mut url) = Url::parse(text) else {
        return problem(format!("{text:?} is not an address; {form}"));
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return problem(format!("{text:?} does not do; {form}"));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return problem(format!(
            "user name, password, ? and # do not belong here; {form}"
        ));
    }
    let path = url.path();
    if path.contains("//") || path.contains(['%', ';']) {
        return problem("the path is of plain segments, for example /mail/");
    }
    if !path.ends_with('/') {
        let path = format!("{path}/");
        url.set_path(&path);
    }
    Ok(url)
}

/// Octets: `2097152`, `2MiB`, `500 kB`. KiB, MiB, GiB count by 1024; kB, MB, GB by 1000.
pub fn parse_size(text: &str) -> Parsed<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "ki" | "kib" => 1 << 10,
        "m" | "mi" | "mib" => 1 << 20,
        "g" | "gi" | "gib" => 1 << 30,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => {
            return problem(format!(
                "{text:?} is not a size; write a number with KiB, MiB or GiB"
            ));
        }
    };
    match number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
    {
        Some(size) if size > 0 => Ok(size),
        _ => problem(format!(
            "{text:?} is not a size; write a number above 0 with KiB, MiB or GiB"
        )),
    }
}

pub fn switch(text: &str) -> Parsed<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
        _ => problem(format!("{text:?} is neither on nor off")),
    }
}

/// Networks in CIDR form, single addresses, `loopback`, or `none`, by comma or space.
pub fn networks(text: &str) -> Parsed<Vec<ipnet::IpNet>> {
    let mut networks = Vec::new();
    for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
        if word == "loopback" {
            networks.extend(loopback_networks());
        } else if let Ok(network) = word.parse::<ipnet::IpNet>() {
            networks.push(network.trunc());
        } else if let Ok(address) = word.parse::<IpAddr>() {
            networks.push(address.into());
        } else if word != "none" {
            return problem(format!(
                "{word:?} is not a network; write networks like 10.0.0.0/8, addresses, loopback or none, by comma"
            ));
        }
    }
    Ok(networks)
}

/// 127.0.0.0/8 and ::1.
pub fn loopback_networks() -> Vec<ipnet::IpNet> {
    vec![
        ipnet::Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8).into(),
        ipnet::IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ]
}
