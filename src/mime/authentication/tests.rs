use super::*;
use proptest::prelude::*;

const OURS: &str = "mx.ok.example";
const BORDER: &str = "Received: from out.bank.example (out.bank.example [203.0.113.9])\r\n\tby mx.ok.example (Postfix) with ESMTPS id 1; Mon, 2 Nov 2026 10:00:00 +0000\r\n";
const FOREIGN: &str = "Received: from laptop ([192.168.1.4]) by mx.ok.example with ESMTP id 2\r\n";
const FROM: &str = "From: Bank <info@bank.example>\r\n";
const PASS: &str = "Authentication-Results: mx.ok.example; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example\r\n";
const FAIL: &str = "Authentication-Results: mx.ok.example; dmarc=fail header.from=bank.example\r\n";

fn read(header: &[&str]) -> Authentication {
    Authentication::read(format!("{}\r\n", header.concat()).as_bytes(), OURS)
}

fn field(value: &str) -> Authentication {
    read(&["Authentication-Results: ", value, "\r\n", FROM])
}

fn verdict_of(own: &Authentication, from: &str) -> Verdict {
    own.verdict(&[Address {
        name: None,
        addr: from.to_owned(),
    }])
}

fn verdict(header: &[&str]) -> Verdict {
    verdict_of(&read(header), "info@bank.example")
}

#[test]
fn results_on_either_side_of_the_border_are_believed() {
    for header in [
        &[BORDER, PASS, FROM][..],
        &[PASS, BORDER, FROM],
        &[
            "Return-Path: <x@bank.example>\r\n",
            BORDER,
            "X-Spam: no\r\n",
            PASS,
            FOREIGN,
            FROM,
        ],
        &[
            "Received: from mx (mx [172.18.0.3]) by store with LMTP\r\n",
            BORDER,
            PASS,
            FROM,
        ],
        &[
            "Received: by 10.152.28.6 with SMTP id x6\r\n",
            BORDER,
            PASS,
            FROM,
        ],
        &[
            "Received: from mx.ok.example ([198.51.100.7]) by store.ok.example with LMTP\r\n",
            BORDER,
            PASS,
            FROM,
        ],
    ] {
        assert_eq!(verdict(header), Verdict::Verified, "{header:?}");
    }
}

#[test]
fn what_came_with_the_message_is_not_believed() {
    for header in [
        &[FROM, PASS][..],
        &[BORDER, FROM, PASS],
        &[
            BORDER,
            "DKIM-Signature: v=1; d=evil.example\r\n",
            PASS,
            FROM,
        ],
        &[BORDER, FOREIGN, PASS, FROM],
        &[BORDER, FOREIGN, FOREIGN, PASS, FROM],
        &[
            BORDER,
            "Received: from localhost (localhost [127.0.0.1]) by mx.ok.example\r\n",
            PASS,
            FROM,
        ],
        &[
            BORDER,
            "ARC-Authentication-Results: i=1; mx.ok.example; dmarc=pass header.from=bank.example\r\n",
            FROM,
        ],
    ] {
        assert_eq!(verdict(header), Verdict::Unknown, "{header:?}");
    }
}

#[test]
fn the_topmost_results_count() {
    assert_eq!(
        verdict(&[BORDER, FAIL, FOREIGN, PASS, FROM]),
        Verdict::Failed
    );
    assert_eq!(verdict(&[FAIL, BORDER, PASS, FROM]), Verdict::Failed);
    assert_eq!(verdict(&[BORDER, FAIL, PASS, FROM]), Verdict::Failed);
    let none = "Authentication-Results: mx.ok.example; dkim=none; dmarc=none\r\n";
    assert_eq!(verdict(&[BORDER, none, PASS, FROM]), Verdict::Unknown);
    let spf = "Authentication-Results: MX.ok.Example; spf=pass smtp.mailfrom=x@other.example\r\n";
    let several = read(&[BORDER, spf, PASS, FROM]);
    assert_eq!(
        several.spf.map(|spf| spf.domain),
        Some(Some("other.example".to_owned()))
    );
    assert_eq!(several.dkim.len(), 1);
    assert_eq!(verdict(&[BORDER, spf, PASS, FROM]), Verdict::Verified);
}

