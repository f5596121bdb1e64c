//! Values to commands (RFC 9051 §6, §9). Nothing else writes what goes to the server, so that no text of a user or a
//! message becomes protocol (SECURITY.md R-INJ-2).

use super::{Error, Flag, MailboxName, Result, UidSet, capabilities::Literals, internal_date};
use crate::mime::Section;
use std::io::Write;
use zeroize::Zeroizing;

/// Longest string sent quoted; a longer one goes as a literal.
const LONGEST_QUOTED: usize = 1_000;
/// Largest non-synchronising literal of LITERAL- (RFC 7888).
const LARGEST_MINUS: usize = 4_096;

/// One argument of a command.
pub(super) enum Arg<'a> {
    /// Protocol words, written as they stand.
    Word(&'static str),
    Uids(&'a UidSet),
    /// Sequence numbers, or positions of PARTIAL.
    Range(u32, u32),
    /// Positions of PARTIAL counted from the end (RFC 9394).
    RangeFromEnd(u32, u32),
    Text(&'a str),
    /// The day of this moment in UTC, unix seconds.
    Day(i64),
    Mailbox(&'a MailboxName),
    Flags(&'a [Flag]),
    List(Vec<Arg<'a>>),
    /// BODY.PEEK of a section, or of the whole message, cut to `length` octets from `offset`.
    Peek {
        section: Peek<'a>,
        offset: u64,
        length: u32,
    },
    /// A message; CR and LF are its own.
    Message(&'a [u8]),
}

#[derive(Clone, Copy)]
pub(super) enum Peek<'a> {
    Everything,
    Header,
    /// The header of a message that is a part.
    HeaderOf(&'a Section),
    Part(&'a Section),
}

impl Peek<'_> {
    /// What stands between the brackets.
    pub(super) fn name(self) -> String {
        match self {
            Peek::Everything => String::new(),
            Peek::Header => "HEADER".into(),
            Peek::HeaderOf(section) => format!("{section}.HEADER"),
            Peek::Part(section) => section.to_string(),
        }
    }
}

/// A command without its tag, in pieces: after each piece but the last the server must ask for more.
#[derive(Clone)]
pub(super) struct Command {
    pub verb: &'static str,
    pub pieces: Vec<Zeroizing<Vec<u8>>>,
}

impl Command {
    /// `verb` and its arguments; strings are quoted where they are printable ASCII, else literals of the kind the server takes.
    pub(super) fn new(verb: &'static str, args: &[Arg<'_>], literals: Literals) -> Result<Self> {
        let mut writer = Writer {
            pieces: Vec::new(),
            current: Zeroizing::new(verb.as_bytes().to_vec()),
            literals,
        };
        for arg in args {
            writer.current.push(b' ');
            writer.arg(arg)?;
        }
        writer.current.extend_from_slice(b"\r\n");
        writer.pieces.push(writer.current);
        Ok(Self {
            verb,
            pieces: writer.pieces,
        })
    }

    /// AUTHENTICATE PLAIN with an initial response where the server takes one (RFC 4959), else after its request.
    pub(super) fn authenticate_plain(response: &Zeroizing<String>, initial: bool) -> Self {
        let mut first = Zeroizing::new(b"AUTHENTICATE PLAIN".to_vec());
        let mut line = Zeroizing::new(response.as_bytes().to_vec());
        line.extend_from_slice(b"\r\n");
        let pieces = if initial {
            first.push(b' ');
            first.extend_from_slice(&line);
            vec![first]
        } else {
            first.extend_from_slice(b"\r\n");
            vec![first, line]
        };
        Self {
            verb: "AUTHENTICATE",
            pieces,
        }
    }

    pub(super) fn octets(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }
}

struct Writer {
    pieces: Vec<Zeroizing<Vec<u8>>>,
    current: Zeroizing<Vec<u8>>,
    literals: Literals,
}

impl Writer {
    fn arg(&mut self, arg: &Arg<'_>) -> Result<()> {
        match arg {
            Arg::Word(word) => self.put(format_args!("{word}")),
            Arg::Uids(uids) => self.put(format_args!("{uids}")),
            Arg::Range(first, last) => self.put(format_args!("{first}:{last}")),
            Arg::RangeFromEnd(first, last) => self.put(format_args!("-{first}:-{last}")),
            Arg::Flags(flags) => {
                let names: Vec<&str> = flags.iter().map(|flag| flag.wire()).collect();
                self.put(format_args!("({})", names.join(" ")));
            }
            Arg::Peek {
                section,
                offset,
                length,
            } => self.put(format_args!(
                "BODY.PEEK[{}]<{offset}.{length}>",
                section.name()
            )),
            Arg::Text(text) => self.string(text.as_bytes())?,
            Arg::Day(moment) => self.put(format_args!("{}", internal_date::day(*moment))),
            Arg::Mailbox(name) => self.string(name.wire())?,
            Arg::Message(octets) if octets.contains(&0) => return Err(Error::Unsendable),
            Arg::Message(octets) => self.literal(octets),
            Arg::List(args) => {
                self.current.push(b'(');
                for (i, arg) in args.iter().enumerate() {
                    if i > 0 {
                        self.current.push(b' ');
                    }
                    self.arg(arg)?;
                }
                self.current.push(b')');
            }
        }
        Ok(())
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory cannot fail.
        drop(self.current.write_fmt(text));
    }

    fn string(&mut self, octets: &[u8]) -> Result<()> {
        if octets.iter().any(|c| matches!(c, 0 | b'\r' | b'\n')) {
            return Err(Error::Unsendable);
        }
        let printable = octets.iter().all(|c| matches!(c, b' '..=b'~'));
        if !printable || octets.len() > LONGEST_QUOTED {
            self.literal(octets);
            return Ok(());
        }
        self.current.push(b'"');
        for &c in octets {
            if matches!(c, b'"' | b'\\') {
                self.current.push(b'\\');
            }
            self.current.push(c);
        }
        self.current.push(b'"');
        Ok(())
    }

    fn literal(&mut self, octets: &[u8]) {
        let waits = match self.literals {
            Literals::Synchronising => true,
            Literals::Minus => octets.len() > LARGEST_MINUS,
            Literals::Plus => false,
        };
        let plus = if waits { "" } else { "+" };
        self.put(format_args!("{{{}{plus}}}\r\n", octets.len()));
        if waits {
            self.pieces.push(std::mem::take(&mut self.current));
        }
        self.current.extend_from_slice(octets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::Uid;

    fn written(args: &[Arg<'_>], literals: Literals) -> Vec<String> {
        let command = Command::new("X", args, literals).unwrap();
        command
            .pieces
            .iter()
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect()
    }

    #[test]
    fn a_string_cannot_leave_its_quotes() {
        assert_eq!(
            written(&[Arg::Text("a \"b\" \\c")], Literals::Plus),
            ["X \"a \\\"b\\\" \\\\c\"\r\n"]
        );
        assert_eq!(written(&[Arg::Text("")], Literals::Plus), ["X \"\"\r\n"]);
    }

    #[test]
    fn what_cannot_be_quoted_is_a_literal_of_the_kind_the_server_takes() {
        assert_eq!(
            written(&[Arg::Text("é"), Arg::Word("Y")], Literals::Plus),
            ["X {2+}\r\né Y\r\n"]
        );
        assert_eq!(
            written(&[Arg::Text("é"), Arg::Word("Y")], Literals::Synchronising),
            ["X {2}\r\n", "é Y\r\n"]
        );
        let long = "é".repeat(2_049);
        assert_eq!(
            written(&[Arg::Text("é"), Arg::Text(&long)], Literals::Minus).len(),
            2
        );
    }

    #[test]
    fn line_breaks_and_nul_are_never_sent() {
        for bad in ["a\r\nX LOGOUT", "a\n", "\r", "a\0b"] {
            assert!(matches!(
                Command::new("X", &[Arg::Text(bad)], Literals::Plus),
                Err(Error::Unsendable)
            ));
            let name = MailboxName::from_wire(bad.as_bytes());
            assert!(matches!(
                Command::new("X", &[Arg::Mailbox(&name)], Literals::Plus),
                Err(Error::Unsendable)
            ));
        }
        assert!(matches!(
            Command::new("X", &[Arg::Message(b"a\0")], Literals::Plus),
            Err(Error::Unsendable)
        ));
    }

    #[test]
    fn arguments_are_written_as_the_grammar_wants_them() {
        let uids = UidSet::from_uids([1, 2, 9].map(|n| Uid::new(n).unwrap())).unwrap();
        let section = Section::new(vec![1, 2]).unwrap();
        let args = [
            Arg::Uids(&uids),
            Arg::List(vec![
                Arg::Word("UID"),
                Arg::Peek {
                    section: Peek::Part(&section),
                    offset: 5,
                    length: 10,
                },
            ]),
            Arg::Flags(&[Flag::Seen, Flag::Junk]),
            Arg::Range(3, 4),
        ];
        assert_eq!(
            written(&args, Literals::Plus),
            ["X 1:2,9 (UID BODY.PEEK[1.2]<5.10>) (\\Seen $Junk) 3:4\r\n"]
        );
    }

    #[test]
    fn a_password_waits_for_the_server_unless_it_takes_it_at_once() {
        let response = Zeroizing::new("AGE=".to_owned());
        assert_eq!(Command::authenticate_plain(&response, true).pieces.len(), 1);
        let waiting = Command::authenticate_plain(&response, false);
        assert_eq!(waiting.pieces[0].as_slice(), b"AUTHENTICATE PLAIN\r\n");
        assert_eq!(waiting.pieces[1].as_slice(), b"AGE=\r\n");
    }
}
