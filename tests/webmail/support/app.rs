//! Posta itself, in this process, on a free port.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use posta::config::{Config, Security, Server};
use tokio::{net::TcpListener, sync::oneshot};
use url::Url;

use super::{
    cutting_proxy::CuttingProxy,
    mail_server::{MailServer, TestUser},
    page::Browser,
    postgres,
};

/// A running Posta. It drains and ends when dropped.
pub struct App {
    /// What browsers see, ending with `/`.
    pub url: Url,
    address: SocketAddr,
    config: Config,
    data: Arc<tempfile::TempDir>,
    running: Option<Running>,
}

struct Running {
    shutdown: oneshot::Sender<()>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl App {
    /// In front of the shared mail server, with SQLite in a directory of its own and every limit at its default,
    /// but for the wait after a refused sign-in.
    pub async fn start() -> Self {
        Self::start_with(MailServer::shared(), |_| ()).await
    }

    /// The same in front of this mail server, with a changed configuration.
    pub async fn start_with(server: &MailServer, change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().expect("a temporary directory");
        let mut config = Config::new(
            loopback(server.imaps, Security::Tls),
            loopback(server.submission, Security::StartTls),
        );
        config.ca_file = Some(server.ca_file());
        config.data_dir = data.path().to_owned();
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.limits.sign_in_deadline = Duration::from_millis(50);
        config.limits.shutdown = Duration::from_secs(10);
        change(&mut config);
        Self::run(config, Arc::new(data)).await
    }

    /// In front of the shared mail server, whose IMAP goes through a proxy that a story can break.
    pub async fn start_behind(proxy: &CuttingProxy, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(MailServer::shared(), |config| {
            config.imap.port = proxy.port;
            change(config);
        })
        .await
    }

    /// In front of the shared mail server, with a PostgreSQL database of its own.
    pub async fn start_on_postgres() -> Self {
        let url = postgres::database_url().await;
        Self::start_with(MailServer::shared(), |config| {
            config.database_url = Some(url);
            let key = "cG9zdGEtdGVzdC1rZXktcG9zdGEtdGVzdC1rZXktMTI";
            config.secret_key = Some(key.into());
        })
        .await
    }

    /// Ends Posta and starts it again on the same port with the same data, as an upgrade does.
    pub async fn restart(mut self) -> Self {
        self.end().expect("Posta drains");
        let mut config = self.config.clone();
        config.listen = self.address;
        Self::run(config, Arc::clone(&self.data)).await
    }

    /// Ends Posta as SIGTERM does and returns what `run` returned.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    /// A browser with no cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.url.clone())
    }

    /// A browser in which this user has signed in.
    pub async fn sign_in(&self, user: &TestUser<'_>) -> Browser {
        let browser = self.browser();
        sign_in(&browser, user).await;
        browser
    }

    /// Sends these octets and returns everything that is answered until the connection is closed or silent for so long.
    pub fn raw(&self, request: &[u8], silence: Duration) -> String {
        let mut socket = TcpStream::connect(self.address).expect("Posta answers");
        socket
            .set_read_timeout(Some(silence))
            .expect("a socket option");
        // An answer may come, and the connection end, before all is sent.
        let _sent = socket.write_all(request);
        let mut answer = Vec::new();
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = socket.read(&mut buffer) {
            answer.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Where Posta listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Posta keeps its database and key.
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    async fn run(mut config: Config, data: Arc<tempfile::TempDir>) -> Self {
        // A second Posta of this process finds it installed already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = listen(config.listen).await;
        let address = listener.local_addr().expect("a bound socket");
        let default_url =
            config.public_url == Config::new(config.imap.clone(), config.smtp.clone()).public_url;
        if default_url {
            config.public_url = Url::parse(&format!("http://{address}/")).expect("a URL");
        } else if config.public_url.port() == Some(0) {
            let port = Some(address.port());
            config
                .public_url
                .set_port(port)
                .expect("a host takes a port");
        }
        let listener = listener.into_std().expect("a socket of the system");
        let (shutdown, stopped) = oneshot::channel::<()>();
        let kept = config.clone();
        let thread = std::thread::spawn(move || {
            posta::server::runtime()?.block_on(async {
                let listener = TcpListener::from_std(listener)?;
                posta::server::run(listener, config, ended(stopped)).await
            })
        });
        let app = Self {
            url: kept.public_url.clone(),
            address,
            config: kept,
            data,
            running: Some(Running { shutdown, thread }),
        };
        app.await_start().await;
        app
    }

    async fn await_start(&self) {
        // By address: the public URL may be one that only a proxy answers.
        let health = format!("http://{}/healthz", self.address);
        let running = self.running.as_ref().expect("just started");
        for _ in 0..500 {
            assert!(!running.thread.is_finished(), "Posta ended at its start");
            if reqwest::get(&health).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Posta does not answer");
    }

    fn end(&mut self) -> anyhow::Result<()> {
        let Some(running) = self.running.take() else {
            return Ok(());
        };
        // Gone already when the server ended by itself; then its result says why.
        let _received = running.shutdown.send(());
        running.thread.join().expect("Posta does not panic")
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let ended = self.end();
        if !std::thread::panicking() {
            ended.expect("Posta drains");
        }
    }
}

/// Signs this user in, in a browser that shows nothing of Posta yet.
pub async fn sign_in(browser: &Browser, user: &TestUser<'_>) {
    let page = browser.get("/login").await;
    let inbox = page.sign_in(&user.email, &user.password).await;
    assert_eq!(inbox.status, 200, "{}", inbox.text());
    assert_eq!(inbox.path(), "/mailbox/INBOX");
}

/// A mail server on a loopback port.
pub fn loopback(port: u16, security: Security) -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        security,
    }
}

/// The port of an instance that has just ended may be held for a moment.
async fn listen(address: SocketAddr) -> TcpListener {
    for _ in 0..100 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{address} is taken");
}

async fn ended(stopped: oneshot::Receiver<()>) {
    // A dropped sender means the same as a message.
    let _signal = stopped.await;
}
