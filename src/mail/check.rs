//! `posta check`: what stands between this machine and its mail servers, step by step, each problem
//! with a way to mend it.

mod certificate;
mod dialogue;
mod imap_server;
mod submission_server;

use super::Credentials;
use crate::config::{Config, Security, Server};
use std::{fmt, sync::Arc};

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Good,
    /// Works, but something is worse than it could be.
    Warning,
    /// Does not work.
    Problem,
}

/// What one step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, for example `IMAP`.
    pub subject: &'static str,
    pub outcome: Outcome,
    pub text: String,
    pub remedy: Option<String>,
}

impl Finding {
    pub fn good(subject: &'static str, text: impl Into<String>) -> Self {
        Self {
            subject,
            outcome: Outcome::Good,
            text: text.into(),
            remedy: None,
        }
    }

    pub fn warning(
        subject: &'static str,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            outcome: Outcome::Warning,
            text: text.into(),
            remedy: Some(remedy.into()),
        }
    }

    pub fn problem(
        subject: &'static str,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            outcome: Outcome::Problem,
            text: text.into(),
            remedy: Some(remedy.into()),
        }
    }
}

/// One line for the finding and one, indented, for its remedy. Control characters of a server's words
/// are already removed.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            Outcome::Good => "ok     ",
            Outcome::Warning => "warning",
            Outcome::Problem => "PROBLEM",
        };
        write!(f, "{mark}  {}: {}", self.subject, self.text)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n         → {remedy}"),
            None => Ok(()),
        }
    }
}

/// Looks at the settings, then at both mail servers; with `credentials` it signs in to both too. Nothing
/// is changed and nothing is sent. Ends within a few deadlines of `config.limits`.
pub async fn check(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    credentials: Option<&Credentials>,
) -> Vec<Finding> {
    let mut findings = settings(config);
    let (imap, submission) = tokio::join!(
        imap_server::check(config, tls, credentials),
        submission_server::check(config, tls, credentials)
    );
    findings.extend(imap);
    findings.extend(submission);
    findings
}

fn settings(config: &Config) -> Vec<Finding> {
    const SETTINGS: &str = "settings";
    let url = &config.public_url;
    let local = url.host_str().is_some_and(|host| {
        let host = host.trim_matches(['[', ']']);
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    });
    let mut findings = Vec::new();
    if url.scheme() == "http" && !local {
        findings.push(Finding::warning(
            SETTINGS,
            format!("browsers reach {url} in the clear: passwords and mail can be read on the way"),
            "put a proxy with a certificate in front and set POSTA_PUBLIC_URL=https://…",
        ));
    } else {
        findings.push(Finding::good(
            SETTINGS,
            format!("browsers are expected at {url}"),
        ));
    }
    if !local && !config.listen.ip().is_loopback() && config.trusted_proxies.iter().all(is_loopback)
    {
        findings.push(Finding::warning(
            SETTINGS,
            "only proxies on this machine are believed about the browser's address",
            "where the proxy is another machine or container, name it in POSTA_TRUSTED_PROXIES: else all people share one limit on sign-in tries",
        ));
    }
    findings
}

fn is_loopback(network: &ipnet::IpNet) -> bool {
    network.addr().is_loopback()
}

/// `host:port` as it is written.
fn place(server: &Server) -> String {
    if server.host.contains(':') {
        format!("[{}]:{}", server.host, server.port)
    } else {
        format!("{}:{}", server.host, server.port)
    }
}

fn way(security: Security) -> &'static str {
    match security {
        Security::Tls => "TLS",
        Security::StartTls => "STARTTLS",
        Security::None => "in the clear",
    }
}

#[cfg(test)]
mod tests;
