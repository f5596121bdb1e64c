//! What opening a letter fetches, and what is kept of one that was open just now.

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Direction},
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
};

/// Octets that a letter may cost beside what is shown of it.
const BESIDE: u64 = 8 << 10;

/// A mailbox with one letter, seen through a network that counts.
struct Counted<'s> {
    proxy: CuttingProxy,
    user: TestUser<'s>,
    browser: Browser,
    _app: App,
    path: String,
}

impl Counted<'_> {
    async fn with(letter: &str) -> Self {
        let proxy = CuttingProxy::to(MailServer::shared().imaps);
        let app = App::start_behind(&proxy, |_| {}).await;
        let user = MailServer::shared().user();
        user.imap().append("INBOX", "", letter.as_bytes());
        let browser = app.sign_in(&user).await;
        let list = browser.get("/mailbox/INBOX").await;
        let path = list.link("Soups").path().to_owned();
        Self {
            proxy,
            user,
            browser,
            _app: app,
            path,
        }
    }

    /// The page below the letter's path, and what the mail server had to tell for it.
    async fn get(&self, below: &str) -> (Page, u64) {
        let before = self.proxy.octets(Direction::ToClient);
        let page = self.browser.get(&format!("{}{below}", self.path)).await;
        (page, self.proxy.octets(Direction::ToClient) - before)
    }

    fn elsewhere(&self, commands: &[&str]) {
        let mut other = self.user.imap();
        other.select("INBOX");
        for command in commands {
            other.command(command);
        }
    }
}

/// So many octets that no two lines of are alike.
fn lines(octets: usize) -> String {
    let line = |number: usize| format!("Line {number} of the soup and what belongs into it.\r\n");
    let mut text: String = (0..=octets / 40).map(line).collect();
    text.truncate(octets);
    text
}

/// A text of 30 kB, HTML of 40 kB around `html`, and a file of 300 kB.
fn soups(html: &str) -> String {
    let (text, file) = (lines(30_000), "UG9zdGEu".repeat(9) + "\r\n");
    let html = format!("{html}<p>{}</p>", lines(40_000));
    format!(
        "From: Kitchen <kitchen@example.net>\r\nSubject: Soups\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
         Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\
         Content-Type: text/plain\r\n\r\nPlain words.\r\n{text}\r\n--i\r\n\
         Content-Type: text/html\r\n\r\n{html}\r\n--i--\r\n--o\r\n\
         Content-Type: application/pdf; name=soup.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\
         --o--\r\n",
        file.repeat(4000)
    )
}

const DESIGNED: &str = "<table width=600 bgcolor=#eeddcc><tr><td>Designed words</table><style>@media (max-width:480px){td{color:red}}</style>";

#[tokio::test]
async fn a_letter_with_its_frame_costs_what_is_shown_of_it() {
    let soups = Counted::with(&soups(DESIGNED)).await;
    let (page, octets) = soups.get("").await;
    let (frame, framed) = soups.get("/body").await;
    assert!(page.source().contains("<iframe"), "{}", page.source());
    assert!(frame.text().contains("Designed words"));
    assert!(
        (40_000..40_000 + BESIDE).contains(&(octets + framed)),
        "{octets} and {framed} octets"
    );
    println!("{octets} for the page, {framed} for its frame");
}

#[tokio::test]
async fn a_letter_that_is_opened_again_is_not_fetched_again() {
    let soups = Counted::with(&soups("<p>Own words</p>")).await;
    let (first, octets) = soups.get("").await;
    let (again, less) = soups.get("").await;
    assert!(first.text().contains("Own words") && again.text().contains("Own words"));
    assert!(octets > 40_000 && less < 2_000, "{octets}, then {less}");

    let (text, octets) = soups.get("?view=text").await;
    assert!(text.text().contains("Plain words."), "{}", text.text());
    let read = 30_000..30_000 + BESIDE;
    assert!(read.contains(&octets), "{octets} octets of text");
    let (_, octets) = soups.get("?view=text").await;
    assert!(octets < 2_000, "{octets}");
    assert_eq!(soups.get("/body").await.0.status, 200);
}

#[tokio::test]
async fn a_letter_that_is_always_shown_as_text_costs_only_that() {
    let letter = soups(DESIGNED);
    let soups = Counted::with(&letter).await;
    let fields = [("view", "text"), ("next", "/mailbox/INBOX")];
    let always = format!("{}/view", soups.path);
    assert_eq!(soups.browser.post(&always, &fields).await.status, 200);
    soups.user.imap().append("INBOX", "", letter.as_bytes());
    let list = soups.browser.get("/mailbox/INBOX").await;
    let before = soups.proxy.octets(Direction::ToClient);
    let page = list.follow("Soups").await;
    let octets = soups.proxy.octets(Direction::ToClient) - before;
    assert!(page.text().contains("Plain words."), "{}", page.text());
    assert!((30_000..30_000 + BESIDE).contains(&octets), "{octets}");
    let designed = page.follow("Show as designed").await;
    assert!(designed.source().contains("<iframe"), "{}", designed.text());
    let usual = designed.follow("Show as text").await;
    assert!(usual.text().contains("Plain words."), "{}", usual.text());
}

