//! One script, its player, and a client with limits that a test can wait for.

use super::player::{Player, Script};
use posta::{
    imap::{Connection, Credentials, Endpoint, Error, Limits, MailboxName, Pool, Security},
    tasks::Tasks,
};
use std::{sync::Arc, time::Duration};

/// One script and a client for it.
pub struct Stage {
    pub script: Script,
    pub player: Player,
    pub endpoint: Endpoint,
    pub tasks: Tasks,
}

impl Stage {
    pub fn new(script: Script) -> Self {
        let player = Player::start(&script);
        let name = script.name.as_str();
        let start_tls =
            name.starts_with("starttls-") || name == "greeting-preauth-on-starttls-port";
        let security = if start_tls {
            Security::StartTls
        } else {
            Security::None
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let tls = Arc::new(
            tls.with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
        );
        let limits = Limits {
            greeting: Duration::from_secs(2),
            command: Duration::from_secs(2),
            connections_per_account: 1,
            ..Limits::default()
        };
        let endpoint = Endpoint {
            host: "127.0.0.1".into(),
            port: player.address.port(),
            security,
            tls,
            limits,
        };
        Self {
            script,
            player,
            endpoint,
            tasks: Tasks::default(),
        }
    }

    pub fn credentials() -> Credentials {
        Credentials {
            user: "alice".into(),
            password: "hunter2".to_owned().into(),
            client: None,
        }
    }

    pub async fn try_open(&self) -> Result<Connection, Error> {
        Connection::open(&self.endpoint, &Self::credentials(), &self.tasks).await
    }

    pub async fn open(&self) -> Connection {
        self.try_open().await.unwrap()
    }

    pub async fn open_inbox(&self) -> Connection {
        let mut connection = self.open().await;
        connection.select(&MailboxName::inbox()).await.unwrap();
        connection
    }

    pub fn pool(&self) -> Pool {
        Pool::new(
            self.endpoint.clone(),
            Self::credentials(),
            self.tasks.clone(),
        )
    }

    pub fn password_was_sent(&self) -> bool {
        // hunter2 as it stands in LOGIN, and at the end of the SASL response.
        self.player.heard().iter().any(|line| {
            line.contains("hunter2") || line.contains("odW50ZXIy") || line.contains("AGFsaWNl")
        })
    }
}

pub fn scripts() -> Vec<Script> {
    #[derive(serde::Deserialize)]
    struct Corpus {
        scenarios: Vec<Script>,
    }
    let corpus: Corpus =
        serde_json::from_str(include_str!("../../corpora/handmade/imap-hostile.json")).unwrap();
    corpus.scenarios
}
