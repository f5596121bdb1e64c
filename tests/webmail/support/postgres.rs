//! A private PostgreSQL, started by `tests/postgres/run` and ended with this process, in whatever way it ends.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

struct Cluster {
    port: u16,
    /// The server ends when this child's input is closed, which is when this process ends.
    _child: Child,
}

/// The URL of a fresh, empty database.
pub async fn database_url() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let port = cluster().port;
    let url = |name: &str| format!("postgres://posta@127.0.0.1:{port}/{name}?sslmode=disable");
    let name = format!("story{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&url("postgres"))
        .await
        .expect("PostgreSQL answers");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a database can be created");
    url(&name)
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/run"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/postgres/run can be started");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("the script answers");
        let port = line
            .trim_end()
            .strip_prefix("ready port=")
            .unwrap_or_else(|| panic!("no PostgreSQL, so no test: {line}"));
        Cluster {
            port: port.parse().expect("a port number"),
            _child: child,
        }
    })
}
