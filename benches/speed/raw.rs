//! The limit: the same work on one warm connection of the mail server, the answers dropped.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConnection, StreamOwned, pki_types::ServerName};

use crate::{
    PAGE,
    support::{imap_client::ImapClient, mail_server::TestUser},
};

/// The messages that are opened: what they are, and their subjects.
pub const SAMPLES: [(&str, &str); 3] = [
    ("plain", "Open plain"),
    ("newsletter", "Open newsletter"),
    ("1.5 MB attached", "Open attached"),
];

/// One warm connection.
pub struct Raw {
    imap: ImapClient,
    exists: u32,
    uid_validity: u32,
}

impl Raw {
    /// Signs in, selects the INBOX and reads its first page, as signing in to Posta does.
    pub fn open(user: &TestUser<'_>) -> Self {
        let mut imap = user.imap();
        let status = imap.command("STATUS INBOX (UIDVALIDITY)");
        let text = &status[0].text;
        let (_, validity) = text.split_once("UIDVALIDITY ").unwrap();
        let uid_validity = validity.trim_end_matches(')').parse().unwrap();
        let exists = imap.select("INBOX").unwrap();
        let mut raw = Self {
            imap,
            exists,
            uid_validity,
        };
        raw.page(1);
        raw
    }

    /// The mailboxes with their counts, and the envelopes of one page.
    pub fn page(&mut self, page: u32) {
        self.imap
            .command("LIST \"\" * RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))");
        let last = self.exists - (page - 1) * PAGE;
        let first = last.saturating_sub(PAGE - 1).max(1);
        self.imap.command(&format!(
            "FETCH {first}:{last} (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"
        ));
    }

    /// The UID of a message by its subject, and its path in Posta.
    pub fn sample(&mut self, subject: &str) -> (u32, String) {
        let last = self.exists.saturating_sub(20).max(1);
        let found = self
            .imap
            .search(&format!("{last}:* HEADER Subject \"{subject}\""));
        let uid = *found.last().unwrap();
        (uid, format!("/mailbox/INBOX/{}", self.reference(uid)))
    }

    /// Files so many messages alike, and tells their UIDs.
    pub fn file(&mut self, message: &[u8], count: usize) -> Vec<u32> {
        for _ in 0..count {
            self.imap.append("INBOX", "\\Seen", message);
        }
        self.imap.command("NOOP");
        let first = self.exists + 1;
        self.exists += u32::try_from(count).unwrap();
        self.imap.search(&format!("{first}:*"))
    }

    /// `uidvalidity.uid`
    pub fn reference(&self, uid: u32) -> String {
        format!("{}.{uid}", self.uid_validity)
    }

    /// The header and the first text of a message.
    pub fn open_text(&mut self, uid: u32) {
        self.imap.command(&format!(
            "UID FETCH {uid} (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[1])"
        ));
    }

    /// The second part of a message.
    pub fn download(&mut self, uid: u32) {
        self.imap
            .command(&format!("UID FETCH {uid} (BODY.PEEK[2])"));
    }

    /// Sets a flag.
    pub fn flag(&mut self, uid: u32) {
        self.imap
            .command(&format!("UID STORE {uid} +FLAGS (\\Flagged)"));
    }

    /// Submits a message of 100 kB to the user and files a copy.
    pub fn submit(&mut self, user: &TestUser<'_>) {
        let text = "All work and no play makes a dull day.\r\n".repeat(2500);
        let message = format!(
            "From: <{0}>\r\nTo: <{0}>\r\nSubject: raw\r\n\r\n{text}",
            user.email
        );
        self.imap.append("Sent", "\\Seen", message.as_bytes());
        let mut smtp = submission(user);
        for line in [
            format!("MAIL FROM:<{}>", user.email),
            format!("RCPT TO:<{}>", user.email),
            "DATA".to_owned(),
            format!("{message}."),
            "QUIT".to_owned(),
        ] {
            say(&mut smtp, &line);
        }
    }
}

/// A newsletter with so many octets of HTML, as programs that design them write it.
pub fn newsletter(octets: usize) -> Vec<u8> {
    let mut html = String::from(
        "<html><head><style>@media (max-width:480px){.picture{width:100% !important}}</style></head><body>",
    );
    for number in 1.. {
        if html.len() >= octets {
            break;
        }
        html.push_str(&STORY.replace('#', &number.to_string()));
    }
    format!(
        "From: Weekly <weekly@example.net>\r\nSubject: Weekly\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n{html}</body></html>\r\n"
    )
    .into_bytes()
}

const STORY: &str = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
style=\"border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt;\"><tr><td class=\"text\" valign=\"top\" \
style=\"padding-top:9px;padding-right:18px;padding-bottom:9px;padding-left:18px;word-break:break-word;color:black;\
font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:150%;text-align:left;\">\r\n<h2 style=\"display:block;\
margin:0;padding:0;font-size:22px;font-weight:bold;line-height:125%;text-align:left;\">Story # of this week</h2>\r\n\
<p style=\"margin:10px 0;padding:0;font-size:16px;line-height:150%;text-align:left;\">All work and no play makes a dull \
day, and so does a newsletter that says the same in every paragraph, but it has to say something.</p>\r\n<img alt=\"\" \
src=\"https://pictures.example.net/#.png\" width=\"564\" class=\"picture\" style=\"max-width:1128px;padding-bottom:0;\
display:inline !important;vertical-align:bottom;border:0;height:auto;\"><br>\r\n<a href=\"https://example.net/story/#?\
utm_source=newsletter&amp;utm_medium=email\" target=\"_blank\" style=\"font-weight:normal;text-decoration:underline;\">\
Read more</a></td></tr></table>\r\n";

fn submission(user: &TestUser<'_>) -> BufReader<StreamOwned<ClientConnection, TcpStream>> {
    let server = user.server();
    let socket = TcpStream::connect(("127.0.0.1", server.submission)).unwrap();
    socket.set_nodelay(true).unwrap();
    let mut plain = BufReader::new(socket);
    reply(&mut plain);
    say(&mut plain, "EHLO bench");
    say(&mut plain, "STARTTLS");
    let host = ServerName::try_from("localhost").unwrap();
    let tls = ClientConnection::new(server.tls(), host).unwrap();
    let mut smtp = BufReader::new(StreamOwned::new(tls, plain.into_inner()));
    say(&mut smtp, "EHLO bench");
    let secret = STANDARD.encode(format!("\0{}\0{}", user.email, user.password));
    say(&mut smtp, &format!("AUTH PLAIN {secret}"));
    smtp
}

fn say<S: Read + Write>(smtp: &mut BufReader<S>, line: &str) {
    let line = format!("{line}\r\n");
    smtp.get_mut().write_all(line.as_bytes()).unwrap();
    smtp.get_mut().flush().unwrap();
    reply(smtp);
}

fn reply<S: Read>(smtp: &mut BufReader<S>) {
    loop {
        let mut line = String::new();
        smtp.read_line(&mut line).unwrap();
        assert!(matches!(line.as_bytes()[0], b'2' | b'3'), "{line}");
        if line.as_bytes()[3] == b' ' {
            return;
        }
    }
}
