//! The measured process.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use url::Url;

use crate::support::mail_server::MailServer;

/// The release binary in front of the private mail servers.
pub struct Posta {
    pub url: Url,
    child: Child,
    _data: tempfile::TempDir,
}

impl Posta {
    /// Starts it and waits for its first answer.
    pub fn start(server: &MailServer) -> Self {
        let binary = std::env::var_os("POSTA").expect("POSTA names the binary");
        let data = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = Command::new(binary)
            .arg("serve")
            .env_clear()
            .env("POSTA_LISTEN", format!("127.0.0.1:{port}"))
            .env("POSTA_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .env(
                "POSTA_IMAP_URL",
                format!("imaps://localhost:{}", server.imaps),
            )
            .env(
                "POSTA_SMTP_URL",
                format!("smtp://localhost:{}", server.submission),
            )
            .env("POSTA_CA_FILE", server.ca_file())
            .env("POSTA_DATA_DIR", data.path())
            .env("POSTA_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let posta = Self {
            url: Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap(),
            child,
            _data: data,
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        while !posta.answers(port) {
            assert!(Instant::now() < deadline, "Posta does not answer");
            std::thread::sleep(Duration::from_millis(1));
        }
        posta
    }

    fn answers(&self, port: u16) -> bool {
        use std::io::{Read as _, Write as _};
        let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)) else {
            return false;
        };
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket
            .read_to_string(&mut answer)
            .is_ok_and(|_| answer.starts_with("HTTP/1.1 200"))
    }

    /// The processor time used so far. The kernel counts in ticks of a hundredth of a second.
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("stat")).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u64>().unwrap())
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// Memory in use, in octets.
    pub fn resident(&self) -> i64 {
        self.status("VmRSS:")
    }

    /// The most memory in use since the last [`Posta::peak_after_reset`], in octets.
    pub fn peak(&self) -> i64 {
        self.status("VmHWM:")
    }

    /// Forgets the peak, and returns the new one, which is what is in use.
    pub fn peak_after_reset(&self) -> i64 {
        fs::write(self.proc("clear_refs"), "5").unwrap();
        self.peak()
    }

    fn status(&self, name: &str) -> i64 {
        let status = fs::read_to_string(self.proc("status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        let kibibytes: i64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kibibytes * 1024
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }
}

impl Drop for Posta {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
