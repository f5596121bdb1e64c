//! What a person chose in the settings.
use super::{Account, Address, LetterView, Result, SendState};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

/// Kept per account in the database, sealed. Empty language or time zone: as the browser says.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub language: Option<String>,
    pub theme: Theme,
    /// IANA name.
    pub timezone: Option<String>,
    /// Display name of the sender.
    pub name: String,
    /// How letters open that have HTML; None: as each letter suggests.
    pub view: Option<LetterView>,
    /// Text under `-- `.
    pub signature: String,
}

impl Preferences {
    /// The defaults, where nothing was chosen yet.
    fn read(stored: Option<&[u8]>) -> Result<Self> {
        match stored {
            Some(json) => Ok(serde_json::from_slice(json).map_err(crate::store::Error::from)?),
            None => Ok(Self::default()),
        }
    }

    /// Offset from UTC at this moment (unix seconds), in seconds; 0 without a known zone.
    pub(super) fn utc_offset(&self, at: i64) -> i32 {
        let Ok(at) = jiff::Timestamp::from_second(at) else {
            return 0;
        };
        self.timezone
            .as_deref()
            .and_then(|name| jiff::tz::TimeZone::get(name).ok())
            .map_or(0, |zone| zone.to_offset(at).seconds())
    }

    /// The sender as the header names them.
    pub(super) fn sender(&self, email: &str) -> Address {
        let name = self.name.trim();
        Address {
            name: (!name.is_empty()).then(|| name.to_owned()),
            addr: email.to_owned(),
        }
    }
}

impl Account {
    pub async fn preferences(&self) -> Result<Preferences> {
        let stored = self.store().preferences(&self.owner()).await?;
        Preferences::read(stored.as_deref().map(Vec::as_slice))
    }

    /// What every page says of a person: the same, and how many messages of [`Account::outbox`] there are.
    pub async fn preferences_and_outbox(&self) -> Result<(Preferences, usize)> {
        let (stored, waiting) = self
            .store()
            .preferences_and_outbox(&self.owner(), SendState::Done.name())
            .await?;
        let preferences = Preferences::read(stored.as_deref().map(Vec::as_slice))?;
        Ok((preferences, usize::try_from(waiting).unwrap_or(0)))
    }

    pub async fn set_preferences(&self, preferences: &Preferences) -> Result<()> {
        let json = serde_json::to_vec(preferences).map_err(crate::store::Error::from)?;
        Ok(self.store().set_preferences(&self.owner(), &json).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_follows_the_zone_and_its_summer_time() {
        let preferences = Preferences {
            timezone: Some("Europe/Chisinau".to_owned()),
            ..Preferences::default()
        };
        assert_eq!(preferences.utc_offset(1_768_000_000), 7200);
        assert_eq!(preferences.utc_offset(1_783_000_000), 10_800);
        assert_eq!(Preferences::default().utc_offset(1_783_000_000), 0);
        let unknown = Preferences {
            timezone: Some("Nowhere/Town".to_owned()),
            ..Preferences::default()
        };
        assert_eq!(unknown.utc_offset(0), 0);
    }

    #[test]
    fn an_older_row_reads_with_the_new_fields_at_their_defaults() {
        let read: Preferences = serde_json::from_str(r#"{"name":"Ana","unknown":1}"#).unwrap();
        assert_eq!(read.name, "Ana");
        assert_eq!(read.theme, Theme::Auto);
    }
}
