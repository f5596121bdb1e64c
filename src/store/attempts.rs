//! Limits on sign-in tries: per client network, per account, and of all together.
//!
//! A try is counted before the mail server hears of it. Some tries are free; each one after them waits
//! twice as long as the one before, from one second to at most fifteen minutes, so that no limit is
//! permanent, and one count is forgotten per fifteen quiet minutes. A refused try counts for nothing.
//! An account tried from a network where it has signed in before has a count of its own there: whoever
//! guesses from elsewhere cannot keep the person out of where she usually is.

use super::{Error, Result, Store};
use crate::config::Limits;
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

const LONGEST_WAIT: i64 = 15 * 60;
const FORGET_ONE_AFTER: i64 = 15 * 60;
const MINUTE: i64 = 60;
/// A network is familiar to an account this long after the last sign-in from it.
const FAMILIAR: i64 = 90 * 86_400;
/// Simultaneous tries that change one count: each round lets at least one through.
const ROUNDS: usize = 100;

/// May this person try to sign in now?
#[derive(Debug)]
pub enum Attempt {
    /// Yes, and the try is counted. Tell the outcome by `attempt_succeeded` or, when the password was
    /// never put to the test, `attempt_withdrawn`; a wrong password needs no word.
    Permit(Permit),
    /// Not before this time has passed.
    Wait(Duration),
}

/// A counted try.
#[derive(Debug)]
pub struct Permit {
    client: String,
    /// The account's own count, or that of the account at a familiar network.
    counted: String,
    familiar: String,
}

/// What a count so far means for one more try.
type Rule<'a> = dyn Fn(Option<Count>) -> Verdict + Sync + 'a;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    tries: i64,
    /// Unix seconds of the last counted try; of the minute's beginning where all are counted.
    last_at: i64,
}

