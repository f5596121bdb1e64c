//! The key file in the data directory.

use super::{ServerKey, fill_random};
use secrecy::SecretString;
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the key file {} cannot be used: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "the key file {} holds no key; put back the one from your backup, or remove it to start with a new one (everyone signs in anew and drafts kept here are lost)",
        path.display()
    )]
    Damaged { path: PathBuf },
}

impl ServerKey {
    /// The key in `path`; a new random one is written there when there is none. The file is complete
    /// before it has its name, has mode 0600, and of two processes that start together both get the
    /// same key. Blocks on the file system.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        if let Some(key) = read(path)? {
            return Ok(key);
        }
        create(path).map_err(failed)?;
        read(path)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
    }
}

fn read(path: &Path) -> Result<Option<ServerKey>, KeyFileError> {
    let failed = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => SecretString::from(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(KeyFileError::Damaged {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(failed(error)),
    };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(failed)?;
        tracing::warn!(path = %path.display(), "others could read the key file; its mode is now 0600");
    }
    match ServerKey::from_text(&text) {
        Ok(key) => Ok(Some(key)),
        Err(_) => Err(KeyFileError::Damaged {
            path: path.to_owned(),
        }),
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut suffix = [0; 8];
    fill_random(&mut suffix);
    let new = path.with_extension(format!("new-{:016x}", u64::from_le_bytes(suffix)));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    let written = file
        .write_all(ServerKey::random().to_hex().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| link(&new, path));
    let removed = fs::remove_file(&new);
    written.and(removed)
}

/// Gives the finished file its name unless another process was faster, in which case that one counts.
fn link(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // A file system without hard links: the last of two simultaneous first starts wins.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            fs::copy(new, path).map(|_| ())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_writes_a_key_that_later_starts_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let first = ServerKey::load_or_create(&path).unwrap();
        let second = ServerKey::load_or_create(&path).unwrap();
        assert_eq!(first.pseudonym("t", b""), second.pseudonym("t", b""));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn a_key_file_open_to_others_is_closed_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        fs::write(&path, "ab".repeat(32)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        ServerKey::load_or_create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_damaged_key_file_is_reported_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        for content in [&b"abc"[..], b"", b"\xff\xfe\x00"] {
            fs::write(&path, content).unwrap();
            assert!(matches!(
                ServerKey::load_or_create(&path),
                Err(KeyFileError::Damaged { .. })
            ));
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }

    #[test]
    fn processes_that_start_together_share_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let names: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        ServerKey::load_or_create(&path)
                            .unwrap()
                            .pseudonym("t", b"")
                    })
                })
                .collect();
            starts.into_iter().map(|s| s.join().unwrap()).collect()
        });
        assert!(names.windows(2).all(|pair| pair[0] == pair[1]), "{names:?}");
    }
}
