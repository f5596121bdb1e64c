//! From the TCP connection to a session that is secure and signed in.
use super::{
    Cause, Endpoint, Security,
    dialogue::{Dialogue, Fault, Reply},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::transport::smtp::{
    commands::{Ehlo, Starttls},
    extension::ClientId,
};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use zeroize::Zeroizing;

/// TCP connect, and again the TLS handshake.
const CONNECT: Duration = Duration::from_secs(5);
const GREETING: Duration = Duration::from_secs(10);

/// What a server offers (RFC 5321 §4.1.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offered {
    /// Octets; None when SIZE has no number.
    pub size: Option<u64>,
    pub smtputf8: bool,
    pub eight_bit_mime: bool,
    /// SASL mechanisms, upper case.
    pub auth: Vec<String>,
}

/// A connection that is as secure as it was asked to be; the next word is EHLO.
pub(super) enum Connected {
    Plain(Dialogue<TcpStream>),
    Secured(Box<Dialogue<tokio_rustls::client::TlsStream<TcpStream>>>),
}

/// Greeting read; with STARTTLS the handshake done too.
pub(super) async fn connect(endpoint: &Endpoint) -> Result<Connected, Cause> {
    let address = (endpoint.host.as_str(), endpoint.port);
    let stream = timeout(CONNECT, TcpStream::connect(address))
        .await
        .map_err(|_| Cause::Timeout)?
        .map_err(|error| Cause::Unreachable(error.to_string()))?;
    stream
        .set_nodelay(true)
        .map_err(|error| Cause::Unreachable(error.to_string()))?;
    if endpoint.security == Security::Tls {
        let mut dialogue = Dialogue::new(handshake(endpoint, stream).await?, endpoint.command);
        greeting(&mut dialogue, endpoint).await?;
        return Ok(Connected::Secured(Box::new(dialogue)));
    }
    let mut dialogue = Dialogue::new(stream, endpoint.command);
    greeting(&mut dialogue, endpoint).await?;
    if endpoint.security == Security::None {
        return Ok(Connected::Plain(dialogue));
    }
    let (_, starttls) = hello(&mut dialogue).await?;
    if !starttls {
        return Err(Cause::Tls("STARTTLS is not offered".to_owned()));
    }
    let reply = dialogue.command(Starttls).await?;
    if reply.code != 220 {
        return Err(Cause::Tls(reply.text()));
    }
    let stream = dialogue
        .into_stream()
        .ok_or_else(|| Cause::Tls("words in front of the handshake".to_owned()))?;
    let stream = handshake(endpoint, stream).await?;
    Ok(Connected::Secured(Box::new(Dialogue::new(
        stream,
        endpoint.command,
    ))))
}

async fn handshake(
    endpoint: &Endpoint,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Cause> {
    let name = rustls::pki_types::ServerName::try_from(endpoint.host.clone())
        .map_err(|error| Cause::Tls(error.to_string()))?;
    let connector = tokio_rustls::TlsConnector::from(Arc::clone(&endpoint.tls));
    timeout(CONNECT, connector.connect(name, stream))
        .await
        .map_err(|_| Cause::Timeout)?
        .map_err(|error| Cause::Tls(error.to_string()))
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    endpoint: &Endpoint,
) -> Result<(), Cause> {
    let reply = dialogue.reply(GREETING.min(endpoint.command)).await?;
    if reply.code == 220 {
        Ok(())
    } else {
        Err(Cause::Unreachable(reply.text()))
    }
}

/// EHLO: what is offered, and whether STARTTLS is. The address literal of the loopback says nothing about the machine.
pub(super) async fn hello<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
) -> Result<(Offered, bool), Cause> {
    let reply = dialogue.command(Ehlo::new(ClientId::default())).await?;
    if !reply.is_positive() {
        return Err(Cause::Protocol(reply.text()));
    }
    Ok(offered(&reply))
}

fn offered(reply: &Reply) -> (Offered, bool) {
    let mut offered = Offered::default();
    let mut starttls = false;
    for line in reply.lines.iter().skip(1) {
        let line = line.to_ascii_uppercase();
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("STARTTLS") => starttls = true,
            Some("SMTPUTF8") => offered.smtputf8 = true,
            Some("8BITMIME") => offered.eight_bit_mime = true,
            // RFC 1870 §4: 0 means no fixed maximum.
            Some("SIZE") => {
                offered.size = words.next().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
            }
            Some("AUTH") => offered.auth.extend(words.map(str::to_owned)),
            _ => {}
        }
    }
    (offered, starttls)
}

/// AUTH PLAIN with an initial response, else LOGIN (RFC 4954). A server on the loopback without TLS may offer none.
pub(super) async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    endpoint: &Endpoint,
    offered: &Offered,
    user: &str,
    password: &SecretString,
) -> Result<(), Cause> {
    let offers = |name: &str| offered.auth.iter().any(|mechanism| mechanism == name);
    let reply = if offers("PLAIN") {
        let initial = Zeroizing::new(format!("\0{user}\0{}", password.expose_secret()));
        let encoded = Zeroizing::new(STANDARD.encode(initial.as_bytes()));
        let line = Zeroizing::new(format!("AUTH PLAIN {}\r\n", encoded.as_str()));
        dialogue.secret_command(&line).await?
    } else if offers("LOGIN") {
        login(dialogue, user, password).await?
    } else if offered.auth.is_empty() && endpoint.security == Security::None {
        return Ok(());
    } else {
        return Err(Cause::Protocol(
            "neither AUTH PLAIN nor LOGIN is offered".to_owned(),
        ));
    };
    match reply.code {
        235 => Ok(()),
        // RFC 4954 §6; some say 534 where an application password is wanted.
        534 | 535 => Err(Cause::AuthenticationFailed),
        _ => Err(Cause::Unreachable(reply.text())),
    }
}

async fn login<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    user: &str,
    password: &SecretString,
) -> Result<Reply, Fault> {
    let mut reply = dialogue.command("AUTH LOGIN\r\n").await?;
    for secret in [user, password.expose_secret()] {
        if reply.code != 334 {
            break;
        }
        let mut line = Zeroizing::new(STANDARD.encode(secret));
        line.push_str("\r\n");
        reply = dialogue.secret_command(&line).await?;
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_read_whatever_their_case() {
        let reply = Reply {
            code: 250,
            lines: [
                "SIZE 5 is my name",
                "size 1000",
                "StartTLS",
                "auth plain Login",
                "smtputf8",
                "8bitmime",
            ]
            .map(str::to_owned)
            .to_vec(),
        };
        let (offered, starttls) = offered(&reply);
        assert!(starttls && offered.smtputf8 && offered.eight_bit_mime);
        assert_eq!(offered.size, Some(1000));
        assert_eq!(offered.auth, ["PLAIN", "LOGIN"]);
    }

    #[test]
    fn a_size_of_zero_is_no_limit() {
        let reply = Reply {
            code: 250,
            lines: vec!["x".to_owned(), "SIZE 0".to_owned()],
        };
        assert_eq!(offered(&reply).0.size, None);
    }
}
