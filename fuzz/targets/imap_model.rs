#![no_main]
//! What frames of IMAP say of messages.

use posta::mime::display_filename;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    for envelope in posta::imap::fuzzing::envelopes(octets) {
        assert!(!envelope.subject.contains(char::is_control));
        for address in envelope.from.iter().chain(&envelope.to).chain(&envelope.cc) {
            assert!(!address.display_name().contains(char::is_control));
        }
        let Some(structure) = &envelope.structure else {
            continue;
        };
        let shown = structure.shown();
        for part in shown.attachments {
            std::hint::black_box(display_filename(
                part.filename.as_deref().unwrap_or_default(),
            ));
            std::hint::black_box((
                structure.message(&part.section),
                structure.part(&part.section),
            ));
        }
        std::hint::black_box((structure.protection(), structure.charset()));
    }
});
