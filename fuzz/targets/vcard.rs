#![no_main]
//! Contacts.

libfuzzer_sys::fuzz_target!(|text: &str| {
    let contacts = posta::mime::contacts(text);
    assert!(contacts.len() <= 20);
    assert!(contacts.iter().all(|contact| !contact.name.is_empty()));
});
