//! Posta as a process of its own, to be killed, restarted and measured: the binary of this build, or the one that the
//! environment variable POSTA names.

use super::{mail_server::MailServer, page::Browser};
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use url::Url;

/// A running Posta with SQLite in a directory of its own. Killed when dropped.
pub struct Process {
    pub url: Url,
    child: Child,
    data: tempfile::TempDir,
    mail: Vec<(&'static str, String)>,
}

impl Process {
    /// In front of this mail server. Returns when it answers.
    pub async fn start(server: &MailServer) -> Self {
        let data = tempfile::tempdir().expect("a temporary directory");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        drop(listener);
        let path = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        let mail = vec![
            ("POSTA_LISTEN", address.to_string()),
            ("POSTA_PUBLIC_URL", format!("http://{address}/")),
            (
                "POSTA_IMAP_URL",
                format!("imaps://127.0.0.1:{}", server.imaps),
            ),
            (
                "POSTA_SMTP_URL",
                format!("smtp://127.0.0.1:{}", server.submission),
            ),
            ("POSTA_CA_FILE", path(&server.ca_file())),
            ("POSTA_DATA_DIR", path(data.path())),
            ("POSTA_LOG", "error".to_owned()),
        ];
        let mut process = Self {
            url: Url::parse(&format!("http://{address}/")).expect("a URL"),
            child: spawn(&mail),
            data,
            mail,
        };
        process.await_answer().await;
        process
    }

    /// Whether its figures count: a debug build is many times slower.
    pub fn is_measured() -> bool {
        !cfg!(debug_assertions) || std::env::var_os("POSTA").is_some()
    }

    /// Starts it again on what the dead process left, and returns after how long it answers.
    pub async fn restart(&mut self) -> Duration {
        let begun = Instant::now();
        self.child = spawn(&self.mail);
        self.await_answer().await;
        begun.elapsed()
    }

    /// Ends it as `abort()` does, with everything it has in hand.
    pub fn abort(&mut self) {
        let kill = Command::new("kill")
            .args(["-ABRT", &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill is there").success());
        let status = self.child.wait().expect("it was started here");
        assert!(!status.success(), "{status}");
    }

    /// Where it keeps its database.
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// CPU time of all its threads so far, to a hundredth of a second.
    pub fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
        let ticks = fields.split(' ').skip(11).take(2);
        let ticks: u64 = ticks
            .map(|field| field.parse::<u64>().expect("ticks"))
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// The most memory it had resident since the last call, and what it has now, in KiB.
    pub fn peak_and_resident(&self) -> (u64, u64) {
        let status = self.proc("status");
        let field = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let value =
                line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
            value.expect(name).parse().expect("kB")
        };
        let figures = (field("VmHWM"), field("VmRSS"));
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("own process");
        figures
    }

    /// A browser with no cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.url.clone())
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).expect("it runs")
    }

    async fn await_answer(&mut self) {
        let browser = self.browser();
        let health = || browser.bare(reqwest::Method::GET, "/healthz").send();
        let deadline = Instant::now() + Duration::from_secs(20);
        while health().await.is_err() {
            let ended = self.child.try_wait().expect("it was started here");
            assert!(ended.is_none() && Instant::now() < deadline, "{ended:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let (_killed, _ended) = (self.child.kill(), self.child.wait());
    }
}

fn spawn(environment: &[(&'static str, String)]) -> Child {
    let binary = std::env::var_os("POSTA").unwrap_or_else(|| env!("CARGO_BIN_EXE_posta").into());
    Command::new(binary)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("Posta starts")
}
