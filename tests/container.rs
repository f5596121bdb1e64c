//! The static release binary runs where there is nothing else, as in the container image: in a chroot that holds the
//! binary, CA certificates, /etc/hosts, /etc/resolv.conf and an own data directory, as user 65532.
//!
//! `STATIC_BINARY` names the binary; `script/test` builds it as the Dockerfile does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use support::{mail_server::MailServer, page::Browser};
use url::Url;

#[allow(dead_code, reason = "shared with the stories, which use all of it")]
#[path = "webmail/support"]
mod support {
    pub mod imap_client;
    pub mod mail_server;
    pub mod page;
}

const USER: u32 = 65532;

/// A root directory with nothing in it that the image does not hold.
struct Container {
    root: tempfile::TempDir,
    environment: Vec<(String, String)>,
    port: u16,
}

struct Running(Child);

impl Container {
    fn new(server: &MailServer) -> Self {
        let root = tempfile::tempdir().unwrap();
        let binary = std::env::var_os("STATIC_BINARY").expect("STATIC_BINARY names the binary");
        let at = |path: &str| root.path().join(path);
        fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
        for folder in ["etc/ssl/certs", "data"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::copy(&binary, at("posta"))
            .unwrap_or_else(|error| panic!("{}: {error}", Path::new(&binary).display()));
        for file in [
            "etc/ssl/certs/ca-certificates.crt",
            "etc/hosts",
            "etc/resolv.conf",
        ] {
            fs::copy(Path::new("/").join(file), at(file)).unwrap();
        }
        fs::copy(server.ca_file(), at("etc/ca.crt")).unwrap();
        chown(at("data"), Some(USER), Some(USER)).expect("this test needs root");
        let port = free_port();
        let environment = [
            ("POSTA_LISTEN", format!("127.0.0.1:{port}")),
            ("POSTA_PUBLIC_URL", format!("http://127.0.0.1:{port}")),
            (
                "POSTA_IMAP_URL",
                format!("imaps://localhost:{}", server.imaps),
            ),
            (
                "POSTA_SMTP_URL",
                format!("smtp://localhost:{}", server.submission),
            ),
            ("POSTA_CA_FILE", "/etc/ca.crt".to_owned()),
            ("POSTA_DATA_DIR", "/data".to_owned()),
        ];
        Self {
            environment: environment
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            root,
            port,
        }
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new("chroot");
        command
            .arg(format!("--userspec={USER}:{USER}"))
            .arg("--groups=")
            .arg(self.root.path())
            .args(["/posta", subcommand])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, subcommand: &str) -> Output {
        self.command(subcommand).output().unwrap()
    }

    fn serve(&self) -> Running {
        let mut child = self.command("serve").spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                child.try_wait().unwrap().is_none(),
                "Posta ended at its start"
            );
            assert!(Instant::now() < deadline, "Posta does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Running(child)
    }

    fn browser(&self) -> Browser {
        Browser::new(Url::parse(&format!("http://127.0.0.1:{}/", self.port)).unwrap())
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut waiting = vec![self.root.path().to_owned()];
        let mut files = Vec::new();
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            } else {
                files.push(path.strip_prefix(self.root.path()).unwrap().to_owned());
            }
        }
        files
    }
}

impl Running {
    /// Sends SIGTERM and returns whether Posta ended well, within the 30 seconds that it promises.
    fn terminate(mut self) -> bool {
        let killed = Command::new("kill").arg(self.0.id().to_string()).status();
        assert!(killed.unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < deadline, "Posta does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already when the test went well.
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_root_is_enough_to_sign_in_and_read_mail() {
    let server = MailServer::shared();
    let user = server.user();
    user.deliver_text("Ana <ana@example.org>", "In an empty room", "Hello");
    let container = Container::new(server);
    let running = container.serve();
    let browser = container.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/readyz").await.status, 200);
    let form = browser.get("/login").await;
    let form = form.form("Sign in").fill("Email", &user.email);
    let inbox = form.fill("Password", &user.password).submit().await;
    assert_eq!(inbox.status, 200, "{}", inbox.text());
    let message = inbox.follow("In an empty room").await;
    assert!(message.text().contains("Hello"), "{}", message.text());
    assert!(running.terminate());
}

#[test]
fn the_health_check_tells_a_running_server_from_none() {
    let container = Container::new(MailServer::shared());
    assert!(!container.run("healthcheck").status.success());
    let running = container.serve();
    let healthy = container.run("healthcheck");
    assert!(healthy.status.success(), "{healthy:?}");
    assert!(running.terminate());
}

#[test]
fn the_configuration_and_the_mail_servers_can_be_checked() {
    let server = MailServer::shared();
    let user = server.user();
    let container = Container::new(server);
    let checked = container.run("check");
    assert!(checked.status.success(), "{checked:?}");
    let signed_in = container
        .command("check")
        .args(["--email", &user.email])
        .env("POSTA_CHECK_PASSWORD", &user.password)
        .output()
        .unwrap();
    assert!(signed_in.status.success(), "{signed_in:?}");
    assert!(container.run("config").status.success());
    assert!(container.run("--version").status.success());
}

#[test]
fn nothing_is_written_outside_the_data_directory() {
    let container = Container::new(MailServer::shared());
    let before: Vec<_> = container.files();
    assert!(container.serve().terminate());
    let new: Vec<_> = container.files();
    let mut new = new.iter().filter(|file| !before.contains(file));
    assert!(new.all(|file| file.starts_with("data")));
}
