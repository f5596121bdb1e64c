//! The submission server: greeting, EHLO, STARTTLS, what it offers, and AUTH when a password is given.

use super::{
    Credentials, Finding,
    dialogue::{self, Dialogue, broken, shown},
    place, way,
};
use crate::config::{Config, Security, Server};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use std::{io, sync::Arc};
use zeroize::Zeroizing;

const SMTP: &str = "SMTP";
const SETTING: &str = "POSTA_SMTP_URL";
const SIGN_IN: &str = "SMTP sign-in";

/// A reply (RFC 5321 §4.2): its code and the text of its lines.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    fn shown(&self) -> String {
        shown(&format!("{} {}", self.code, self.lines.join(" ")))
    }

    /// The parameters of an EHLO keyword, where it is offered.
    fn offer(&self, keyword: &str) -> Option<&str> {
        self.lines.iter().skip(1).find_map(|line| {
            let (name, parameters) = line.split_once([' ', '=']).unwrap_or((line, ""));
            name.eq_ignore_ascii_case(keyword).then_some(parameters)
        })
    }
}

pub async fn check(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    credentials: Option<&Credentials>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((mut dialogue, offers)) = before_sign_in(config, tls, &mut findings).await {
        if let Some(credentials) = credentials {
            findings.push(sign_in(&mut dialogue, &config.smtp, &offers, credentials).await);
        }
        // A polite end; the findings stand already.
        let _ = dialogue.send("QUIT").await;
    }
    findings
}

async fn before_sign_in(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    findings: &mut Vec<Finding>,
) -> Option<(Dialogue, Reply)> {
    let (server, limits) = (&config.smtp, &config.limits);
    let mut dialogue = dialogue::connect(
        SMTP,
        SETTING,
        server,
        limits.imap.connect,
        limits.imap.greeting,
        findings,
    )
    .await?;
    if server.security == Security::Tls {
        dialogue = dialogue
            .start_tls(SMTP, SETTING, server, tls, findings)
            .await?;
    }
    let greeting = wanted(
        220,
        "greeting",
        server,
        reply(&mut dialogue).await,
        findings,
    )?;
    findings.push(Finding::good(
        SMTP,
        format!("it greets: {}", greeting.shown()),
    ));
    let mut offers = wanted(
        250,
        "EHLO",
        server,
        command(&mut dialogue, "EHLO [127.0.0.1]").await,
        findings,
    )?;
    if server.security == Security::StartTls {
        if offers.offer("STARTTLS").is_none() {
            findings.push(Finding::problem(
                SMTP,
                format!("{} does not offer STARTTLS", place(server)),
                format!(
                    "let the server offer it, or use its port for TLS: {SETTING}=smtps://{}",
                    server.host
                ),
            ));
            return None;
        }
        wanted(
            220,
            "STARTTLS",
            server,
            command(&mut dialogue, "STARTTLS").await,
            findings,
        )?;
        dialogue = dialogue
            .start_tls(SMTP, SETTING, server, tls, findings)
            .await?;
        offers = wanted(
            250,
            "EHLO",
            server,
            command(&mut dialogue, "EHLO [127.0.0.1]").await,
            findings,
        )?;
    }
    judge(server, &offers, findings).map(|()| (dialogue, offers))
}

fn judge(server: &Server, offers: &Reply, findings: &mut Vec<Finding>) -> Option<()> {
    let keywords: Vec<&str> = offers.lines.iter().skip(1).map(String::as_str).collect();
    findings.push(Finding::good(
        SMTP,
        format!(
            "before sign-in ({}) it offers {}",
            way(server.security),
            shown(&keywords.join(", "))
        ),
    ));
    if let Some(size) = offers
        .offer("SIZE")
        .and_then(|size| size.parse::<u64>().ok())
        .filter(|size| *size > 0)
    {
        findings.push(Finding::good(
            SMTP,
            format!("messages may have up to {} MiB", size >> 20),
        ));
    }
    let methods = offers.offer("AUTH").unwrap_or_default();
    if method(methods).is_some() {
        return Some(());
    }
    findings.push(Finding::problem(
        SMTP,
        match methods {
            "" => "it offers no sign-in (AUTH)".to_owned(),
            methods => format!("it offers AUTH {} only", shown(methods)),
        },
        format!("Posta needs AUTH PLAIN or LOGIN: let the server offer it after TLS on the submission port, and check that {SETTING} is that port (587 or 465, not 25)"),
    ));
    None
}

