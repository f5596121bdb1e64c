#![no_main]
//! Frames of IMAP: the same however the octets arrive, nothing lost, nothing beyond the limits.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    let (frames, rest) = posta::imap::fuzzing::frames(octets, octets.len());
    let joined: usize = frames.iter().map(|frame| frame.len()).sum();
    assert!(octets.starts_with(&frames.concat()) && joined + rest <= octets.len());
    let (pieces, _) = posta::imap::fuzzing::frames(octets, octets.len() / 3);
    assert_eq!(frames, pieces);
});
