//! Runs a store test on SQLite and on a private PostgreSQL that lives as long as the test process.

use super::Store;
use crate::seal::ServerKey;
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A fresh, migrated database.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    pub(crate) store: Store,
    /// The database file, where the engine has one.
    pub(crate) file: Option<PathBuf>,
    _dir: Option<tempfile::TempDir>,
}

/// Calls `test` twice, each time with a database of its own. PostgreSQL missing is a failing test.
pub(crate) async fn on_both_engines(test: impl AsyncFn(Engine)) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("posta.db");
    test(open("SQLite", Store::sqlite_url(&file), Some((dir, file))).await).await;
    test(open("PostgreSQL", postgres_database().await, None).await).await;
}

async fn open(
    name: &'static str,
    url: String,
    file: Option<(tempfile::TempDir, PathBuf)>,
) -> Engine {
    let store = Store::open(&url, ServerKey::new([7; 32]))
        .await
        .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let (dir, file) = file.unzip();
    Engine {
        name,
        url,
        store,
        file,
        _dir: dir,
    }
}

struct Postgres {
    port: u16,
    /// Its standard input: when this process ends, however it ends, the server ends too.
    _guard: Child,
}

fn postgres() -> &'static Postgres {
    static POSTGRES: OnceLock<Postgres> = OnceLock::new();
    POSTGRES.get_or_init(|| {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let guard = Command::new("sh")
            .args(["-euc", START_POSTGRES, "sh", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("sh starts");
        Postgres {
            port,
            _guard: guard,
        }
    })
}

/// Root is refused by PostgreSQL, so a server started by root runs as the user `nobody`.
const START_POSTGRES: &str = r#"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -n "$bin" ] || { echo 'PostgreSQL is not installed: apt-get install postgresql' >&2; exit 1; }
dir=$(mktemp -d); as=
if [ "$(id -u)" = 0 ]; then chown 65534 "$dir"; as='setpriv --reuid=65534 --regid=65534 --clear-groups'; fi
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -U posta -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
$as "$bin/postgres" -D "$dir/data" -c listen_addresses=127.0.0.1 -c port="$1" -c unix_socket_directories= \
  -c fsync=off -c max_connections=200 -c log_min_messages=fatal </dev/null 2>"$dir/log" &
server=$!
cat >/dev/null || true
kill -INT "$server"; wait "$server" || true
cd /; rm -rf "$dir"
"#;

async fn postgres_database() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    sqlx::any::install_default_drivers();
    let port = postgres().port;
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let url =
        |database: &str| format!("postgres://posta@127.0.0.1:{port}/{database}?sslmode=disable");
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut connection = loop {
        match <sqlx::AnyConnection as sqlx::Connection>::connect(&url("postgres")).await {
            Ok(connection) => break connection,
            Err(error) if Instant::now() > deadline => panic!("PostgreSQL does not start: {error}"),
            Err(_still_starting) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    url(&name)
}
