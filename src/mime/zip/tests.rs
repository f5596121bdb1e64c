use super::*;
use std::io::Write as _;
use std::process::Command;

fn archive(members: &[(&str, &[u8], u64)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(1_762_336_800);
    let mut out = Vec::new();
    for (name, content, most) in members {
        out.extend(zip.begin(name, *most));
        for piece in content.chunks(100_000) {
            out.extend(zip.content(piece).unwrap());
        }
        out.extend(zip.end().unwrap());
    }
    out.extend(zip.finish());
    out
}

/// What Python's reader, which was written by others, finds in an archive: name, size and checksum, all content checked.
fn read_by_python(archive: &[u8]) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                  for i in z.infolist(): print(i.filename, i.file_size, len(z.read(i)), *i.date_time)";
    let run = Command::new("python3")
        .args(["-c", script])
        .arg(file.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{errors}");
    let printed = String::from_utf8(run.stdout).unwrap();
    printed.lines().map(str::to_owned).collect()
}

#[test]
fn another_reader_finds_every_member_whole() {
    let long: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let written = archive(&[
        ("note.txt", b"hello", 5),
        ("empty", b"", 0),
        ("Übersicht.pdf", &long, 300_000),
        ("film.mkv", &long, 5 << 30),
    ]);
    assert_eq!(
        read_by_python(&written),
        [
            "note.txt 5 5 2025 11 5 10 0 0",
            "empty 0 0 2025 11 5 10 0 0",
            "Übersicht.pdf 300000 300000 2025 11 5 10 0 0",
            "film.mkv 300000 300000 2025 11 5 10 0 0",
        ]
    );
    assert_eq!(read_by_python(&archive(&[])).len(), 0);
}

#[test]
fn an_archive_beyond_four_gibibytes_is_told_in_64_bits() {
    let mut zip = ZipWriter::new(0);
    let before = zip.begin("a", 5 << 30);
    // As if five GiB had been written.
    zip.octets = 5 << 30;
    zip.members[0].size = 5 << 30;
    zip.members[0].packed = (5 << 30) - before.len() as u64;
    let end = zip.end().unwrap();
    assert_eq!(end.len(), 5 + 4 + 4 + 8 + 8);
    let second = zip.begin("b", 1);
    assert_eq!(second.len(), 31, "a small member has small fields");
    zip.end().unwrap();
    let directory = zip.finish();
    let at = |signature: u32| {
        let wanted = signature.to_le_bytes();
        directory.windows(4).position(|four| four == wanted)
    };
    assert!(at(0x0606_4b50).is_some() && at(0x0706_4b50).is_some());
    assert!(directory.ends_with(&[0xFF, 0xFF, 0xFF, 0xFF, 0, 0]));
}

#[test]
fn names_are_safe_and_each_stands_once() {
    let mut zip = ZipWriter::new(0);
    for name in [
        "../../a.pdf",
        "A.pdf",
        "c\\a.pdf",
        "a (2).pdf",
        "x",
        "x",
        "",
        "\u{202e}fdp.exe",
        "\u{e9}t\u{e9}.pdf",
        "e\u{301}te\u{301}.pdf",
        "E\u{301}T\u{c9}.pdf",
    ] {
        zip.begin(name, 0);
        zip.end().unwrap();
    }
    let names: Vec<&str> = zip
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "a.pdf",
            "A (2).pdf",
            "a (3).pdf",
            "a (2) (2).pdf",
            "x",
            "x (2)",
            "attachment",
            "fdp.exe",
            "\u{e9}t\u{e9}.pdf",
            "e\u{301}te\u{301} (2).pdf",
            "E\u{301}T\u{c9} (3).pdf",
        ]
    );
}

#[test]
fn a_member_that_outgrows_what_was_announced_ends_the_archive() {
    let mut zip = ZipWriter::new(0);
    zip.begin("a", 10);
    zip.members[0].packed = u64::from(u32::MAX) - 100;
    assert!(zip.content(&[0; 90]).is_ok());
    assert!(zip.content(&[0; 90]).is_err());
    assert!(
        ZipWriter::new(0).content(b"x").is_err(),
        "no member was begun"
    );
}

#[test]
fn times_that_a_zip_cannot_tell_are_its_first() {
    for seconds in [i64::MIN, -1, 0, 315_532_799, i64::MAX, 9_000_000_000] {
        assert_eq!(dos_time(seconds), [0, 33], "{seconds}");
    }
    assert_eq!(dos_time(315_532_800 + 3_661), [1 << 11 | 1 << 5, 33]);
}
