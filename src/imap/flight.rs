//! Several commands in one flight: what does not depend on another answer costs one round trip together (RFC 9051 §5.5).

use super::{
    Connection, Envelope, Error, Flag, Flags, MailboxName, Neighbours, Result, Selected, Uid,
    UidSet,
    dialogue::{Keep, Reply, Request},
    fetch::{self, Described},
    list,
    response::{Data, Kind},
    search, selecting,
    storing::LONGEST_SET,
    syntax::{Arg, Command},
};
use crate::mime::Section;
use bytes::Bytes;

/// Everything that an answer of a flight is made of.
const KINDS: &[Kind] = &[
    Kind::Fetch,
    Kind::List,
    Kind::Lsub,
    Kind::Status,
    Kind::Search,
    Kind::Esearch,
];

/// What a command of a flight is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Select,
    Message,
    Sections,
    Header,
    Around,
    Window,
    Store,
    Count,
    List,
    /// Its refusal means nothing.
    Aside,
}

/// Commands that are sent together, in the order in which they were added.
pub struct Flight<'c> {
    connection: &'c mut Connection,
    commands: Vec<Command>,
    purposes: Vec<Purpose>,
    most: usize,
    selecting: Option<MailboxName>,
}

/// What the server answered to a flight. Each answer is looked at by itself: a refusal is an error of its own part only.
pub struct Landed {
    reply: Reply,
    purposes: Vec<Purpose>,
    selected: Option<Selected>,
}

impl Connection {
    pub fn flight(&mut self) -> Flight<'_> {
        Flight {
            connection: self,
            commands: Vec::new(),
            purposes: Vec::new(),
            most: 0,
            selecting: None,
        }
    }
}

