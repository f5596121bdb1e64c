use super::*;
use std::{ffi::OsString, fs};

fn settings_of(variables: &[(&str, &str)]) -> Result<Settings, Error> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Settings::collect(&Flags::default(), variables)
}

fn config(variables: &[(&str, &str)]) -> Result<Config, Error> {
    let with_imap = [&[("POSTA_IMAP_URL", "imaps://mail.example.org")], variables].concat();
    Config::from_settings(&settings_of(&with_imap)?)
}

fn problem(variables: &[(&str, &str)]) -> String {
    config(variables).unwrap_err().to_string()
}

fn imap(url: &str) -> Result<Server, parse::Problem> {
    parse_server_url(url, parse::IMAP)
}

fn server(host: &str, port: u16, security: Security) -> Server {
    Server {
        host: host.to_owned(),
        port,
        security,
    }
}

#[test]
fn one_setting_is_enough_and_the_rest_has_the_documented_defaults() {
    let config = config(&[("PATH", "/bin"), ("POSTA_SMTP_URL", "")]).unwrap();
    assert_eq!(config.imap, server("mail.example.org", 993, Security::Tls));
    assert_eq!(
        config.smtp,
        server("mail.example.org", 587, Security::StartTls)
    );
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.authserv_id, "mail.example.org");
    assert_eq!(config.data_dir, PathBuf::from("data"));
    assert_eq!(config.limits.upload, 2_097_152);
    assert!(
        !config.forward_client_ip && config.secret_key.is_none() && config.database_url.is_none()
    );
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[test]
fn without_an_imap_server_the_error_shows_an_example() {
    let error = Config::from_settings(&settings_of(&[]).unwrap()).unwrap_err();
    assert_eq!(error, Error::NoImapServer);
    assert!(
        error
            .to_string()
            .contains("POSTA_IMAP_URL=imaps://mail.example.org")
    );
}

#[test]
fn an_unknown_variable_stops_the_start_and_names_itself() {
    assert_eq!(
        problem(&[("POSTA_IMAP_URI", "imaps://x")]),
        "there is no setting POSTA_IMAP_URI; the nearest is POSTA_IMAP_URL; `posta --help` lists all"
    );
    assert_eq!(
        problem(&[("POSTA_FROBNICATE", "1")]),
        "there is no setting POSTA_FROBNICATE; `posta --help` lists all"
    );
    assert!(problem(&[("POSTA_NOTHING_FILE", "/etc/hosts")]).contains("POSTA_NOTHING_FILE"));
    assert!(config(&[("POSTER", "1"), ("POSTA_CHECK_PASSWORD", "x")]).is_ok());
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let toml = dir.path().join("posta.toml");
    fs::write(
        &toml,
        "imap_url = 'imaps://toml.example.org'\nPOSTA_LISTEN = '127.0.0.1:1'\nupload_limit = 5\n\
         trusted_proxies = ['10.0.0.0/8', '::1']\nforward_client_ip = true\n",
    )
    .unwrap();
    let flags = Flags {
        values: [("POSTA_UPLOAD_LIMIT", "7".to_owned())].into(),
        ..Flags::default()
    };
    let variables = [
        ("POSTA_CONFIG", toml.to_str().unwrap()),
        ("POSTA_LISTEN", "127.0.0.1:2"),
        ("POSTA_UPLOAD_LIMIT", "6"),
    ]
    .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let settings = Settings::collect(&flags, variables).unwrap();
    let config = Config::from_settings(&settings).unwrap();
    assert_eq!(config.imap.host, "toml.example.org");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.limits.upload, 7);
    assert!(config.forward_client_ip);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(settings.origin("POSTA_UPLOAD_LIMIT"), Some(&Origin::Flag));
    assert_eq!(settings.origin("POSTA_LISTEN"), Some(&Origin::Environment));
    assert_eq!(settings.origin("POSTA_IMAP_URL"), Some(&Origin::Toml(toml)));
    assert_eq!(settings.origin("POSTA_LOG"), None);
}

#[test]
fn a_value_may_stand_in_a_file_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
    let path = file.to_str().unwrap();
    assert!(
        config(&[("POSTA_SECRET_KEY_FILE", path)])
            .unwrap()
            .secret_key
            .is_some()
    );
    assert_eq!(
        problem(&[("POSTA_SECRET_KEY_FILE", path), ("POSTA_SECRET_KEY", "x")]),
        "POSTA_SECRET_KEY and POSTA_SECRET_KEY_FILE are both set; keep one"
    );
    let missing = problem(&[("POSTA_SECRET_KEY_FILE", "/nowhere/key")]);
    assert!(
        missing.starts_with("POSTA_SECRET_KEY_FILE: /nowhere/key cannot be read"),
        "{missing}"
    );
    assert_eq!(
        config(&[("POSTA_CA_FILE", "/etc/ca.pem")]).unwrap().ca_file,
        Some("/etc/ca.pem".into())
    );
}

