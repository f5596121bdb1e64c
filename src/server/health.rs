//! `posta healthcheck`: asks the server on this machine whether it lives.

use crate::config::Config;
use anyhow::{Context, ensure};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const DEADLINE: Duration = Duration::from_secs(3);

/// Asks the address that `config` serves for `/healthz`; anything but 200 within three seconds is an error.
pub async fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let answer = tokio::time::timeout(DEADLINE, ask(config))
        .await
        .context("no answer in time")??;
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.starts_with("HTTP/1.1 200"), "it answers {status:?}");
    Ok(())
}

async fn ask(config: &Config) -> anyhow::Result<String> {
    let ip = match config.listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, config.listen.port());
    let mut stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("nothing listens at {address}"))?;
    let url = &config.public_url;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let path = format!("{}healthz", url.path());
    stream
        .write_all(
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Security, Server};
    use tokio::net::TcpListener;

    async fn check_of(answer: &'static str) -> (anyhow::Result<()>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            host: "localhost".to_owned(),
            port: 1,
            security: Security::None,
        };
        let mut config = Config::new(server.clone(), server);
        config.listen = SocketAddr::from(([0, 0, 0, 0], listener.local_addr().unwrap().port()));
        config.public_url = "https://example.org:8443/mail/".parse().unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..read]).into_owned()
        };
        tokio::join!(healthcheck(&config), serve)
    }

    #[tokio::test]
    async fn only_200_is_healthy_and_the_request_names_the_public_host() {
        let (healthy, request) = check_of("HTTP/1.1 200 OK\r\n\r\nok").await;
        assert!(healthy.is_ok());
        assert!(
            request.starts_with("GET /mail/healthz HTTP/1.1\r\nHost: example.org:8443\r\n"),
            "{request}"
        );
        let (sick, _) = check_of("HTTP/1.1 503 Service Unavailable\r\n\r\n").await;
        assert!(sick.unwrap_err().to_string().contains("503"));
        let (silent, _) = check_of("").await;
        assert!(silent.is_err());
    }
}
