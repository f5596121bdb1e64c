use super::*;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};

const HOST: &str = "localhost";

/// Answers each line that begins with a key by its value, with `{tag}` for the first word; greets first.
#[derive(Clone)]
struct Script {
    greeting: &'static str,
    answers: &'static [(&'static str, &'static str)],
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    script: &Script,
    greet: bool,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    if greet {
        stream
            .write_all(format!("{}\r\n", script.greeting).as_bytes())
            .await
            .ok()?;
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.ok()? > 0 {
        let said = line.trim_end().to_owned();
        line.clear();
        let answer = script
            .answers
            .iter()
            .find(|(key, _)| said.ends_with(key) || said.starts_with(key));
        let answer = answer.map_or("* BAD\r\n500 what?", |(_, answer)| answer);
        stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
        if said.ends_with("STARTTLS") {
            return Some(stream.into_inner());
        }
    }
    None
}

struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivatePkcs8KeyDer<'static>,
}

fn certificate(name: &str, years: (i32, i32)) -> Certificate {
    let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, format!("{name} of {}", years.0));
    parameters.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    Certificate {
        chain: vec![certificate.der().clone()],
        key: PrivatePkcs8KeyDer::from(key.serialize_der()),
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn trusting(certificates: &[&Certificate]) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate.chain[0].clone()).unwrap();
    }
    let builder = rustls::ClientConfig::builder_with_provider(provider());
    Arc::new(
        builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

async fn serve(script: Script, security: Security, certificate: &Certificate) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            certificate.chain.clone(),
            PrivateKeyDer::Pkcs8(certificate.key.clone_key()),
        )
        .unwrap();
    let tls = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let tasks = crate::tasks::Tasks::default();
    drop(tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if security == Security::Tls {
                if let Ok(stream) = tls.accept(stream).await {
                    play(stream, &script, true).await;
                }
            } else if let Some(stream) = play(stream, &script, true).await
                && let Ok(stream) = tls.accept(stream).await
            {
                play(stream, &script, false).await;
            }
        }
    }));
    Server {
        host: HOST.to_owned(),
        port,
        security,
    }
}

fn imap_script() -> Script {
    Script {
        greeting: "* OK Test ready\u{7}.",
        answers: &[
            (
                "a CAPABILITY",
                "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\na OK done",
            ),
            ("b STARTTLS", "b OK begin"),
        ],
    }
}

fn smtp_script() -> Script {
    Script {
        greeting: "220-mail\r\n220 ready",
        answers: &[
            (
                "EHLO",
                "250-mail\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
            ),
            ("STARTTLS", "220 begin"),
            // \0ana\0right
            ("AUTH PLAIN AGFuYQByaWdodA==", "235 welcome"),
            ("AUTH PLAIN", "535 5.7.8 no"),
        ],
    }
}

fn config(imap: Server, smtp: Server) -> Config {
    let mut config = Config::new(imap, smtp);
    config.limits.imap.greeting = Duration::from_millis(500);
    config
}

fn nowhere() -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port: 1,
        security: Security::None,
    }
}

fn problems(findings: &[Finding]) -> Vec<&Finding> {
    findings
        .iter()
        .filter(|finding| finding.outcome == Outcome::Problem)
        .collect()
}

async fn imap_problem(server: Server, tls: &Arc<rustls::ClientConfig>) -> String {
    let findings = imap_server::check(&config(server, nowhere()), tls, None).await;
    let problems = problems(&findings);
    assert_eq!(problems.len(), 1, "{findings:?}");
    problems[0].to_string()
}