#[test]
fn a_file_of_settings_is_checked_like_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let toml = dir.path().join("posta.toml");
    let with = |content: &str| {
        fs::write(&toml, content).unwrap();
        problem(&[("POSTA_CONFIG", toml.to_str().unwrap())])
    };
    assert!(with("imap_uri = 'x'").contains("no setting POSTA_IMAP_URI (in "));
    assert!(with("listen = ").contains("is not TOML"));
    assert!(with("listen = 1.5").contains("listen is neither text"));
    assert!(with("listen = 'a:1'\nPOSTA_LISTEN = 'b:1'").contains("twice"));
    assert!(with("upload_limit = 'much'").contains("POSTA_UPLOAD_LIMIT in "));
}

#[test]
fn the_way_to_a_mail_server_is_protected_unless_it_is_this_machine() {
    assert_eq!(
        imap("imaps://mail.example.org").unwrap(),
        server("mail.example.org", 993, Security::Tls)
    );
    assert_eq!(
        imap("imap://mail.example.org:1143/").unwrap(),
        server("mail.example.org", 1143, Security::StartTls)
    );
    assert_eq!(
        imap("imaps://[2001:DB8::1]:99").unwrap(),
        server("2001:db8::1", 99, Security::Tls)
    );
    assert_eq!(
        imap("imaps://Bücher.example.").unwrap().host,
        "xn--bcher-kva.example"
    );
    assert_eq!(imap("imap://dovecot_1").unwrap().host, "dovecot_1");
    for loopback in [
        "localhost",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
        "mail.localhost",
    ] {
        let server = imap(&format!("imap://{loopback}:1143?tls=none")).unwrap();
        assert_eq!(server.security, Security::None, "{loopback}");
    }
    for other in [
        "mail.example.org",
        "10.0.0.1",
        "[2001:db8::1]",
        "localhost.example.org",
        "notlocalhost",
    ] {
        let refused = imap(&format!("imap://{other}?tls=none"))
            .unwrap_err()
            .to_string();
        assert!(refused.contains("passwords in the clear"), "{refused}");
    }
    let submission = |url| parse_server_url(url, parse::SUBMISSION);
    assert_eq!(
        submission("smtps://mx.example.org").unwrap(),
        server("mx.example.org", 465, Security::Tls)
    );
    assert_eq!(
        submission("smtp://mx.example.org").unwrap(),
        server("mx.example.org", 587, Security::StartTls)
    );
}

#[test]
fn an_address_that_is_none_is_refused_in_words() {
    for (url, word) in [
        ("mail.example.org", "imaps://HOST"),
        ("mail.example.org:993", "not a protocol"),
        ("https://mail.example.org", "not a protocol"),
        ("smtp://mail.example.org", "not a protocol"),
        ("imaps://", "no host"),
        ("imaps://user@mail.example.org", "user name"),
        ("imaps://mail.example.org/INBOX", "nothing may follow"),
        ("imaps://mail.example.org?tls=none", "contradict"),
        ("imaps://127.0.0.1?tls=none", "contradict"),
        ("imap://127.0.0.1?tls=maybe", "?tls=maybe"),
        ("imap://127.0.0.1?tls=none&x=1", "not known"),
        ("imaps://mail.example.org:0", "port 0"),
        ("imaps://mail.example.org:99999", "not an address"),
        ("imaps://ma il.example.org", ""),
    ] {
        let refused = imap(url).unwrap_err().to_string();
        assert!(refused.contains(word), "{url}: {refused}");
    }
}

#[test]
fn the_public_url_may_have_a_path_and_ends_with_a_slash() {
    let url = |text| config(&[("POSTA_PUBLIC_URL", text)]).map(|c| c.public_url.to_string());
    assert_eq!(
        url("https://mail.example.org").unwrap(),
        "https://mail.example.org/"
    );
    assert_eq!(
        url("https://example.org:8443/mail").unwrap(),
        "https://example.org:8443/mail/"
    );
    for refused in [
        "mail.example.org",
        "ftp://x",
        "https://u:p@x",
        "https://x/?a",
        "https://x/#a",
        "https://x/a//b",
    ] {
        assert!(
            url(refused)
                .unwrap_err()
                .to_string()
                .starts_with("POSTA_PUBLIC_URL: "),
            "{refused}"
        );
    }
    let config = config(&[("POSTA_LISTEN", "0.0.0.0:9000")]).unwrap();
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:9000/");
}