impl Flight<'_> {
    /// The first of a flight: SELECT, or NOOP where `name` is selected already, so that EXISTS is fresh. What follows must
    /// change nothing: a changed UIDVALIDITY is known only afterwards.
    pub fn select(mut self, name: &MailboxName) -> Result<Self> {
        if self.connection.has_selected(name) {
            let noop = self.connection.build("NOOP", &[])?;
            return Ok(self.with(Purpose::Select, noop, 0));
        }
        self.selecting = Some(name.clone());
        let select = self.connection.build("SELECT", &[Arg::Mailbox(name)])?;
        Ok(self.with(Purpose::Select, select, 0))
    }

    /// Envelope with BODYSTRUCTURE; with `header` the raw header block (≤ 256 KiB) too.
    pub fn message(self, uid: Uid, header: bool) -> Result<Self> {
        let command = self.connection.fetch_message_command(uid, header)?;
        Ok(self.with(Purpose::Message, command, 1))
    }

    /// A message of which the server would tell too much: as [`Flight::message`] or, without `header`, as
    /// [`Flight::structure`], but with neither envelope nor structure.
    pub fn brief(self, uid: Uid, header: bool) -> Result<Self> {
        let command = self.connection.fetch_brief_command(uid, header)?;
        Ok(self.with(Purpose::Message, command, 1))
    }

    /// BODYSTRUCTURE and size alone.
    pub fn structure(self, uid: Uid) -> Result<Self> {
        let command = self.connection.fetch_structure_command(uid)?;
        Ok(self.with(Purpose::Message, command, 1))
    }

    /// BODY.PEEK of several parts, each cut at `max` octets. Nothing where there is no section.
    pub fn sections(self, uid: Uid, sections: &[Section], max: usize) -> Result<Self> {
        if sections.is_empty() {
            return Ok(self);
        }
        let command = self.connection.fetch_sections_command(uid, sections, max)?;
        Ok(self.with(Purpose::Sections, command, 1))
    }

    /// The header block (≤ 256 KiB) of the message that is the part `section`.
    pub fn header_of(self, uid: Uid, section: &Section) -> Result<Self> {
        let command = self.connection.fetch_header_command(uid, section)?;
        Ok(self.with(Purpose::Header, command, 1))
    }

    /// BODY.PEEK of a part (None: of the whole message) from `offset`.
    pub fn partial(
        self,
        uid: Uid,
        section: Option<&Section>,
        offset: u64,
        len: u32,
    ) -> Result<Self> {
        let command = self
            .connection
            .fetch_partial_command(uid, section, offset, len)?;
        Ok(self.with(Purpose::Sections, command, 1))
    }

    /// The UIDs beside a message, by its sequence number. To be sent before commands whose answer may shift the numbers
    /// (RFC 9051 §7.5.1).
    pub fn around(self, number: u32) -> Result<Self> {
        let command = self.connection.fetch_around_command(number)?;
        Ok(self.with(Purpose::Around, command, 3))
    }

    /// As [`Connection::fetch_window`].
    pub fn window(self, first: u32, last: u32) -> Result<Self> {
        let command = self.connection.fetch_window_command(first, last)?;
        let messages = last.saturating_sub(first) as usize + 1;
        Ok(self.with(Purpose::Window, command, messages))
    }

    /// Flags alone of these sequence numbers.
    pub fn flags(self, first: u32, last: u32) -> Result<Self> {
        let command = self.connection.fetch_flags_command(first, last)?;
        let messages = last.saturating_sub(first) as usize + 1;
        Ok(self.with(Purpose::Window, command, messages))
    }

    /// As [`Connection::store`].
    pub fn store(mut self, uids: &UidSet, flags: &[Flag], on: bool) -> Result<Self> {
        for piece in uids.pieces(LONGEST_SET) {
            let command = self.connection.store_command(&piece, flags, on)?;
            self = self.with(Purpose::Store, command, 0);
        }
        Ok(self)
    }

    /// How many messages of the set there are.
    pub fn count(self, uids: &UidSet) -> Result<Self> {
        let command = self.connection.count_command(uids)?;
        Ok(self.with(Purpose::Count, command, 1))
    }

    /// The mailboxes, for [`Connection::listed`].
    pub fn list(self) -> Result<Self> {
        self.listing(true)
    }

    /// The mailboxes without counts, for [`Connection::listed_uncounted`].
    pub fn list_uncounted(self) -> Result<Self> {
        self.listing(false)
    }

    fn listing(mut self, counted: bool) -> Result<Self> {
        let mut purpose = Purpose::List;
        for command in self.connection.list_commands(counted)? {
            self = self.with(purpose, command, 0);
            purpose = Purpose::Aside;
        }
        self.most += list::LISTED.most;
        Ok(self)
    }

    fn with(mut self, purpose: Purpose, command: Command, messages: usize) -> Self {
        self.commands.push(command);
        self.purposes.push(purpose);
        self.most += fetch::keep_fetch(messages).most;
        self
    }

    /// Sends all, and waits for all answers.
    ///
    /// # Errors
    /// Those of SELECT, where it was asked for: without the mailbox nothing else means anything.
    pub async fn send(self) -> Result<Landed> {
        let Self {
            connection,
            commands,
            purposes,
            most,
            selecting,
        } = self;
        if selecting.is_some() {
            connection.selected = None;
        }
        let request = |commands| Request {
            commands,
            keep: Keep { kinds: KINDS, most },
            within: connection.command_deadline(),
            patient: false,
            harmless: !purposes.contains(&Purpose::Store),
        };
        // Servers may put off what NOOP tells until the commands behind it are done: those that came before the news of
        // a new message know nothing of it, and are sent once more. None of them does harm when it is done twice.
        let is_noop = selecting.is_none() && purposes.contains(&Purpose::Select);
        let again = is_noop.then(|| request(commands.clone()));
        let first = request(commands);
        let mut reply = connection.exchange(first).await?;
        if let Some(again) = again.filter(|_| reply.view.grown) {
            reply = connection.exchange(again).await?;
        }
        let mut landed = Landed {
            reply,
            purposes,
            selected: None,
        };
        if let Some(name) = selecting {
            let status = landed.status(Purpose::Select)?;
            let selected = selecting::selected(status, &landed.reply.view)?;
            connection.selected = Some((name, selected));
        } else if landed.purposes.contains(&Purpose::Select) {
            landed.check(Purpose::Select)?;
        }
        landed.selected = connection.selected.as_ref().map(|(_, selected)| *selected);
        Ok(landed)
    }
}

