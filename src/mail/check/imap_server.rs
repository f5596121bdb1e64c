//! The IMAP server: before sign-in by hand, after it by the connection that the pool uses.

use super::{
    Credentials, Finding,
    dialogue::{self, Dialogue, broken, shown},
    place, way,
};
use crate::{
    config::{Config, Security, Server},
    imap,
    tasks::Tasks,
};
use std::{io, sync::Arc};

const IMAP: &str = "IMAP";
const SETTING: &str = "POSTA_IMAP_URL";
const SIGN_IN: &str = "IMAP sign-in";

/// Extensions that Posta uses, and what their absence costs.
const USED: [(&str, &str); 7] = [
    ("LIST-STATUS", "one more command per folder for the counts"),
    (
        "SPECIAL-USE",
        "Sent, Drafts, Trash and Junk are found by their names",
    ),
    ("MOVE", "messages are moved by copying and deleting"),
    (
        "UIDPLUS",
        "the place of a new message has to be searched for",
    ),
    (
        "SORT",
        "sorting by sender, subject or size is limited to 5,000 messages",
    ),
    ("ESEARCH", "searches answer with all their hits at once"),
    ("LITERAL-", "one more round trip per text sent"),
];

pub async fn check(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    credentials: Option<&Credentials>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if before_sign_in(config, tls, &mut findings).await.is_some()
        && let Some(credentials) = credentials
    {
        sign_in(config, tls, credentials, &mut findings).await;
    }
    findings
}

/// None when something does not work: signing in would only tell the same again.
async fn before_sign_in(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    findings: &mut Vec<Finding>,
) -> Option<()> {
    let (server, limits) = (&config.imap, &config.limits.imap);
    let mut dialogue = dialogue::connect(
        IMAP,
        SETTING,
        server,
        limits.connect,
        limits.greeting,
        findings,
    )
    .await?;
    if server.security == Security::Tls {
        dialogue = dialogue
            .start_tls(IMAP, SETTING, server, tls, findings)
            .await?;
    }
    greeting(&mut dialogue, server, findings).await?;
    if server.security == Security::StartTls {
        dialogue = start_tls(dialogue, server, tls, findings).await?;
    }
    let offered = match capability(&mut dialogue).await {
        Ok(offered) => offered,
        Err(error) => {
            findings.push(broken(IMAP, server, "CAPABILITY", &error));
            return None;
        }
    };
    // A polite end; the findings stand already.
    let _ = dialogue.send("z LOGOUT").await;
    judge(server, &offered, findings)
}

fn judge(server: &Server, offered: &[String], findings: &mut Vec<Finding>) -> Option<()> {
    let has = |name: &str| offered.iter().any(|offer| offer.eq_ignore_ascii_case(name));
    findings.push(Finding::good(
        IMAP,
        format!(
            "before sign-in ({}) it offers {}",
            way(server.security),
            shown(&offered.join(" "))
        ),
    ));
    if !has("IMAP4rev1") && !has("IMAP4rev2") {
        findings.push(Finding::problem(
            IMAP,
            format!("{} offers neither IMAP4rev1 nor IMAP4rev2", place(server)),
            "Posta needs an IMAP server of this century",
        ));
        return None;
    }
    if !has("AUTH=PLAIN") && has("LOGINDISABLED") {
        findings.push(Finding::problem(
            IMAP,
            "it takes no passwords on this connection (LOGINDISABLED, no AUTH=PLAIN)",
            "let the server offer AUTH=PLAIN after TLS; if it takes OAuth only, create an application password there",
        ));
        return None;
    }
    Some(())
}

async fn greeting(
    dialogue: &mut Dialogue,
    server: &Server,
    findings: &mut Vec<Finding>,
) -> Option<()> {
    match dialogue.line().await {
        Ok(line) if line.to_ascii_uppercase().starts_with("* OK") => {
            findings.push(Finding::good(IMAP, format!("it greets: {}", shown(&line))));
            Some(())
        }
        Ok(line) if line.to_ascii_uppercase().starts_with("* PREAUTH") => {
            findings.push(Finding::problem(
                IMAP,
                "it takes everybody as signed in already (PREAUTH)",
                "use a port of the server that asks for a password",
            ));
            None
        }
        Ok(line) => {
            findings.push(Finding::problem(
                IMAP,
                format!(
                    "{} does not greet like an IMAP server: {}",
                    place(server),
                    shown(&line)
                ),
                format!("check the port in {SETTING}; after * BYE look into the server's log"),
            ));
            None
        }
        Err(error) => {
            findings.push(broken(IMAP, server, "before its greeting", &error));
            None
        }
    }
}