#[test]
fn sizes_networks_and_switches_are_read_as_people_write_them() {
    for (text, size) in [
        ("2MiB", 2 << 20),
        ("2 mb", 2_000_000),
        ("500", 500),
        ("10k", 10_240),
        ("1GiB", 1 << 30),
    ] {
        assert_eq!(parse_size(text), Ok(size));
    }
    for text in ["", "MiB", "-1", "0", "2TiB", "1.5M", "99999999999999999999"] {
        assert!(parse_size(text).is_err(), "{text}");
    }
    let networks =
        |text| config(&[("POSTA_TRUSTED_PROXIES", text)]).map(|c| c.trusted_proxies.len());
    assert_eq!(
        networks("10.0.0.0/8, 192.0.2.1 2001:db8::/32,loopback").unwrap(),
        5
    );
    assert_eq!(networks("none").unwrap(), 0);
    assert!(networks("10.0.0.0/33").is_err() && networks("everyone").is_err());
    assert!(
        config(&[("POSTA_FORWARD_CLIENT_IP", "true")])
            .unwrap()
            .forward_client_ip
    );
    assert!(config(&[("POSTA_FORWARD_CLIENT_IP", "perhaps")]).is_err());
    assert!(config(&[("POSTA_LOG", "posta=debug,info")]).is_ok());
    assert!(config(&[("POSTA_LISTEN", "8080")]).is_err());
}

#[test]
fn what_a_later_version_offers_can_only_be_off() {
    for name in ["POSTA_DISCOVERY", "POSTA_METRICS_LISTEN"] {
        assert!(config(&[(name, "off")]).is_ok());
        for value in ["on", "127.0.0.1:9090"] {
            let refused = problem(&[(name, value)]);
            assert!(
                refused.starts_with(name) && refused.contains("does not offer it"),
                "{refused}"
            );
        }
    }
}

#[test]
fn what_is_in_force_is_shown_without_secrets() {
    let key = "0123456789abcdef".repeat(4);
    let config = config(&[
        ("POSTA_SECRET_KEY", &key),
        (
            "POSTA_DATABASE_URL",
            "postgres://posta:hunter2@db.example.org/posta?password=hunter2",
        ),
    ])
    .unwrap();
    let shown = config.in_force();
    assert_eq!(shown.len(), settings().len());
    let value = |name: &str| shown.iter().find(|(n, _)| *n == name).unwrap().1.clone();
    assert_eq!(value("POSTA_SECRET_KEY"), "********");
    assert_eq!(value("POSTA_SMTP_URL"), "smtp://mail.example.org:587");
    assert!(
        value("POSTA_DATABASE_URL").starts_with("postgres://posta:********@db.example.org/posta")
    );
    assert_eq!(value("POSTA_DISCOVERY"), "off");
    let debug = format!("{config:?}");
    assert!(
        !debug.contains("hunter2") && !debug.contains(&key),
        "{debug}"
    );
}

#[test]
fn a_short_key_is_refused_without_being_shown() {
    let refused = problem(&[("POSTA_SECRET_KEY", "hunter2")]);
    assert!(refused.contains("openssl rand -hex 32") && !refused.contains("hunter2"));
    let refused = problem(&[("POSTA_DATABASE_URL", "mysql://u:hunter2@h/d")]);
    assert!(refused.contains("postgres://") && !refused.contains("hunter2"));
}

#[test]
fn what_is_in_force_reads_back_the_same() {
    let config = config(&[
        ("POSTA_SMTP_URL", "smtp://[::1]:2525?tls=none"),
        ("POSTA_LISTEN", "[::]:80"),
    ])
    .unwrap();
    let shown = config.in_force();
    let pairs: Vec<(&str, &str)> = shown
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let again = Config::from_settings(&settings_of(&pairs).unwrap()).unwrap();
    assert_eq!(again.in_force(), shown);
}

#[test]
fn the_example_file_and_the_help_list_every_setting() {
    let example = include_str!("../../.env.example");
    let help = <Flags as clap::Args>::augment_args(clap::Command::new("posta"))
        .render_long_help()
        .to_string();
    for setting in settings() {
        assert!(
            setting.later || example.contains(&format!("{}=", setting.name)),
            "{}",
            setting.name
        );
        assert_eq!(
            help.contains(&format!("[env: {}]", setting.name)),
            !setting.later,
            "{}",
            setting.name
        );
    }
}
