//! Authenticated encryption of secrets at rest (XChaCha20-Poly1305 under HKDF-SHA256 keys).
//!
//! A key is derived per purpose and context: `HKDF-Extract(salt = server key, ikm = context)`, then
//! `HKDF-Expand(info = "posta v1 " ‖ purpose)`. For a session the context is the session id, which only
//! the cookie holds, so the database together with the server key opens nothing. For what a second
//! device must read too, the context is the account, and the database alone opens nothing.

mod key_file;

pub use key_file::KeyFileError;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, AeadInOut, Payload},
};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

const NONCE: usize = 24;
const TAG: usize = 16;
/// Shortest text taken for a key that is neither hexadecimal nor base64 of 32 bytes, in characters.
pub const SHORTEST_KEY_TEXT: usize = 32;

/// 32 random bytes: POSTA_SECRET_KEY or the key file. Debug prints nothing, zeroized on drop.
#[derive(Clone)]
pub struct ServerKey(Arc<SecretBox<[u8; 32]>>);

/// The text given for a server key has too few characters to be one.
#[derive(Debug, thiserror::Error)]
#[error(
    "a secret key is 32 random bytes in hexadecimal or base64, or another text of at least {SHORTEST_KEY_TEXT} characters; `openssl rand -hex 32` makes one"
)]
pub struct WeakKey;

impl ServerKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(Arc::new(SecretBox::init_with_mut(|key: &mut [u8; 32]| {
            key.copy_from_slice(&*bytes);
        })))
    }

    /// A key that lives as long as the process.
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(&mut *bytes);
        Self::new(*bytes)
    }

    /// Reads a key from text: 64 hexadecimal digits or base64 (either alphabet, padded or not) of 32 bytes
    /// stand for these bytes; any other text of at least 32 characters is hashed with SHA-256.
    /// White space around it does not count.
    pub fn from_text(text: &SecretString) -> Result<Self, WeakKey> {
        let text = text.expose_secret().trim();
        if let Some(bytes) = from_hex(text).or_else(|| from_base64(text)) {
            return Ok(Self::new(*bytes));
        }
        if text.chars().count() < SHORTEST_KEY_TEXT {
            return Err(WeakKey);
        }
        Ok(Self::new(Sha256::digest(text.as_bytes()).into()))
    }

    /// Key for one purpose and context, for example `("account", b"ana@example.org")`.
    pub fn derive(&self, purpose: &'static str, context: &[u8]) -> SealingKey {
        SealingKey(self.expand(purpose, context))
    }

    /// A name by which a row is found again and which tells nobody what it stands for: 32 hexadecimal
    /// digits of a keyed hash. Equal inputs give equal names under one server key.
    pub fn pseudonym(&self, purpose: &'static str, context: &[u8]) -> String {
        let bytes = self.expand(purpose, context);
        hex(bytes.get(..16).unwrap_or_default())
    }

    fn expand(&self, purpose: &'static str, context: &[u8]) -> Zeroizing<[u8; 32]> {
        let hkdf = Hkdf::<Sha256>::new(Some(self.0.expose_secret()), context);
        let mut key = Zeroizing::new([0; 32]);
        #[expect(
            clippy::expect_used,
            reason = "HKDF-SHA256 gives up to 8160 octets; 32 are asked"
        )]
        hkdf.expand_multi_info(&[b"posta v1 ", purpose.as_bytes()], &mut *key)
            .expect("32 octets are within what HKDF gives");
        key
    }

    fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(self.0.expose_secret()))
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey")
    }
}

/// Seals and opens values of one purpose and context. Zeroized on drop, Debug prints nothing.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// nonce ‖ ciphertext ‖ tag, 40 octets longer than `plain`; `aad` binds it to its row.
    pub fn seal(&self, plain: &[u8], aad: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        fill_random(&mut nonce);
        let mut out = Vec::with_capacity(NONCE + plain.len() + TAG);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let (_, content) = out.split_at_mut(NONCE);
        #[expect(
            clippy::expect_used,
            reason = "encryption fails only above 256 GiB, which no value in memory reaches"
        )]
        let tag = self
            .cipher()
            .encrypt_inout_detached(&nonce.into(), aad, content.into())
            .expect("values are far below 256 GiB");
        out.extend_from_slice(&tag);
        out
    }

    /// What was sealed, or None when the key, the row or a single bit is another.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        if sealed.len() < TAG {
            return None;
        }
        match self
            .cipher()
            .decrypt(&(*nonce).into(), Payload { msg: sealed, aad })
        {
            Ok(plain) => Some(Zeroizing::new(plain)),
            Err(_opaque_by_design) => None,
        }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey")
    }
}

