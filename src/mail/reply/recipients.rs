//! Whom an answer goes to (RFC 5322 §3.6.2).
use crate::mime::{Address, Header};

#[derive(Debug, Default)]
pub(super) struct Recipients {
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
}

/// Reply-To, else From. `all`: the other To and Cc too. The own address and repetitions are left out; an answer to a
/// message one sent oneself goes to those it went to.
pub(super) fn answer(header: &Header, own: &str, all: bool) -> Recipients {
    let is_own = |address: &Address| address.same(own);
    let author = if header.reply_to.is_empty() {
        &header.from
    } else {
        &header.reply_to
    };
    let from_oneself = !author.is_empty() && author.iter().all(is_own);
    let mut seen: Vec<String> = Vec::new();
    let mut keep = |addresses: &[Address], also_own: bool| -> Vec<Address> {
        addresses
            .iter()
            .filter(|address| {
                let lower = address.addr.to_lowercase();
                let is_new = !address.addr.is_empty() && !seen.contains(&lower);
                if !is_new || (is_own(address) && !also_own) {
                    return false;
                }
                seen.push(lower);
                true
            })
            .cloned()
            .collect()
    };
    let mut to = if from_oneself {
        Vec::new()
    } else {
        keep(author, false)
    };
    if all || from_oneself {
        to.extend(keep(&header.to, false));
    }
    let cc = if all {
        keep(&header.cc, false)
    } else {
        Vec::new()
    };
    if to.is_empty() && cc.is_empty() {
        to = keep(author, true);
    }
    Recipients { to, cc }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "ana@example.org";

    fn people(addresses: &[&str]) -> Vec<Address> {
        addresses
            .iter()
            .map(|&addr| Address {
                name: None,
                addr: addr.to_owned(),
            })
            .collect()
    }

    fn header(from: &[&str], reply_to: &[&str], to: &[&str], cc: &[&str]) -> Header {
        Header {
            from: people(from),
            reply_to: people(reply_to),
            to: people(to),
            cc: people(cc),
            ..Header::default()
        }
    }

    #[test]
    fn an_answer_goes_to_reply_to_before_from() {
        let header = header(&["mihai@x.example"], &["list@x.example"], &[OWN], &[]);
        assert_eq!(answer(&header, OWN, false).to, people(&["list@x.example"]));
    }

    #[test]
    fn an_answer_to_all_leaves_out_oneself_and_repetitions() {
        let header = header(
            &["mihai@x.example"],
            &[],
            &["Ana@Example.org", "ion@x.example", "MIHAI@x.example"],
            &["ion@X.example", "vera@x.example", OWN],
        );
        let all = answer(&header, OWN, true);
        assert_eq!(all.to, people(&["mihai@x.example", "ion@x.example"]));
        assert_eq!(all.cc, people(&["vera@x.example"]));
        let one = answer(&header, OWN, false);
        assert_eq!(one.to, people(&["mihai@x.example"]));
        assert!(one.cc.is_empty());
    }

    #[test]
    fn an_answer_to_an_own_message_goes_on_to_its_recipients() {
        let header = header(&[OWN], &[], &["mihai@x.example"], &["vera@x.example"]);
        assert_eq!(answer(&header, OWN, false).to, people(&["mihai@x.example"]));
        assert_eq!(answer(&header, OWN, true).cc, people(&["vera@x.example"]));
    }

    #[test]
    fn a_note_to_oneself_is_answered_to_oneself() {
        let header = header(&[OWN], &[], &[OWN], &[]);
        assert_eq!(answer(&header, OWN, true).to, people(&[OWN]));
    }

    #[test]
    fn a_message_without_a_sender_has_nobody_to_answer() {
        assert!(answer(&header(&[], &[], &[], &[]), OWN, true).to.is_empty());
    }
}
