//! STORE and EXPUNGE (RFC 9051 §6.4.6, §6.4.9).

use super::{
    Connection, Flag, Result, UidSet,
    syntax::{Arg, Command},
};

/// Longest set in one command; Dovecot takes lines of 64 KiB, others of 8 KiB.
pub(super) const LONGEST_SET: usize = 7_000;

impl Connection {
    /// Adds (`on`) or removes the flags. UIDs that are gone are no error (RFC 9051 §6.4.9).
    pub async fn store(&mut self, uids: &UidSet, flags: &[Flag], on: bool) -> Result<()> {
        for piece in uids.pieces(LONGEST_SET) {
            let command = self.store_command(&piece, flags, on)?;
            self.run(command).await?;
        }
        Ok(())
    }

    pub(super) fn store_command(&self, uids: &UidSet, flags: &[Flag], on: bool) -> Result<Command> {
        let item = if on { "+FLAGS.SILENT" } else { "-FLAGS.SILENT" };
        let args = [Arg::Uids(uids), Arg::Word(item), Arg::Flags(flags)];
        self.build("UID STORE", &args)
    }

    /// \Deleted and UID EXPUNGE of exactly these. Without UIDPLUS they stay behind with \Deleted: a plain EXPUNGE would
    /// take messages that another client marked.
    pub async fn delete(&mut self, uids: &UidSet) -> Result<()> {
        self.store(uids, &[Flag::Deleted], true).await?;
        self.expunge(uids).await
    }

    pub(super) async fn expunge(&mut self, uids: &UidSet) -> Result<()> {
        if !self.capabilities().uidplus {
            return Ok(());
        }
        for piece in uids.pieces(LONGEST_SET) {
            let command = self.build("UID EXPUNGE", &[Arg::Uids(&piece)])?;
            self.run(command).await?;
        }
        Ok(())
    }
}
