//! The table of settings, and where the value of each comes from.

use super::{Error, parse::Problem};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
};

const PREFIX: &str = "POSTA_";
/// Read by `posta check` only.
const CHECK_PASSWORD: &str = "POSTA_CHECK_PASSWORD";

/// One setting as `posta --help` shows it.
#[derive(Debug)]
pub struct Setting {
    /// `POSTA_…`.
    pub name: &'static str,
    /// The same as a flag, without `--`.
    pub flag: &'static str,
    pub value_name: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    /// Of a later version: `off` is its only value, and no flag shows it.
    pub later: bool,
}

macro_rules! settings {
    ($($name:literal $flag:literal $value:literal = $default:literal, $meaning:literal;)*) => {
        [$(Setting { name: $name, flag: $flag, value_name: $value, default: $default, meaning: $meaning, later: $value.is_empty() }),*]
    };
}

static SETTINGS: [Setting; 15] = settings![
    "POSTA_LISTEN" "listen" "ADDRESS:PORT" = "127.0.0.1:8080", "Address to serve";
    "POSTA_PUBLIC_URL" "public-url" "URL" = "http:// and POSTA_LISTEN",
        "What browsers see; a path is allowed. Its scheme decides Secure cookies; a request for another host gets 421";
    "POSTA_IMAP_URL" "imap-url" "URL" = "none, required",
        "imaps://HOST[:993], or imap://HOST[:143] with STARTTLS required; ?tls=none only with a loopback host";
    "POSTA_SMTP_URL" "smtp-url" "URL" = "smtp://HOST OF IMAP:587",
        "smtp://HOST[:587] with STARTTLS required, or smtps://HOST[:465]; ?tls=none only with a loopback host";
    "POSTA_DISCOVERY" "discovery" "" = "off", "";
    "POSTA_CA_FILE" "ca-file" "FILE" = "none",
        "PEM file of certificates trusted for the mail servers, beside the system's";
    "POSTA_AUTHSERV_ID" "authserv-id" "NAME" = "the IMAP host",
        "Whose Authentication-Results are believed; the receiving server must remove those that strangers send under this name";
    "POSTA_FORWARD_CLIENT_IP" "forward-client-ip" "on|off" = "off",
        "Tell the IMAP server the browser's address by the ID command";
    "POSTA_DATABASE_URL" "database-url" "URL" = "sqlite:posta.db in POSTA_DATA_DIR",
        "sqlite:FILE, or postgres://… for several nodes";
    "POSTA_DATA_DIR" "data-dir" "DIRECTORY" = "./data",
        "SQLite file and key file. Without a writable one everything is kept in memory and lost at the end";
    "POSTA_SECRET_KEY" "secret-key" "KEY" = "generated into POSTA_DATA_DIR",
        "32 random bytes in hexadecimal or base64 (openssl rand -hex 32), or another text of 32 characters or more; the same on all nodes. Better by environment or file: others see flags";
    "POSTA_UPLOAD_LIMIT" "upload-limit" "SIZE" = "2MiB", "The files of one upload request together";
    "POSTA_TRUSTED_PROXIES" "trusted-proxies" "NETWORKS" = "loopback",
        "Networks (10.0.0.0/8), addresses, loopback or none, by comma: whose X-Forwarded-* count";
    "POSTA_METRICS_LISTEN" "metrics-listen" "" = "off", "";
    "POSTA_LOG" "log" "FILTER" = "info",
        "What is logged: error, warn, info, debug, or a tracing filter; text on a terminal, JSON lines otherwise";
];

/// Every setting, in the order of the documentation.
pub fn settings() -> &'static [Setting] {
    &SETTINGS
}

/// The settings given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub values: HashMap<&'static str, String>,
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        if let Some(path) = matches.get_one::<PathBuf>("config") {
            self.config = Some(path.clone());
        }
        for setting in settings() {
            if let Some(value) = matches.get_one::<String>(setting.flag) {
                self.values.insert(setting.name, value.clone());
            }
        }
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: clap::Command) -> clap::Command {
        let config = clap::Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .global(true)
            .help("TOML file with the settings below, as POSTA_IMAP_URL = \"…\" or imap_url = \"…\" [env: POSTA_CONFIG]");
        settings()
            .iter()
            .fold(command.arg(config), |command, setting| {
                command.arg(
                    clap::Arg::new(setting.flag)
                        .long(setting.flag)
                        .value_name(setting.value_name)
                        .allow_hyphen_values(true)
                        .global(true)
                        .hide(setting.later)
                        .help(format!(
                            "{} [env: {}] [default: {}]",
                            setting.meaning, setting.name, setting.default
                        )),
                )
            })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

/// The password for `posta check --email`, where POSTA_CHECK_PASSWORD holds one.
pub fn check_password() -> Option<SecretString> {
    match std::env::var(CHECK_PASSWORD) {
        Ok(password) if !password.is_empty() => Some(password.into()),
        _ => None,
    }
}

/// Where a value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    /// The file that the `_FILE` twin names.
    File(PathBuf),
    /// The TOML file.
    Toml(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Environment => f.write_str("environment"),
            Self::File(path) | Self::Toml(path) => path.display().fmt(f),
        }
    }
}