/// The method that Posta takes among those offered.
fn method(offered: &str) -> Option<&'static str> {
    ["PLAIN", "LOGIN"].into_iter().find(|method| {
        offered
            .split_ascii_whitespace()
            .any(|offer| offer.eq_ignore_ascii_case(method))
    })
}

async fn sign_in(
    dialogue: &mut Dialogue,
    server: &Server,
    offers: &Reply,
    credentials: &Credentials,
) -> Finding {
    let method = method(offers.offer("AUTH").unwrap_or_default());
    let answer = if method == Some("PLAIN") {
        auth_plain(dialogue, credentials).await
    } else {
        auth_login(dialogue, credentials).await
    };
    match answer {
        Ok(reply) if reply.code == 235 => Finding::good(SIGN_IN, "done"),
        Ok(reply) => Finding::problem(
            SIGN_IN,
            format!(
                "the server refuses this address and password: {}",
                reply.shown()
            ),
            "the same password must open IMAP and submission; look into the mail server's log",
        ),
        Err(error) => broken(SIGN_IN, server, "AUTH", &error),
    }
}

/// RFC 4616, with the initial response.
async fn auth_plain(dialogue: &mut Dialogue, credentials: &Credentials) -> io::Result<Reply> {
    let password = credentials.password.expose_secret();
    let plain = Zeroizing::new(format!("\0{}\0{password}", credentials.email));
    let line = Zeroizing::new(format!("AUTH PLAIN {}", STANDARD.encode(plain.as_bytes())));
    command(dialogue, &line).await
}

async fn auth_login(dialogue: &mut Dialogue, credentials: &Credentials) -> io::Result<Reply> {
    let asked = command(dialogue, "AUTH LOGIN").await?;
    if asked.code != 334 {
        return Ok(asked);
    }
    let asked = command(dialogue, &STANDARD.encode(&credentials.email)).await?;
    if asked.code != 334 {
        return Ok(asked);
    }
    let password = Zeroizing::new(STANDARD.encode(credentials.password.expose_secret()));
    command(dialogue, &password).await
}

async fn command(dialogue: &mut Dialogue, line: &str) -> io::Result<Reply> {
    dialogue.send(line).await?;
    reply(dialogue).await
}

async fn reply(dialogue: &mut Dialogue) -> io::Result<Reply> {
    let lines = dialogue
        .lines(|line| line.as_bytes().get(3) != Some(&b'-'))
        .await?;
    let code = lines
        .last()
        .and_then(|line| line.get(..3))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not an SMTP reply"))?;
    let lines = lines
        .iter()
        .map(|line| line.get(4..).unwrap_or_default().to_owned())
        .collect();
    Ok(Reply { code, lines })
}

fn wanted(
    code: u16,
    during: &str,
    server: &Server,
    reply: io::Result<Reply>,
    findings: &mut Vec<Finding>,
) -> Option<Reply> {
    match reply {
        Ok(reply) if reply.code == code => Some(reply),
        Ok(reply) => {
            findings.push(Finding::problem(
                SMTP,
                format!("{} answers {} ({during})", place(server), reply.shown()),
                format!(
                    "check that {SETTING} is a submission port, and look into the mail server's log"
                ),
            ));
            None
        }
        Err(error) => {
            findings.push(broken(SMTP, server, during, &error));
            None
        }
    }
}