#[test]
fn only_the_configured_server_is_believed() {
    for id in [
        "mx.evil.example",
        "mx.ok.example.evil.example",
        "\"mx.ok.example\"x",
        "(mx.ok.example) mx",
        "xmx.ok.example",
        "mx.ok.example@x",
        "",
        "mx.ok.example 2",
    ] {
        let own = field(&format!("{id}; dmarc=pass header.from=bank.example"));
        assert!(own.is_empty(), "{id}");
    }
    for id in [
        "MX.OK.EXAMPLE",
        " (c) \"mx.ok.example\" ",
        "mx.ok.example 1",
        "mx.ok.example(c)",
    ] {
        let own = field(&format!("{id}; dmarc=pass header.from=bank.example"));
        assert_eq!(
            verdict_of(&own, "a@bank.example"),
            Verdict::Verified,
            "{id}"
        );
    }
}

#[test]
fn comments_quotes_and_versions_are_understood() {
    let own = field(
        "mx.ok.example;\r\n spf=pass (google.com: domain of a;b=\"x\\) (nested) designates) smtp.mailfrom=\"a;dmarc=pass\"@Bank.example.;\
         dkim/1=pass (good; dkim=fail) reason=\"it; dmarc=fail\" header.i=@bank.example header.s=s header.b=a=b;\r\n \
         dkim=fail header.d=b\u{fc}cher.example; dkim/2=pass header.d=future.example; x-own=1;; dmarc = pass (p=none) header.from = bank.example",
    );
    let checked = |outcome, domain: &str| Checked {
        outcome,
        domain: Some(domain.to_owned()),
    };
    assert_eq!(own.spf, Some(checked(Outcome::Pass, "bank.example")));
    assert_eq!(
        own.dkim,
        [
            checked(Outcome::Pass, "bank.example"),
            checked(Outcome::Fail, "xn--bcher-kva.example")
        ]
    );
    assert_eq!(own.dmarc, Some(checked(Outcome::Pass, "bank.example")));
}

#[test]
fn what_is_broken_proves_nothing() {
    for value in [
        "mx.ok.example; dmarc=pass header.from=bank.example (never ends",
        "mx.ok.example; dmarc=pass header.from=bank.example reason=\"never ends",
        "mx.ok.example; dmarc==pass header.from=bank.example",
        "mx.ok.example; dmarc pass header.from=bank.example",
        "mx.ok.example; dmarc=passed header.from=bank.example",
        "mx.ok.example; dmarc=pass",
        "mx.ok.example; dmarc=pass header.from=other.example",
        "mx.ok.example; dmarc=pass header.from=bank.example; dmarc=temperror header.from=bank.example",
        "mx.ok.example dmarc=pass header.from=bank.example",
        "mx.ok.example; none",
        "mx.ok.example",
        ";dmarc=pass",
    ] {
        assert_eq!(
            verdict_of(&field(value), "a@bank.example"),
            Verdict::Unknown,
            "{value}"
        );
    }
    let huge = format!(
        "mx.ok.example; x={} ; dmarc=pass header.from=bank.example",
        "y".repeat(1000)
    );
    assert_eq!(
        verdict_of(&field(&huge), "a@bank.example"),
        Verdict::Verified
    );
    let cut = format!(
        "mx.ok.example; {} dmarc=pass header.from=bank.example",
        "x=y;".repeat(1000)
    );
    assert!(field(&cut).is_empty());
}

#[test]
fn the_domain_of_the_author_must_be_vouched_for() {
    let of = |value: &str| {
        verdict_of(
            &field(&format!("mx.ok.example; {value}")),
            "a@news.bank.example",
        )
    };
    for value in [
        "dkim=pass header.d=bank.example",
        "dkim=fail header.d=x.example; dkim=pass header.i=user@news.bank.example",
        "spf=pass smtp.mailfrom=bounce@news.bank.example; dmarc=none header.from=news.bank.example",
    ] {
        assert_eq!(of(value), Verdict::Verified, "{value}");
    }
    for value in [
        "dkim=pass header.d=example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=x.news.bank.example",
        "dkim=pass header.d=ank.example",
        "dkim=fail header.d=bank.example",
        "spf=pass smtp.mailfrom=bounce@bank.example",
        "spf=pass smtp.helo=news.bank.example",
        "spf=softfail smtp.mailfrom=x@news.bank.example",
        "spf=fail smtp.mailfrom=x@evil.example",
        "dmarc=temperror header.from=news.bank.example",
    ] {
        assert_eq!(of(value), Verdict::Unknown, "{value}");
    }
    for value in [
        "dmarc=fail header.from=news.bank.example; dkim=pass header.d=bank.example",
        "spf=fail smtp.mailfrom=x@news.bank.example; dkim=pass header.d=evil.example",
    ] {
        assert_eq!(of(value), Verdict::Failed, "{value}");
    }
}

