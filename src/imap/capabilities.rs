//! What the server offers, and which of our commands that allows.

/// Capabilities after sign-in (RFC 9051 §6.1.1); IMAP4rev2 implies what it absorbed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    pub idle: bool,
    pub list_status: bool,
    pub list_extended: bool,
    pub special_use: bool,
    pub create_special_use: bool,
    pub move_: bool,
    pub uidplus: bool,
    pub sort: bool,
    pub esort: bool,
    pub esearch: bool,
    /// PARTIAL results of SEARCH (RFC 5267 CONTEXT=SEARCH, or RFC 9394).
    pub partial: bool,
    pub preview: bool,
    pub condstore: bool,
    pub literal_minus: bool,
    pub literal_plus: bool,
    pub enable: bool,
    pub namespace: bool,
    pub binary: bool,
    pub id: bool,
    /// All of them, upper case.
    pub names: Vec<String>,
}

/// Which literals the server takes without being asked first (RFC 7888).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literals {
    Synchronising,
    Minus,
    Plus,
}

/// Most names kept of a list that a server sends.
const MOST: usize = 500;

impl Capabilities {
    /// From the arguments of a CAPABILITY response or response code.
    pub(super) fn parse(arguments: &[u8]) -> Self {
        let words = arguments
            .split(|c| matches!(c, b' ' | b'\r' | b'\n'))
            .filter(|word| !word.is_empty());
        let names: Vec<String> = words
            .take(MOST)
            .map(|word| String::from_utf8_lossy(word).to_ascii_uppercase())
            .collect();
        let mut offered = Self {
            names,
            ..Self::default()
        };
        let rev2 = offered.has("IMAP4REV2");
        offered.idle = rev2 || offered.has("IDLE");
        offered.list_status = rev2 || offered.has("LIST-STATUS");
        offered.list_extended = rev2 || offered.has("LIST-EXTENDED") || offered.list_status;
        offered.special_use = rev2 || offered.has("SPECIAL-USE");
        offered.create_special_use = offered.has("CREATE-SPECIAL-USE");
        offered.move_ = rev2 || offered.has("MOVE");
        offered.uidplus = rev2 || offered.has("UIDPLUS");
        offered.sort = offered.has("SORT");
        offered.esort = offered.has("ESORT");
        offered.esearch = rev2 || offered.has("ESEARCH");
        offered.partial =
            offered.esearch && (offered.has("PARTIAL") || offered.has("CONTEXT=SEARCH"));
        offered.preview = offered.has("PREVIEW") || offered.has("PREVIEW=FUZZY");
        offered.condstore = offered.has("CONDSTORE") || offered.has("QRESYNC");
        offered.literal_minus = rev2 || offered.has("LITERAL-");
        offered.literal_plus = offered.has("LITERAL+");
        offered.enable = rev2 || offered.has("ENABLE");
        offered.namespace = rev2 || offered.has("NAMESPACE");
        offered.binary = offered.has("BINARY");
        offered.id = offered.has("ID");
        offered
    }

    /// Whether this name was offered, in any case.
    pub fn has(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(name))
    }

    pub(super) fn literals(&self) -> Literals {
        match (self.literal_plus, self.literal_minus) {
            (true, _) => Literals::Plus,
            (false, true) => Literals::Minus,
            (false, false) => Literals::Synchronising,
        }
    }

    /// FETCH item of the preview: RFC 8970, or the draft of it that older Dovecot speaks.
    pub(super) fn preview_item(&self) -> Option<&'static str> {
        if self.has("PREVIEW") {
            Some("PREVIEW")
        } else if self.has("PREVIEW=FUZZY") {
            Some("PREVIEW (FUZZY)")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_in_any_case_and_only_whole() {
        let offered = Capabilities::parse(
            b"imap4rev1 Idle LIST-STATUS LITERAL+ ESEARCH CONTEXT=SEARCH XMOVE",
        );
        assert!(offered.idle && offered.list_extended && offered.partial && !offered.move_);
        assert_eq!(offered.literals(), Literals::Plus);
    }

    #[test]
    fn the_second_revision_brings_its_extensions() {
        let offered = Capabilities::parse(b"IMAP4rev2");
        assert!(
            offered.move_
                && offered.uidplus
                && offered.list_status
                && offered.special_use
                && offered.esearch
        );
        assert_eq!(offered.literals(), Literals::Minus);
    }
}
