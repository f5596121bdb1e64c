//! Commands played against responses on one connection: tags, continuation requests, the state of the selected mailbox.

use super::{
    Error, Limits, Result, UidValidity,
    response::{Code, Data, Kind, Outcome, Response, Status, digits},
    syntax::Command,
    wire::{Bounds, Wire},
};
use bytes::Bytes;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout_at},
};

/// Pieces up to this size are collected, so that commands of one flight share a segment.
const COLLECTED: usize = 64 * 1024;
/// Most response codes of untagged statuses kept for one exchange.
const MOST_CODES: usize = 64;
/// An exchange that the server keeps prolonging ends after this many times its deadline.
const LONGEST_PATIENCE: u32 = 20;
/// Upload speed that an APPEND may count on, octets per second.
const SLOWEST_UPLOAD: usize = 64 * 1024;

/// Commands sent in one flight, and what of the answer is wanted.
pub(super) struct Request {
    pub commands: Vec<Command>,
    pub keep: Keep,
    pub within: Duration,
    /// Each untagged OK (`Still searching…`) starts the deadline anew.
    pub patient: bool,
    /// The caller gone, the rest may be thrown away together with the connection.
    pub harmless: bool,
}

/// Data worth keeping: these kinds, and no more than so many responses.
#[derive(Clone, Copy)]
pub(super) struct Keep {
    pub kinds: &'static [Kind],
    pub most: usize,
}

impl Keep {
    pub(super) const NOTHING: Keep = Keep {
        kinds: &[],
        most: 0,
    };
}

#[derive(Debug)]
pub(super) struct Reply {
    /// One for each command, in their order.
    pub answers: Vec<Answer>,
    pub data: Vec<Data>,
    /// Codes of untagged OK responses.
    pub codes: Vec<Code>,
    pub view: View,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub tag: String,
    pub status: Status,
}

/// The selected mailbox as the responses so far describe it.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub exists: u32,
    /// None: not told, or not a valid one.
    pub uid_validity: Option<UidValidity>,
    pub uid_next: Option<u32>,
    pub read_only: bool,
    /// A message was removed during this exchange, so sequence numbers shifted.
    pub expunged: bool,
    /// Messages were added during this exchange.
    pub grown: bool,
}

impl View {
    fn note_code(&mut self, code: &Code) {
        match code.name.as_str() {
            "UIDVALIDITY" => self.uid_validity = digits(&code.arguments).and_then(UidValidity::new),
            "UIDNEXT" => self.uid_next = digits(&code.arguments),
            "READ-ONLY" => self.read_only = true,
            "READ-WRITE" => self.read_only = false,
            _ => {}
        }
    }

    fn note_data(&mut self, data: &Data) {
        match data.kind {
            Kind::Exists => {
                self.grown |= data.number > self.exists;
                self.exists = data.number;
            }
            Kind::Expunge => {
                self.exists = self.exists.saturating_sub(1);
                self.expunged = true;
            }
            _ => {}
        }
    }
}

pub(super) struct Dialogue<S> {
    wire: Wire<S>,
    last_tag: u32,
    view: View,
}

/// Largest line of a server that has not authenticated us yet.
const LONGEST_GREETING: usize = 64 * 1024;

pub(super) fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        line: limits.line,
        literal: limits.literal,
        depth: limits.depth,
        response: limits.response,
    }
}

