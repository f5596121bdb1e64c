//! The data directory, the server key and the database that the configuration asks for.

use crate::{config::Config, seal::ServerKey, store::Store};
use anyhow::{Context, bail};
use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Opens what `config` says: the database of POSTA_DATABASE_URL or a SQLite file in the data directory,
/// under POSTA_SECRET_KEY or the key file there. Without a writable data directory everything is in
/// memory, and a warning says so.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let directory = &config.data_dir;
    let writable = prepare(directory);
    let key = match (&config.secret_key, &writable) {
        (Some(text), _) => ServerKey::from_text(text).context("POSTA_SECRET_KEY")?,
        (None, Ok(())) => ServerKey::load_or_create(&directory.join("secret.key"))?,
        (None, Err(error)) if config.database_url.is_some() => bail!(
            "POSTA_DATABASE_URL needs a key that outlives this process: set POSTA_SECRET_KEY (the same on all nodes), or make POSTA_DATA_DIR ({}) writable ({error})",
            directory.display()
        ),
        (None, Err(_)) => ServerKey::random(),
    };
    let url = match (&config.database_url, &writable) {
        (Some(url), _) => url.clone(),
        (None, Ok(())) => Store::sqlite_url(&directory.join("posta.db")),
        (None, Err(error)) => {
            tracing::warn!(
                directory = %directory.display(),
                %error,
                "the data directory is not writable: sessions, drafts and settings are kept in memory and lost when Posta ends"
            );
            Store::in_memory_url()
        }
    };
    Store::open(&url, key)
        .await
        .with_context(|| match &config.database_url {
            Some(_) => "the database of POSTA_DATABASE_URL does not open".to_owned(),
            None => format!("the database in {} does not open", directory.display()),
        })
}

/// Creates the directory for the owner only where it is missing, and tries to write in it.
fn prepare(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let probe = directory.join(format!(".writable-{}", std::process::id()));
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&probe)?;
    std::fs::remove_file(&probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Security, Server};
    use std::{os::unix::fs::PermissionsExt, path::PathBuf};

    fn config(data_dir: PathBuf) -> Config {
        let server = Server {
            host: "localhost".to_owned(),
            port: 143,
            security: Security::StartTls,
        };
        let mut config = Config::new(server.clone(), server);
        config.data_dir = data_dir;
        config
    }

    #[tokio::test]
    async fn a_data_directory_is_made_for_its_owner_with_key_and_database() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("a").join("data");
        let store = open_store(&config(data.clone())).await.unwrap();
        assert!(store.writable().await);
        store.close().await;
        assert_eq!(data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let mut names: Vec<_> = std::fs::read_dir(&data)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["posta.db", "secret.key"]);
    }

    #[tokio::test]
    async fn without_a_writable_directory_everything_is_in_memory() {
        let store = open_store(&config("/proc/nowhere".into())).await.unwrap();
        assert!(store.writable().await);
    }

    #[tokio::test]
    async fn a_shared_database_is_not_filled_under_a_key_that_ends_with_the_process() {
        let mut config = config("/proc/nowhere".into());
        config.database_url = Some("postgres://127.0.0.1:1/posta".to_owned());
        let error = open_store(&config).await.unwrap_err().to_string();
        assert!(error.contains("POSTA_SECRET_KEY"), "{error}");
    }
}
