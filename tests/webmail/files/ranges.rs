//! Pieces of a file: what stands there, or all of it, and never something else.

use super::{File, asked, base64, content, filed, letter, members};
use crate::support::{app::App, mail_server::MailServer};
use reqwest::Method;

#[tokio::test]
async fn a_range_of_a_file_is_what_stands_there() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let big = content(900_001);
    let lines: String = (0..40_000).map(|n| format!("line {n}\r\n")).collect();
    let files = [
        File(
            "big.bin",
            "application/octet-stream",
            "base64",
            base64(&big),
        ),
        File(
            "small.bin",
            "application/octet-stream",
            "base64",
            base64(&big[..1_000]),
        ),
        File("lines.csv", "text/csv", "7bit", lines.clone()),
        File("soft.csv", "text/csv", "quoted-printable", lines.clone()),
    ];
    let source = letter("Files: ranges", &files);
    let (browser, path) = filed(&app, &user, &source).await;
    for (part, expected) in [
        ("part/2", big.as_slice()),
        ("part/3", &big[..1_000]),
        ("part/4?download", lines.as_bytes()),
        ("source?download", &source),
    ] {
        let size = expected.len() as u64;
        let address = format!("{path}/{part}");
        let whole = asked(&browser, &address, &[]).await;
        assert_eq!(
            (whole.status, whole.header("accept-ranges")),
            (200, Some("bytes")),
            "{part}"
        );
        assert_eq!(
            whole.header("content-length"),
            Some(size.to_string().as_str()),
            "{part}"
        );
        assert!(whole.body == expected, "{part}");
        let tag = whole.header("etag").unwrap();
        for (first, end) in [
            (0, 1),
            (0, size),
            (1, 2),
            (56, 58),
            (size / 2, size / 2 + 300),
            (size - 1, size),
            (size / 3, size),
            (
                196_000.min(size - 1),
                (size / 2).max(196_000.min(size - 1) + 1),
            ),
        ] {
            let range = format!("bytes={first}-{}", end - 1);
            let page = asked(&browser, &address, &[("range", &range), ("if-range", tag)]).await;
            let what = format!("{part} {range}");
            assert_eq!(page.status, 206, "{what}");
            let told = format!("bytes {first}-{}/{size}", end - 1);
            assert_eq!(page.header("content-range"), Some(told.as_str()), "{what}");
            assert_eq!(
                page.header("content-length"),
                Some((end - first).to_string().as_str()),
                "{what}"
            );
            assert!(
                page.body == expected[first as usize..end as usize],
                "{what}"
            );
        }
        let last = asked(&browser, &address, &[("range", "bytes=-10")]).await;
        assert_eq!(last.status, 206);
        assert!(last.body == expected[expected.len() - 10..], "{part}");
    }
    // Nobody knows where an octet of it stands.
    let soft = asked(
        &browser,
        &format!("{path}/part/5"),
        &[("range", "bytes=0-9")],
    )
    .await;
    assert_eq!(
        (soft.status, soft.header("accept-ranges")),
        (200, Some("none"))
    );
    assert_eq!(
        (soft.header("content-length"), soft.header("etag")),
        (None, None)
    );
    assert!(soft.body == lines.as_bytes());
}

#[tokio::test]
async fn what_is_no_single_range_is_answered_with_the_whole_and_what_is_beyond_with_nothing() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let big = content(600_000);
    let file = [File(
        "big.bin",
        "application/octet-stream",
        "base64",
        base64(&big),
    )];
    let (browser, path) = filed(&app, &user, &letter("Files: odd", &file)).await;
    let address = format!("{path}/part/2");
    let many = format!("bytes={}", ["0-1"; 1_000].join(","));
    for range in [
        "bytes=0-1,5-9",
        &many,
        "bytes=9-5",
        "bytes=",
        "bytes=x-",
        "bytes=-",
        "bytes=0--5",
        "octets=0-1",
        "0-1",
    ] {
        let page = asked(&browser, &address, &[("range", range)]).await;
        assert_eq!(
            (page.status, page.body.len()),
            (200, big.len()),
            "{range:.40}"
        );
        assert_eq!(page.header("content-range"), None);
    }
    for range in [
        "bytes=600000-",
        "bytes=600000-600001",
        "bytes=18446744073709551615-18446744073709551615",
        "bytes=99999999999999999999999999-",
        "bytes=-0",
    ] {
        let page = asked(&browser, &address, &[("range", range)]).await;
        assert_eq!((page.status, page.body.len()), (416, 0), "{range}");
        assert_eq!(page.header("content-range"), Some("bytes */600000"));
    }
    let rest = asked(
        &browser,
        &address,
        &[("range", "bytes=599990-99999999999999999999999")],
    )
    .await;
    assert_eq!((rest.status, rest.body.as_slice()), (206, &big[599_990..]));
    let others = asked(
        &browser,
        &address,
        &[("range", "bytes=0-1"), ("if-range", "\"1.1-2\"")],
    )
    .await;
    assert_eq!((others.status, others.body.len()), (200, big.len()));
    let request = browser
        .bare(Method::HEAD, &address)
        .header("range", "bytes=0-1");
    let head = browser.send(request).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("600000"));
}

#[tokio::test]
async fn lines_of_different_lengths_are_read_to_the_end_and_counted_by_nobody() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let big = content(900_000);
    let mut odd = base64(&big);
    odd.insert_str(78 * 6_000, "\r\n");
    // So many that the lines behind them stand where lines should: it looks regular at both ends.
    let mut sly = base64(&big);
    sly.insert_str(78 * 6_000, &"\r\n".repeat(39));
    let files = [
        File("odd.bin", "application/octet-stream", "base64", odd),
        File("sly.bin", "application/octet-stream", "base64", sly),
    ];
    let (browser, path) = filed(&app, &user, &letter("Files: irregular", &files)).await;
    let odd = asked(
        &browser,
        &format!("{path}/part/2"),
        &[("range", "bytes=500000-500009")],
    )
    .await;
    assert_eq!((odd.status, odd.header("content-length")), (200, None));
    assert!(odd.body == big);
    let sly = browser.bare(Method::GET, &format!("{path}/part/3"));
    let sly = sly.send().await.unwrap();
    assert!(
        sly.bytes().await.is_err(),
        "less than was told is no success"
    );
    let archive = browser.get(&format!("{path}/files.zip")).await;
    assert_eq!(archive.status, 200, "the archive counts for itself");
    assert!(
        members(&archive.body)
            .iter()
            .all(|(_, _, checksum)| *checksum == crc32fast::hash(&big))
    );
}