#[tokio::test]
async fn a_letter_over_a_cap_is_shown_as_its_own_text() {
    let soups = Counted::with(&soups(&"<div>".repeat(300))).await;
    for _ in 0..2 {
        let (page, _) = soups.get("").await;
        assert!(page.text().contains("Plain words."), "{}", page.text());
        assert!(page.has_link("Show source"), "{:?}", page.links());
        assert!(!page.source().contains("<iframe"));
    }
    let (frame, _) = soups.get("/body").await;
    assert!(frame.status == 200 && frame.text().contains("Line 7 of the soup"));
}

#[tokio::test]
async fn what_another_device_did_to_an_open_letter_is_seen() {
    let soups = Counted::with(&soups(DESIGNED)).await;
    let starred = |page: &Page| page.has_button("Remove star");
    assert!(!starred(&soups.get("").await.0));
    soups.elsewhere(&["STORE 1 +FLAGS.SILENT (\\Flagged)"]);
    assert!(starred(&soups.get("").await.0));
    soups.elsewhere(&["STORE 1 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"]);
    for below in ["", "/body", "?view=text"] {
        assert_eq!(soups.get(below).await.0.status, 404, "{below}");
    }
}

#[tokio::test]
async fn a_mailbox_made_anew_has_no_letter_of_the_old_one() {
    let letter = soups(DESIGNED);
    let soups = Counted::with(&letter).await;
    let mut other = soups.user.imap();
    other.command("CREATE Kitchen");
    other.append("Kitchen", "", letter.as_bytes());
    let list = soups.browser.get("/mailbox/Kitchen").await;
    let path = list.link("Soups").path().to_owned();
    assert_eq!(soups.browser.get(&path).await.status, 200);
    other.command("DELETE Kitchen");
    other.command("CREATE Kitchen");
    other.append("Kitchen", "", b"Subject: Another\r\n\r\nother words\r\n");
    for below in ["", "/body"] {
        let page = soups.browser.get(&format!("{path}{below}")).await;
        assert_eq!(page.status, 410, "{}", page.text());
    }
}

/// The same said twice.
fn alternative(head: &str, text: &str, html: &str) -> String {
    format!(
        "{head}Subject: Soups\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\
         {text}\r\n--i\r\n{html}\r\n--i--\r\n"
    )
}

#[tokio::test]
async fn where_one_of_two_texts_is_empty_the_other_is_shown() {
    let (text, html) = (
        "Content-Type: text/plain\r\n\r\n",
        "Content-Type: text/html\r\n\r\n",
    );
    for blank in ["", " \r\n", "\r\n\r\n"] {
        let letter = alternative(
            "",
            &format!("{text}{blank}"),
            &format!("{html}<p>Leeks</p>"),
        );
        let soups = Counted::with(&letter).await;
        for below in ["/print", "", "?view=text", "/print"] {
            let (page, _) = soups.get(below).await;
            assert!(page.text().contains("Leeks"), "{below}: {}", page.text());
        }
        let text_first = [("view", "text"), ("language", "en")];
        soups.browser.post("/settings", &text_first).await;
        soups.user.imap().append("INBOX", "", letter.as_bytes());
        let list = soups.browser.get("/mailbox/INBOX").await;
        let page = list.follow("Soups").await;
        assert!(page.text().contains("Leeks"), "{}", page.text());

        let letter = alternative("", &format!("{text}Leeks"), &format!("{html}{blank}"));
        let soups = Counted::with(&letter).await;
        let (page, _) = soups.get("").await;
        assert!(page.text().contains("Leeks"), "{}", page.text());
    }
}

#[tokio::test]
async fn what_stood_open_before_changes_nothing_of_a_page() {
    let text = "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
                Words.\r\nbegin 644 leeks.txt\r\n#0V%T\r\n`\r\nend\r\n";
    let html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Leeks</p>";
    let letter = alternative("X-Seen: no\r\n", text, html);
    let soups = Counted::with(&letter).await;
    let archive = async || soups.get("/files.zip").await.0.status;
    assert_eq!(archive().await, 200);
    let files = |page: &Page| page.region("main").unwrap().contains("leeks.txt");
    for _ in 0..2 {
        assert!(!files(&soups.get("").await.0));
        assert!(files(&soups.get("?view=text").await.0));
        assert_eq!(archive().await, 200);
    }

    let subject = b"From: a@example.org\r\nSubject: \xf0\xd2\xc9\xd7\xc5\xd4\r\n";
    let rest = alternative("", text, html).replace("Subject: Soups\r\n", "");
    let letter = [subject, rest.as_bytes()].concat();
    soups.user.imap().append("INBOX", "", &letter);
    let list = soups.browser.get("/mailbox/INBOX").await;
    let page = list.follow("Привет").await;
    assert!(page.headings().contains(&"Привет".to_owned()));
    let text = page.follow("Show as text").await;
    assert!(text.headings().contains(&"Привет".to_owned()));
}
