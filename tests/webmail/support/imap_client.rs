//! Another mail program: a blocking IMAP client that shares no code with Posta, to arrange and to inspect mailboxes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

type Stream = rustls::StreamOwned<rustls::ClientConnection, TcpStream>;

/// One response without the line end; the literals stand apart.
#[derive(Debug, Default)]
pub struct Response {
    pub text: String,
    pub literals: Vec<Vec<u8>>,
}

/// A signed-in connection.
pub struct ImapClient {
    stream: BufReader<Stream>,
    tag: u32,
    selected: bool,
}

impl ImapClient {
    /// Reads the greeting and signs in. The error is the server's refusal.
    pub fn sign_in(stream: Stream, user: &str, password: &str) -> Result<Self, String> {
        let mut client = Self {
            stream: BufReader::new(stream),
            tag: 0,
            selected: false,
        };
        let greeting = client.response();
        assert!(greeting.text.starts_with("* OK"), "{}", greeting.text);
        let (_, status) = client.send(&[
            b"LOGIN ",
            literal(user).as_bytes(),
            b" ",
            literal(password).as_bytes(),
        ]);
        if status.starts_with("OK") {
            Ok(client)
        } else {
            Err(status)
        }
    }

    /// Sends a command and returns its untagged responses. Panics unless the server says OK.
    pub fn command(&mut self, command: &str) -> Vec<Response> {
        let (responses, status) = self.send(&[command.as_bytes()]);
        assert!(status.starts_with("OK"), "{command}: {status}");
        responses
    }

    /// Files a message. Panics unless the server says OK.
    pub fn append(&mut self, mailbox: &str, flags: &str, message: &[u8]) {
        let status = self.try_append(mailbox, flags, message);
        assert!(status.starts_with("OK"), "APPEND {mailbox}: {status}");
    }

    /// Files a message and returns the tagged status, as in `NO [OVERQUOTA] …`.
    pub fn try_append(&mut self, mailbox: &str, flags: &str, message: &[u8]) -> String {
        let head = format!(
            "APPEND {} ({flags}) {{{}+}}\r\n",
            literal(mailbox),
            message.len()
        );
        self.send(&[head.as_bytes(), message]).1
    }

    /// Files a message that arrived then, in the notation of INTERNALDATE. Panics unless the server says OK.
    pub fn append_received(&mut self, mailbox: &str, received: &str, message: &[u8]) {
        let head = format!(
            "APPEND {} () \"{received}\" {{{}+}}\r\n",
            literal(mailbox),
            message.len()
        );
        let (_, status) = self.send(&[head.as_bytes(), message]);
        assert!(status.starts_with("OK"), "APPEND {mailbox}: {status}");
    }

    /// Opens a mailbox (a name in modified UTF-7) and returns the number of its messages; `None` if there is no such one.
    pub fn select(&mut self, mailbox: &str) -> Option<u32> {
        let (responses, status) = self.send(&[b"SELECT ", literal(mailbox).as_bytes()]);
        self.selected = status.starts_with("OK");
        responses.iter().find_map(|response| {
            let number = response.text.strip_prefix("* ")?.strip_suffix(" EXISTS")?;
            number.parse().ok()
        })
    }

    /// Whether the last SELECT found its mailbox.
    pub fn is_selected(&self) -> bool {
        self.selected
    }

    /// The names of all mailboxes, in modified UTF-7.
    pub fn mailboxes(&mut self) -> Vec<String> {
        let responses = self.command("LIST \"\" *");
        responses
            .iter()
            .map(|response| match response.literals.first() {
                Some(name) => String::from_utf8_lossy(name).into_owned(),
                None => mailbox_name(&response.text),
            })
            .collect()
    }

    /// The UIDs that match, for example `UNSEEN` or `HEADER Subject hello`.
    pub fn search(&mut self, criteria: &str) -> Vec<u32> {
        let responses = self.command(&format!("UID SEARCH {criteria}"));
        responses
            .iter()
            .filter_map(|response| response.text.strip_prefix("* SEARCH"))
            .flat_map(str::split_whitespace)
            .map(|uid| uid.parse().expect("a UID"))
            .collect()
    }

    /// The literals of a FETCH by sequence number, one for each message.
    pub fn fetch_literals(&mut self, sequence: &str, items: &str) -> Vec<Vec<u8>> {
        let responses = self.command(&format!("FETCH {sequence} ({items})"));
        responses
            .into_iter()
            .filter(|response| response.text.contains(" FETCH "))
            .map(|mut response| response.literals.pop().unwrap_or_default())
            .collect()
    }

    /// The flags of a message by its UID, sorted, without `\Recent`.
    pub fn flags(&mut self, uid: u32) -> Vec<String> {
        let responses = self.command(&format!("UID FETCH {uid} (FLAGS)"));
        let text = responses
            .iter()
            .find(|response| response.text.contains("FLAGS ("))
            .map(|response| response.text.as_str())
            .expect("the message is there");
        let (_, rest) = text.split_once("FLAGS (").expect("just found");
        let (flags, _) = rest.split_once(')').expect("a list ends");
        let mut flags: Vec<_> = flags
            .split_whitespace()
            .filter(|&flag| flag != "\\Recent")
            .map(str::to_owned)
            .collect();
        flags.sort();
        flags
    }

    fn send(&mut self, parts: &[&[u8]]) -> (Vec<Response>, String) {
        self.tag += 1;
        let tag = format!("t{} ", self.tag);
        let stream = self.stream.get_mut();
        let mut command = tag.clone().into_bytes();
        command.extend(parts.concat());
        command.extend(b"\r\n");
        stream.write_all(&command).expect("IMAP reads");
        stream.flush().expect("IMAP reads");
        let mut responses = Vec::new();
        loop {
            let response = self.response();
            match response.text.strip_prefix(&tag) {
                Some(status) => return (responses, status.to_owned()),
                None => responses.push(response),
            }
        }
    }

    fn response(&mut self) -> Response {
        let mut response = Response::default();
        loop {
            let mut line = Vec::new();
            self.stream
                .read_until(b'\n', &mut line)
                .expect("IMAP answers");
            assert!(line.ends_with(b"\r\n"), "the connection was cut");
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches("\r\n");
            response.text.push_str(line);
            let size = line
                .strip_suffix('}')
                .and_then(|line| line.rsplit_once('{'))
                .and_then(|(_, size)| size.parse().ok());
            let Some(size) = size else { return response };
            let mut octets = vec![0; size];
            self.stream
                .read_exact(&mut octets)
                .expect("the whole literal");
            response.literals.push(octets);
        }
    }
}

/// A string as a non-synchronising literal (RFC 7888), which takes every character.
fn literal(text: &str) -> String {
    format!("{{{}+}}\r\n{text}", text.len())
}

/// The name at the end of `* LIST (flags) "/" name`.
fn mailbox_name(list: &str) -> String {
    if let Some(quoted) = list.strip_suffix('"') {
        let start = quoted.rfind(" \"").map_or(0, |at| at + 2);
        return quoted[start..].replace("\\\"", "\"").replace("\\\\", "\\");
    }
    list.rsplit(' ').next().unwrap_or_default().to_owned()
}
