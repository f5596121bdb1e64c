//! Why TLS failed, in words.

use super::{Finding, dialogue::shown, place};
use crate::config::{Security, Server};
use rustls::CertificateError;
use std::io;

pub fn failure(
    subject: &'static str,
    setting: &'static str,
    server: &Server,
    error: &io::Error,
) -> Finding {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let (text, remedy) = match tls {
        Some(rustls::Error::InvalidCertificate(reason)) => certificate(setting, server, reason),
        Some(rustls::Error::InvalidMessage(_)) => no_tls(setting, server),
        Some(rustls::Error::PeerIncompatible(reason)) => (
            format!("the server speaks no TLS that is safe today ({reason:?})"),
            "let the mail server offer TLS 1.2 or 1.3 with current ciphers".to_owned(),
        ),
        Some(rustls::Error::AlertReceived(alert)) => (
            format!("the server refuses TLS ({alert:?})"),
            "let the mail server offer TLS 1.2 or 1.3; look into its log".to_owned(),
        ),
        Some(other) => (
            format!("TLS failed: {other}"),
            "look into the mail server's log".to_owned(),
        ),
        None if error.kind() == io::ErrorKind::UnexpectedEof => no_tls(setting, server),
        None => (
            format!("the connection broke during the TLS handshake ({error})"),
            format!("check scheme and port in {setting}, and the mail server's log"),
        ),
    };
    Finding::problem(subject, text, remedy)
}

fn no_tls(setting: &'static str, server: &Server) -> (String, String) {
    let remedy = match server.security {
        Security::Tls => format!(
            "for a port with STARTTLS write the scheme without s in {setting}, or name the port that speaks TLS from the start (993, 465)"
        ),
        Security::StartTls | Security::None => {
            "look into the mail server's log: STARTTLS is offered but does not work".to_owned()
        }
    };
    (format!("{} does not answer in TLS", place(server)), remedy)
}

fn certificate(
    setting: &'static str,
    server: &Server,
    reason: &CertificateError,
) -> (String, String) {
    let host = &server.host;
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "the server's certificate has expired".to_owned(),
            "renew it on the mail server, and check this machine's clock".to_owned(),
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "the server's certificate is not valid yet".to_owned(),
            "check this machine's clock and the certificate's dates".to_owned(),
        ),
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => (
            format!("the server's certificate is for {}, not for {host}", names(presented)),
            format!("write the certificate's name in {setting}, or give the server a certificate for {host}"),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the server's certificate is not for {host}"),
            format!("write the certificate's name in {setting}, or give the server a certificate for {host}"),
        ),
        CertificateError::UnknownIssuer => (
            "the server's certificate is from an authority that this machine does not know".to_owned(),
            "for an authority of your own (or a self-signed certificate) name its PEM file by POSTA_CA_FILE; else let the server send its intermediate certificates too".to_owned(),
        ),
        CertificateError::BadSignature => (
            "the server's certificate is signed by another authority of the name that this machine knows".to_owned(),
            "was that authority made anew? Name its present PEM file by POSTA_CA_FILE".to_owned(),
        ),
        CertificateError::Revoked => (
            "the server's certificate was revoked".to_owned(),
            "get a new one for the mail server".to_owned(),
        ),
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => (
            "the server shows the certificate of an authority as its own".to_owned(),
            "make a server certificate (without CA:TRUE), sign it by that authority, and name the authority's PEM file by POSTA_CA_FILE".to_owned(),
        ),
        other => (
            format!("the server's certificate does not do: {other}"),
            "get a new certificate for the mail server".to_owned(),
        ),
    }
}

/// The names as rustls gives them, `DnsName("mail.example.org")`, without their wrapping.
fn names(presented: &[String]) -> String {
    let names: Vec<&str> = presented
        .iter()
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .collect();
    shown(&names.join(", "))
}
