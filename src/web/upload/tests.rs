use super::*;
use futures_util::{StreamExt, stream};
use std::time::Duration;

const BOUNDARY: &str = "----boundary";

fn limits() -> Limits {
    let server = || crate::config::Server {
        host: "127.0.0.1".into(),
        port: 1,
        security: crate::config::Security::None,
    };
    let mut limits = crate::config::Config::new(server(), server()).limits;
    limits.upload = 1_000;
    limits
}

fn field(name: &str, value: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(filename: &str, content: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n"
    )
}

fn end() -> String {
    format!("--{BOUNDARY}--\r\n")
}

fn multipart(body: impl Into<Body>) -> Request {
    Request::post("/")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body.into())
        .unwrap()
}

fn post(body: impl Into<Body>) -> Upload {
    Upload::begin(multipart(body), &limits()).unwrap()
}

#[tokio::test]
async fn text_in_front_of_the_files_is_there_before_the_first_file_ends() {
    let head =
        Bytes::from(field("subject", "Roof") + file("a.txt", "").trim_end() + "\r\n\r\nhalf");
    let body =
        Body::from_stream(stream::iter([Ok::<_, std::io::Error>(head)]).chain(stream::pending()));
    let mut upload = post(body);
    upload.text_fields().await.unwrap();
    assert_eq!(upload.fields().raw("subject"), Some("Roof"));
}

#[tokio::test]
async fn exactly_the_limit_passes_and_one_more_octet_does_not() {
    let body = field("subject", "Roof")
        + &file("a.txt", &"a".repeat(400))
        + &file("b.txt", &"b".repeat(600))
        + &end();
    let mut upload = post(body);
    upload.text_fields().await.unwrap();
    let files = upload.files().await.unwrap();
    assert_eq!(
        files
            .iter()
            .map(|file| file.content.len())
            .collect::<Vec<_>>(),
        [400, 600]
    );

    let mut upload =
        post(file("a.txt", &"a".repeat(400)) + &file("b.txt", &"b".repeat(601)) + &end());
    upload.text_fields().await.unwrap();
    let Err(FilesError::TooLarge { filename, limit }) = upload.files().await else {
        panic!()
    };
    assert_eq!((filename.as_str(), limit), ("b.txt", 1_000));
}

#[tokio::test]
async fn an_endless_file_is_refused_after_the_limit() {
    let head = file("endless.bin", "").trim_end().to_owned() + "\r\n\r\n";
    let read = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&read);
    let endless = stream::repeat_with(move || {
        counter.fetch_add(100, Ordering::Relaxed);
        Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 100]))
    });
    let mut upload = post(Body::from_stream(
        stream::iter([Ok(Bytes::from(head))]).chain(endless),
    ));
    upload.text_fields().await.unwrap();
    assert!(matches!(
        upload.files().await,
        Err(FilesError::TooLarge { .. })
    ));
    assert!(
        read.load(Ordering::Relaxed) <= 1_400,
        "{}",
        read.load(Ordering::Relaxed)
    );
}

#[tokio::test]
async fn half_a_body_keeps_the_fields_that_were_whole() {
    let mut upload =
        post(field("subject", "Roof") + &field("body", "Dear").trim_end().replace("Dear", "De"));
    assert!(matches!(upload.text_fields().await, Err(Error::BrokenBody)));
    assert_eq!(upload.fields().raw("subject"), Some("Roof"));
    assert!(!upload.fields().has("body"));
}

#[tokio::test]
async fn a_file_field_in_which_nothing_was_chosen_is_left_out() {
    let mut upload = post(
        field("subject", "Roof")
            + &file("", "")
            + &file("empty.txt", "")
            + &field("action", "attach")
            + &end(),
    );
    upload.text_fields().await.unwrap();
    let files = upload.files().await.unwrap();
    assert_eq!(
        files
            .iter()
            .map(|file| file.filename.as_str())
            .collect::<Vec<_>>(),
        ["empty.txt"]
    );
    assert_eq!(upload.fields().raw("action"), Some("attach"));
}

#[tokio::test]
async fn too_many_fields_and_endless_names_are_no_form() {
    let mut upload = post(field("a", "1").repeat(65) + &end());
    assert!(matches!(upload.text_fields().await, Err(Error::BadForm)));
    let mut upload = post(field(&"n".repeat(257), "1") + &end());
    assert!(matches!(upload.text_fields().await, Err(Error::BadForm)));
    let head = Bytes::from(format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\""
    ));
    let endless =
        stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'n'; 4096])));
    let mut upload = post(Body::from_stream(stream::iter([Ok(head)]).chain(endless)));
    assert!(matches!(upload.text_fields().await, Err(Error::BadForm)));
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let head = Bytes::from(field("subject", "Roof") + "--" + BOUNDARY);
    let silent =
        Body::from_stream(stream::iter([Ok::<_, std::io::Error>(head)]).chain(stream::pending()));
    let limits = Limits {
        body_idle: Duration::from_millis(50),
        ..limits()
    };
    let mut upload = Upload::begin(multipart(silent), &limits).unwrap();
    assert!(matches!(upload.text_fields().await, Err(Error::Stalled)));
    assert_eq!(upload.fields().raw("subject"), Some("Roof"));
}

#[tokio::test]
async fn a_letter_without_files_may_come_urlencoded() {
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("subject=Roof&body=a%0D%0Ab"))
        .unwrap();
    let mut upload = Upload::begin(request, &limits()).unwrap();
    upload.text_fields().await.unwrap();
    assert_eq!(upload.fields().text("body").unwrap(), "a\nb");
    assert!(upload.files().await.unwrap().is_empty());
}

#[test]
fn other_bodies_are_not_forms() {
    let request = Request::post("/")
        .header("content-type", "text/plain")
        .body(Body::empty())
        .unwrap();
    assert!(matches!(
        Upload::begin(request, &limits()),
        Err(Error::UnsupportedForm)
    ));
}
