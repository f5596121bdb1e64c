use super::{Account, Credentials, SignInError, account_id, login, registry::Registry};
use crate::mail::Error;
use crate::{imap, store};
use secrecy::ExposeSecret;
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Longest address and password that are put to the server, octets.
const CREDENTIAL_MAX: usize = 1000;

pub(super) async fn sign_in(
    registry: &Arc<Registry>,
    credentials: Credentials,
    client: IpAddr,
    now: i64,
) -> Result<Account, SignInError> {
    let started = Instant::now();
    let shared = registry.shared();
    let limits = &shared.config.limits;
    let id = account_id(&credentials.email, &shared.config.imap.host);
    let hash = shared.store.account_hash(&id);
    let attempt = shared
        .store
        .attempt(client, &hash, now, limits)
        .await
        .map_err(Error::from)?;
    let permit = match attempt {
        store::Attempt::Permit(permit) => permit,
        store::Attempt::Wait(retry_after) => return Err(SignInError::TooMany { retry_after }),
    };
    match prove(registry, &credentials).await {
        Ok(mut connection) => {
            // Most people go to the INBOX next: it is opened while the database writes.
            let inbox = imap::MailboxName::inbox();
            let (counted, opened) = tokio::join!(
                shared.store.attempt_succeeded(&permit, now),
                connection.select(&inbox),
            );
            counted.map_err(Error::from)?;
            if let Err(error) = opened {
                tracing::debug!(%error, "INBOX was not opened at sign-in");
            }
            Ok(registry.proved(&credentials, connection))
        }
        Err(error) => {
            if let SignInError::Mail(_) = error {
                shared
                    .store
                    .attempt_withdrawn(&permit)
                    .await
                    .map_err(Error::from)?;
            }
            tokio::time::sleep_until(
                started + answer_after(started.elapsed(), limits.sign_in_deadline),
            )
            .await;
            Err(error)
        }
    }
}

async fn prove(
    registry: &Registry,
    credentials: &Credentials,
) -> Result<imap::Connection, SignInError> {
    let user = credentials.email.trim();
    let password = credentials.password.expose_secret();
    if !can_be_asked(user) || !can_be_asked(password) {
        return Err(SignInError::Refused);
    }
    let shared = registry.shared();
    let login = login(&shared.config, credentials);
    match imap::Connection::open(&shared.endpoint, &login, &shared.tasks).await {
        Ok(connection) => Ok(connection),
        Err(imap::Error::AuthenticationFailed) => Err(SignInError::Refused),
        Err(error) => Err(SignInError::Mail(error.into())),
    }
}

fn can_be_asked(value: &str) -> bool {
    !value.is_empty() && value.len() <= CREDENTIAL_MAX && !value.contains(['\0', '\r', '\n'])
}

/// The first multiple of the deadline that has not passed: a server that takes longer to refuse some
/// addresses than others does not show through.
fn answer_after(elapsed: Duration, deadline: Duration) -> Duration {
    if deadline.is_zero() {
        return Duration::ZERO;
    }
    let rounds = elapsed.as_nanos().div_ceil(deadline.as_nanos()).max(1);
    deadline.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_answer_at_a_multiple_of_the_deadline() {
        let deadline = Duration::from_secs(2);
        assert_eq!(answer_after(Duration::ZERO, deadline), deadline);
        assert_eq!(
            answer_after(Duration::from_millis(1999), deadline),
            deadline
        );
        assert_eq!(
            answer_after(Duration::from_millis(2003), deadline),
            deadline * 2
        );
        assert_eq!(
            answer_after(Duration::from_secs(9), Duration::ZERO),
            Duration::ZERO
        );
    }

    #[test]
    fn what_could_break_out_of_a_command_is_never_asked() {
        for value in ["", "a\0b", "a\r\nb", "a\nb"] {
            assert!(!can_be_asked(value), "{value:?}");
        }
        assert!(!can_be_asked(&"a".repeat(CREDENTIAL_MAX + 1)));
        assert!(can_be_asked("bob \"quoted\" \\back"));
    }
}
