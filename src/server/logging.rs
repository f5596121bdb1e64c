//! One line per event: text on a terminal, JSON otherwise, control characters always escaped.

use std::{
    io::{self, IsTerminal, Write},
    panic::PanicHookInfo,
};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt::MakeWriter, layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Sends events to standard error from now on, panics too. `filter` as in POSTA_LOG; None: `info`.
/// Other crates are heard from `info` up only, whatever the filter says: below it some print what they
/// are given, passwords and mail included.
pub fn start_logging(filter: Option<&str>) {
    let filter = EnvFilter::new(filter.unwrap_or("info"));
    let layer = if io::stderr().is_terminal() {
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(OneLine)
            .boxed()
    } else {
        tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(io::stderr)
            .boxed()
    };
    let layer = layer
        .with_filter(filter)
        .with_filter(filter_fn(is_ours_or_important));
    if tracing_subscriber::registry()
        .with(layer)
        .try_init()
        .is_ok()
    {
        std::panic::set_hook(Box::new(log_panic));
    }
}

fn is_ours_or_important(event: &Metadata<'_>) -> bool {
    let ours = event.target() == "posta" || event.target().starts_with("posta::");
    ours || *event.level() <= Level::INFO
}

/// The place only: the text of a panic can hold what was being read.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(String::new, ToString::to_string);
    tracing::error!(place, "a task panicked");
}

/// Standard error on a terminal: an event is one line, whatever stands in it.
struct OneLine;

impl<'a> MakeWriter<'a> for OneLine {
    type Writer = Escaping<io::Stderr>;

    fn make_writer(&'a self) -> Self::Writer {
        Escaping(io::stderr())
    }
}

/// Takes one whole event per write, as tracing's formatter gives it, and escapes every control character
/// but the last line feed.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(event.strip_suffix(b"\n").unwrap_or(event));
        let mut escaped = String::with_capacity(line.len() + 1);
        for c in line.chars() {
            if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            {
                escaped.extend(c.escape_unicode());
            } else {
                escaped.push(c);
            }
        }
        escaped.push('\n');
        self.0.write_all(escaped.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_event_cannot_begin_a_line_or_steer_a_terminal() {
        let mut out = Escaping(Vec::new());
        out.write_all("signed in\r\n2026 forged\u{1b}[2J\u{85}\u{202e}x é\n".as_bytes())
            .unwrap();
        let text = String::from_utf8(out.0).unwrap();
        assert_eq!(
            text,
            "signed in\\u{d}\\u{a}2026 forged\\u{1b}[2J\\u{85}\\u{202e}x é\n"
        );
    }
}
