use super::{Account, Result};
use crate::store::SessionInfo;

/// One signed-in session as the settings page lists it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Opaque, for the revoke URL; not the session id.
    pub id: String,
    /// "Firefox on Linux", from User-Agent, cleaned.
    pub label: String,
    /// Unix seconds.
    pub signed_in: i64,
    pub last_seen: i64,
    pub current: bool,
}

impl Device {
    /// The id under which the session with this cookie is listed.
    pub fn id_of(session: &tower_sessions::session::Id) -> String {
        SessionInfo::public_id(session)
    }
}

impl Account {
    /// Last seen first. `current`: public id of the asking session. `now`: unix seconds.
    pub async fn devices(&self, current: &str, now: i64) -> Result<Vec<Device>> {
        let sessions = self.store().sessions_of(self.id(), now).await?;
        let device = |session: SessionInfo| Device {
            current: session.id == current,
            id: session.id,
            label: session.label,
            signed_in: session.created_at,
            last_seen: session.seen_at,
        };
        Ok(sessions.into_iter().map(device).collect())
    }

    /// Signs the device out. One that is signed out already is no error.
    pub async fn revoke_device(&self, id: &str) -> Result<()> {
        if !self.store().revoke_session(self.id(), id).await? {
            tracing::debug!("the session to revoke had ended");
        }
        Ok(())
    }
}
