//! COPY and MOVE (RFC 9051 §6.4.7, §6.4.8).

use super::{
    Connection, Flag, MailboxName, Placed, Result, Uid, UidSet, UidValidity,
    dialogue::Reply,
    response::{Code, digits},
    storing::LONGEST_SET,
    syntax::Arg,
    uid_set::Ranges,
};

impl Connection {
    /// MOVE, or COPY, \Deleted and UID EXPUNGE (never plain EXPUNGE; without UIDPLUS only \Deleted). Where the server
    /// tells (COPYUID, RFC 4315), the new places in the order of the old UIDs; else nothing. A refused copy leaves the
    /// messages as they were.
    pub async fn move_to(&mut self, uids: &UidSet, to: &MailboxName) -> Result<Vec<Placed>> {
        if self.capabilities().move_ {
            return self.transfer("UID MOVE", uids, to).await;
        }
        let placed = self.copy(uids, to).await?;
        self.store(uids, &[Flag::Deleted], true).await?;
        self.expunge(uids).await?;
        Ok(placed)
    }

    /// COPY; the new places where the server tells them, as [`Connection::move_to`] does.
    pub async fn copy(&mut self, uids: &UidSet, to: &MailboxName) -> Result<Vec<Placed>> {
        self.transfer("UID COPY", uids, to).await
    }

    async fn transfer(
        &mut self,
        verb: &'static str,
        uids: &UidSet,
        to: &MailboxName,
    ) -> Result<Vec<Placed>> {
        let mut placed = Vec::new();
        for piece in uids.pieces(LONGEST_SET) {
            let command = self.build(verb, &[Arg::Uids(&piece), Arg::Mailbox(to)])?;
            let reply = self.run(command).await?;
            placed.extend(places(&reply, &piece));
        }
        Ok(placed)
    }
}

/// MOVE tells in an untagged OK, COPY in the tagged one.
fn places(reply: &Reply, asked: &UidSet) -> Vec<Placed> {
    let tagged = reply
        .answers
        .iter()
        .filter_map(|answer| answer.status.code.as_ref());
    let codes = tagged
        .chain(&reply.codes)
        .filter(|code| code.name == "COPYUID");
    codes
        .filter_map(|code| copy_uid(code, asked))
        .flatten()
        .collect()
}

/// `uidvalidity from to`. Ranges are only followed as far as messages were asked for, and both sides must agree.
fn copy_uid(code: &Code, asked: &UidSet) -> Option<Vec<Placed>> {
    let mut words = code.arguments.split(|c| *c == b' ');
    let uid_validity = UidValidity::new(digits(words.next()?)?)?;
    let from = Ranges::parse(words.next()?)?;
    let to = Ranges::parse(words.next()?)?;
    if from.len() != to.len() || to.len() > asked.len() {
        return None;
    }
    let most = usize::try_from(to.len()).ok()?;
    let place = |uid| {
        Some(Placed {
            uid_validity,
            uid: Uid::new(uid)?,
        })
    };
    let mut pairs: Vec<(u32, u32)> = from
        .window(0, most, false)
        .into_iter()
        .zip(to.window(0, most, false))
        .collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, to)| place(to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(arguments: &'static str, asked: &[u32]) -> Option<Vec<u32>> {
        let asked = UidSet::from_uids(asked.iter().filter_map(|n| Uid::new(*n))).unwrap();
        let code = Code {
            name: "COPYUID".into(),
            arguments: arguments.into(),
        };
        copy_uid(&code, &asked).map(|placed| placed.iter().map(|placed| placed.uid.get()).collect())
    }

    #[test]
    fn places_follow_the_order_of_the_old_uids() {
        assert_eq!(
            copied("38505 304,319:320 3956:3958", &[304, 319, 320]),
            Some(vec![3956, 3957, 3958])
        );
        assert_eq!(copied("1 9,4 20:21", &[4, 9]), Some(vec![21, 20]));
    }

    #[test]
    fn an_invented_range_is_not_followed() {
        for arguments in [
            "1 1:4294967295 1:4294967295",
            "1 1 1:2",
            "0 1 1",
            "1 * 1",
            "1",
            "",
        ] {
            assert_eq!(copied(arguments, &[1]), None, "{arguments}");
        }
    }
}
