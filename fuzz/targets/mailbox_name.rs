#![no_main]
//! Names of mailboxes, from the server and from addresses of pages: one name, one spelling.

use posta::imap::MailboxName;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    let told = MailboxName::from_wire(octets);
    assert!(!told.as_str().contains(char::is_control));
    if let Ok(again) = MailboxName::parse(told.as_str()) {
        assert_eq!(again.wire(), told.wire(), "{:?}", told.as_str());
    }
    let Ok(typed) = std::str::from_utf8(octets) else {
        return;
    };
    let Ok(name) = MailboxName::parse(typed) else {
        return;
    };
    assert!(!name.wire().iter().any(|c| matches!(c, 0 | b'\r' | b'\n')));
    assert_eq!(MailboxName::from_wire(name.wire()), name);
});
