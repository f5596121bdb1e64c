//! The one way out to the web leads nowhere but to the web, whatever the other side answers (SECURITY.md R-IMG-2).

use super::support::web_server::{WebServer, answer, drip, path, redirect};
use posta::{
    config::{Config, Security, Server},
    remote::{Client, Error, Limits},
};
use std::{
    net::IpAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const PUBLIC: &str = "93.184.216.34";

/// A client that may fetch from these servers too.
fn client(servers: &[&WebServer], ca_file: Option<&Path>) -> Client {
    let nowhere = Server {
        host: "127.0.0.1".to_owned(),
        port: 1,
        security: Security::None,
    };
    let mut config = Config::new(nowhere.clone(), nowhere);
    config.ca_file = ca_file.map(Path::to_owned);
    let limits = Limits {
        total: Duration::from_millis(700),
        body: 64 << 10,
        admitted: servers.iter().map(|server| server.address).collect(),
        ..Limits::default()
    };
    Client::new(limits, posta::server::client_config(&config).unwrap())
}

async fn get(client: &Client, url: &str) -> Result<Vec<u8>, Error> {
    let body = client.get(url, "image/*").await?;
    Ok(body.to_vec())
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
async fn no_address_of_the_corpus_leads_into_a_network_of_ours() {
    let text = include_str!("../corpora/handmade/ssrf-urls.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 114);
    // Names lead where the worst resolver would have them lead.
    let client = client(&[], None).with_names(|name| match name {
        "ok.example" | "xn--bcher-kva.example" => vec![ip(PUBLIC)],
        "mixed.test" => vec![ip(PUBLIC), ip("10.0.0.1")],
        name if name.starts_with("metadata.") => vec![ip("169.254.169.254")],
        name if name.starts_with("ip6-") => vec![ip("::1")],
        _ => vec![ip("127.0.0.1")],
    });
    let mut allowed = 0;
    for case in &cases {
        let url = case["url"].as_str().unwrap();
        // What their servers do is told by the stories of pictures and below.
        if case["verdict"] == "allow-strip" {
            continue;
        }
        match client.check(url).await {
            Ok(addresses) => {
                assert_eq!(case["verdict"], "allow", "{url}");
                assert!(addresses.iter().all(|found| found.ip() == ip(PUBLIC)));
                allowed += 1;
            }
            Err(Error::Address | Error::NotPublic) => assert_eq!(case["verdict"], "block", "{url}"),
            Err(error) => panic!("{url}: {error}"),
        }
    }
    assert_eq!(allowed, 4);
}

#[tokio::test]
async fn the_system_s_own_name_for_this_machine_leads_nowhere() {
    let client = client(&[], None);
    for url in [
        "http://localhost/",
        "http://LOCALHOST./x",
        "http://foo.localhost/",
    ] {
        let refused = client.check(url).await;
        assert!(
            matches!(refused, Err(Error::NotPublic | Error::Unknown(_))),
            "{url}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_the_connection_goes_where_the_check_was() {
    let good = WebServer::start(|_, peer| peer.write_all(&answer("200 OK", "", b"good")));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // The first answer is let through, every later one would lead elsewhere.
    let client =
        client(&[&good], None).with_names(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => vec![ip("127.0.0.1")],
            _ => vec![ip("10.0.0.1")],
        });
    let url = format!("http://rebind.test:{}/", good.address.port());
    assert_eq!(get(&client, &url).await.unwrap(), b"good");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(good.requests()[0].contains(&format!("host: rebind.test:{}\r\n", good.address.port())));
    assert!(matches!(get(&client, &url).await, Err(Error::NotPublic)));
}

#[tokio::test]
async fn one_bad_address_among_good_ones_is_enough() {
    let good = WebServer::start(|_, peer| peer.write_all(&answer("200 OK", "", b"good")));
    for bad in ["10.0.0.1", "127.0.0.2", "::1", "::ffff:10.0.0.1", "fe80::1"] {
        let client = client(&[&good], None).with_names(move |_| vec![ip("127.0.0.1"), ip(bad)]);
        let url = format!("http://mixed.test:{}/", good.address.port());
        assert!(
            matches!(get(&client, &url).await, Err(Error::NotPublic)),
            "{bad}"
        );
    }
    let nobody = client(&[&good], None).with_names(|_| Vec::new());
    let url = format!("http://nobody.test:{}/", good.address.port());
    assert!(matches!(
        get(&nobody, &url).await,
        Err(Error::Unknown(None))
    ));
    assert!(good.requests().is_empty());
}

#[tokio::test]
async fn three_redirects_are_followed_and_each_is_checked_anew() {
    let inner = WebServer::start(|_, peer| peer.write_all(&answer("200 OK", "", b"inner")));
    let to_inner = inner.url("/");
    let server = WebServer::start(move |request, peer| {
        let location = match path(request) {
            "/3" => "2".to_owned(),
            "/2" => "/1".to_owned(),
            "/1" => "/end?x=%20".to_owned(),
            "/4" => "/3".to_owned(),
            "/loop" => "/loop".to_owned(),
            "/inner" => to_inner.clone(),
            "/port" => "http://93.184.216.34:25/".to_owned(),
            "/private" => "http://192.168.0.1/".to_owned(),
            "/metadata" => "//169.254.169.254/latest".to_owned(),
            "/mapped" => "http://[::ffff:127.0.0.1]/".to_owned(),
            "/file" => "file:///etc/passwd".to_owned(),
            "/user" => "http://user@93.184.216.34/".to_owned(),
            "/broken" => "http://[::1".to_owned(),
            _ => return peer.write_all(&answer("200 OK", "", b"end")),
        };
        peer.write_all(&redirect(&location))
    });
    let client = client(&[&server], None);
    assert_eq!(get(&client, &server.url("/3")).await.unwrap(), b"end");
    for (path, expected) in [
        ("/4", "too many redirects"),
        ("/loop", "too many redirects"),
        ("/inner", "no address"),
        ("/port", "no address"),
        ("/private", "not public"),
        ("/metadata", "not public"),
        ("/mapped", "not public"),
        ("/file", "no address"),
        ("/user", "no address"),
        ("/broken", "too many redirects, or one that leads nowhere"),
    ] {
        let error = get(&client, &server.url(path)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{path}: {error}");
    }
    let loops = server
        .requests()
        .iter()
        .filter(|request| path(request) == "/loop")
        .count();
    assert_eq!(loops, 4, "the first and three redirects");
    assert!(inner.requests().is_empty());
}

#[tokio::test]
async fn an_answer_costs_no_more_than_its_limits() {
    let server = WebServer::start(|request, peer| match path(request) {
        "/slow" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            drip(peer)
        }
        "/slow-header" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            drip(peer)
        }
        "/silent" => peer.read(&mut [0]).map(drop),
        "/endless" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            loop {
                peer.write_all(&[b'x'; 4096])?;
            }
        }
        "/endless-chunks" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                peer.write_all(b"4\r\nxxxx\r\n")?;
            }
        }
        "/announced" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n")?;
            peer.read(&mut [0]).map(drop)
        }
        "/short" => peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"),
        "/two-lengths" => {
            peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
        }
        "/huge-field" => peer
            .write_all(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000)).as_bytes()),
        "/many-fields" => {
            peer.write_all(format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: x\r\n".repeat(500)).as_bytes())
        }
        "/gzip" => peer.write_all(&answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &[0x1f, 0x8b],
        )),
        "/brotli" => peer.write_all(&answer("200 OK", "Content-Encoding: br\r\n", b"x")),
        "/no-http" => peer.write_all(b"* OK IMAP4rev1 ready\r\n"),
        "/gone" => peer.write_all(&answer("404 Not Found", "", b"words of a stranger")),
        "/upgrade" => peer.write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        ),
        _ => peer.write_all(&answer("200 OK", "", &[b'x'; 64 << 10])),
    });
    let client = client(&[&server], None);
    let whole = get(&client, &server.url("/whole")).await.unwrap();
    assert_eq!(whole.len(), 64 << 10, "exactly the limit passes");
    for (path, expected) in [
        ("/slow", "not in time"),
        ("/slow-header", "not in time"),
        ("/silent", "not in time"),
        ("/endless", "too large"),
        ("/endless-chunks", "too large"),
        ("/announced", "too large"),
        ("/short", "no HTTP"),
        ("/two-lengths", "no HTTP"),
        ("/huge-field", "no HTTP"),
        ("/many-fields", "no HTTP"),
        ("/gzip", "encoding"),
        ("/brotli", "encoding"),
        ("/no-http", "no HTTP"),
        ("/gone", "status 404"),
        ("/upgrade", "status 101"),
    ] {
        let begun = Instant::now();
        let error = get(&client, &server.url(path)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{path}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{path}");
    }
}

