//! From an address to an authenticated connection: TCP, TLS or STARTTLS, greeting, AUTHENTICATE or LOGIN, CAPABILITY.

use super::{
    Capabilities, Credentials, Endpoint, Error, Result, Security,
    capabilities::Literals,
    dialogue::{Dialogue, Keep, Reply, Request, bounds, greeting_bounds},
    response::{Kind, Outcome, Status},
    syntax::{Arg, Command},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use std::{io, net::IpAddr};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_util::either::Either;
use zeroize::Zeroizing;

pub(super) type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Response codes of a refused sign-in that say nothing about the password.
const NOT_THE_PASSWORD: &[&str] = &[
    "UNAVAILABLE",
    "SERVERBUG",
    "INUSE",
    "LIMIT",
    "CONTACTADMIN",
    "PRIVACYREQUIRED",
    "CLIENTBUG",
];

pub(super) async fn open(
    endpoint: &Endpoint,
    credentials: &Credentials,
) -> Result<(Dialogue<Stream>, Capabilities)> {
    let tcp = connect(endpoint).await?;
    let stream = match endpoint.security {
        Security::Tls => secure(endpoint, tcp).await?,
        Security::StartTls | Security::None => Either::Left(tcp),
    };
    let mut dialogue = Dialogue::new(stream, greeting_bounds(&endpoint.limits));
    let greeting = dialogue.greeting(endpoint.limits.greeting).await?;
    match greeting.outcome {
        Outcome::Ok => {}
        // Whoever is signed in there, the password was not proved.
        Outcome::Preauth => return Err(Error::Protocol("PREAUTH, which proves no password")),
        _ => {
            return Err(Error::Refused {
                code: greeting.code().map(str::to_owned),
                text: greeting.text,
            });
        }
    }
    let mut offered = coded(&greeting);
    if endpoint.security == Security::StartTls {
        dialogue = start_tls(endpoint, dialogue, offered).await?;
        offered = None;
    }
    let offered = match offered {
        Some(offered) => offered,
        None => ask(endpoint, &mut dialogue).await?,
    };
    if let Some(client) = credentials.client
        && offered.id
    {
        introduce(endpoint, client, &mut dialogue).await?;
    }
    let signed_in = authenticate(endpoint, credentials, &mut dialogue, &offered).await?;
    dialogue.set_bounds(bounds(&endpoint.limits));
    let capabilities = match signed_in {
        Some(capabilities) => capabilities,
        None => ask(endpoint, &mut dialogue).await?,
    };
    Ok((dialogue, capabilities))
}

async fn connect(endpoint: &Endpoint) -> Result<TcpStream> {
    let connecting = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
    let connected = timeout(endpoint.limits.connect, connecting).await;
    let tcp = connected
        .map_err(|_| Error::Connect(io::ErrorKind::TimedOut.into()))?
        .map_err(Error::Connect)?;
    tcp.set_nodelay(true).map_err(Error::Connect)?;
    Ok(tcp)
}

async fn secure(endpoint: &Endpoint, tcp: TcpStream) -> Result<Stream> {
    let name = ServerName::try_from(endpoint.host.clone())
        .map_err(|error| Error::Tls(io::Error::other(error)))?;
    let shaking = TlsConnector::from(endpoint.tls.clone()).connect(name, tcp);
    let shaken = timeout(endpoint.limits.connect, shaking).await;
    let tls = shaken
        .map_err(|_| Error::Tls(io::ErrorKind::TimedOut.into()))?
        .map_err(Error::Tls)?;
    Ok(Either::Right(Box::new(tls)))
}

/// STARTTLS (RFC 9051 §6.2.1): offered or refused, and not one octet between its OK and the handshake.
async fn start_tls(
    endpoint: &Endpoint,
    mut dialogue: Dialogue<Stream>,
    offered: Option<Capabilities>,
) -> Result<Dialogue<Stream>> {
    let offered = match offered {
        Some(offered) if offered.has("STARTTLS") => offered,
        _ => ask(endpoint, &mut dialogue).await?,
    };
    if !offered.has("STARTTLS") {
        return Err(Error::Protocol("no STARTTLS offered"));
    }
    let command = Command::new("STARTTLS", &[], Literals::Synchronising)?;
    let reply = dialogue
        .exchange(&request(endpoint, command, Keep::NOTHING))
        .await?;
    single(&reply)?.check()?;
    let (stream, injected) = dialogue.into_inner();
    if injected {
        return Err(Error::Protocol("octets between STARTTLS and TLS"));
    }
    let Either::Left(tcp) = stream else {
        return Err(Error::Protocol("STARTTLS within TLS"));
    };
    Ok(Dialogue::new(
        secure(endpoint, tcp).await?,
        greeting_bounds(&endpoint.limits),
    ))
}

/// Tells whom the connection is for (RFC 2971), in the name that Dovecot reads. A server that refuses it is signed in to all the same.
async fn introduce(
    endpoint: &Endpoint,
    client: IpAddr,
    dialogue: &mut Dialogue<Stream>,
) -> Result<()> {
    let client = client.to_string();
    let told = Arg::List(vec![Arg::Text("x-originating-ip"), Arg::Text(&client)]);
    let command = Command::new("ID", &[told], Literals::Synchronising)?;
    let reply = dialogue
        .exchange(&request(endpoint, command, Keep::NOTHING))
        .await?;
    if let Err(error) = single(&reply)?.check() {
        tracing::debug!(%error, "the IMAP server takes no ID");
    }
    Ok(())
}

/// Signs in; the capabilities where the server volunteered them with its OK.
async fn authenticate(
    endpoint: &Endpoint,
    credentials: &Credentials,
    dialogue: &mut Dialogue<Stream>,
    offered: &Capabilities,
) -> Result<Option<Capabilities>> {
    let (user, password) = (
        credentials.user.as_str(),
        credentials.password.expose_secret(),
    );
    if [user, password].iter().any(|text| text.contains('\0')) {
        return Err(Error::AuthenticationFailed);
    }
    let command = if offered.has("AUTH=PLAIN") {
        let plain = Zeroizing::new(format!("\0{user}\0{password}"));
        let response = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
        Command::authenticate_plain(&response, offered.has("SASL-IR"))
    } else if offered.has("LOGINDISABLED") {
        return Err(Error::Protocol("no way to sign in that we speak"));
    } else {
        let command = Command::new(
            "LOGIN",
            &[Arg::Text(user), Arg::Text(password)],
            offered.literals(),
        );
        command.map_err(|_| Error::AuthenticationFailed)?
    };
    let keep = Keep {
        kinds: &[Kind::Capability],
        most: 4,
    };
    let reply = dialogue.exchange(&request(endpoint, command, keep)).await?;
    let status = single(&reply)?;
    match status.outcome {
        Outcome::Ok => Ok(coded(status).or_else(|| listed(&reply))),
        Outcome::No
            if !status
                .code()
                .is_some_and(|code| NOT_THE_PASSWORD.contains(&code)) =>
        {
            Err(Error::AuthenticationFailed)
        }
        _ => Err(Error::Refused {
            code: status.code().map(str::to_owned),
            text: status.text.clone(),
        }),
    }
}

async fn ask(endpoint: &Endpoint, dialogue: &mut Dialogue<Stream>) -> Result<Capabilities> {
    let command = Command::new("CAPABILITY", &[], Literals::Synchronising)?;
    let keep = Keep {
        kinds: &[Kind::Capability],
        most: 4,
    };
    let reply = dialogue.exchange(&request(endpoint, command, keep)).await?;
    single(&reply)?.check()?;
    listed(&reply).ok_or(Error::Protocol("no CAPABILITY response"))
}

fn request(endpoint: &Endpoint, command: Command, keep: Keep) -> Request {
    Request {
        commands: vec![command],
        keep,
        within: endpoint.limits.command,
        patient: false,
        harmless: true,
    }
}

fn single(reply: &Reply) -> Result<&Status> {
    reply
        .answers
        .first()
        .map(|answer| &answer.status)
        .ok_or(Error::Protocol("no tagged response"))
}

fn coded(status: &Status) -> Option<Capabilities> {
    status
        .code
        .as_ref()
        .filter(|code| code.name == "CAPABILITY")
        .map(|code| Capabilities::parse(&code.arguments))
}

fn listed(reply: &Reply) -> Option<Capabilities> {
    reply
        .data
        .last()
        .map(|data| Capabilities::parse(&data.rest))
}
