//! SEARCH and SORT (RFC 9051 §6.4.4, RFC 4731, 5256, 5267, 9394): one window of the result, whatever the server offers.

mod criteria;
mod results;

use super::{
    Connection, Error, Found, Result, SearchKey, Sort, SortKey, Uid, UidSet,
    dialogue::{Keep, Reply},
    response::Kind,
    syntax::{Arg, Command},
    uid_set::Ranges,
};
use criteria::{Window, bare_criteria, criteria, order};
use results::{Esearch, esearch, listed, own_esearch};

impl Connection {
    /// One window of the result (`offset` and `len` in the order asked). ESORT/ESEARCH PARTIAL where offered, else
    /// ESEARCH ALL, SORT or SEARCH. Where the server cannot sort, the newest 5,000 matches are sorted here and the older
    /// ones follow in mailbox order.
    pub async fn search(
        &mut self,
        keys: &[SearchKey],
        sort: Sort,
        offset: u32,
        len: u32,
    ) -> Result<Found> {
        if sort.key == SortKey::Arrival {
            return self
                .search_by_arrival(keys, sort.reverse, offset, len)
                .await;
        }
        if self.capabilities().sort {
            return self.search_sorted(keys, sort, offset, len).await;
        }
        let matches = self.matches(keys).await?;
        self.sort_here(matches, sort, offset, len).await
    }

    async fn search_by_arrival(
        &mut self,
        keys: &[SearchKey],
        reverse: bool,
        offset: u32,
        len: u32,
    ) -> Result<Found> {
        // Counting from the end needs RFC 9394; CONTEXT=SEARCH counts from the start only.
        let counts_backwards = self.capabilities().has("PARTIAL");
        if self.capabilities().partial && (!reverse || counts_backwards) {
            let (from, to) = (offset.saturating_add(1), offset.saturating_add(len.max(1)));
            let window = if reverse {
                Window::Newest(from, to)
            } else {
                Window::Oldest(from, to)
            };
            let found = self.partial("UID SEARCH", window, None, keys).await?;
            let mut uids = window_uids(&found.partial.ascending(), 0, len, reverse);
            uids.truncate(len as usize);
            return self.believable(found.count, uids);
        }
        let matches = self.matches(keys).await?;
        let total = self.total(&matches)?;
        Ok(Found {
            total,
            uids: window_uids(&matches, offset, len, reverse),
        })
    }

    /// All matches in mailbox order, as ranges.
    async fn matches(&mut self, keys: &[SearchKey]) -> Result<Ranges> {
        let extended = self.capabilities().esearch;
        let mut args = Vec::new();
        if extended {
            args.push(Arg::Word("RETURN (ALL)"));
        }
        criteria(keys, &mut args);
        let command = self.build("UID SEARCH", &args)?;
        let kinds: &'static [Kind] = if extended {
            &[Kind::Esearch]
        } else {
            &[Kind::Search]
        };
        let reply = self
            .read_patiently(vec![command], Keep { kinds, most: 1_000 })
            .await?;
        reply.check()?;
        let matches = if extended {
            own_esearch(&reply)?.all
        } else {
            listed(&reply)?
        };
        Ok(matches.ascending())
    }

    async fn search_sorted(
        &mut self,
        keys: &[SearchKey],
        sort: Sort,
        offset: u32,
        len: u32,
    ) -> Result<Found> {
        let order = Arg::Word(order(sort));
        if self.capabilities().esort && self.capabilities().partial {
            let window =
                Window::Oldest(offset.saturating_add(1), offset.saturating_add(len.max(1)));
            match self.partial("UID SORT", window, Some(&order), keys).await {
                // PARTIAL is promised for SORT by CONTEXT=SORT only, though servers with CONTEXT=SEARCH know it.
                Err(Error::Refused { code: None, .. }) => {}
                Err(error) => return Err(error),
                Ok(found) => {
                    let uids = window_uids(&found.partial, 0, len, false);
                    return self.believable(found.count, uids);
                }
            }
        }
        let mut args = vec![order, Arg::Word("UTF-8")];
        bare_criteria(keys, &mut args);
        let command = self.build("UID SORT", &args)?;
        let reply = self
            .read_patiently(
                vec![command],
                Keep {
                    kinds: &[Kind::Sort],
                    most: 1_000,
                },
            )
            .await?;
        reply.check()?;
        let sorted = listed(&reply)?;
        let total = self.total(&sorted)?;
        Ok(Found {
            total,
            uids: window_uids(&sorted, offset, len, false),
        })
    }

    async fn partial(
        &mut self,
        verb: &'static str,
        window: Window,
        order: Option<&Arg<'_>>,
        keys: &[SearchKey],
    ) -> Result<Esearch> {
        let mut args = vec![
            Arg::Word("RETURN"),
            Arg::List(vec![Arg::Word("COUNT PARTIAL"), window.arg()]),
        ];
        match order {
            Some(Arg::Word(order)) => {
                args.extend([Arg::Word(order), Arg::Word("UTF-8")]);
                bare_criteria(keys, &mut args);
            }
            _ => criteria(keys, &mut args),
        }
        let command = self.build(verb, &args)?;
        let reply = self
            .read_patiently(
                vec![command],
                Keep {
                    kinds: &[Kind::Esearch],
                    most: 1_000,
                },
            )
            .await?;
        reply.check()?;
        own_esearch(&reply)
    }

    /// SEARCH for how many messages of a set there are.
    pub(super) fn count_command(&self, uids: &UidSet) -> Result<Command> {
        let mut args = Vec::new();
        if self.capabilities().esearch {
            args.push(Arg::Word("RETURN (COUNT)"));
        }
        args.extend([Arg::Word("UID"), Arg::Uids(uids)]);
        self.build("UID SEARCH", &args)
    }

    fn total(&self, matches: &Ranges) -> Result<u32> {
        let total = u32::try_from(matches.len())
            .map_err(|_| Error::Protocol("more results than messages"))?;
        self.believable(total, Vec::new()).map(|found| found.total)
    }

    /// More matches than messages are an invention of the server.
    fn believable(&self, total: u32, uids: Vec<Uid>) -> Result<Found> {
        let exists = self
            .selected
            .as_ref()
            .map_or(u32::MAX, |(_, selected)| selected.exists);
        if total > exists {
            Err(Error::Protocol("more results than messages"))
        } else {
            Ok(Found { total, uids })
        }
    }
}

/// The answer to [`Connection::count_command`], sent under `tag`, in a mailbox of so many messages.
pub(super) fn counted(reply: &Reply, tag: &str, exists: u32) -> Result<u32> {
    let count = match esearch(reply, tag) {
        Some(found) => u64::from(found.count),
        None => listed(reply)?.len(),
    };
    u32::try_from(count)
        .ok()
        .filter(|count| *count <= exists)
        .ok_or(Error::Protocol("more results than messages"))
}

pub(super) fn window_uids(ranges: &Ranges, offset: u32, len: u32, reverse: bool) -> Vec<Uid> {
    ranges
        .window(u64::from(offset), len as usize, reverse)
        .into_iter()
        .filter_map(Uid::new)
        .collect()
}