#[tokio::test]
async fn nothing_is_told_but_the_address_asked_for() {
    let server = WebServer::start(|_, peer| {
        peer.write_all(&answer("200 OK", "Set-Cookie: seen=1\r\n", b"x"))
    });
    let client = client(&[&server], None);
    let expected = format!(
        "GET /a%20b?c=%22d%22 HTTP/1.1\r\nhost: {}\r\nuser-agent: Mozilla/5.0 (compatible; Posta)\r\n\
         accept-encoding: identity\r\nconnection: close\r\naccept: image/*\r\n\r\n",
        server.address
    );
    for _ in 0..2 {
        get(&client, &server.url("/a b?c=\"d\"#e")).await.unwrap();
    }
    assert_eq!(server.requests(), [expected.clone(), expected]);
}

#[tokio::test]
async fn a_form_is_posted_once_and_never_redirected() {
    let server = WebServer::start(|request, peer| match path(request) {
        "/taken" => peer.write_all(&answer("202 Accepted", "", b"")),
        "/moved" => peer.write_all(&redirect("/taken")),
        _ => peer.write_all(&answer("500 Oops", "", b"")),
    });
    let client = client(&[&server], None);
    let form = [("List-Unsubscribe", "One-Click"), ("é", "a b&c")];
    client
        .post_form(&server.url("/taken"), &form)
        .await
        .unwrap();
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /taken HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"));
    assert!(request.ends_with("\r\n\r\nList-Unsubscribe=One-Click&%C3%A9=a+b%26c"));
    let moved = client.post_form(&server.url("/moved"), &form).await;
    assert!(matches!(moved, Err(Error::Redirected)));
    let failed = client.post_form(&server.url("/no"), &form).await;
    assert!(matches!(failed, Err(Error::Status(500))));
    assert_eq!(server.requests().len(), 3);
    let private = client
        .post_form("http://192.168.0.1/unsubscribe", &form)
        .await;
    assert!(matches!(private, Err(Error::NotPublic)));
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_the_very_name() {
    let made = rcgen::generate_simple_self_signed(vec!["pictures.test".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let server = WebServer::start_tls(Arc::new(config), |_, peer| {
        peer.write_all(&answer("200 OK", "", b"secret"))
    });
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let url = |host: &str| format!("https://{host}:{}/", server.address.port());
    let loopback = |_: &str| vec![ip("127.0.0.1")];
    let trusting = client(&[&server], Some(&file)).with_names(loopback);
    assert_eq!(
        get(&trusting, &url("pictures.test")).await.unwrap(),
        b"secret"
    );
    let other_name = get(&trusting, &url("other.test")).await;
    assert!(
        matches!(other_name, Err(Error::Connection(_))),
        "{other_name:?}"
    );
    let strict = client(&[&server], None).with_names(loopback);
    let unknown = get(&strict, &url("pictures.test")).await;
    assert!(matches!(unknown, Err(Error::Connection(_))), "{unknown:?}");
    assert_eq!(server.requests().len(), 1);
}
