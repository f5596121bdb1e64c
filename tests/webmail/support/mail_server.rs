//! A private Dovecot and Postfix, started by `tests/mail-server/run` and ended with this process, in whatever way it ends.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

use super::imap_client::ImapClient;

/// The domain whose mail is delivered. Recipients elsewhere are refused.
pub const DOMAIN: &str = "example.test";

/// One of the two servers, to be stopped or slowed down.
#[derive(Clone, Copy, Debug)]
pub enum Service {
    /// IMAP, LMTP and the sign-in of both.
    Dovecot,
    /// Submission.
    Postfix,
}

/// Dovecot and Postfix on free loopback ports, with a certificate authority of their own.
pub struct MailServer {
    control: Mutex<Control>,
    dir: PathBuf,
    /// IMAP with STARTTLS, as on port 143.
    pub imap: u16,
    /// IMAP with implicit TLS, as on port 993.
    pub imaps: u16,
    /// Submission with STARTTLS, as on port 587.
    pub submission: u16,
    /// Submission with implicit TLS, as on port 465.
    pub submissions: u16,
    tls: Arc<ClientConfig>,
    users: AtomicU32,
}

struct Control {
    child: Child,
    /// The servers end when this pipe is closed.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl MailServer {
    /// The instance that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MailServer> = OnceLock::new();
        SHARED.get_or_init(Self::private)
    }

    /// An instance for one test that stops, pauses or breaks it. Ended when dropped.
    pub fn private() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail-server/run");
        let mut child = Command::new(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/mail-server/run can be started");
        let commands = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        answers.read_line(&mut line).expect("the script answers");
        let ready = line
            .strip_prefix("ready ")
            .unwrap_or_else(|| panic!("no mail server, so no test: {line}"));
        let field = |name: &str| {
            ready
                .split_whitespace()
                .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or_else(|| panic!("{name} in {ready}"))
        };
        let port = |name| field(name).parse().expect("a port number");
        let dir = PathBuf::from(field("dir"));
        Self {
            imap: port("imap"),
            imaps: port("imaps"),
            submission: port("submission"),
            submissions: port("submissions"),
            tls: client_config(&dir.join("tls/ca.crt")),
            users: AtomicU32::new(0),
            control: Mutex::new(Control {
                child,
                commands,
                answers,
            }),
            dir,
        }
    }

    /// The certificate to trust, in PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.join("tls/ca.crt")
    }

    /// Trusts this server's certificate and nothing else.
    pub fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// What a server wrote to its log.
    pub fn log(&self, service: Service) -> String {
        let name = match service {
            Service::Dovecot => "dovecot.log",
            Service::Postfix => "postfix.log",
        };
        fs::read_to_string(self.dir.join(name)).expect("the log can be read")
    }

    /// A fresh user with an empty mailbox, who can sign in at once.
    pub fn user(&self) -> TestUser<'_> {
        self.user_with(None, None)
    }

    /// A fresh user whose mail may take so much, in Dovecot's notation: `100K`, `2M`.
    pub fn user_with_quota(&self, quota: &str) -> TestUser<'_> {
        self.user_with(None, Some(quota))
    }

    /// A fresh user with this password.
    pub fn user_with_password(&self, password: &str) -> TestUser<'_> {
        self.user_with(Some(password), None)
    }

    fn user_with(&self, password: Option<&str>, quota: Option<&str>) -> TestUser<'_> {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        let email = format!("user{number}@{DOMAIN}");
        let password = password.map_or_else(|| format!("canary-password-{number}"), str::to_owned);
        let user = TestUser {
            server: self,
            email,
            password,
        };
        user.write(&user.password, quota);
        user
    }

    /// Adds a line to Dovecot's configuration and starts it anew: for a server of one's own.
    pub fn configure_dovecot(&self, line: &str) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(self.dir.join("dovecot.conf"))
            .expect("the configuration can be changed");
        writeln!(file, "{line}").expect("the configuration can be changed");
        self.stop(Service::Dovecot);
        self.start(Service::Dovecot);
    }

    /// Delivers a message by LMTP. When this returns it is in the INBOX.
    pub fn deliver(&self, from: &str, to: &str, message: &[u8]) {
        let socket = UnixStream::connect(self.dir.join("run/lmtp")).expect("LMTP answers");
        let mut lmtp = BufReader::new(socket);
        expect_reply(&mut lmtp, "220");
        for (line, code) in [
            (format!("LHLO test.{DOMAIN}"), "250"),
            (format!("MAIL FROM:<{from}>"), "250"),
            (format!("RCPT TO:<{to}>"), "250"),
            ("DATA".to_owned(), "354"),
        ] {
            write!(lmtp.get_mut(), "{line}\r\n").expect("LMTP reads");
            expect_reply(&mut lmtp, code);
        }
        lmtp.get_mut()
            .write_all(&dot_stuffed(message))
            .expect("LMTP reads");
        expect_reply(&mut lmtp, "250");
    }

    /// Ends a service; its port refuses connections afterwards.
    pub fn stop(&self, service: Service) {
        self.command("stop", service);
    }

    /// Starts a stopped service on the same port.
    pub fn start(&self, service: Service) {
        self.command("start", service);
    }

    /// Lets a service fall silent: its connections stay open and nothing is answered.
    pub fn pause(&self, service: Service) {
        self.command("pause", service);
    }

    /// Lets a paused service go on.
    pub fn resume(&self, service: Service) {
        self.command("resume", service);
    }

    fn command(&self, verb: &str, service: Service) {
        let service = match service {
            Service::Dovecot => "dovecot",
            Service::Postfix => "postfix",
        };
        self.order(&format!("{verb} {service}"));
    }

    fn order(&self, order: &str) {
        let mut control = self.control.lock().expect("no test panicked in here");
        let commands = control.commands.as_mut().expect("open until dropped");
        writeln!(commands, "{order}").expect("the script reads");
        let mut line = String::new();
        control
            .answers
            .read_line(&mut line)
            .expect("the script answers");
        assert_eq!(line.trim_end(), "done", "{order}");
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let control = self
            .control
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        control.commands = None;
        let ended = control.child.wait();
        if !std::thread::panicking() {
            ended.expect("the script ends");
        }
    }
}

