#![no_main]
//! Calendar messages.

use posta::mime::CalendarMessage;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Some(message) = CalendarMessage::parse(text) else {
        return;
    };
    assert!((1..=20).contains(&message.events.len()));
    for event in &message.events {
        assert!(event.title.chars().count() <= 301 && !event.title.contains('\n'));
    }
});
