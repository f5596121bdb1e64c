//! Address lists, strict on what is typed and tolerant on what headers carry.
use super::super::characters::{is_control, visible_line};
use super::super::header::decode_phrase;
use super::scanner::{Piece, Scanner, Word};
use super::{Address, AddressError, MAX_ADDRESSES};

const MAX_LOCAL: usize = 64;
const MAX_ADDR: usize = 254;
const MAX_SHOWN_PIECE: usize = 80;

/// RFC 5322 `atext`, with RFC 6532's non-ASCII characters.
pub(super) fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !is_control(c) && !c.is_whitespace())
}

/// Words before the address, joined by single spaces; a comment names the address when nothing else does.
fn name_of(words: &[Word]) -> Option<String> {
    let mut name = String::new();
    for word in words {
        if let Word::Bare(text) | Word::Quoted(text) = word {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(text);
        }
    }
    if name.trim().is_empty() {
        name = words.iter().find_map(|word| {
            if let Word::Comment(text) = word {
                Some(text.clone())
            } else {
                None
            }
        })?;
    }
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// `local @ domain` written with spaces, put together again.
fn join_around_at(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match (joined.last_mut(), word) {
            (Some(Word::Bare(before)), Word::Bare(text))
                if before.ends_with('@') || text.starts_with('@') =>
            {
                before.push_str(&text);
            }
            (_, word) => joined.push(word),
        }
    }
    joined
}

/// The parts of a typed list. Line breaks separate; a piece of several bare addresses is several addresses.
pub(super) fn parse_typed(typed: &str) -> Result<Vec<Address>, Vec<AddressError>> {
    let mut addresses = Vec::new();
    let mut errors = Vec::new();
    for piece in Scanner::new(typed, true).run() {
        let raw = visible_line(&piece.raw, MAX_SHOWN_PIECE);
        match typed_piece(piece) {
            Some(found) => addresses.extend(found),
            None => errors.push(AddressError::Invalid(raw)),
        }
        if addresses.len() + errors.len() > MAX_ADDRESSES {
            return Err(vec![AddressError::TooMany]);
        }
    }
    if errors.is_empty() {
        Ok(addresses)
    } else {
        Err(errors)
    }
}

fn typed_piece(piece: Piece) -> Option<Vec<Address>> {
    if piece.broken {
        return None;
    }
    let mut words = piece.words;
    if let Some(at) = words.iter().position(|word| matches!(word, Word::Angle(_))) {
        let after = words.split_off(at + 1);
        let Some(Word::Angle(addr)) = words.pop() else {
            return None;
        };
        if !after.iter().all(|word| matches!(word, Word::Comment(_))) || !is_addr_spec(&addr) {
            return None;
        }
        words.extend(after);
        return Some(vec![Address {
            name: name_of(&words),
            addr,
        }]);
    }
    let (comments, words): (Vec<_>, Vec<_>) = join_around_at(words)
        .into_iter()
        .partition(|word| matches!(word, Word::Comment(_)));
    let mut addresses = Vec::with_capacity(words.len());
    for word in words {
        match word {
            Word::Bare(addr) if is_addr_spec(&addr) => addresses.push(Address { name: None, addr }),
            _ => return None,
        }
    }
    if let [only] = addresses.as_mut_slice() {
        only.name = name_of(&comments);
    }
    (!addresses.is_empty()).then_some(addresses)
}

/// RFC 5321 and 5322: dot-atom or quoted local part of at most 64 octets, a domain that IDNA accepts or an address
/// literal, 254 octets in all.
fn is_addr_spec(addr: &str) -> bool {
    let Some((local, domain)) = addr.rsplit_once('@') else {
        return false;
    };
    if local.len() > MAX_LOCAL || addr.len() > MAX_ADDR || addr.chars().any(is_control) {
        return false;
    }
    is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    match local.strip_prefix('"') {
        Some(rest) => {
            let Some(content) = rest.strip_suffix('"') else {
                return false;
            };
            let mut escaped = false;
            for c in content.chars() {
                if !escaped && c == '"' {
                    return false;
                }
                escaped = !escaped && c == '\\';
            }
            !escaped
        }
        None => local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atext)),
    }
}

fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let v6 = literal
            .get(..5)
            .filter(|tag| tag.eq_ignore_ascii_case("IPv6:"))
            .and_then(|_| literal.get(5..));
        return match v6 {
            Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
            None => literal.parse::<std::net::Ipv4Addr>().is_ok(),
        };
    }
    idna::domain_to_ascii_strict(domain).is_ok_and(|ascii| {
        !ascii.is_empty() && ascii.len() <= 253 && !ascii.ends_with('.') && !ascii.contains('@')
    })
}

/// The mailboxes of a From, To, Cc… field, at most `limit`. The structure is read first, names are decoded after, so
/// that no encoded word can make an address. Pieces without any `@` are kept as names with an empty addr-spec only
/// when they stand alone in angle brackets; otherwise they are left out.
pub(in super::super) fn parse_header(value: &str, limit: usize) -> Vec<Address> {
    let mut addresses = Vec::new();
    for piece in Scanner::new(value, false).run() {
        if addresses.len() >= limit {
            break;
        }
        if let Some(address) = header_piece(piece) {
            addresses.push(address);
        }
    }
    addresses
}

pub(super) fn header_piece(piece: Piece) -> Option<Address> {
    let mut words = piece.words;
    if let Some(at) = words
        .iter()
        .rposition(|word| matches!(word, Word::Angle(_)))
    {
        words.truncate(at + 1);
        let Some(Word::Angle(addr)) = words.pop() else {
            return None;
        };
        let addr = strip_route(&addr);
        if addr.is_empty() {
            return None;
        }
        return Some(Address {
            name: decoded_name(&words),
            addr: visible_line(addr, 320),
        });
    }
    let words = join_around_at(words);
    let at = words
        .iter()
        .position(|word| matches!(word, Word::Bare(text) if text.contains('@')))?;
    let Some(Word::Bare(addr)) = words.get(at) else {
        return None;
    };
    let addr = visible_line(addr, 320);
    let rest: Vec<Word> = words
        .into_iter()
        .enumerate()
        .filter(|(i, _)| *i != at)
        .map(|(_, word)| word)
        .collect();
    Some(Address {
        name: decoded_name(&rest),
        addr,
    })
}

fn decoded_name(words: &[Word]) -> Option<String> {
    let name = decode_phrase(&name_of(words)?);
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// RFC 5322 §4.4: `@relay:user@host` is the mailbox user@host.
fn strip_route(addr: &str) -> &str {
    if addr.starts_with('@') {
        addr.split_once(':').map_or(addr, |(_, mailbox)| mailbox)
    } else {
        addr
    }
}

#[cfg(test)]
mod tests;
