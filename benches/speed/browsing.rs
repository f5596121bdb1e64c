//! What a person does in Posta, as requests.

use crate::{
    browser,
    process::Posta,
    support::{mail_server::TestUser, page::Browser},
};

/// A signed-in browser.
pub struct Session {
    browser: Browser,
}

impl Session {
    /// Signs in and shows the inbox.
    pub async fn sign_in(posta: &Posta, user: &TestUser<'_>) -> Self {
        let browser = browser(posta);
        let fields = [("email", user.email.as_str()), ("password", &user.password)];
        let inbox = browser.post("/login", &fields).await;
        assert_eq!(inbox.status, 200, "{}", inbox.text());
        assert_eq!(inbox.path(), "/mailbox/INBOX");
        Self { browser }
    }

    /// A request without parsing its answer.
    pub async fn get(&self, path: &str) {
        self.read(path, "empty").await;
    }

    /// The document of a frame.
    pub async fn frame(&self, path: &str) {
        self.read(path, "iframe").await;
    }

    async fn read(&self, path: &str, destination: &str) {
        let request = self
            .browser
            .bare(reqwest::Method::GET, path)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-dest", destination);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.bytes().await.unwrap();
    }

    /// Stars a message, `uidvalidity.uid`, of the INBOX.
    pub async fn star(&self, message: &str) {
        let fields = [("action", "star"), ("message", message)];
        self.form("/mailbox/INBOX/actions", &fields).await;
    }

    /// Adds a file of so many octets to a new draft.
    pub async fn upload(&self, size: usize) {
        let draft = self.new_draft().await;
        let part = reqwest::multipart::Part::bytes(vec![b'x'; size]).file_name("file.bin");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self
            .browser
            .bare(reqwest::Method::POST, &format!("{draft}/attachments"))
            .header("sec-fetch-site", "same-origin")
            .multipart(form);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, 303);
    }

    /// Sends a message of 100 kB to the user.
    pub async fn send(&self, user: &TestUser<'_>) {
        let draft = self.new_draft().await;
        let text = "All work and no play makes a dull day.\n".repeat(2500);
        let fields = [
            ("to", user.email.as_str()),
            ("subject", "bench"),
            ("body", &text),
        ];
        self.form(&format!("{draft}/send"), &fields).await;
    }

    async fn new_draft(&self) -> String {
        let page = self.browser.get_only("/compose").await;
        page.header("location").unwrap().to_owned()
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .browser
            .bare(reqwest::Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, 303, "{path}");
    }
}