#[tokio::test]
async fn good_servers_are_found_good_and_their_words_are_cleaned() {
    let good = certificate(HOST, (2020, 2100));
    for security in [Security::Tls, Security::StartTls, Security::None] {
        let imap = serve(imap_script(), security, &good).await;
        let smtp = serve(smtp_script(), security, &good).await;
        let findings = check(&config(imap, smtp), &trusting(&[&good]), None).await;
        assert!(problems(&findings).is_empty(), "{findings:#?}");
        let text: String = findings
            .iter()
            .map(|finding| format!("{finding}\n"))
            .collect();
        assert!(
            text.contains("it greets: * OK Test ready.") && text.contains("AUTH PLAIN LOGIN"),
            "{text}"
        );
        assert!(text.contains("up to 10 MiB"), "{text}");
        assert_eq!(
            text.contains("TLS 1.3 with a certificate valid for localhost"),
            security != Security::None,
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_certificate_is_judged_in_words() {
    let good = certificate(HOST, (2020, 2100));
    let expired = certificate(HOST, (2020, 2021));
    let future = certificate(HOST, (2090, 2100));
    let other = certificate("mail.example.org", (2020, 2100));
    let twin = certificate(HOST, (2020, 2100));
    for (certificate, trusted, words) in [
        (&good, &twin, "another authority of the name"),
        (&good, &other, "authority that this machine does not know"),
        (&expired, &expired, "has expired"),
        (&future, &future, "not valid yet"),
        (&other, &other, "is for mail.example.org, not for localhost"),
    ] {
        for security in [Security::Tls, Security::StartTls] {
            let server = serve(imap_script(), security, certificate).await;
            let problem = imap_problem(server, &trusting(&[trusted])).await;
            assert!(problem.contains(words), "{problem}");
        }
    }
}

#[tokio::test]
async fn scheme_and_port_that_do_not_belong_together_are_told_apart() {
    let good = certificate(HOST, (2020, 2100));
    let tls = trusting(&[&good]);
    let clear = serve(imap_script(), Security::StartTls, &good).await;
    let problem = imap_problem(
        Server {
            security: Security::Tls,
            ..clear
        },
        &tls,
    )
    .await;
    assert!(
        problem.contains("does not answer in TLS") && problem.contains("scheme without s"),
        "{problem}"
    );
    let wrapped = serve(imap_script(), Security::Tls, &good).await;
    let problem = imap_problem(
        Server {
            security: Security::StartTls,
            ..wrapped
        },
        &tls,
    )
    .await;
    assert!(
        problem.contains("does not answer in time (before its greeting)"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_told_with_a_remedy() {
    let good = certificate(HOST, (2020, 2100));
    let tls = trusting(&[&good]);
    let unreachable = imap_problem(nowhere(), &tls).await;
    assert!(
        unreachable.contains("127.0.0.1:1 cannot be reached")
            && unreachable.contains("→ check the port")
    );
    let unknown = Server {
        host: "no-such-host.invalid".to_owned(),
        ..nowhere()
    };
    let unknown = imap_problem(unknown, &tls).await;
    assert!(unknown.contains("no-such-host.invalid"), "{unknown}");

    let with = |answers, greeting| Script { greeting, answers };
    let cases: [(Script, &str); 4] = [
        (
            with(
                &[("a CAPABILITY", "* CAPABILITY IMAP4rev1\r\na OK")],
                "* OK",
            ),
            "does not offer STARTTLS",
        ),
        (
            with(&[], "* BYE too busy"),
            "does not greet like an IMAP server: * BYE too busy",
        ),
        (with(&[], "* PREAUTH hello"), "PREAUTH"),
        (with(&[], "220 mail ESMTP"), "220 mail ESMTP"),
    ];
    for (script, words) in cases {
        let server = serve(script, Security::StartTls, &good).await;
        let problem = imap_problem(server, &tls).await;
        assert!(problem.contains(words), "{problem}");
    }
    let disabled = with(
        &[(
            "a CAPABILITY",
            "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na OK",
        )],
        "* OK",
    );
    let server = serve(disabled, Security::None, &good).await;
    assert!(
        imap_problem(server, &tls)
            .await
            .contains("application password")
    );
}

#[tokio::test]
async fn submission_signs_in_with_the_password_given() {
    let good = certificate(HOST, (2020, 2100));
    let server = serve(smtp_script(), Security::StartTls, &good).await;
    let config = config(nowhere(), server);
    for (password, problem_count) in [("right", 0), ("wrong", 1)] {
        let credentials = Credentials {
            email: "ana".to_owned(),
            password: SecretString::from(password.to_owned()),
            client: None,
        };
        let findings =
            submission_server::check(&config, &trusting(&[&good]), Some(&credentials)).await;
        assert_eq!(problems(&findings).len(), problem_count, "{findings:#?}");
        assert_eq!(findings.last().unwrap().subject, "SMTP sign-in");
        assert!(!format!("{findings:?}").contains(password));
    }
}

#[tokio::test]
async fn submission_without_sign_in_is_a_problem() {
    let good = certificate(HOST, (2020, 2100));
    let script = Script {
        greeting: "220 mail",
        answers: &[("EHLO", "250-mail\r\n250 AUTH XOAUTH2")],
    };
    let server = serve(script, Security::Tls, &good).await;
    let findings =
        submission_server::check(&config(nowhere(), server), &trusting(&[&good]), None).await;
    assert!(
        problems(&findings)[0]
            .text
            .contains("it offers AUTH XOAUTH2 only"),
        "{findings:?}"
    );
}

#[test]
fn a_public_address_in_the_clear_and_a_proxy_not_believed_are_warned_of() {
    let mut config = config(nowhere(), nowhere());
    assert!(
        settings(&config)
            .iter()
            .all(|finding| finding.outcome == Outcome::Good)
    );
    config.public_url = "http://mail.example.org/".parse().unwrap();
    config.listen = "0.0.0.0:8080".parse().unwrap();
    let warnings = settings(&config);
    assert_eq!(
        warnings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Warning)
            .count(),
        2,
        "{warnings:?}"
    );
}
