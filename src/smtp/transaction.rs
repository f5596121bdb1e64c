//! One submission from greeting to QUIT.
use super::{
    Cause, Endpoint, Outcome, Refusal,
    dialogue::{Dialogue, Fault, Reply},
    job::Job,
    opening::{Connected, authenticate, connect, hello},
};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use secrecy::SecretString;
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

/// For the courtesy of QUIT, when the outcome is known already.
const FAREWELL: Duration = Duration::from_secs(2);
/// From the connection to the reply to DATA, however many recipients there are.
const PREAMBLE: Duration = Duration::from_secs(300);

pub(super) async fn run(
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    job: &Job,
) -> Outcome {
    match connect(endpoint).await {
        Ok(Connected::Plain(dialogue)) => deliver(dialogue, endpoint, user, password, job).await,
        Ok(Connected::Secured(dialogue)) => deliver(*dialogue, endpoint, user, password, job).await,
        Err(cause) => Outcome::NotSent(cause),
    }
}

/// EHLO to QUIT on a connection that is as secure as it was asked to be.
async fn deliver<S: AsyncRead + AsyncWrite + Unpin>(
    mut dialogue: Dialogue<S>,
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    job: &Job,
) -> Outcome {
    let prepared = timeout(
        PREAMBLE,
        prepare(&mut dialogue, endpoint, user, password, job),
    )
    .await;
    let outcome = match prepared {
        Ok(Ok(())) => return hand_over(&mut dialogue, endpoint, job).await,
        Ok(Err(outcome)) => outcome,
        Err(_) => Outcome::NotSent(Cause::Timeout),
    };
    if outcome != Outcome::NotSent(Cause::Timeout) {
        quit(&mut dialogue).await;
    }
    outcome
}

/// Up to the 354 of DATA. Err: nothing was sent, and why.
async fn prepare<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    job: &Job,
) -> Result<(), Outcome> {
    let not_sent = |fault: Fault| Outcome::NotSent(fault.into());
    let (offered, _) = hello(dialogue).await.map_err(Outcome::NotSent)?;
    let parameters = job.mail_parameters(&offered).map_err(Outcome::NotSent)?;
    authenticate(dialogue, endpoint, &offered, user, password)
        .await
        .map_err(Outcome::NotSent)?;
    let mail = Mail::new(Some(job.from.clone()), parameters);
    let reply = dialogue.command(mail).await.map_err(not_sent)?;
    if !reply.is_positive() {
        return Err(refused(&reply));
    }
    let refusals = recipients(dialogue, job).await.map_err(not_sent)?;
    if let Some(first) = refusals.first() {
        let (code, text) = (first.code, first.text.clone());
        let transient = refusals.iter().all(|refusal| refusal.code / 100 == 4);
        // The connection is closed next in any case; a server that does not answer RSET has nothing to forget.
        let _ = dialogue.command(Rset).await;
        return Err(Outcome::Rejected {
            recipients: refusals,
            code,
            text,
            transient,
        });
    }
    let reply = dialogue.command(Data).await.map_err(not_sent)?;
    if reply.code == 354 {
        Ok(())
    } else {
        Err(refused(&reply))
    }
}

fn refused(reply: &Reply) -> Outcome {
    if reply.is_negative() {
        Outcome::Rejected {
            recipients: Vec::new(),
            code: reply.code,
            text: reply.text(),
            transient: reply.is_transient(),
        }
    } else {
        Outcome::NotSent(Cause::Protocol(reply.text()))
    }
}

/// Every RCPT by itself, so that each refusal is named. After a 421 the server is gone: the rest is not asked.
async fn recipients<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    job: &Job,
) -> Result<Vec<Refusal>, Fault> {
    let mut refusals = Vec::new();
    for (typed, address) in &job.recipients {
        let reply = match dialogue
            .command(Rcpt::new(address.clone(), Vec::new()))
            .await
        {
            Ok(reply) => reply,
            // What was refused before the connection broke is the better answer.
            Err(_) if !refusals.is_empty() => break,
            Err(fault) => return Err(fault),
        };
        if !reply.is_positive() {
            refusals.push(Refusal {
                address: typed.clone(),
                code: reply.code,
                text: reply.text(),
            });
            if reply.code == 421 {
                break;
            }
        }
    }
    Ok(refusals)
}

/// The content, then the final dot. Up to the first octet of the dot a failure is definite; from there on only the
/// server's reply tells. QUIT is said only where the server reads commands again.
async fn hand_over<S: AsyncRead + AsyncWrite + Unpin>(
    dialogue: &mut Dialogue<S>,
    endpoint: &Endpoint,
    job: &Job,
) -> Outcome {
    let written = dialogue.write_content(&job.content).await;
    match (dialogue.unasked().await, written) {
        (Some(Ok(reply)), _) => return refused(&reply),
        (_, Err(fault)) | (Some(Err(fault)), Ok(())) => return Outcome::NotSent(fault.into()),
        (None, Ok(())) => {}
    }
    let reply = match timeout(endpoint.command, dialogue.write(b".\r\n")).await {
        Ok(Ok(())) => dialogue.reply(endpoint.data).await,
        Ok(Err(fault)) => Err(fault),
        Err(_) => Err(Fault::Timeout),
    };
    let outcome = match reply {
        Ok(reply) if reply.is_positive() => Outcome::Accepted {
            response: reply.text(),
        },
        Ok(reply) if reply.is_negative() => refused(&reply),
        Ok(reply) => return Outcome::Unknown { text: reply.text() },
        Err(fault) => {
            return Outcome::Unknown {
                text: fault.to_string(),
            };
        }
    };
    quit(dialogue).await;
    outcome
}

async fn quit<S: AsyncRead + AsyncWrite + Unpin>(dialogue: &mut Dialogue<S>) {
    // The outcome is known and the connection is dropped next: what the server answers changes nothing.
    let _ = timeout(FAREWELL, dialogue.command(Quit)).await;
}