#[test]
fn several_authors_are_never_verified() {
    let address = |addr: &str| Address {
        name: None,
        addr: addr.to_owned(),
    };
    let own = field(
        "mx.ok.example; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example",
    );
    let both = [address("a@bank.example"), address("b@bank.example")];
    assert_eq!(own.verdict(&both), Verdict::Unknown);
    assert_eq!(own.verdict(&[]), Verdict::Unknown);
    assert_eq!(own.verdict(&[address("nobody")]), Verdict::Unknown);
}

#[test]
fn the_host_at_the_border_is_named() {
    assert_eq!(
        read(&[BORDER, PASS, FOREIGN, FROM]).sent_through.as_deref(),
        Some("out.bank.example")
    );
    assert_eq!(
        read(&[
            "Received: from mx (mx [10.0.0.2]) by store\r\n",
            BORDER,
            FROM
        ])
        .sent_through
        .as_deref(),
        Some("out.bank.example")
    );
    assert_eq!(read(&[FROM, BORDER]).sent_through, None);
}

fn corpus(folder: &str) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(format!("tests/corpora/{folder}")).unwrap();
    files
        .map(|file| file.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn oracles_of_the_corpus_hold() {
    let raw = |name: &str| std::fs::read(format!("tests/corpora/handmade/eml/{name}.eml")).unwrap();
    for name in [
        "auth-results-forged",
        "auth-results-malformed",
        "xss-hdr-authentication-results",
    ] {
        assert!(Authentication::read(&raw(name), OURS).is_empty(), "{name}");
        let delivered = [BORDER.as_bytes(), &raw(name)].concat();
        assert!(Authentication::read(&delivered, OURS).is_empty(), "{name}");
    }
}

#[test]
fn messages_of_other_programs_are_read() {
    let rspamd = corpus("auth/rspamd-dmarc");
    let mimekit = corpus("auth/mimekit-dkim");
    assert_eq!((rspamd.len(), mimekit.len()), (25, 4));
    for (name, raw) in rspamd.iter().chain(&mimekit) {
        let own = Authentication::read(raw, "mx.google.com");
        let from = super::super::Header::parse(raw).from;
        own.signed_by(&from);
        let verified = own.verdict(&from) == Verdict::Verified;
        let expected = [
            "gmail.msg",
            "related.msg",
            "multipart-no-end-boundary.msg",
            "dkim_highsecure.eml",
            "dkim_rspamd.eml",
        ];
        let expected = expected.iter().any(|file| name.ends_with(file));
        assert_eq!(verified, expected, "{name} {own:?}");
    }
}

#[test]
fn the_time_is_linear_in_the_size() {
    for piece in [
        "(",
        ")",
        "\"",
        "\\",
        ";",
        "=",
        ";a=b ",
        "a.b=c ",
        "(a)",
        "\"a\"",
        " ",
        "dkim=pass;",
    ] {
        let value = piece.repeat(60_000 / piece.len());
        let header = format!("Authentication-Results: mx.ok.example; {value}\r\n").repeat(3);
        let begun = crate::mime::testing::CpuTime::now();
        read(&[&header]);
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(1),
            "{piece}"
        );
    }
}

proptest! {
    #[test]
    fn any_octets_are_read(value in proptest::collection::vec(any::<u8>(), 0..300), received in "\\PC{0,80}|[ -~]{0,80}") {
        let raw = [b"Received: from ", received.as_bytes(), b"\r\nAuthentication-Results: mx.ok.example;", &value, b"\r\n\r\n"].concat();
        let own = Authentication::read(&raw, OURS);
        own.verdict(&[]);
        own.signed_by(&[]);
    }

    #[test]
    fn near_misses_of_the_grammar_are_read(value in "(mx\\.ok\\.example|[a-z./@\\\\\"(); =]{0,6}|dkim|dmarc|=|pass|header\\.(d|from)|;| ){0,40}") {
        field(&value);
    }
}
