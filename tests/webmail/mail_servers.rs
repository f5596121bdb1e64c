//! The servers that the stories stand on behave like real ones.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConnection, StreamOwned, pki_types::ServerName};

use super::support::mail_server::{MailServer, Service, TestUser};

/// A submission session, for which every reply is one string with its lines joined.
struct Submission<S: Read + Write>(BufReader<S>);

impl<S: Read + Write> Submission<S> {
    fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let start = reply.len();
            self.0.read_line(&mut reply).unwrap();
            if reply.as_bytes()[start + 3] == b' ' {
                return reply;
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        write!(self.0.get_mut(), "{line}\r\n").unwrap();
        self.0.get_mut().flush().unwrap();
        self.reply()
    }
}

fn plain_submission(server: &MailServer) -> Submission<TcpStream> {
    let socket = TcpStream::connect(("127.0.0.1", server.submission)).unwrap();
    let mut session = Submission(BufReader::new(socket));
    assert!(session.reply().starts_with("220"));
    session
}

fn submission(
    server: &MailServer,
    user: &TestUser<'_>,
) -> Submission<StreamOwned<ClientConnection, TcpStream>> {
    let mut plain = plain_submission(server);
    assert!(plain.say("EHLO test").contains("STARTTLS"));
    assert!(plain.say("STARTTLS").starts_with("220"));
    let host = ServerName::try_from("localhost").unwrap();
    let tls = ClientConnection::new(server.tls(), host).unwrap();
    let stream = StreamOwned::new(tls, plain.0.into_inner());
    let mut session = Submission(BufReader::new(stream));
    assert!(session.say("EHLO test").contains("AUTH PLAIN"));
    let secret = STANDARD.encode(format!("\0{}\0{}", user.email, user.password));
    assert!(
        session
            .say(&format!("AUTH PLAIN {secret}"))
            .starts_with("235")
    );
    session
}

#[test]
fn submission_without_tls_is_refused() {
    let mut session = plain_submission(MailServer::shared());
    let capabilities = session.say("EHLO test");
    assert!(!capabilities.contains("AUTH"), "{capabilities}");
    assert!(session.say("MAIL FROM:<a@example.test>").starts_with("530"));
}

#[test]
fn a_submitted_message_arrives_in_the_inbox_of_its_recipient() {
    let server = MailServer::shared();
    let (from, to) = (server.user(), server.user());
    let mut session = submission(server, &from);
    assert!(
        session
            .say(&format!("MAIL FROM:<{}>", from.email))
            .starts_with("250")
    );
    assert!(
        session
            .say(&format!("RCPT TO:<{}>", to.email))
            .starts_with("250")
    );
    assert!(session.say("DATA").starts_with("354"));
    let message = "Message-ID: <submitted@example.test>\r\nSubject: hello\r\n\r\nHi\r\n.";
    assert!(session.say(message).starts_with("250"));
    let arrived = to.await_messages("INBOX", 1);
    assert!(String::from_utf8_lossy(&arrived[0]).contains("Subject: hello"));
    assert_eq!(to.copies("<submitted@example.test>"), ["INBOX"]);
}

#[test]
fn recipients_that_do_not_exist_are_refused() {
    let server = MailServer::shared();
    let user = server.user();
    let mut session = submission(server, &user);
    session.say(&format!("MAIL FROM:<{}>", user.email));
    let nobody = session.say("RCPT TO:<nobody@example.test>");
    assert!(nobody.starts_with("550 5.1.1"), "{nobody}");
    let elsewhere = session.say("RCPT TO:<someone@example.org>");
    assert!(elsewhere.starts_with("554"), "{elsewhere}");
}

#[test]
fn the_address_of_someone_else_is_refused_as_sender() {
    let server = MailServer::shared();
    let (user, other) = (server.user(), server.user());
    let mut session = submission(server, &user);
    session.say(&format!("MAIL FROM:<{}>", other.email));
    let refused = session.say(&format!("RCPT TO:<{}>", user.email));
    assert!(refused.starts_with("553"), "{refused}");
}

#[test]
fn a_full_mailbox_takes_no_more() {
    let server = MailServer::shared();
    let user = server.user_with_quota("10K");
    let message = format!("Subject: big\r\n\r\n{}", "x".repeat(20_000));
    let status = user.imap().try_append("INBOX", "", message.as_bytes());
    assert!(status.starts_with("NO [OVERQUOTA]"), "{status}");
}

#[test]
fn messages_are_kept_as_they_were_filed() {
    let user = MailServer::shared().user();
    let message = b"Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\n.dot\r\n..two\r\n".as_slice();
    user.append("Drafts", "\\Draft \\Seen", message);
    user.deliver(message);
    assert_eq!(user.messages("Drafts"), [message]);
    assert!(user.messages("INBOX")[0].ends_with(message));
    let mut imap = user.imap();
    imap.select("Drafts");
    let uid = imap.search("ALL")[0];
    assert_eq!(imap.flags(uid), ["\\Draft", "\\Seen"]);
    assert!(user.messages("No such mailbox").is_empty());
}

#[test]
fn a_password_with_every_kind_of_character_signs_in() {
    let password = "a\"b\\c:d {e} f%g é €";
    let mut user = MailServer::shared().user_with_password(password);
    user.imap();
    user.change_password("another");
    user.imap();
}

#[test]
fn a_stopped_server_refuses_and_a_paused_one_is_silent() {
    let server = MailServer::private();
    let user = server.user();
    user.deliver_text("Ana <ana@example.org>", "before", "text");
    server.stop(Service::Dovecot);
    assert!(TcpStream::connect(("127.0.0.1", server.imaps)).is_err());
    server.start(Service::Dovecot);
    assert_eq!(user.messages("INBOX").len(), 1);

    server.pause(Service::Postfix);
    let socket = TcpStream::connect(("127.0.0.1", server.submission)).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    assert!((&socket).read(&mut [0; 1]).is_err());
    server.resume(Service::Postfix);
    socket.set_read_timeout(None).unwrap();
    assert_eq!((&socket).read(&mut [0; 1]).unwrap(), 1);
    assert!(server.log(Service::Dovecot).contains("saved mail to INBOX"));
}
