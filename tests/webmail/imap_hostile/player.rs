//! A server that plays a script, in threads of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A client that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands in the corpus.
#[derive(Clone, serde::Deserialize)]
pub struct Script {
    pub name: String,
    pub steps: Vec<(Option<String>, Action)>,
    pub oracle: String,
}

#[derive(Clone, serde::Deserialize)]
#[serde(untagged)]
pub enum Action {
    Say(String),
    Close {
        close: bool,
    },
    Drip {
        drip_bytes_per_s: u64,
    },
    Nest {
        prefix: String,
        repeat_open: String,
        leaf: String,
        repeat_close: String,
        times: usize,
        suffix: String,
    },
    Repeat {
        #[serde(default)]
        prefix: String,
        repeat: String,
        times: usize,
        #[serde(default)]
        suffix: String,
    },
}

pub struct Player {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl Player {
    pub fn start(script: &Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let player = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
            connections: Arc::default(),
            ended: Arc::default(),
        };
        let (steps, heard) = (script.steps.clone(), player.heard.clone());
        let (connections, ended) = (player.connections.clone(), player.ended.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Acquire) {
                    break;
                }
                connections.fetch_add(1, Ordering::AcqRel);
                let (steps, heard) = (steps.clone(), heard.clone());
                // A client that hangs up in the middle is what most scripts are about.
                std::thread::spawn(move || play(&stream.unwrap(), &steps, &heard).ok());
            }
        });
        player
    }

    /// Every line of the client so far, literals left out.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How many lines contain `words`.
    pub fn heard_of(&self, words: &str) -> usize {
        self.heard()
            .iter()
            .filter(|line| line.contains(words))
            .count()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the listener; that it is gone already is as good.
        TcpStream::connect(self.address).ok();
    }
}

fn play(
    stream: &TcpStream,
    steps: &[(Option<String>, Action)],
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let mut steps = steps.iter().peekable();
    let mut tag = String::new();
    loop {
        while let Some((_, action)) = steps.next_if(|(pattern, _)| pattern.is_none()) {
            if !act(stream, action, &tag)? {
                return Ok(());
            }
        }
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        heard.lock().unwrap().push(line.clone());
        tag = line.split(' ').next().unwrap_or_default().to_owned();
        let waited_for = |pattern: &Option<String>| {
            pattern
                .as_ref()
                .is_some_and(|pattern| matches(pattern, &line))
        };
        let action = steps
            .next_if(|(pattern, _)| waited_for(pattern))
            .map(|(_, action)| action.clone());
        let action = action.unwrap_or_else(|| default_answer(&line));
        if !act(stream, &action, &tag)? {
            return Ok(());
        }
        if let (Some(octets), Action::Say(text)) = (literal(&line), &action)
            && (text.starts_with('+') || line.ends_with("+}"))
        {
            std::io::copy(&mut (&mut reader).take(octets), &mut std::io::sink())?;
            reader.read_until(b'\n', &mut Vec::new())?;
        }
    }
}

fn default_answer(line: &str) -> Action {
    let capability = if line.ends_with(" CAPABILITY") {
        "* CAPABILITY IMAP4rev1\r\n"
    } else {
        ""
    };
    Action::Say(format!("{capability}$1 OK done\r\n"))
}

/// False when the connection is to be closed.
fn act(mut stream: &TcpStream, action: &Action, tag: &str) -> std::io::Result<bool> {
    match action {
        Action::Say(text) => stream.write_all(&octets(text, tag))?,
        Action::Close { close } => return Ok(!close),
        Action::Drip { drip_bytes_per_s } => loop {
            stream.write_all(b"*")?;
            std::thread::sleep(Duration::from_secs(1) / u32::try_from(*drip_bytes_per_s).unwrap());
        },
        Action::Nest {
            prefix,
            repeat_open,
            leaf,
            repeat_close,
            times,
            suffix,
        } => {
            stream.write_all(&octets(prefix, tag))?;
            repeat(stream, repeat_open, *times)?;
            stream.write_all(leaf.as_bytes())?;
            repeat(stream, repeat_close, *times)?;
            stream.write_all(&octets(suffix, tag))?;
        }
        Action::Repeat {
            prefix,
            repeat: piece,
            times,
            suffix,
        } => {
            stream.write_all(&octets(prefix, tag))?;
            repeat(stream, piece, *times)?;
            stream.write_all(&octets(suffix, tag))?;
        }
    }
    Ok(true)
}

fn repeat(mut stream: &TcpStream, piece: &str, times: usize) -> std::io::Result<()> {
    let many = (64 * 1024 / piece.len()).clamp(1, times);
    let block = piece.repeat(many);
    for _ in 0..times / many {
        stream.write_all(block.as_bytes())?;
    }
    stream.write_all(piece.repeat(times % many).as_bytes())
}

/// Latin-1, so that a script can hold any octet.
fn octets(text: &str, tag: &str) -> Vec<u8> {
    text.replace("$1", tag)
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// The octets of the literal that the line announces.
fn literal(line: &str) -> Option<u64> {
    let (_, announced) = line.strip_suffix('}')?.rsplit_once('{')?;
    announced.trim_end_matches('+').parse().ok()
}

/// The few forms of regular expressions that the scripts use.
fn matches(pattern: &str, line: &str) -> bool {
    let Some(words) = pattern.strip_prefix("^(\\S+) ") else {
        return line.contains(pattern);
    };
    let command = line.split_once(' ').map_or("", |(_, command)| command);
    let optional = words.strip_prefix("(UID )?");
    let alternatives = words
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(words);
    let command = optional
        .and_then(|_| command.strip_prefix("UID "))
        .unwrap_or(command);
    optional
        .unwrap_or(alternatives)
        .split('|')
        .any(|word| command.starts_with(word))
}