/// The text given for each setting that is not left at its default.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<&'static str, (String, Origin)>);

impl Settings {
    /// Collects for this process: its environment beside the flags.
    pub fn of_process(flags: &Flags) -> Result<Self, Error> {
        Self::collect(flags, std::env::vars_os())
    }

    /// Collects flags, environment and TOML file; refuses what begins with `POSTA_` and is no setting.
    /// An empty variable counts as not set.
    pub fn collect(
        flags: &Flags,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        let mut variables = BTreeMap::new();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            let value = value.into_string().map_err(|_| Error::Value {
                name: name.to_owned(),
                problem: "is not UTF-8".to_owned(),
            })?;
            if name != CHECK_PASSWORD && !value.is_empty() {
                variables.insert(name.to_owned(), value);
            }
        }
        let toml_file = flags
            .config
            .clone()
            .or_else(|| variables.get("POSTA_CONFIG").map(PathBuf::from));
        variables.remove("POSTA_CONFIG");

        let mut found = Self::default();
        if let Some(path) = toml_file {
            let values = read_toml(&path)?;
            found.add(values, &Origin::Toml(path))?;
        }
        found.add(variables, &Origin::Environment)?;
        for (&name, value) in &flags.values {
            found.0.insert(name, (value.clone(), Origin::Flag));
        }
        Ok(found)
    }

    /// Where the value in force of a setting (`POSTA_…`) comes from; None: its default.
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.0.get(name).map(|(_, origin)| origin)
    }

    fn add(&mut self, values: BTreeMap<String, String>, origin: &Origin) -> Result<(), Error> {
        for (name, value) in &values {
            if let Some(setting) = setting(name) {
                self.0.insert(setting.name, (value.clone(), origin.clone()));
                continue;
            }
            let Some(setting) = name.strip_suffix("_FILE").and_then(setting) else {
                return Err(unknown(name, origin));
            };
            if values.contains_key(setting.name) {
                return Err(Error::Twice {
                    name: setting.name.to_owned(),
                });
            }
            let content = read(name, Path::new(value))?;
            let content = content.trim_end_matches(['\r', '\n']).to_owned();
            self.0
                .insert(setting.name, (content, Origin::File(value.into())));
        }
        Ok(())
    }

    /// The parsed value of a setting, None when it is at its default.
    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<Option<T>, Error> {
        let Some((text, origin)) = self.0.get(name) else {
            return Ok(None);
        };
        let named = match origin {
            Origin::Environment => name.to_owned(),
            Origin::Flag => setting(name).map_or_else(String::new, |s| format!("--{}", s.flag)),
            Origin::File(path) => format!("{name}_FILE ({})", path.display()),
            Origin::Toml(path) => format!("{name} in {}", path.display()),
        };
        parse(text)
            .map(Some)
            .map_err(|Problem(problem)| Error::Value {
                name: named,
                problem,
            })
    }
}

fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn unknown(name: &str, origin: &Origin) -> Error {
    let near = settings()
        .iter()
        .map(|setting| (distance(name, setting.name), setting.name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    let place = match origin {
        Origin::Toml(path) => format!(" (in {})", path.display()),
        _ => String::new(),
    };
    Error::Unknown {
        name: format!("{name}{place}"),
        hint: near.map_or_else(String::new, |(_, name)| format!("; the nearest is {name}")),
    }
}

/// How many letters to add, remove or change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let change = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = change.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn read(name: &str, path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| Error::File {
        name: name.to_owned(),
        path: path.display().to_string(),
        problem: error.to_string(),
    })
}

/// Names and values of a TOML file, each name as `POSTA_…`.
fn read_toml(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let refused = |problem: String| Error::Value {
        name: path.display().to_string(),
        problem,
    };
    let table: toml::Table = read("POSTA_CONFIG", path)?
        .parse()
        .map_err(|error: toml::de::Error| refused(format!("is not TOML: {}", error.message())))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let upper = key.to_ascii_uppercase();
        let name = if upper.starts_with(PREFIX) {
            upper
        } else {
            format!("{PREFIX}{upper}")
        };
        let Some(value) = toml_text(&value) else {
            return Err(refused(format!(
                "{key} is neither text nor a number, a switch or a list of texts"
            )));
        };
        if values.insert(name, value).is_some() {
            return Err(refused(format!("{key} stands there twice")));
        }
    }
    Ok(values)
}

fn toml_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(if *switch { "on" } else { "off" }.to_owned()),
        toml::Value::Array(list) => {
            let texts: Option<Vec<&str>> = list.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
