//! The command line: `posta`, `serve`, `check`, `healthcheck`, `config`.

use anyhow::Context;
use clap::{Parser, Subcommand};
use posta::{
    config::{self, Config, Flags, Settings},
    mail::{
        Credentials,
        check::{Finding, Outcome},
    },
    server,
};
use secrecy::SecretString;
use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::{Command as Process, ExitCode, Stdio},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

#[derive(Parser)]
#[command(
    name = "posta",
    version,
    about = "A webmail server: reads over IMAP, sends over SMTP submission, works in any browser.",
    after_help = AFTER_HELP
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

const AFTER_HELP: &str = "\
Only POSTA_IMAP_URL must be set:  POSTA_IMAP_URL=imaps://mail.example.org posta

Each setting is a flag, an environment variable, a file named by the variable with _FILE at its end, or a line of
the TOML file given by --config or POSTA_CONFIG; the first of these that is there counts. An unknown POSTA_ variable
stops the start. POSTA_DISCOVERY and POSTA_METRICS_LISTEN can only be off: this version offers neither.";

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT, then finish what is under way (the default)
    Serve,
    /// Test settings, storage and mail servers, and say how to mend what does not work
    Check {
        /// Sign in too, with the password from POSTA_CHECK_PASSWORD or standard input
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
    },
    /// Ask the server on this machine whether it lives; for containers
    Healthcheck,
    /// Print the settings in force, secrets masked
    Config,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            // Nobody is there to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "posta: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::of_process(&arguments.flags)?;
    let config = Config::from_settings(&settings)?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config)?,
        Command::Check { email } => return check(&config, email),
        Command::Healthcheck => server::runtime()?.block_on(server::healthcheck(&config))?,
        Command::Config => print_config(&config, &settings)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(config: Config) -> anyhow::Result<()> {
    server::start_logging(config.log.as_deref());
    server::leave_memory_out_of_core_dumps();
    let runtime = server::runtime()?;
    let outcome = runtime.block_on(async {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen at {}", config.listen))?;
        let stop = CancellationToken::new();
        let second = signals(&stop)?;
        tokio::select! {
            ended = server::run(listener, config, stop.cancelled()) => ended,
            () = second => anyhow::bail!("stopped at once by a second signal"),
        }
    });
    // What did not end in time, or was cut short by a second signal, is not waited for.
    runtime.shutdown_background();
    outcome
}

/// Cancels `stop` at the first SIGTERM or SIGINT; the future ends at the second.
fn signals(stop: &CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    let mut next = async move || {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    };
    Ok(async move {
        next().await;
        stop.cancel();
        next().await;
    })
}

fn print_config(config: &Config, settings: &Settings) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for (name, value) in config.in_force() {
        let origin = settings
            .origin(name)
            .map_or_else(|| "default".to_owned(), ToString::to_string);
        writeln!(out, "{:<56} # {origin}", format!("{name}={value}"))?;
    }
    Ok(())
}

fn check(config: &Config, email: Option<String>) -> anyhow::Result<ExitCode> {
    let credentials = match email {
        Some(email) => Some(Credentials {
            password: password(&email)?,
            email,
            client: None,
        }),
        None => None,
    };
    let mut findings = vec![Finding::good(
        "settings",
        "they read well; `posta config` prints them",
    )];
    server::runtime()?.block_on(async {
        findings.push(match server::open_store(config).await {
            Ok(store) => {
                store.close().await;
                storage(config)
            }
            Err(error) => Finding::problem(
                "storage",
                format!("{error:#}"),
                "mend it as the text says: without a database Posta does not start",
            ),
        });
        match server::client_config(config) {
            Ok(tls) => {
                findings.extend(posta::mail::check::check(config, &tls, credentials.as_ref()).await)
            }
            Err(error) => findings.push(Finding::problem(
                "TLS",
                error.to_string(),
                "mend it as the text says: Posta does not start so",
            )),
        }
    });
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let problems = findings
        .iter()
        .filter(|finding| finding.outcome == Outcome::Problem)
        .count();
    if problems > 0 {
        writeln!(
            out,
            "\n{problems} problem{} to mend.",
            if problems == 1 { "" } else { "s" }
        )?;
        return Ok(ExitCode::FAILURE);
    }
    if credentials.is_none() {
        writeln!(
            out,
            "\nNo problem found. `posta check --email ADDRESS` signs in too."
        )?;
    } else {
        writeln!(out, "\nNo problem found.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn storage(config: &Config) -> Finding {
    if config.database_url.is_none() && !config.data_dir.join("posta.db").exists() {
        return Finding::warning(
            "storage",
            format!(
                "{} is not writable: sessions, drafts and settings would be lost at the end",
                config.data_dir.display()
            ),
            "make it writable for this user, or name another by POSTA_DATA_DIR",
        );
    }
    Finding::good("storage", "the database opens and takes writes")
}

fn password(email: &str) -> anyhow::Result<SecretString> {
    if let Some(password) = config::check_password() {
        return Ok(password);
    }
    let terminal = io::stdin().is_terminal();
    if terminal {
        write!(io::stderr(), "Password of {email}: ")?;
        echo("-echo");
    }
    let mut line = zeroize::Zeroizing::new(String::new());
    let read = io::stdin().lock().read_line(&mut line);
    if terminal {
        echo("echo");
        writeln!(io::stderr())?;
    }
    read.context("the password cannot be read")?;
    anyhow::ensure!(
        !line.trim_end_matches(['\r', '\n']).is_empty(),
        "no password given"
    );
    Ok(line.trim_end_matches(['\r', '\n']).into())
}

/// Switches what is typed visible or not. Where there is no `stty` the password is seen while typed.
fn echo(switch: &str) {
    let done = Process::new("stty")
        .arg(switch)
        .stdin(Stdio::inherit())
        .stderr(Stdio::null())
        .status();
    if !done.is_ok_and(|status| status.success()) && switch == "-echo" {
        // The prompt stands there already; this only adds to it.
        let _ = write!(io::stderr(), "(visible) ");
    }
}
