//! A conversation by lines with a mail server, bounded in time and size.

use super::{Finding, certificate, place};
use crate::config::Server;
use rustls::pki_types::ServerName;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};

const LONGEST_LINE: u64 = 8 << 10;
const MOST_LINES: usize = 200;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub struct Dialogue {
    stream: BufReader<Box<dyn Stream>>,
    deadline: Duration,
}

/// Resolves the host and connects to its first address that answers. Adds what it found.
pub async fn connect(
    subject: &'static str,
    setting: &'static str,
    server: &Server,
    connect: Duration,
    deadline: Duration,
    findings: &mut Vec<Finding>,
) -> Option<Dialogue> {
    let lookup = tokio::net::lookup_host((server.host.as_str(), server.port));
    let addresses: Vec<SocketAddr> = match tokio::time::timeout(connect, lookup).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            findings.push(Finding::problem(
                subject,
                format!("the name {} leads nowhere ({error})", server.host),
                format!("check the host in {setting} and this machine's DNS (in a container: its network)"),
            ));
            return None;
        }
        Err(_elapsed) => {
            findings.push(Finding::problem(
                subject,
                format!("no answer from DNS for {}", server.host),
                "check this machine's DNS (in a container: its network)",
            ));
            return None;
        }
    };
    let mut failures = Vec::new();
    for address in addresses {
        match tokio::time::timeout(connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                findings.push(Finding::good(
                    subject,
                    format!("{} answers at {address}", place(server)),
                ));
                return Some(Dialogue {
                    stream: BufReader::new(Box::new(stream)),
                    deadline,
                });
            }
            Ok(Err(error)) => failures.push(format!("{address}: {error}")),
            Err(_elapsed) => {
                failures.push(format!("{address}: no answer in {} s", connect.as_secs()))
            }
        }
    }
    findings.push(Finding::problem(
        subject,
        format!(
            "{} cannot be reached ({})",
            place(server),
            failures.join("; ")
        ),
        format!("check the port in {setting}, that the server runs, and the firewalls between"),
    ));
    None
}

impl Dialogue {
    /// Begins TLS; a failure is told in words.
    pub async fn start_tls(
        self,
        subject: &'static str,
        setting: &'static str,
        server: &Server,
        tls: &Arc<rustls::ClientConfig>,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        if !self.stream.buffer().is_empty() {
            findings.push(Finding::problem(
                subject,
                "the server goes on in the clear after STARTTLS; somebody may be in between",
                "update the mail server, or use its port for TLS from the start",
            ));
            return None;
        }
        let name = match ServerName::try_from(server.host.clone()) {
            Ok(name) => name,
            Err(error) => {
                findings.push(Finding::problem(
                    subject,
                    error.to_string(),
                    format!("check the host in {setting}"),
                ));
                return None;
            }
        };
        let connector = tokio_rustls::TlsConnector::from(tls.clone());
        let handshake = connector.connect(name, self.stream.into_inner());
        match tokio::time::timeout(self.deadline, handshake).await {
            Ok(Ok(stream)) => {
                let (_, session) = stream.get_ref();
                let version = session
                    .protocol_version()
                    .and_then(|v| v.as_str())
                    .unwrap_or("TLS");
                findings.push(Finding::good(
                    subject,
                    format!(
                        "{} with a certificate valid for {}",
                        version.replace("v1_", " 1."),
                        server.host
                    ),
                ));
                Some(Self {
                    stream: BufReader::new(Box::new(stream)),
                    deadline: self.deadline,
                })
            }
            Ok(Err(error)) => {
                findings.push(certificate::failure(subject, setting, server, &error));
                None
            }
            Err(_elapsed) => {
                findings.push(Finding::problem(
                    subject,
                    format!("{} does not answer the TLS handshake", place(server)),
                    format!(
                        "check scheme and port in {setting}: a port for STARTTLS waits in silence"
                    ),
                ));
                None
            }
        }
    }

    /// One line without its end.
    pub async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LONGEST_LINE);
        let read = bounded.read_until(b'\n', &mut line);
        tokio::time::timeout(self.deadline, read)
            .await
            .map_err(|_| io::ErrorKind::TimedOut)??;
        if line.last() != Some(&b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line)
            .trim_end_matches(['\r', '\n'])
            .to_owned())
    }

    /// Lines up to and including the first that `last` says is the last.
    pub async fn lines(&mut self, last: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = self.line().await?;
            let end = last(&line);
            lines.push(line);
            if end {
                return Ok(lines);
            }
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "an answer without an end",
        ))
    }

    /// Sends one line.
    pub async fn send(&mut self, line: &str) -> io::Result<()> {
        let write = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await
        };
        tokio::time::timeout(self.deadline, write)
            .await
            .map_err(|_| io::ErrorKind::TimedOut)?
    }
}

/// A server's words as they may be shown: no control characters, not too long.
pub fn shown(words: &str) -> String {
    words
        .chars()
        .filter(|c| !c.is_control())
        .take(600)
        .collect()
}

/// What a broken conversation means.
pub fn broken(subject: &'static str, server: &Server, during: &str, error: &io::Error) -> Finding {
    let what = match error.kind() {
        io::ErrorKind::TimedOut => "does not answer in time".to_owned(),
        io::ErrorKind::UnexpectedEof => "closes the connection".to_owned(),
        _ => format!("breaks off ({error})"),
    };
    Finding::problem(
        subject,
        format!("{} {what} ({during})", place(server)),
        "look into the mail server's log; check that scheme and port belong together, and whether it refuses this machine's address",
    )
}
