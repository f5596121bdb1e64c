#![no_main]
//! Text in any charset: decoded whole and in pieces it reads the same.

use posta::mime::{CharsetDecoder, OFFERED_CHARSETS, decode_header, decode_text};

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    let Some((&choice, octets)) = octets.split_first() else {
        return;
    };
    let mut labels = vec!["hz-gb-2312", "iso-2022-kr", "x-unknown", "us-ascii"];
    labels.extend(
        OFFERED_CHARSETS
            .iter()
            .flat_map(|(_, labels)| labels.iter().copied()),
    );
    let label = labels[usize::from(choice) % labels.len()];
    std::hint::black_box((
        decode_text(octets, None),
        decode_text(octets, Some(label)),
        decode_header(octets),
    ));
    let whole = CharsetDecoder::new(Some(label), octets).decode(octets, true);
    let mut decoder = CharsetDecoder::new(Some(label), octets);
    let (first, rest) = octets.split_at(octets.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    let pieces = [
        decoder.decode(first, false),
        decoder.decode(second, false),
        decoder.decode(third, true),
    ];
    assert_eq!(pieces.concat(), whole, "{label}");
});