impl Landed {
    /// The mailbox as it is after the flight.
    ///
    /// # Errors
    /// [`Error::Protocol`] when none is selected.
    pub fn selected(&self) -> Result<Selected> {
        self.selected.ok_or(Error::Protocol("no mailbox selected"))
    }

    /// None when the message is gone.
    pub fn message(&self, uid: Uid) -> Result<Option<Described>> {
        self.check(Purpose::Message)?;
        Ok(fetch::described(&self.reply, uid))
    }

    /// In the order of `sections`; missing and garbled ones are None.
    pub fn sections(
        &self,
        uid: Uid,
        sections: &[Section],
        max: usize,
    ) -> Result<Vec<Option<Bytes>>> {
        self.check(Purpose::Sections)?;
        Ok(fetch::sections_of(&self.reply, uid, sections, max))
    }

    /// None when the message is gone, or when the part is no message.
    pub fn header_of(&self, uid: Uid, section: &Section) -> Result<Option<Bytes>> {
        self.check(Purpose::Header)?;
        Ok(fetch::header_of(&self.reply, uid, section))
    }

    /// Empty at the end, None when the message is gone.
    pub fn partial(
        &self,
        uid: Uid,
        section: Option<&Section>,
        offset: u64,
        len: u32,
    ) -> Result<Option<Bytes>> {
        self.check(Purpose::Sections)?;
        Ok(fetch::partial_of(&self.reply, uid, section, offset, len))
    }

    /// None when the numbers were not those that were meant.
    pub fn around(&self, uid: Uid, number: u32) -> Result<Option<Neighbours>> {
        self.check(Purpose::Around)?;
        let total = self.selected()?.exists;
        Ok(fetch::neighbours_of(&self.reply, uid, number, total))
    }

    /// None when the numbers shifted meanwhile.
    pub fn window(&self, first: u32, last: u32) -> Result<Option<Vec<Envelope>>> {
        self.check(Purpose::Window)?;
        if self.shifted() {
            return Ok(None);
        }
        Ok(Some(fetch::window_of(&self.reply, first, last)))
    }

    /// Ascending by sequence number. None when the numbers shifted meanwhile.
    pub fn flags(&self, first: u32, last: u32) -> Result<Option<Vec<(Uid, Flags)>>> {
        self.check(Purpose::Window)?;
        if self.shifted() {
            return Ok(None);
        }
        Ok(Some(fetch::flags_of(&self.reply, first, last)))
    }

    /// A message was removed: sequence numbers from before mean other messages.
    pub fn shifted(&self) -> bool {
        self.reply.view.expunged
    }

    pub fn stored(&self) -> Result<()> {
        self.check(Purpose::Store)
    }

    pub fn count(&self) -> Result<u32> {
        self.check(Purpose::Count)?;
        let place = self.purposes.iter().position(|own| *own == Purpose::Count);
        let answer = place.and_then(|place| self.reply.answers.get(place));
        let tag = answer.map_or("", |answer| answer.tag.as_str());
        search::counted(&self.reply, tag, self.selected()?.exists)
    }

    pub(super) fn mailboxes(&self) -> Result<&[Data]> {
        self.check(Purpose::List)?;
        Ok(&self.reply.data)
    }

    /// The first NO or BAD to a command of this purpose.
    fn check(&self, purpose: Purpose) -> Result<()> {
        let answers = self.purposes.iter().zip(&self.reply.answers);
        answers
            .filter(|(own, _)| **own == purpose)
            .try_for_each(|(_, answer)| answer.status.check())
    }

    fn status(&self, purpose: Purpose) -> Result<&super::response::Status> {
        let mut answers = self.purposes.iter().zip(&self.reply.answers);
        answers
            .find(|(own, _)| **own == purpose)
            .map(|(_, answer)| &answer.status)
            .ok_or(Error::Protocol("no tagged response"))
    }
}
