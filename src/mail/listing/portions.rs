use super::{Listing, rows};
use crate::imap::{self, Envelope, Uid};
use crate::mail::{Account, Error, Result};

/// Answers over a limit that one page may cost; each closes its connection (SECURITY.md R-IMAP-1). Enough to find two
/// such messages among fifty.
const BREACHES_MAX: usize = 12;

impl Account {
    /// The rows of a page of which only the numbers are known, fetched in halves down to single messages. A message that
    /// passes the limit alone, and those fetched together with one when the breaches are used up, stay undescribed.
    pub(super) async fn described_in_portions(&self, mut listing: Listing) -> Result<Listing> {
        let numbered = std::mem::take(&mut listing.envelopes);
        let uids: Vec<Uid> = numbered.iter().map(|row| row.uid).collect();
        // The whole is known to be too much.
        let mut breaches = 1;
        let mut portions: Vec<&[Uid]> = halves(&uids).into();
        while let Some(portion) = portions.pop() {
            match self.described(&listing, portion).await {
                Ok(rows) => listing.envelopes.extend(rows),
                Err(error) if passes_a_limit(&error) => {
                    breaches += 1;
                    if portion.len() > 1 && breaches <= BREACHES_MAX {
                        portions.extend(halves(portion));
                    } else {
                        let rows = portion.iter().copied().map(Envelope::undescribed);
                        listing.envelopes.extend(rows);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(listing)
    }

    async fn described(&self, listing: &Listing, portion: &[Uid]) -> Result<Vec<Envelope>> {
        let (name, uid_validity) = (&listing.mailbox, listing.uid_validity);
        self.read(Some(name), |connection| {
            let (name, uids) = (name.clone(), portion.to_vec());
            Box::pin(async move {
                if connection.select(&name).await?.uid_validity != uid_validity {
                    return Err(Error::MailboxChanged);
                }
                Ok(rows::by_uid(connection, &uids).await?)
            })
        })
        .await
    }
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
