//! `smtp::submit` against servers that lie, stall and break off: the scripts of `corpora/handmade/smtp-hostile.json`.

use posta::{
    mime::{Address, Outgoing},
    smtp::{self, Cause, Endpoint, Outcome, Security},
};
use secrecy::SecretString;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

const RECIPIENTS: [&str; 3] = ["a@example.org", "b@example.org", "c@example.org"];
const BCC: &str = "hidden@example.org";

fn scenarios() -> Vec<Value> {
    let text = include_str!("../corpora/handmade/smtp-hostile.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["scenarios"].as_array().unwrap().clone()
}

fn scenario(name: &str) -> Value {
    scenarios()
        .into_iter()
        .find(|scenario| scenario["name"] == name)
        .unwrap_or_else(|| panic!("{name} is in the corpus"))
}

/// What the client said to the scripted server.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn line(&self, line: &[u8]) {
        self.0.lock().unwrap().extend_from_slice(line);
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn has(&self, command: &str) -> bool {
        self.text().lines().any(|line| line.starts_with(command))
    }
}

/// The patterns of the corpus are plain pieces with `.*` between them, and `\.$` for the final dot.
fn matches(pattern: &str, line: &str) -> bool {
    if pattern == "\\.$" {
        return line == ".";
    }
    let mut rest = line;
    pattern.split(".*").all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// Where the script says nothing, an ordinary server goes on.
fn ordinary(line: &str) -> &'static str {
    match line.split(' ').next().unwrap_or_default() {
        "EHLO" => "250-x\r\n250 AUTH PLAIN\r\n",
        "AUTH" => "235 ok\r\n",
        "DATA" => "354 go\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 ok\r\n",
    }
}

/// Plays the steps to one client. A reply of nothing is silence from there on.
async fn play(stream: TcpStream, steps: Vec<Value>, heard: Heard) {
    let mut stream = BufReader::new(stream);
    let mut steps = steps.into_iter().peekable();
    let mut in_data = false;
    let mut line = Vec::new();
    loop {
        while let Some(step) = steps.next_if(|step| step[0].is_null()) {
            if !answer(&mut stream, &step[1]).await {
                return;
            }
        }
        line.clear();
        match stream.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => heard.line(&line),
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if in_data && text != "." {
            continue;
        }
        in_data = false;
        let scripted = steps.next_if(|step| matches(step[0].as_str().unwrap(), text));
        let reply = scripted.map_or_else(|| Value::from(ordinary(text)), |step| step[1].clone());
        in_data |= reply.as_str().is_some_and(|reply| reply.starts_with("354"));
        if !answer(&mut stream, &reply).await {
            return;
        }
    }
}

/// `false`: the connection is closed.
async fn answer(stream: &mut BufReader<TcpStream>, reply: &Value) -> bool {
    match reply {
        Value::String(text) => stream.get_mut().write_all(text.as_bytes()).await.is_ok(),
        Value::Object(generated) if generated.contains_key("repeat") => {
            let times = generated["times"].as_u64().unwrap();
            let line = generated["repeat"].as_str().unwrap();
            for _ in 0..times / 1000 {
                if stream
                    .get_mut()
                    .write_all(line.repeat(1000).as_bytes())
                    .await
                    .is_err()
                {
                    return false;
                }
            }
            true
        }
        _ => false,
    }
}

fn endpoint(port: u16, security: Security) -> Endpoint {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
        security,
        tls: Arc::new(tls),
        command: Duration::from_secs(5),
        data: Duration::from_secs(5),
    }
}

struct Attempt {
    outcome: Outcome,
    heard: Heard,
}

async fn attempt(
    name: &str,
    recipients: &[&str],
    message: &[u8],
    change: impl FnOnce(&mut Endpoint),
) -> Attempt {
    let steps = scenario(name)["steps"].as_array().unwrap().clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        play(stream, steps, heard.clone()).await;
        // A second connection would be a retry.
        let again = listener.accept().await;
        panic!("{name}: the client came back: {again:?}");
    };
    let security = if name.starts_with("starttls") {
        Security::StartTls
    } else {
        Security::None
    };
    let mut endpoint = endpoint(port, security);
    change(&mut endpoint);
    let password = SecretString::from("canary-password".to_owned());
    let recipients: Vec<String> = recipients.iter().map(|&to| to.to_owned()).collect();
    let client = smtp::submit(
        &endpoint,
        "ana",
        &password,
        "ana@example.org",
        &recipients,
        message,
    );
    let outcome = tokio::select! {
        outcome = client => outcome,
        () = server => unreachable!(),
    };
    Attempt { outcome, heard }
}

const MESSAGE: &[u8] = b"From: ana@example.org\r\nSubject: x\r\n\r\n.dot\r\ntext\r\n";

