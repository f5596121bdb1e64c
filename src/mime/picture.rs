//! How large a picture is by its header, so that a few octets cannot ask a browser for gigabytes.

/// Width times height of a PNG, JPEG, GIF or WebP. None: no such picture, or its header does not say.
pub fn picture_pixels(content: &[u8]) -> Option<u64> {
    let (width, height) = match content {
        [0x89, b'P', b'N', b'G', ..] => (big_endian(content, 16, 4)?, big_endian(content, 20, 4)?),
        [b'G', b'I', b'F', ..] => (little_endian(content, 6, 2)?, little_endian(content, 8, 2)?),
        [0xFF, 0xD8, rest @ ..] => jpeg(rest)?,
        [b'R', b'I', b'F', b'F', ..] => webp(content)?,
        _ => return None,
    };
    Some(width * height)
}

/// The start-of-frame segment (ITU-T T.81 B.2.2) among those before the picture's data.
fn jpeg(mut rest: &[u8]) -> Option<(u64, u64)> {
    loop {
        match rest {
            // Fill octets, and markers without a segment.
            [0xFF, 0xFF, ..] => rest = rest.get(1..)?,
            [0xFF, 0x01 | 0xD0..=0xD7, tail @ ..] => rest = tail,
            [
                0xFF,
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF,
                frame @ ..,
            ] => {
                return Some((big_endian(frame, 5, 2)?, big_endian(frame, 3, 2)?));
            }
            [0xFF, _, segment @ ..] => {
                let length = big_endian(segment, 0, 2)?;
                rest = segment.get(usize::try_from(length).ok()?.max(2)..)?;
            }
            _ => return None,
        }
    }
}

/// The first chunk of the file (RFC 9649 §2).
fn webp(content: &[u8]) -> Option<(u64, u64)> {
    match content.get(12..16)? {
        b"VP8X" => Some((
            little_endian(content, 24, 3)? + 1,
            little_endian(content, 27, 3)? + 1,
        )),
        b"VP8L" => {
            let bits = little_endian(content, 21, 4)?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => Some((
            little_endian(content, 26, 2)? & 0x3FFF,
            little_endian(content, 28, 2)? & 0x3FFF,
        )),
        _ => None,
    }
}

fn big_endian(content: &[u8], at: usize, length: usize) -> Option<u64> {
    let octets = content.get(at..at + length)?;
    Some(
        octets
            .iter()
            .fold(0, |number, octet| number << 8 | u64::from(*octet)),
    )
}

fn little_endian(content: &[u8], at: usize, length: usize) -> Option<u64> {
    let octets = content.get(at..at + length)?.iter().rev();
    Some(octets.fold(0, |number, octet| number << 8 | u64::from(*octet)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_size_stands_in_the_header_of_every_kind() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x02\x08\x06";
        assert_eq!(picture_pixels(png), Some(512));
        assert_eq!(picture_pixels(b"GIF89a\x03\0\x04\x01\0\0"), Some(3 * 260));
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xFF\xC4\0\x03x\xFF\xC2\0\x0b\x08\0\x05\x01\0\x03";
        assert_eq!(picture_pixels(jpeg), Some(5 * 256));
        let extended = b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\0\0\x01\0\0";
        assert_eq!(picture_pixels(extended), Some(512));
        let lossless = b"RIFF\x1a\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x01\x80\0\0";
        assert_eq!(picture_pixels(lossless), Some(2 * 3));
        let lossy = b"RIFF\x1a\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x07\x40\x02\0";
        assert_eq!(picture_pixels(lossy), Some(14));
    }

    proptest! {
        #[test]
        fn a_header_that_breaks_off_has_no_size_and_harms_nobody(
            start in "(\u{ff}\u{d8}|GIF|RIFF....WEBPVP8[XL ])",
            rest: Vec<u8>,
        ) {
            let start: Vec<u8> = start.chars().map(|c| c as u8).collect();
            picture_pixels(&[start, rest].concat());
            prop_assert_eq!(picture_pixels(b"\xFF\xD8\xFF\xE0\0\xFF"), None);
        }
    }
}
