//! The value of one Authentication-Results field (RFC 8601 §2.2), in one pass. What is not understood costs itself only,
//! but a comment or a quoted string without an end makes the whole field nothing.
use super::super::domain_match::to_ascii;
use super::{Checked, Outcome};

/// Results that are read of one field, properties of one result, and octets of one value.
const MOST: usize = 32;
const LONGEST: usize = 512;

/// What one field tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    pub spf: Option<Checked>,
    pub dkim: Vec<Checked>,
    pub dmarc: Option<Checked>,
}

impl Results {
    /// None: the field is of another author, or broken.
    pub fn parse(value: &[u8], authserv_id: &str) -> Option<Self> {
        let mut scanner = Scanner::new(value);
        let author = scanner.word(b"");
        if author.is_empty() || !author.eq_ignore_ascii_case(authserv_id.as_bytes()) {
            return None;
        }
        let version = scanner.word(b"");
        if !matches!(version.as_slice(), b"" | b"1") {
            return None;
        }
        let mut results = Self::default();
        for _ in 0..MOST {
            scanner.skip_to_result();
            if scanner.is_at_end() {
                break;
            }
            results.take(&mut scanner);
        }
        (!scanner.broken).then_some(results)
    }

    fn take(&mut self, scanner: &mut Scanner<'_>) {
        let method = scanner.word(b"=/");
        if scanner.eats(b'/') && scanner.word(b"=") != b"1" {
            return;
        }
        if !scanner.eats(b'=') {
            return;
        }
        let outcome = Outcome::of(&scanner.word(b""));
        let properties = Properties::read(scanner);
        let checked = |domain: Option<&[u8]>| Checked {
            outcome,
            domain: domain.and_then(domain_of),
        };
        match method.to_ascii_lowercase().as_slice() {
            b"spf" => {
                let checked = checked(properties.mailfrom.as_deref());
                // Servers that look at HELO too tell of it apart.
                let better = |known: &Checked| known.domain.is_none() && checked.domain.is_some();
                if self.spf.as_ref().is_none_or(better) {
                    self.spf = Some(checked);
                }
            }
            b"dkim" => {
                let domain = properties.d.as_deref().or(properties.i.as_deref());
                self.dkim.push(checked(domain));
            }
            b"dmarc" => {
                let checked = checked(properties.from.as_deref());
                let passed = |known: &Checked| known.outcome == Outcome::Pass;
                // Two that contradict each other are no pass.
                if self.dmarc.as_ref().is_none_or(passed) {
                    self.dmarc = Some(checked);
                }
            }
            _ => {}
        }
    }
}

impl Outcome {
    fn of(word: &[u8]) -> Self {
        match word.to_ascii_lowercase().as_slice() {
            b"pass" => Self::Pass,
            b"fail" | b"hardfail" => Self::Fail,
            b"softfail" => Self::SoftFail,
            _ => Self::Unknown,
        }
    }
}

/// The properties of one result that matter.
#[derive(Default)]
struct Properties {
    mailfrom: Option<Vec<u8>>,
    d: Option<Vec<u8>>,
    i: Option<Vec<u8>>,
    from: Option<Vec<u8>>,
}

impl Properties {
    fn read(scanner: &mut Scanner<'_>) -> Self {
        let mut own = Self::default();
        for _ in 0..MOST {
            let name = scanner.word(b"=");
            if !scanner.eats(b'=') {
                if name.is_empty() {
                    break;
                }
                continue;
            }
            let value = Some(scanner.word(b""));
            let place = match name.to_ascii_lowercase().as_slice() {
                b"smtp.mailfrom" | b"smtp.mail" => &mut own.mailfrom,
                b"header.d" => &mut own.d,
                b"header.i" => &mut own.i,
                b"header.from" => &mut own.from,
                _ => continue,
            };
            if place.is_none() {
                *place = value;
            }
        }
        own
    }
}

/// Of a domain or an address.
fn domain_of(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let domain = text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    to_ascii(domain.trim_end_matches('>'))
}

struct Scanner<'a> {
    octets: &'a [u8],
    at: usize,
    /// A comment or a quoted string never ended.
    broken: bool,
}

impl<'a> Scanner<'a> {
    fn new(octets: &'a [u8]) -> Self {
        Self {
            octets,
            at: 0,
            broken: false,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.octets.len()
    }

    /// White space and comments.
    fn skip(&mut self) {
        while let Some(octet) = self.peek() {
            match octet {
                b'(' => self.skip_comment(),
                _ if octet.is_ascii_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(octet) = self.next() {
            match octet {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
        self.broken = true;
    }

    /// The next word, quoted parts without their quotes; it ends at white space, a comment, a semicolon or one of `ends`.
    /// Empty where none is.
    fn word(&mut self, ends: &[u8]) -> Vec<u8> {
        self.skip();
        let mut word = Vec::new();
        while let Some(octet) = self.peek() {
            if octet.is_ascii_whitespace() || matches!(octet, b';' | b'(') || ends.contains(&octet)
            {
                break;
            }
            self.at += 1;
            if octet == b'"' {
                self.quoted(&mut word);
            } else {
                word.push(octet);
            }
        }
        self.skip();
        // A cut value could name another domain.
        if word.len() > LONGEST {
            word.clear();
        }
        word
    }

    fn quoted(&mut self, word: &mut Vec<u8>) {
        while let Some(octet) = self.next() {
            match octet {
                b'"' => return,
                b'\\' => word.extend(self.next()),
                _ => word.push(octet),
            }
        }
        self.broken = true;
    }

    fn eats(&mut self, octet: u8) -> bool {
        let here = self.peek() == Some(octet);
        self.at += usize::from(here);
        here
    }

    /// Behind the next semicolon, or to the end.
    fn skip_to_result(&mut self) {
        loop {
            self.word(b"");
            if self.eats(b';') || self.is_at_end() {
                return;
            }
        }
    }
}
