//! The one TLS client configuration, for IMAP and submission.

use crate::config::{Config, Security};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::Path, sync::Arc};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("POSTA_CA_FILE: {path} cannot be read: {source}")]
    CaFile {
        path: String,
        source: rustls::pki_types::pem::Error,
    },
    #[error("POSTA_CA_FILE: {path} holds no certificate; it is a PEM file with BEGIN CERTIFICATE")]
    NoCertificate { path: String },
    #[error(
        "no certificate authorities to check the mail servers against ({0}); install ca-certificates, or name a PEM file by POSTA_CA_FILE"
    )]
    NoAuthorities(#[source] rustls::Error),
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// Trusts the system's certificate authorities and those of POSTA_CA_FILE. Makes ring the process's
/// cryptography. Blocks on the file system for about 30 ms: build it once and share it.
pub fn client_config(config: &Config) -> Result<Arc<ClientConfig>, TlsError> {
    if CryptoProvider::get_default().is_none() {
        // Refused only when another thread was faster, with the same one.
        let _ = ring::default_provider().install_default();
    }
    let provider = Arc::new(ring::default_provider());
    let own = match &config.ca_file {
        Some(path) => certificates(path)?,
        None => Vec::new(),
    };
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?;
    let needed = [&config.imap, &config.smtp]
        .iter()
        .any(|server| server.security != Security::None);
    let client = match rustls_platform_verifier::Verifier::new_with_extra_roots(own, provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(error) if needed => return Err(TlsError::NoAuthorities(error)),
        Err(_without_use) => builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
    };
    Ok(Arc::new(client))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let shown = || path.display().to_string();
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| TlsError::CaFile {
            path: shown(),
            source,
        })?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate { path: shown() });
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Server;

    fn config(ca_file: Option<&Path>) -> Config {
        let server = Server {
            host: "mail.example.org".to_owned(),
            port: 993,
            security: Security::Tls,
        };
        let mut config = Config::new(server.clone(), server);
        config.ca_file = ca_file.map(Path::to_owned);
        config
    }

    #[test]
    fn a_file_without_a_certificate_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        let error = client_config(&config(Some(&file))).unwrap_err().to_string();
        assert!(error.contains("ca.pem cannot be read"), "{error}");
        std::fs::write(
            &file,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        )
        .unwrap();
        let error = client_config(&config(Some(&file))).unwrap_err().to_string();
        assert!(error.contains("ca.pem holds no certificate"), "{error}");
    }

    #[test]
    fn a_certificate_authority_of_one_s_own_is_trusted() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        let made = rcgen::generate_simple_self_signed(vec!["mail.example.org".to_owned()]).unwrap();
        std::fs::write(&file, made.cert.pem()).unwrap();
        assert!(client_config(&config(Some(&file))).is_ok());
    }
}
