use super::rows;
use crate::imap::{self, Envelope, Uid, UidValidity};
use crate::mail::{Account, Error, Header, MailboxName, Result};

/// Answers over a limit that one page may cost; each closes its connection (SECURITY.md R-IMAP-1). Enough to find two
/// such messages among fifty.
const BREACHES_MAX: usize = 12;

impl Account {
    /// The rows of messages of which only the numbers are known, in their order, fetched in halves down to single messages.
    /// A message that passes the limit alone is told by its header; those fetched together with one when the breaches are
    /// used up stay undescribed.
    pub(super) async fn described_in_portions(
        &self,
        mailbox: &MailboxName,
        uid_validity: UidValidity,
        uids: &[Uid],
    ) -> Result<Vec<Envelope>> {
        let wanted = Wanted {
            mailbox,
            uid_validity,
        };
        let mut rows = Vec::with_capacity(uids.len());
        // The whole is known to be too much.
        let mut breaches = 1;
        let mut portions: Vec<&[Uid]> = halves(uids).into();
        while let Some(portion) = portions.pop() {
            match self.described(wanted, portion).await {
                Ok(described) => rows.extend(described),
                Err(error) if passes_a_limit(&error) => {
                    breaches += 1;
                    match portion {
                        [uid] if breaches <= BREACHES_MAX => {
                            match self.described_by_header(wanted, *uid).await {
                                Ok(described) => rows.extend(described),
                                Err(error) if passes_a_limit(&error) => {
                                    breaches += 1;
                                    rows.push(Envelope::undescribed(*uid));
                                }
                                Err(error) => return Err(error),
                            }
                        }
                        _ if portion.len() > 1 && breaches <= BREACHES_MAX => {
                            portions.extend(halves(portion));
                        }
                        _ => rows.extend(portion.iter().copied().map(Envelope::undescribed)),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    async fn described(&self, wanted: Wanted<'_>, portion: &[Uid]) -> Result<Vec<Envelope>> {
        let uid_validity = wanted.uid_validity;
        self.read(Some(wanted.mailbox), |connection| {
            let (name, uids) = (wanted.mailbox.clone(), portion.to_vec());
            Box::pin(async move {
                if connection.select(&name).await?.uid_validity != uid_validity {
                    return Err(Error::MailboxChanged);
                }
                Ok(rows::by_uid(connection, &uids).await?)
            })
        })
        .await
    }

    /// None: the message is gone.
    async fn described_by_header(&self, wanted: Wanted<'_>, uid: Uid) -> Result<Option<Envelope>> {
        let uid_validity = wanted.uid_validity;
        let told = self.read(Some(wanted.mailbox), |connection| {
            let name = wanted.mailbox.clone();
            Box::pin(async move {
                let flight = connection.flight().select(&name)?.brief(uid, true)?;
                let landed = flight.send().await?;
                if landed.selected()?.uid_validity != uid_validity {
                    return Err(Error::MailboxChanged);
                }
                Ok(landed.message(uid)?)
            })
        });
        Ok(told.await?.map(|told| {
            let header = Header::parse(&told.header);
            Envelope {
                date: header.date,
                subject: header.subject,
                from: header.from,
                to: header.to,
                ..told.envelope
            }
        }))
    }
}

/// Whose rows are fetched.
#[derive(Clone, Copy)]
struct Wanted<'m> {
    mailbox: &'m MailboxName,
    uid_validity: UidValidity,
}

/// The later half first: the portions are taken from the end.
fn halves(uids: &[Uid]) -> [&[Uid]; 2] {
    let (first, second) = uids.split_at(uids.len().div_ceil(2));
    [second, first]
}

pub(in crate::mail) fn passes_a_limit(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else {
        return false;
    };
    matches!(cause.downcast_ref(), Some(imap::Error::Limit(_)))
}
