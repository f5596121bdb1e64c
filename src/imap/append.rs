//! APPEND (RFC 9051 §6.3.12, RFC 4315).

use super::{
    Connection, Flag, MailboxName, Placed, Result, Uid, UidValidity, dialogue::Reply,
    response::digits, syntax::Arg,
};

impl Connection {
    /// Files a message; its place where the server tells (UIDPLUS). A mailbox that is missing is created and subscribed,
    /// and the message sent once more, when the server says that this would help (TRYCREATE).
    ///
    /// # Errors
    /// [`super::Error::OverQuota`], [`super::Error::NoSuchMailbox`], [`super::Error::Unsendable`] for a message with NUL.
    /// After [`super::Error::Closed`] or [`super::Error::Timeout`] the message may be there or not: search for it before another try.
    pub async fn append(
        &mut self,
        to: &MailboxName,
        flags: &[Flag],
        message: &[u8],
    ) -> Result<Option<Placed>> {
        let args = [Arg::Mailbox(to), Arg::Flags(flags), Arg::Message(message)];
        let command = self.build("APPEND", &args)?;
        let reply = self.change(command).await?;
        let creating = reply.last_status().and_then(|status| status.code()) == Some("TRYCREATE");
        if !creating {
            reply.check()?;
            return Ok(placed(&reply));
        }
        self.create(to, None).await?;
        self.subscribe(to).await?;
        let command = self.build("APPEND", &args)?;
        let reply = self.run(command).await?;
        Ok(placed(&reply))
    }
}

/// `APPENDUID uidvalidity uid`; a set instead of one UID tells nothing.
fn placed(reply: &Reply) -> Option<Placed> {
    let code = reply
        .last_status()?
        .code
        .as_ref()
        .filter(|code| code.name == "APPENDUID")?;
    let mut words = code.arguments.split(|c| *c == b' ');
    let uid_validity = UidValidity::new(digits(words.next()?)?)?;
    let uid = Uid::new(digits(words.next()?)?)?;
    Some(Placed { uid_validity, uid })
}