async fn plain(name: &str) -> Attempt {
    attempt(name, &RECIPIENTS, MESSAGE, |_| ()).await
}

fn built(bcc: &[&str]) -> Vec<u8> {
    let people = |addresses: &[&str]| -> Vec<Address> {
        addresses
            .iter()
            .map(|&addr| Address {
                name: None,
                addr: addr.to_owned(),
            })
            .collect()
    };
    let outgoing = Outgoing {
        message_id: "aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org".to_owned(),
        date: 1_790_000_000,
        utc_offset: 0,
        from: people(&["ana@example.org"]).remove(0),
        to: people(&RECIPIENTS),
        cc: Vec::new(),
        bcc: people(bcc),
        subject: "Grüße".to_owned(),
        text: "Ünïcödé, ещё и кириллица\n".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        attachments: Vec::new(),
    };
    Outgoing::without_bcc(&outgoing.to_bytes().unwrap())
}

#[test]
fn every_script_of_the_corpus_has_a_test() {
    let source = include_str!("smtp_hostile.rs");
    for scenario in scenarios() {
        let quoted = format!("\"{}\"", scenario["name"].as_str().unwrap());
        assert!(source.contains(&quoted), "{quoted}");
    }
}

#[tokio::test]
async fn without_starttls_the_password_stays_here() {
    let attempt = plain("starttls-stripped").await;
    assert!(
        matches!(attempt.outcome, Outcome::NotSent(Cause::Tls(_))),
        "{:?}",
        attempt.outcome
    );
    assert!(!attempt.heard.has("AUTH") && !attempt.heard.has("MAIL"));
}

#[tokio::test]
async fn words_in_front_of_the_handshake_end_the_connection() {
    let attempt = plain("starttls-injection").await;
    assert!(
        matches!(attempt.outcome, Outcome::NotSent(Cause::Tls(_))),
        "{:?}",
        attempt.outcome
    );
    assert!(!attempt.heard.has("AUTH"));
}

