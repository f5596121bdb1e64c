//! What a person chose for one sender, and which messages are that sender's.
use super::{Account, Error, Header, MessageRef, Result, Role, Trust};
use crate::store::Sender;

/// The sender of a message as the choices know it.
#[derive(Clone, Debug, Default)]
pub struct SenderChoices {
    /// Address in From; None where there is none, or more than one.
    pub address: Option<String>,
    /// The sender's domain vouched for the message by DMARC (R-IMG-1), so that a choice may act without asking again.
    pub verified: bool,
    pub chosen: Sender,
}

impl SenderChoices {
    /// Pictures from the web may be shown without asking: chosen so, and truly from the sender (R-IMG-1).
    pub fn shows_pictures(&self) -> bool {
        self.verified && self.chosen.pictures
    }
}

impl Account {
    /// The choices for the sender of a message with this header.
    pub(super) async fn sender_of(&self, header: &Header, trust: &Trust) -> Result<SenderChoices> {
        let [from] = header.from.as_slice() else {
            return Ok(SenderChoices::default());
        };
        Ok(SenderChoices {
            chosen: self.store().sender(&self.owner(), &from.addr).await?,
            verified: trust.authentication.passes_dmarc(&header.from),
            address: Some(from.addr.clone()),
        })
    }

    /// From now on the pictures of this message's sender are shown without asking. Refused where the message is junk or
    /// nobody vouched for it: false.
    pub async fn always_show_pictures(&self, reference: &MessageRef) -> Result<bool> {
        let opened = self.open(reference).await?;
        let sender = opened.sender;
        let (Some(address), true) = (&sender.address, sender.verified) else {
            return Ok(false);
        };
        if opened.role == Some(Role::Junk) {
            return Ok(false);
        }
        let chosen = Sender {
            pictures: true,
            ..sender.chosen
        };
        self.store()
            .set_sender(&self.owner(), address, &chosen)
            .await?;
        Ok(true)
    }

    /// The pictures of this address are hidden again until asked for. One that is not shown anyway is no error.
    pub async fn hide_pictures_of(&self, address: &str) -> Result<()> {
        let owner = self.owner();
        let chosen = Sender {
            pictures: false,
            ..self.store().sender(&owner, address).await?
        };
        let kept = self.store().set_sender(&owner, address, &chosen).await;
        kept.map_err(Error::from)
    }

    /// Addresses whose pictures are always shown, in their order.
    pub async fn senders_with_pictures(&self) -> Result<Vec<String>> {
        let senders = self.store().senders(&self.owner()).await?;
        let shown = senders.into_iter().filter(|(_, sender)| sender.pictures);
        Ok(shown.map(|(address, _)| address).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_acts_only_for_letters_that_are_truly_the_sender_s() {
        let choices = |verified, pictures| SenderChoices {
            address: Some("news@example.net".to_owned()),
            verified,
            chosen: Sender {
                pictures,
                ..Sender::default()
            },
        };
        assert!(choices(true, true).shows_pictures());
        assert!(!choices(false, true).shows_pictures());
        assert!(!choices(true, false).shows_pictures());
        assert!(!SenderChoices::default().shows_pictures());
    }
}