async fn start_tls(
    mut dialogue: Dialogue,
    server: &Server,
    tls: &Arc<rustls::ClientConfig>,
    findings: &mut Vec<Finding>,
) -> Option<Dialogue> {
    let begun = async {
        let offered = capability(&mut dialogue).await?;
        if !offered
            .iter()
            .any(|offer| offer.eq_ignore_ascii_case("STARTTLS"))
        {
            return Ok(false);
        }
        dialogue.send("b STARTTLS").await?;
        let lines = dialogue.lines(|line| line.starts_with("b ")).await?;
        Ok(lines
            .last()
            .is_some_and(|line| line.to_ascii_uppercase().starts_with("B OK")))
    };
    match begun.await {
        Ok(true) => {
            dialogue
                .start_tls(IMAP, SETTING, server, tls, findings)
                .await
        }
        Ok(false) => {
            findings.push(Finding::problem(
                IMAP,
                format!("{} does not offer STARTTLS", place(server)),
                format!(
                    "let the server offer it, or use its port for TLS: {SETTING}=imaps://{}",
                    server.host
                ),
            ));
            None
        }
        Err(error) => {
            let error: io::Error = error;
            findings.push(broken(IMAP, server, "STARTTLS", &error));
            None
        }
    }
}

async fn capability(dialogue: &mut Dialogue) -> io::Result<Vec<String>> {
    dialogue.send("a CAPABILITY").await?;
    let lines = dialogue.lines(|line| line.starts_with("a ")).await?;
    Ok(lines
        .iter()
        .filter_map(|line| {
            line.get(..13)
                .filter(|head| head.eq_ignore_ascii_case("* CAPABILITY "))
                .and(line.get(13..))
        })
        .flat_map(|offers| offers.split_ascii_whitespace().map(str::to_owned))
        .collect())
}

async fn sign_in(
    config: &Config,
    tls: &Arc<rustls::ClientConfig>,
    credentials: &Credentials,
    findings: &mut Vec<Finding>,
) {
    let endpoint = imap::Endpoint {
        host: config.imap.host.clone(),
        port: config.imap.port,
        security: match config.imap.security {
            Security::Tls => imap::Security::Tls,
            Security::StartTls => imap::Security::StartTls,
            Security::None => imap::Security::None,
        },
        tls: tls.clone(),
        limits: config.limits.imap.clone(),
    };
    let login = imap::Credentials {
        user: credentials.email.clone(),
        password: credentials.password.clone(),
        client: None,
    };
    let tasks = Tasks::default();
    let mut connection = match imap::Connection::open(&endpoint, &login, &tasks).await {
        Ok(connection) => connection,
        Err(imap::Error::AuthenticationFailed) => {
            findings.push(Finding::problem(
                SIGN_IN,
                "the server refuses this address and password",
                "try the address in full and its part before @; some servers want an application password, or IMAP to be allowed in their settings",
            ));
            return;
        }
        Err(error) => {
            findings.push(Finding::problem(
                SIGN_IN,
                shown(&chain(&error)),
                "look into the mail server's log",
            ));
            return;
        }
    };
    let capabilities = connection.capabilities().names.clone();
    findings.push(Finding::good(
        SIGN_IN,
        format!("done; it now offers {}", shown(&capabilities.join(" "))),
    ));
    findings.extend(missing(&capabilities));
    match connection.list().await {
        Ok(mailboxes) => findings.push(roles(&mailboxes)),
        Err(error) => findings.push(Finding::problem(
            SIGN_IN,
            format!(
                "the list of mailboxes does not come: {}",
                shown(&chain(&error))
            ),
            "look into the mail server's log",
        )),
    }
    connection.logout().await;
    tasks.shutdown().await;
}

fn missing(offered: &[String]) -> Option<Finding> {
    let has = |name: &str| {
        offered.iter().any(|offer| {
            offer.eq_ignore_ascii_case(name)
                || offer.eq_ignore_ascii_case("IMAP4rev2")
                || (name == "LITERAL-" && offer.eq_ignore_ascii_case("LITERAL+"))
        })
    };
    let missing: Vec<String> = USED
        .iter()
        .filter(|(name, _)| !has(name))
        .map(|(name, cost)| format!("{name} ({cost})"))
        .collect();
    (!missing.is_empty()).then(|| {
        Finding::warning(
            SIGN_IN,
            format!("it does without {}", missing.join(", ")),
            "nothing must be done: Posta works around each; a newer mail server may be faster",
        )
    })
}

fn roles(mailboxes: &[imap::Mailbox]) -> Finding {
    let names: Vec<String> = mailboxes
        .iter()
        .filter_map(|mailbox| {
            mailbox
                .role
                .map(|role| format!("{role:?} = {}", shown(mailbox.name.as_str())))
        })
        .collect();
    Finding::good(
        SIGN_IN,
        format!("{} mailboxes; {}", mailboxes.len(), names.join(", ")),
    )
}

/// An error with its causes.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