/// Before sign-in a server has nothing long to say.
pub(super) fn greeting_bounds(limits: &Limits) -> Bounds {
    Bounds {
        line: limits.line.min(LONGEST_GREETING),
        literal: 0,
        ..bounds(limits)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    pub(super) fn new(stream: S, bounds: Bounds) -> Self {
        Self {
            wire: Wire::new(stream, bounds),
            last_tag: 0,
            view: View::default(),
        }
    }

    pub(super) fn set_bounds(&mut self, bounds: Bounds) {
        self.wire.set_bounds(bounds);
    }

    /// The bare stream, and whether octets arrived that nobody asked for.
    pub(super) fn into_inner(self) -> (S, bool) {
        self.wire.into_inner()
    }

    /// The first response of the server.
    pub(super) async fn greeting(&mut self, within: Duration) -> Result<Status> {
        let frame = timeout_at(Instant::now() + within, self.wire.next_frame())
            .await
            .map_err(|_| Error::Timeout)??;
        match Response::parse(&frame) {
            Response::Untagged(status) => Ok(status),
            _ => Err(Error::Protocol("no greeting")),
        }
    }

    /// Takes note of what the server sent while nothing was asked; fails when it said BYE or hung up.
    pub(super) async fn catch_up(&mut self) -> Result<View> {
        self.wire.begin();
        self.view.expunged = false;
        self.view.grown = false;
        while let Some(frame) = self.wire.arrived_frame().await? {
            match Response::parse(&frame) {
                Response::Untagged(status) => self.note_status(&status)?,
                Response::Data(data) => self.view.note_data(&data),
                _ => {}
            }
        }
        Ok(self.view.clone())
    }

    /// Plays the commands of one flight. Any error means that the connection is out of step and must be closed; NO and
    /// BAD are no errors here, they are in the answers.
    pub(super) async fn exchange(&mut self, request: &Request) -> Result<Reply> {
        self.wire.begin();
        self.view.expunged = false;
        self.view.grown = false;
        let octets: usize = request.commands.iter().map(Command::octets).sum();
        let within = request.within + Duration::from_secs((octets / SLOWEST_UPLOAD) as u64);
        let mut exchange = Exchange::new(self, request, within);
        exchange.send_all().await?;
        while exchange.answers.iter().any(Option::is_none) {
            exchange.receive().await?;
        }
        Ok(exchange.finish())
    }

    fn note_status(&mut self, status: &Status) -> Result<()> {
        if status.outcome == Outcome::Bye {
            return Err(Error::Closed(io::Error::other(status.text.clone())));
        }
        if let Some(code) = &status.code {
            self.view.note_code(code);
        }
        Ok(())
    }
}

/// One flight under way.
struct Exchange<'a, S> {
    dialogue: &'a mut Dialogue<S>,
    request: &'a Request,
    within: Duration,
    deadline: Instant,
    last_deadline: Instant,
    tags: Vec<String>,
    answers: Vec<Option<Status>>,
    data: Vec<Data>,
    codes: Vec<Code>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Exchange<'a, S> {
    fn new(dialogue: &'a mut Dialogue<S>, request: &'a Request, within: Duration) -> Self {
        let now = Instant::now();
        let tags = request.commands.iter().map(|_| {
            dialogue.last_tag = dialogue.last_tag.wrapping_add(1);
            format!("P{}", dialogue.last_tag)
        });
        let tags: Vec<String> = tags.collect();
        let answers = tags.iter().map(|_| None).collect();
        if request
            .commands
            .iter()
            .any(|command| command.verb == "SELECT")
        {
            dialogue.view = View::default();
        }
        let (deadline, last_deadline) = (now + within, now + within * LONGEST_PATIENCE);
        Self {
            dialogue,
            request,
            within,
            deadline,
            last_deadline,
            tags,
            answers,
            data: Vec::new(),
            codes: Vec::new(),
        }
    }

    async fn send_all(&mut self) -> Result<()> {
        let mut collected: Vec<u8> = Vec::new();
        for (index, command) in self.request.commands.iter().enumerate() {
            collected.extend_from_slice(self.tags[index].as_bytes());
            collected.push(b' ');
            for (position, piece) in command.pieces.iter().enumerate() {
                if piece.len() <= COLLECTED {
                    collected.extend_from_slice(piece);
                } else {
                    self.write(&mut collected).await?;
                    timeout_at(self.deadline, self.dialogue.wire.send(piece))
                        .await
                        .map_err(|_| Error::Timeout)??;
                }
                if position + 1 < command.pieces.len() {
                    self.write(&mut collected).await?;
                    if !self.asked_for_more(index).await? {
                        break;
                    }
                }
            }
        }
        self.write(&mut collected).await
    }

    async fn write(&mut self, collected: &mut Vec<u8>) -> Result<()> {
        let wire = &mut self.dialogue.wire;
        let writing = async {
            wire.send(collected).await?;
            wire.flush().await
        };
        let written = timeout_at(self.deadline, writing)
            .await
            .map_err(|_| Error::Timeout);
        zeroize::Zeroize::zeroize(collected);
        written?
    }

    /// Waits for the continuation request; false when the command was refused instead.
    async fn asked_for_more(&mut self, index: usize) -> Result<bool> {
        loop {
            if self.receive().await? {
                return Ok(true);
            }
            match &self.answers[index] {
                None => {}
                Some(status) if status.outcome == Outcome::Ok => {
                    return Err(Error::Protocol("OK to half a command"));
                }
                Some(_) => return Ok(false),
            }
        }
    }

    /// Reads one response; true when it is a continuation request.
    async fn receive(&mut self) -> Result<bool> {
        let wire = &mut self.dialogue.wire;
        // A timer for what must be waited for only: most responses arrive many at a time.
        let frame: Bytes = match wire.buffered_frame()? {
            Some(frame) => frame,
            None => timeout_at(self.deadline, wire.next_frame())
                .await
                .map_err(|_| Error::Timeout)??,
        };
        match Response::parse(&frame) {
            Response::Continue => return Ok(true),
            Response::Tagged { tag, status } => self.tagged(&tag, status)?,
            Response::Untagged(status) => {
                self.dialogue.note_status(&status)?;
                if self.request.patient && status.outcome == Outcome::Ok {
                    self.deadline = (Instant::now() + self.within).min(self.last_deadline);
                }
                self.codes
                    .extend(status.code.filter(|_| self.codes.len() < MOST_CODES));
            }
            Response::Data(data) => {
                self.dialogue.view.note_data(&data);
                let keep = self.request.keep;
                if keep.kinds.contains(&data.kind) && self.data.len() < keep.most {
                    self.data.push(data);
                }
            }
            Response::Unknown => {}
        }
        Ok(false)
    }

    /// Only our own tags count (SECURITY.md R-IMAP-2).
    fn tagged(&mut self, tag: &[u8], status: Status) -> Result<()> {
        let Some(index) = self.tags.iter().position(|ours| ours.as_bytes() == tag) else {
            return Ok(());
        };
        if matches!(status.outcome, Outcome::Bye | Outcome::Preauth) {
            return Err(Error::Protocol("a tag on BYE or PREAUTH"));
        }
        if let Some(code) = &status.code {
            self.dialogue.view.note_code(code);
        }
        if self.request.commands[index].verb == "SELECT" {
            // What came until now is of the mailbox that was selected before.
            self.data.retain(|data| data.kind != Kind::Fetch);
        }
        if let Some(answer) = self.answers.get_mut(index) {
            answer.get_or_insert(status);
        }
        Ok(())
    }

    fn finish(self) -> Reply {
        let answered = self.tags.into_iter().zip(self.answers);
        let answers = answered
            .filter_map(|(tag, status)| status.map(|status| Answer { tag, status }))
            .collect();
        Reply {
            answers,
            data: self.data,
            codes: self.codes,
            view: self.dialogue.view.clone(),
        }
    }
}