/// A mail account that belongs to one test.
pub struct TestUser<'a> {
    server: &'a MailServer,
    pub email: String,
    pub password: String,
}

impl TestUser<'_> {
    /// A connection of another mail program, signed in as this user.
    pub fn imap(&self) -> ImapClient {
        self.try_imap().expect("the user can sign in")
    }

    fn try_imap(&self) -> Result<ImapClient, String> {
        let host = ServerName::try_from("localhost").expect("a host name");
        let tls = rustls::ClientConnection::new(self.server.tls(), host).expect("TLS can start");
        let socket = TcpStream::connect(("127.0.0.1", self.server.imaps)).expect("IMAP answers");
        socket.set_nodelay(true).expect("a TCP option");
        let stream = rustls::StreamOwned::new(tls, socket);
        ImapClient::sign_in(stream, &self.email, &self.password)
    }

    /// Where the account is.
    pub fn server(&self) -> &MailServer {
        self.server
    }

    /// Fills the INBOX of a user who has not signed in yet with so many generated messages.
    pub fn fill(&self, count: u32) {
        self.server
            .order(&format!("sample {} {count} bulk", self.email));
    }

    /// Puts these files, as they are, into the INBOX of a user who has not signed in yet. The name of `folder` holds no space.
    pub fn put(&self, folder: &Path) {
        let order = format!("put {} {}", self.email, folder.display());
        self.server.order(&order);
    }

    /// Delivers a message by LMTP into the INBOX.
    pub fn deliver(&self, message: &[u8]) {
        self.server
            .deliver("sender@example.org", &self.email, message);
    }

    /// Delivers a short text message, and returns its Message-ID with the angle brackets.
    pub fn deliver_text(&self, from: &str, subject: &str, text: &str) -> String {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let id = format!("<text{number}@example.org>");
        let mut message = String::new();
        write!(
            message,
            "From: {from}\r\nTo: <{}>\r\nSubject: {subject}\r\nMessage-ID: {id}\r\n\
             Date: Thu, 5 Nov 2026 10:{:02}:00 +0000\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
            self.email,
            number % 60
        )
        .expect("a String can grow");
        self.deliver(message.as_bytes());
        id
    }

    /// Files a message with flags, for example `\\Seen`, in a mailbox.
    pub fn append(&self, mailbox: &str, flags: &str, message: &[u8]) {
        self.imap().append(mailbox, flags, message);
    }

    /// Files a message that arrived then, in the notation of INTERNALDATE: `01-Nov-2026 10:00:00 +0000`.
    pub fn append_received(&self, mailbox: &str, received: &str, message: &[u8]) {
        self.imap().append_received(mailbox, received, message);
    }

    /// Where the server keeps the mail of a user who has some.
    pub fn maildir(&self) -> PathBuf {
        let name = self.email.split('@').next().expect("a local part");
        self.server.dir.join("mail").join(name).join("Maildir")
    }

    /// The messages of a mailbox as they are stored, oldest first. A mailbox that does not exist has none.
    pub fn messages(&self, mailbox: &str) -> Vec<Vec<u8>> {
        let mut imap = self.imap();
        if imap.select(mailbox) == Some(0) || !imap.is_selected() {
            return Vec::new();
        }
        imap.fetch_literals("1:*", "BODY.PEEK[]")
    }

    /// In which mailboxes a message stands, one entry for each copy, in the order of their names.
    pub fn copies(&self, message_id: &str) -> Vec<String> {
        let mut imap = self.imap();
        let mut copies = Vec::new();
        for mailbox in imap.mailboxes() {
            imap.select(&mailbox);
            let found = imap.search(&format!("HEADER Message-ID {message_id}"));
            copies.extend(found.iter().map(|_| mailbox.clone()));
        }
        copies.sort();
        copies
    }

    /// Waits until a mailbox has so many messages, and returns them. For mail that travels through Postfix.
    pub fn await_messages(&self, mailbox: &str, count: usize) -> Vec<Vec<u8>> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let messages = self.messages(mailbox);
            if messages.len() >= count {
                return messages;
            }
            assert!(
                Instant::now() < deadline,
                "{count} messages in {mailbox}, not {}",
                messages.len()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Changes the password on the server, and returns when the old one is refused.
    pub fn change_password(&mut self, password: &str) {
        self.write(password, None);
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.try_imap().is_ok() {
            assert!(Instant::now() < deadline, "the old password still works");
            std::thread::sleep(Duration::from_millis(50));
        }
        password.clone_into(&mut self.password);
    }

    /// Removes the account from the server; its mail stays on the disk.
    pub fn remove(&self) {
        fs::remove_file(self.file()).expect("the user's file can be removed");
    }

    fn file(&self) -> PathBuf {
        self.server.dir.join("users").join(&self.email)
    }

    fn write(&self, password: &str, quota: Option<&str>) {
        let password = STANDARD.encode(password);
        let quota = quota.map_or_else(String::new, |quota| {
            format!("userdb_quota_rule=*:storage={quota}")
        });
        let line = format!("{}:{{PLAIN.b64}}{password}::::::{quota}\n", self.email);
        fs::write(self.file(), line).expect("the user's file can be written");
    }
}

fn client_config(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(ca).expect("the authority's certificate");
    roots.add(certificate).expect("a usable certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

fn expect_reply(lmtp: &mut BufReader<impl Read>, code: &str) {
    loop {
        let mut line = String::new();
        lmtp.read_line(&mut line).expect("LMTP answers");
        assert!(line.starts_with(code), "{code}, not {line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return;
        }
    }
}

/// The message as RFC 5321 §4.5.2 sends it, with CRLF line ends and the final dot.
fn dot_stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
