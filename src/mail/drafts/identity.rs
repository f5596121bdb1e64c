use super::super::{Account, Error, MessageRef, Result, Seed};
use sha2::{Digest, Sha256};

const LENGTH: usize = 26;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 128 bits as 26 lower-case base32 characters (RFC 4648 §6, without padding): the idempotency key of a message; its
/// Message-ID derives from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DraftId(String);

impl DraftId {
    pub fn random() -> Self {
        Self::from_bytes(random())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        is_id.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_bytes(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes);
        let digit = |place: usize| {
            let shifted = if place == LENGTH - 1 {
                number << 2
            } else {
                number >> (123 - 5 * place)
            };
            char::from(
                ALPHABET
                    .get((shifted & 31) as usize)
                    .copied()
                    .unwrap_or(b'a'),
            )
        };
        Self((0..LENGTH).map(digit).collect())
    }

    /// `id@domain of the sender`, without angle brackets, ASCII.
    pub(in super::super) fn message_id(&self, email: &str) -> String {
        format!("{}@{}", self.0, message_id_domain(email))
    }

    /// The draft a Message-ID was made for.
    fn of_message_id(message_id: &str, email: &str) -> Option<Self> {
        let bare = bare(message_id);
        let (id, domain) = bare.rsplit_once('@')?;
        if domain != message_id_domain(email) {
            return None;
        }
        Self::parse(id)
    }

    /// The same id each time the same stored message of another program is opened.
    fn of_stored(account: &str, reference: &MessageRef) -> Self {
        let mut hash = Sha256::new();
        for piece in [
            account.as_bytes(),
            reference.mailbox.wire(),
            &reference.uid_validity.get().to_be_bytes(),
            &reference.uid.get().to_be_bytes(),
        ] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece);
        }
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        for (byte, from) in bytes.iter_mut().zip(digest.iter()) {
            *byte = *from;
        }
        Self::from_bytes(bytes)
    }
}

pub(super) fn bare(message_id: &str) -> &str {
    message_id
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
}

fn message_id_domain(email: &str) -> String {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    match idna::domain_to_ascii(domain) {
        Ok(domain) if !domain.is_empty() => domain,
        _ => "localhost".to_owned(),
    }
}

#[expect(
    clippy::expect_used,
    reason = "without random numbers of the system nothing here is safe"
)]
pub(in super::super) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

impl Account {
    /// The id to write under: a message in Drafts is continued under the same id each time it is opened; everything
    /// else gets a fresh one.
    pub async fn draft_id(&self, seed: &Seed) -> Result<DraftId> {
        let Seed::Draft(reference) = seed else {
            return Ok(DraftId::random());
        };
        let mut lease = self.lease_on(reference).await?;
        let envelopes = lease.fetch_envelopes(&[reference.uid]).await?;
        let envelope = envelopes.into_iter().next().ok_or(Error::NoSuchMessage)?;
        let own = envelope
            .message_id
            .and_then(|message_id| DraftId::of_message_id(&message_id, self.email()));
        Ok(own.unwrap_or_else(|| DraftId::of_stored(self.id(), reference)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_26_characters_and_reads_back() {
        let id = DraftId::random();
        assert_eq!(DraftId::parse(id.as_str()), Some(id.clone()));
        assert_ne!(id, DraftId::random());
        assert_eq!(DraftId::from_bytes([0; 16]).as_str(), "a".repeat(26));
        assert_eq!(
            DraftId::from_bytes([255; 16]).as_str(),
            format!("{}4", "7".repeat(25))
        );
    }

    #[test]
    fn anything_else_is_no_id() {
        for text in [
            "",
            "a",
            "A2345672345672345672345672",
            "1aaaaaaaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaaaaaa/a",
            "ăaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(DraftId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_message_id_leads_back_to_the_draft() {
        let id = DraftId::random();
        let message_id = id.message_id("ana@bücher.example");
        assert!(message_id.ends_with("@xn--bcher-kva.example"));
        assert_eq!(
            DraftId::of_message_id(&format!("<{message_id}>"), "ana@bücher.example"),
            Some(id.clone())
        );
        assert_eq!(
            DraftId::of_message_id(&message_id, "ana@other.example"),
            None
        );
        assert_eq!(
            DraftId::of_message_id("a@xn--bcher-kva.example", "ana@bücher.example"),
            None
        );
    }
}
