use super::*;
use crate::config::{Config, Security, Server};
use axum::routing::get;
use std::time::Instant;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Notify, mpsc, oneshot},
};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<GracefulShutdown>,
}

fn limits() -> Limits {
    let server = Server {
        host: "localhost".to_owned(),
        port: 1,
        security: Security::None,
    };
    let mut limits = Config::new(server.clone(), server).limits;
    limits.header_deadline = Duration::from_millis(300);
    limits.answer_idle = Duration::from_millis(300);
    limits
}

async fn start(router: Router, limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let tasks = Tasks::default();
    let served = tasks.clone().spawn(async move {
        serve(listener, router, &limits, &tasks, async move {
            drop(stopped.await)
        })
        .await
    });
    Running {
        address,
        stop,
        served,
    }
}

fn hello() -> Router {
    Router::new()
        .route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        )
        .route(
            "/panic",
            get(|| async { panic!("expected by the test") as &'static str }),
        )
        .route("/endless", get(|| async { vec![b'x'; 64 << 20] }))
}

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A server that cuts the connection may reset it: what came before counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered_and_knows_its_peer() {
    let running = start(hello(), limits()).await;
    let answer = exchange(running.address, GET).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

#[tokio::test]
async fn http2_is_spoken_to_those_who_begin_with_its_preface() {
    let running = start(hello(), limits()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "a SETTINGS frame");
}

#[tokio::test]
async fn a_header_that_does_not_come_or_does_not_end_is_cut_off() {
    let running = start(hello(), limits()).await;
    for beginning in [
        &b""[..],
        b"PRI * HT",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
    ] {
        let started = Instant::now();
        let answer = exchange(running.address, beginning).await;
        assert!(!answer.contains("200 OK"), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(5), "{beginning:?}");
    }
}

#[tokio::test]
async fn a_header_over_the_limit_is_refused() {
    let running = start(hello(), limits()).await;
    let header = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "x".repeat(40 << 10)
    );
    let answer = exchange(running.address, header.as_bytes()).await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_handler_that_panics_answers_500_and_the_connection_lives() {
    let running = start(hello(), limits()).await;
    let both = [&b"GET /panic HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], GET].concat();
    let answer = exchange(running.address, &both).await;
    assert!(
        answer.starts_with("HTTP/1.1 500") && answer.contains("HTTP/1.1 200 OK"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_browser_that_takes_nothing_is_cut_off() {
    let running = start(hello(), limits()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    running.stop.send(()).unwrap();
    let open = running.served.await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), open.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_place() {
    let running = start(
        hello(),
        Limits {
            connections: 1,
            ..limits()
        },
    )
    .await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let second = exchange(running.address, GET);
    tokio::pin!(second);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut second)
            .await
            .is_err()
    );
    drop(first);
    assert!(second.await.contains("200 OK"));
}

#[tokio::test]
async fn requests_under_way_are_finished_after_the_stop_and_new_ones_are_not_accepted() {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (enter, wait) = (entered.clone(), release.clone());
    let router = Router::new().route(
        "/",
        get(|| async move {
            enter.notify_one();
            wait.notified().await;
            "finished"
        }),
    );
    let running = start(router, limits()).await;
    let slow = exchange(running.address, GET);
    let stopping = async {
        entered.notified().await;
        running.stop.send(()).unwrap();
        let open = running.served.await.unwrap();
        assert!(TcpStream::connect(running.address).await.is_err());
        release.notify_one();
        open.shutdown().await;
    };
    let (answer, ()) = tokio::join!(slow, stopping);
    assert!(answer.ends_with("finished"), "{answer}");
}

#[tokio::test]
async fn a_client_that_only_listens_any_more_gets_its_answer() {
    let running = start(hello(), limits()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

/// Told when a handler ends, or is dropped.
struct Ending(mpsc::UnboundedSender<()>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.send(()).unwrap();
    }
}

#[tokio::test]
async fn nothing_is_done_for_long_for_a_client_that_is_gone() {
    let (sender, mut ended) = mpsc::unbounded_channel();
    let entered = Arc::new(Notify::new());
    let enter = entered.clone();
    let handler = move |request: Request| async move {
        let _ending = Ending(sender);
        enter.notify_one();
        let upload = request.method() == http::Method::POST;
        let body = axum::body::to_bytes(request.into_body(), 1 << 20).await;
        assert_eq!(body.is_err(), upload);
        if !upload {
            std::future::pending::<()>().await;
        }
    };
    let router = Router::new().route("/", get(handler.clone()).post(handler));
    let running = start(router, limits()).await;
    for beginning in [
        &b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(beginning).await.unwrap();
        entered.notified().await;
        drop(stream);
        let ending = tokio::time::timeout(Duration::from_secs(5), ended.recv());
        ending.await.unwrap().unwrap();
    }
}
