//! How a letter is shown: as designed, as a letter, as plain text; what is folded; what is remembered.

use super::support::{
    app::App,
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
};

const PERSON: &str = "<div dir=\"ltr\">Hi <b onclick=\"xss()\">Ana</b>,<div><br></div><div>see <a href=\"https://evil.example/\">bank.example</a>\
    <script>xss()</script></div><ul><li>tiles</li></ul><img src=\"https://tracker.example/x.png\" width=1 height=1></div>\
    <div class=\"gmail_quote\"><div class=\"gmail_attr\">On Monday Ana wrote:<br></div><blockquote class=\"gmail_quote\">older words</blockquote></div>";
const DESIGNED: &str =
    "<body bgcolor=\"#eeeeee\"><table width=600><tr><td><h1>Six soups</h1><p>Read on</table>";

fn deliver(user: &TestUser<'_>, subject: &str, html: &str) {
    let message = format!(
        "From: Mihai <mihai@example.net>\r\nTo: you@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain words\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    );
    user.deliver(message.as_bytes());
}

async fn open(browser: &Browser, subject: &str) -> Page {
    browser.get("/mailbox/INBOX").await.follow(subject).await
}

fn has_frame(page: &Page) -> bool {
    page.source().contains("<iframe")
}

#[tokio::test]
async fn what_a_person_writes_is_a_letter_and_none_of_its_markup_is_in_the_page() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Roof", PERSON);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Roof").await;
    assert!(!has_frame(&page), "{}", page.source());
    let source = page.source();
    for shown in [
        "Hi <b>Ana</b>,",
        "<a href=\"https://evil.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">bank.example</a> <bdi class=\"link-host\">[evil.example]</bdi>",
        "<ul dir=\"auto\"><li><p>tiles</p></li></ul>",
    ] {
        let squeezed = source.replace(">\n<", "><");
        assert!(squeezed.contains(shown), "{shown}: {source}");
    }
    for hidden in ["xss", "onclick", "gmail_quote", "tracker.example"] {
        assert!(!source.contains(hidden), "{hidden}: {source}");
    }
}

#[tokio::test]
async fn what_is_older_is_folded_unless_the_letter_was_sent_on() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Re: Roof", PERSON);
    deliver(&user, "Fwd: Roof", PERSON);
    let browser = app.sign_in(&user).await;
    let answer = open(&browser, "Re: Roof").await;
    let source = answer.source();
    let (_, folded) = source.split_once("class=\"folded\"").unwrap();
    assert!(folded.contains("On Monday Ana wrote:") && folded.contains("older words"));
    let body = browser.get(&format!("{}/body", answer.path())).await;
    let source = body.source();
    let (_, folded) = source.split_once("class=\"earlier\"").unwrap();
    assert!(folded.contains("older words"), "{source}");
    let forward = open(&browser, "Fwd: Roof").await;
    assert!(!forward.source().contains("class=\"folded\""));
    let body = browser.get(&format!("{}/body", forward.path())).await;
    assert!(!body.source().contains("<details"), "{}", body.source());
}

#[tokio::test]
async fn every_view_is_a_link_away() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", DESIGNED);
    let browser = app.sign_in(&user).await;
    let designed = open(&browser, "Soups").await;
    assert!(has_frame(&designed));
    let letter = designed.follow("Show as a letter").await;
    assert!(!has_frame(&letter));
    let shown = letter.region("main").unwrap();
    assert!(
        shown.contains("Six soups") && shown.contains("Shown as a letter."),
        "{shown}"
    );
    let text = letter.follow("Show as text").await;
    let shown = text.region("main").unwrap();
    assert!(
        shown.contains("plain words") && !shown.contains("Six soups"),
        "{shown}"
    );
    assert!(has_frame(&text.follow("Show as designed").await));
}

#[tokio::test]
async fn a_view_is_remembered_for_a_sender_until_it_is_forgotten() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", DESIGNED);
    deliver(&user, "Stews", DESIGNED);
    let browser = app.sign_in(&user).await;
    let text = open(&browser, "Soups").await.follow("Show as text").await;
    assert!(
        has_frame(&open(&browser, "Stews").await),
        "looking changes nothing"
    );
    let kept = text.form("Always for this sender").submit().await;
    assert_eq!(kept.status, 200);
    assert!(kept.text().contains("now open this way"), "{}", kept.text());
    assert!(!has_frame(&open(&browser, "Stews").await));
    let settings = browser.get("/settings").await;
    let listed = settings.text();
    assert!(
        listed.contains("mihai@example.net Shown as plain text."),
        "{listed}"
    );
    let forget = settings.form("Forget the choices for mihai@example.net");
    assert_eq!(forget.submit().await.status, 200);
    assert!(has_frame(&open(&browser, "Stews").await));
    let path = open(&browser, "Soups").await.path().to_owned();
    let refused = browser
        .post(&format!("{path}/view"), &[("view", "other")])
        .await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn plain_text_can_be_the_rule() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", DESIGNED);
    let browser = app.sign_in(&user).await;
    browser.post("/settings", &[("view", "text")]).await;
    assert!(!has_frame(&open(&browser, "Soups").await));
    browser.post("/settings", &[("view", "")]).await;
    assert!(has_frame(&open(&browser, "Soups").await));
}

#[tokio::test]
async fn pictures_of_the_message_stand_in_the_letter() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver(
        b"From: Mihai <mihai@example.net>\r\nSubject: Photo\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
          --r\r\nContent-Type: text/html\r\n\r\n<p>The north side:</p><img src=\"cid:photo@x\" alt=\"North\">\r\n\
          --r\r\nContent-Type: image/gif\r\nContent-ID: <photo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAAAAACw=\r\n--r--\r\n",
    );
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Photo").await;
    let picture = format!("<img src=\"{}/part/2\" alt=\"North\"", page.path());
    assert!(page.source().contains(&picture), "{}", page.source());
    let picture = browser.get(&format!("{}/part/2", page.path())).await;
    assert_eq!(picture.header("content-type"), Some("image/gif"));
}

#[tokio::test]
async fn a_picture_too_large_for_the_letter_is_a_line_that_leads_to_it() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let part = |id: &str, kind: &str, octets: usize| {
        format!(
            "--r\r\nContent-Type: image/{kind}; name=\"{id}.{kind}\"\r\nContent-ID: <{id}>\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            format!("{}\r\n", "AAAA".repeat(19)).repeat(octets / 57)
        )
    };
    let message = format!(
        "From: Mihai <mihai@example.net>\r\nSubject: Photos\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
         --r\r\nContent-Type: text/html\r\n\r\n<p>The roof:</p><img src=cid:small alt=North><img src=cid:large alt=South><img src=cid:other>\r\n\
         {}{}{}--r--\r\n",
        part("small", "png", 500 << 10),
        part("large", "png", 600 << 10),
        part("other", "heic", 1 << 10)
    );
    user.deliver(message.as_bytes());
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Photos").await;
    let source = page.source();
    assert_eq!(source.matches("<p class=\"inlaid\"><img ").count(), 1);
    assert!(source.contains("/part/2\" alt=\"North\""), "{source}");
    let text = page.region("main").unwrap();
    assert!(text.contains("large.png 600 kB"), "{text}");
    assert!(text.contains("other.heic 969 B"), "{text}");
    assert!(page.link("large.png 600 kB").path().ends_with("/part/3"));
    let printed = browser
        .get(&format!("{}/print?view=letter", page.path()))
        .await;
    assert!(printed.text().contains("large.png 600 kB"));
}
