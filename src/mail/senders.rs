//! What a person chose for one sender, and which messages are that sender's.
use super::{Account, Address, Error, Header, MessageRef, Result, Role, Trust};
use crate::store::{Choice, Sender};

/// How a letter is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LetterView {
    /// As it was designed, in a frame of its own.
    #[serde(rename = "html")]
    Designed,
    /// What it says, in our own typography.
    #[serde(rename = "letter")]
    Letter,
    #[serde(rename = "text")]
    Text,
}

impl LetterView {
    pub const ALL: [Self; 3] = [Self::Designed, Self::Letter, Self::Text];

    /// As addresses, forms and the database say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Designed => "html",
            Self::Letter => "letter",
            Self::Text => "text",
        }
    }

    /// The view of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

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
    /// How the letters of this sender open, where that was chosen.
    pub fn view(&self) -> Option<LetterView> {
        self.chosen.view.as_deref().and_then(LetterView::parse)
    }

    /// Pictures from the web may be shown without asking: chosen so, and truly from the sender (R-IMG-1).
    pub fn shows_pictures(&self) -> bool {
        self.verified && self.chosen.pictures
    }
}

impl Account {
    /// The choices for whoever is alone in From.
    pub(super) async fn chosen_for(&self, from: &[Address]) -> Result<SenderChoices> {
        let [from] = from else {
            return Ok(SenderChoices::default());
        };
        Ok(SenderChoices {
            chosen: self.store().sender(&self.owner(), &from.addr).await?,
            verified: false,
            address: Some(from.addr.clone()),
        })
    }

    /// The choices for the sender of a message with this header. `told`: those for the sender whom the mail server told.
    pub(super) async fn sender_of(
        &self,
        header: &Header,
        trust: &Trust,
        told: SenderChoices,
    ) -> Result<SenderChoices> {
        let choices = match (header.from.as_slice(), &told.address) {
            ([from], Some(address)) if from.addr == *address => told,
            (from, _) => self.chosen_for(from).await?,
        };
        Ok(SenderChoices {
            verified: choices.address.is_some() && trust.authentication.passes_dmarc(&header.from),
            ..choices
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
        self.store()
            .choose(&self.owner(), address, Choice::Pictures)
            .await?;
        Ok(true)
    }

    /// From now on the letters of this message's sender open in this view. Without one sender there is nobody to
    /// remember it for: false.
    pub async fn always_view(&self, reference: &MessageRef, view: LetterView) -> Result<bool> {
        let sender = self.open(reference).await?.sender;
        let Some(address) = &sender.address else {
            return Ok(false);
        };
        self.store()
            .choose(&self.owner(), address, Choice::View(view.name()))
            .await?;
        Ok(true)
    }

    /// Nothing is chosen for this address any more. One without a choice is no error.
    pub async fn forget_sender(&self, address: &str) -> Result<()> {
        let forgotten = self.store().forget_sender(&self.owner(), address).await;
        forgotten.map_err(Error::from)
    }

    /// Addresses with a choice, in their order.
    pub async fn chosen_senders(&self) -> Result<Vec<SenderChoices>> {
        let senders = self.store().senders(&self.owner()).await?;
        let choices = senders.into_iter().map(|(address, chosen)| SenderChoices {
            address: Some(address),
            verified: false,
            chosen,
        });
        Ok(choices.collect())
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
