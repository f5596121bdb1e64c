//! Whose row it is, and the key that opens it.
use super::{Error, Result, Store};
use zeroize::Zeroizing;

/// One account as the tables know it: a hash instead of the address, and the key its rows are sealed under.
pub struct Owner {
    hash: String,
    key: crate::seal::SealingKey,
}

impl Store {
    /// `account`: the canonical name of the account, the same from every device.
    pub fn owner(&self, account: &str) -> Owner {
        Owner {
            hash: self.account_hash(account),
            key: self.account_key(account),
        }
    }
}

impl Owner {
    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// `place` names table, row and column, so that a sealed value opens nowhere else. Nothing stays nothing.
    pub(super) fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        if plain.is_empty() {
            return Vec::new();
        }
        self.key.seal(plain, self.aad(place).as_bytes())
    }

    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        if sealed.is_empty() {
            return Ok(Zeroizing::new(Vec::new()));
        }
        self.key
            .open(sealed, self.aad(place).as_bytes())
            .ok_or(Error::Unsealed)
    }

    fn aad(&self, place: &str) -> String {
        format!("{}/{place}", self.hash)
    }
}