#[expect(
    clippy::expect_used,
    reason = "without random numbers nothing may go on: a predictable nonce or key is worse than an abort"
)]
fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

fn from_base64(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
    };
    let text = text.trim_end_matches('=');
    let bytes = Zeroizing::new(
        STANDARD_NO_PAD
            .decode(text)
            .or_else(|_| URL_SAFE_NO_PAD.decode(text))
            .ok()?,
    );
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ServerKey {
        ServerKey::new([7; 32])
    }

    #[test]
    fn what_is_sealed_opens_under_the_same_purpose_context_and_row_only() {
        let sealed = key()
            .derive("account", b"ana@example.org")
            .seal(b"hello", b"row 1");
        let open = |key: ServerKey, purpose, context: &[u8], aad: &[u8]| {
            key.derive(purpose, context).open(&sealed, aad)
        };
        assert_eq!(
            open(key(), "account", b"ana@example.org", b"row 1")
                .unwrap()
                .as_slice(),
            b"hello"
        );
        assert!(open(key(), "account", b"ana@example.org", b"row 2").is_none());
        assert!(open(key(), "account", b"bob@example.org", b"row 1").is_none());
        assert!(open(key(), "session", b"ana@example.org", b"row 1").is_none());
        assert!(
            open(
                ServerKey::new([8; 32]),
                "account",
                b"ana@example.org",
                b"row 1"
            )
            .is_none()
        );
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let sealing = key().derive("session", &[1; 16]);
        let sealed = sealing.seal(b"hello", b"");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealing.open(&changed, b"").is_none(), "bit in octet {at}");
            assert!(
                sealing.open(&sealed[..at], b"").is_none(),
                "cut at octet {at}"
            );
        }
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let sealing = key().derive("account", b"a");
        assert_ne!(sealing.seal(b"x", b""), sealing.seal(b"x", b""));
        assert_eq!(sealing.seal(b"x", b"").len(), 1 + NONCE + TAG);
    }

    #[test]
    fn a_key_is_read_from_hexadecimal_base64_or_a_long_text() {
        let seal_with = |text: &str| {
            ServerKey::from_text(&SecretString::from(text.to_owned()))
                .map(|key| key.pseudonym("t", b""))
        };
        let same = ServerKey::new([0xAB; 32]).pseudonym("t", b"");
        assert_eq!(seal_with(&"ab".repeat(32)).unwrap(), same);
        assert_eq!(seal_with(&format!(" {}\n", "AB".repeat(32))).unwrap(), same);
        assert_eq!(
            seal_with("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=").unwrap(),
            same
        );
        assert_eq!(
            seal_with("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s").unwrap(),
            same
        );
        assert_ne!(
            seal_with("correct horse battery staple, twice over").unwrap(),
            same
        );
        assert!(seal_with("too short").is_err());
        assert!(seal_with("").is_err());
    }

    #[test]
    fn debug_prints_no_key() {
        let server = ServerKey::new([0x41; 32]);
        let printed = format!("{server:?} {:?}", server.derive("account", b"a"));
        assert_eq!(printed, "ServerKey SealingKey");
    }

    #[test]
    fn a_pseudonym_depends_on_key_purpose_and_context() {
        let name = key().pseudonym("attempt", b"192.0.2.1");
        assert_eq!(name.len(), 32);
        assert_eq!(name, key().pseudonym("attempt", b"192.0.2.1"));
        assert_ne!(name, key().pseudonym("attempt", b"192.0.2.2"));
        assert_ne!(name, key().pseudonym("account", b"192.0.2.1"));
        assert_ne!(
            name,
            ServerKey::new([9; 32]).pseudonym("attempt", b"192.0.2.1")
        );
    }
}