#[tokio::test]
async fn one_refused_recipient_is_named_and_nobody_gets_the_message() {
    let Attempt { outcome, heard } = plain("rcpt-2-of-3").await;
    let Outcome::Rejected {
        recipients,
        transient,
        ..
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(recipients.len(), 1);
    assert_eq!(recipients[0].address, "b@example.org");
    assert_eq!(recipients[0].code, 550);
    assert!(recipients[0].text.contains("no such user"));
    assert!(!transient);
    assert!(heard.has("RCPT TO:<c@example.org>") && heard.has("RSET") && heard.has("QUIT"));
    assert!(!heard.has("DATA"));
}

#[tokio::test]
async fn recipients_put_off_for_now_are_all_accounted_for() {
    for name in ["rcpt-4xx", "rcpt-452"] {
        let Attempt { outcome, heard } = attempt(name, &RECIPIENTS[..1], MESSAGE, |_| ()).await;
        let Outcome::Rejected {
            recipients,
            transient,
            ..
        } = outcome
        else {
            panic!("{name}: {outcome:?}");
        };
        assert_eq!(recipients.len(), 1, "{name}");
        assert!(transient, "{name}");
        assert!(!heard.has("DATA"), "{name}");
    }
}

#[tokio::test]
async fn a_server_that_shuts_down_has_taken_nothing() {
    let Attempt { outcome, heard } = plain("421-anytime").await;
    let Outcome::Rejected {
        recipients,
        transient,
        code,
        ..
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!((recipients.len(), code, transient), (1, 421, true));
    assert!(!heard.has("DATA"));
}

#[tokio::test]
async fn a_refusal_after_the_final_dot_is_definite() {
    let attempt = plain("data-552").await;
    let Outcome::Rejected {
        recipients,
        code,
        text,
        transient,
    } = attempt.outcome
    else {
        panic!("{:?}", attempt.outcome);
    };
    assert!(recipients.is_empty());
    assert_eq!((code, transient), (552, false));
    assert_eq!(text, "5.2.3 too big");
}

#[tokio::test]
async fn a_lost_reply_to_the_final_dot_is_unknown() {
    let attempt = plain("data-lost-reply").await;
    assert!(
        matches!(attempt.outcome, Outcome::Unknown { .. }),
        "{:?}",
        attempt.outcome
    );
    assert!(attempt.heard.text().contains("\r\n..dot\r\ntext\r\n.\r\n"));
}

#[tokio::test]
async fn silence_after_the_final_dot_is_unknown() {
    let short = |endpoint: &mut Endpoint| endpoint.data = Duration::from_millis(200);
    let attempt = attempt("data-hang", &RECIPIENTS, MESSAGE, short).await;
    assert!(
        matches!(attempt.outcome, Outcome::Unknown { .. }),
        "{:?}",
        attempt.outcome
    );
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_final_dot_has_sent_nothing() {
    let long = b"Subject: x\r\n\r\n0123456789abcdef\r\n".repeat(1 << 18);
    let attempt = attempt("disconnect-mid-data", &RECIPIENTS, &long, |_| ()).await;
    assert!(
        matches!(attempt.outcome, Outcome::NotSent(Cause::Unreachable(_))),
        "{:?}",
        attempt.outcome
    );
}

#[tokio::test]
async fn a_refused_password_is_told_as_such() {
    let attempt = plain("auth-535").await;
    assert_eq!(
        attempt.outcome,
        Outcome::NotSent(Cause::AuthenticationFailed)
    );
    assert!(!attempt.heard.has("MAIL"));
}

#[tokio::test]
async fn an_endless_reply_is_given_up() {
    let attempt = plain("reply-10MB").await;
    assert!(
        matches!(attempt.outcome, Outcome::NotSent(Cause::Protocol(_))),
        "{:?}",
        attempt.outcome
    );
}

#[tokio::test]
async fn half_a_reply_ends_at_the_deadline() {
    let short = |endpoint: &mut Endpoint| endpoint.command = Duration::from_millis(200);
    let attempt = attempt("reply-no-crlf", &RECIPIENTS, MESSAGE, short).await;
    assert_eq!(attempt.outcome, Outcome::NotSent(Cause::Timeout));
}

#[tokio::test]
async fn control_characters_of_a_reply_do_no_harm() {
    let attempt = plain("reply-binary").await;
    assert!(
        matches!(attempt.outcome, Outcome::Accepted { .. }),
        "{:?}",
        attempt.outcome
    );
}

#[tokio::test]
async fn what_we_build_needs_no_8bitmime_and_other_bytes_are_not_forced_through() {
    let message = built(&[]);
    assert!(message.is_ascii());
    let first = attempt("8bitmime-missing", &RECIPIENTS, &message, |_| ()).await;
    assert!(
        matches!(first.outcome, Outcome::Accepted { .. }),
        "{:?}",
        first.outcome
    );
    assert!(!first.heard.text().contains("BODY="));
    let raw = "Subject: x\r\n\r\nü\r\n".as_bytes();
    let second = attempt("8bitmime-missing", &RECIPIENTS, raw, |_| ()).await;
    assert!(
        matches!(second.outcome, Outcome::NotSent(Cause::Protocol(_))),
        "{:?}",
        second.outcome
    );
    assert!(!second.heard.has("MAIL"));
}

#[tokio::test]
async fn an_address_the_server_cannot_take_is_named_before_mail() {
    let recipients = ["пётр@example.org", "b@bücher.example"];
    let attempt = attempt("smtputf8-missing", &recipients, MESSAGE, |_| ()).await;
    let named = vec!["пётр@example.org".to_owned()];
    assert_eq!(
        attempt.outcome,
        Outcome::NotSent(Cause::NotInternational { addresses: named })
    );
    assert!(!attempt.heard.has("MAIL"));
}

#[tokio::test]
async fn a_message_over_the_announced_size_is_not_begun() {
    let message = b"x\r\n".repeat(1000);
    let attempt = attempt("size-too-small", &RECIPIENTS, &message, |_| ()).await;
    assert_eq!(
        attempt.outcome,
        Outcome::NotSent(Cause::TooLarge { limit: 1000 })
    );
    assert!(!attempt.heard.has("MAIL") && !attempt.heard.has("DATA"));
}

#[tokio::test]
async fn a_hidden_recipient_stands_in_rcpt_only() {
    let recipients = [RECIPIENTS[0], RECIPIENTS[1], RECIPIENTS[2], BCC];
    let attempt = attempt("bcc-check", &recipients, &built(&[BCC]), |_| ()).await;
    assert!(
        matches!(attempt.outcome, Outcome::Accepted { .. }),
        "{:?}",
        attempt.outcome
    );
    let text = attempt.heard.text();
    let (envelope, content) = text.split_once("DATA\r\n").unwrap();
    assert!(envelope.contains(&format!("RCPT TO:<{BCC}>")));
    assert!(!content.contains(BCC) && !content.to_lowercase().contains("bcc"));
    assert!(content.contains(RECIPIENTS[0]));
}

#[tokio::test]
async fn an_accepted_message_is_accepted_whatever_comes_later() {
    let attempt = plain("accepted-then-append-fails").await;
    assert!(
        matches!(attempt.outcome, Outcome::Accepted { .. }),
        "{:?}",
        attempt.outcome
    );
    assert!(attempt.heard.has("QUIT"));
    assert_eq!(attempt.heard.text().matches("\r\n.\r\n").count(), 1);
}
