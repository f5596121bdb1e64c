//! The browser of the stories does what browsers do with links, forms, redirects and cookies.

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use url::Url;

use super::support::{page::Browser, postgres};

const PAGE: &str = r#"<!doctype html><title>Try</title><header>Top</header><nav aria-label="Mailboxes"><a href="/next?a=1">In<b>box</b></a></nav>
<main><h1>One</h1><p>two   <bdi>three</bdi></p><script>four</script><noscript>five</noscript><ul><li>r1<li>r2</ul></main>
<form action=/echo method=post id=f><input type=hidden name=h value=1><label>Name <input name=n value=x></label>
<label for=t>Text</label><textarea id=t name=t>
old</textarea><label><input type=checkbox name=c value=yes> Box</label><label>List <select name=s><option value=a>A<option value=b selected>B</select></label>
<input name=off disabled value=no><button>Save</button><button name=action value=go formaction=/echo?2 aria-label="Go on"><svg></svg></button></form>
<button form=f formmethod=get>Look</button>
<form action=/echo method=post enctype=multipart/form-data><input type=file name=file aria-label=Files><button>Attach</button></form>"#;

async fn browser() -> Browser {
    let echo = |headers: HeaderMap, body: Bytes| async move {
        let header = |name| {
            headers
                .get(name)
                .map_or("-", |value| value.to_str().unwrap())
        };
        let (site, origin) = (header("sec-fetch-site"), header("origin"));
        let (cookie, body) = (header("cookie"), String::from_utf8_lossy(&body));
        let from_here = origin.starts_with("http://127.0.0.1:");
        format!("site={site} origin={from_here} cookie={cookie} {body}")
    };
    let router = Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/echo", post(echo).get(echo))
        .route(
            "/next",
            get(|| async {
                (
                    [(header::SET_COOKIE, "sid=1; HttpOnly")],
                    Redirect::to("/echo"),
                )
                    .into_response()
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Browser::new(Url::parse(&url).unwrap())
}

#[tokio::test]
async fn a_page_is_read_as_a_person_reads_it() {
    let page = browser().await.get("/").await;
    assert_eq!((page.status, page.title().as_str()), (200, "Try"));
    assert_eq!(page.region("main").unwrap(), "One two three five r1 r2");
    assert_eq!(page.region("banner").unwrap(), "Top");
    assert_eq!(page.headings(), ["One"]);
    assert_eq!(page.rows(), ["r1", "r2"]);
    assert_eq!(page.links(), ["Inbox"]);
    assert_eq!(page.buttons(), ["Save", "Go on", "Look", "Attach"]);
    assert_eq!(page.field("Text"), "old");
}

#[tokio::test]
async fn a_link_is_followed_through_its_redirect_with_the_cookie_it_set() {
    let browser = browser().await;
    let page = browser.get("/").await.follow("Inbox").await;
    assert_eq!(page.path(), "/echo");
    assert_eq!(page.redirects.len(), 1);
    assert!(
        page.source()
            .starts_with("site=same-origin origin=false cookie=sid=1")
    );
    assert_eq!(browser.cookie().as_deref(), Some("sid=1"));
    let typed = browser.get_only("/next").await;
    assert_eq!(
        (typed.status, typed.header("location")),
        (303, Some("/echo"))
    );
    assert!(browser.get("/echo").await.source().starts_with("site=none"));
}

#[tokio::test]
async fn a_form_sends_what_was_filled_in_and_the_pressed_button() {
    let page = browser().await.get("/").await;
    let saved = page.form("Save").submit().await.source();
    assert_eq!(
        saved,
        "site=same-origin origin=true cookie=- h=1&n=x&t=old&s=b"
    );
    let form = page
        .form("Go on")
        .fill("Name", "é&")
        .fill("Text", "a\nb")
        .check("Box");
    let sent = form.choose("List", "A").set("forged", "1").submit().await;
    assert_eq!(sent.url.query(), Some("2"));
    let expected = "h=1&n=%C3%A9%26&t=a%0D%0Ab&s=a&c=yes&forged=1&action=go";
    assert!(sent.source().ends_with(expected), "{}", sent.source());
    let looked = page.form("Look").submit().await;
    assert_eq!(looked.url.query(), Some("h=1&n=x&t=old&s=b"));
}

#[tokio::test]
async fn chosen_files_travel_as_parts_with_their_names() {
    let page = browser().await.get("/").await;
    let none = page.form("Attach").submit().await.source();
    assert!(none.contains("name=\"file\"; filename=\"\""), "{none}");
    let form = page.form("Attach").file("Files", "a.txt", "one");
    let both = form.file("Files", "b.txt", "two").submit().await.source();
    assert!(
        both.contains("filename=\"a.txt\"") && both.contains("\r\n\r\ntwo\r\n"),
        "{both}"
    );
}

#[tokio::test]
async fn every_database_is_a_fresh_one() {
    let (one, other) = (
        postgres::database_url().await,
        postgres::database_url().await,
    );
    assert_ne!(one, other);
}