impl Store {
    /// Counts a try of `account_hash` from `client` (an IPv4 address, or the /64 of an IPv6 one), or says
    /// how long to wait. `now`: unix seconds.
    pub async fn attempt(
        &self,
        client: IpAddr,
        account_hash: &str,
        now: i64,
        limits: &Limits,
    ) -> Result<Attempt> {
        let permit = self.names(client, account_hash, now).await?;
        let all = self.key.pseudonym("attempts", b"all");
        let per_client = |count| exponential(count, limits.attempts_per_client, now);
        let per_account = |count| exponential(count, limits.attempts_per_account, now);
        let global = |count| per_minute(count, limits.attempts_global, now);
        let rules: [(&str, &Rule<'_>); 3] = [
            (&permit.client, &per_client),
            (&permit.counted, &per_account),
            (&all, &global),
        ];
        for (name, rule) in rules {
            if let Verdict::Wait(wait) = rule(self.count(name).await?) {
                return Ok(Attempt::Wait(wait));
            }
        }
        for (name, rule) in rules {
            if let Some(wait) = self.count_one(name, rule).await? {
                return Ok(Attempt::Wait(wait));
            }
        }
        Ok(Attempt::Permit(permit))
    }

    /// The password was right: the count of the account ends (of its tries from here, where it is
    /// familiar), this try leaves the client's, and the account is familiar with the network from now on.
    pub async fn attempt_succeeded(&self, permit: &Permit, now: i64) -> Result<()> {
        sqlx::query("DELETE FROM attempts WHERE name = $1")
            .bind(&permit.counted)
            .execute(&self.pool)
            .await?;
        self.uncount(&permit.client).await?;
        sqlx::query(
            "INSERT INTO attempts (name, familiar, tries, last_at) VALUES ($1, 1, 0, $2) \
             ON CONFLICT (name) DO UPDATE SET tries = 0, last_at = $2",
        )
        .bind(&permit.familiar)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The mail server could not be asked: the try does not count against anybody.
    pub async fn attempt_withdrawn(&self, permit: &Permit) -> Result<()> {
        for name in [&permit.client, &permit.counted] {
            self.uncount(name).await?;
        }
        Ok(())
    }

    /// Removes counts that no longer make anybody wait. Answers how many there were.
    pub async fn sweep_attempts(&self, now: i64) -> Result<u64> {
        let deleted = sqlx::query(
            "DELETE FROM attempts WHERE (familiar = 0 AND last_at + tries * $1 <= $2) OR last_at <= $3",
        )
        .bind(FORGET_ONE_AFTER)
        .bind(now)
        .bind(now - FAMILIAR)
        .execute(&self.pool)
        .await?;
        Ok(deleted.rows_affected())
    }

    async fn names(&self, client: IpAddr, account_hash: &str, now: i64) -> Result<Permit> {
        let network = network(client).to_string();
        let name = |purpose, context: &str| self.key.pseudonym(purpose, context.as_bytes());
        let familiar = name(
            "attempts of account at client",
            &format!("{account_hash} {network}"),
        );
        let known: Option<(i64,)> =
            sqlx::query_as("SELECT familiar FROM attempts WHERE name = $1 AND last_at > $2")
                .bind(&familiar)
                .bind(now - FAMILIAR)
                .fetch_optional(&self.pool)
                .await?;
        let counted = match known {
            Some(_) => familiar.clone(),
            None => name("attempts of account", account_hash),
        };
        Ok(Permit {
            client: name("attempts of client", &network),
            counted,
            familiar,
        })
    }

    async fn count(&self, name: &str) -> Result<Option<Count>> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT tries, last_at FROM attempts WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(tries, last_at)| Count { tries, last_at }))
    }

    /// Counts one try unless the rule says wait; compares and sets, so of simultaneous tries each is counted.
    async fn count_one(&self, name: &str, rule: &Rule<'_>) -> Result<Option<Duration>> {
        for _ in 0..ROUNDS {
            let before = self.count(name).await?;
            let after = match rule(before) {
                Verdict::Wait(wait) => return Ok(Some(wait)),
                Verdict::Count(after) => after,
            };
            let query = match before {
                None => sqlx::query(
                    "INSERT INTO attempts (name, familiar, tries, last_at) VALUES ($1, 0, $2, $3) ON CONFLICT DO NOTHING",
                ),
                Some(_) => sqlx::query(
                    "UPDATE attempts SET tries = $2, last_at = $3 WHERE name = $1 AND tries = $4 AND last_at = $5",
                ),
            };
            let query = query.bind(name).bind(after.tries).bind(after.last_at);
            let query = match before {
                None => query,
                Some(before) => query.bind(before.tries).bind(before.last_at),
            };
            if query.execute(&self.pool).await?.rows_affected() == 1 {
                return Ok(None);
            }
        }
        Err(Error::Contention)
    }

    async fn uncount(&self, name: &str) -> Result<()> {
        sqlx::query("UPDATE attempts SET tries = tries - 1 WHERE name = $1 AND tries > 0")
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The count with this try.
    Count(Count),
    Wait(Duration),
}

/// `free` tries, then a wait that doubles with each.
fn exponential(count: Option<Count>, free: u32, now: i64) -> Verdict {
    let Some(Count { tries, last_at }) = count else {
        return Verdict::Count(Count {
            tries: 1,
            last_at: now,
        });
    };
    // A clock that was set back makes nobody wait longer than the longest wait.
    let quiet = now.saturating_sub(last_at).max(0);
    let tries = (tries - quiet / FORGET_ONE_AFTER).max(0);
    let over = tries - i64::from(free);
    let wait = if over < 0 {
        0
    } else {
        (1 << over.min(30)).min(LONGEST_WAIT)
    };
    if quiet < wait {
        return Verdict::Wait(seconds(wait - quiet));
    }
    Verdict::Count(Count {
        tries: tries + 1,
        last_at: now,
    })
}

/// `most` tries in a minute.
fn per_minute(count: Option<Count>, most: u32, now: i64) -> Verdict {
    match count {
        Some(Count { tries, last_at }) if (last_at..last_at + MINUTE).contains(&now) => {
            if tries < i64::from(most) {
                Verdict::Count(Count {
                    tries: tries + 1,
                    last_at,
                })
            } else {
                Verdict::Wait(seconds(last_at + MINUTE - now))
            }
        }
        _ => Verdict::Count(Count {
            tries: 1,
            last_at: now,
        }),
    }
}

fn seconds(n: i64) -> Duration {
    Duration::from_secs(n.unsigned_abs())
}

/// What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber has.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests;
