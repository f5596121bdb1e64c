//! A browser without script: keeps cookies, follows links and redirects, and fills in forms by what is written beside
//! their fields. It sends the headers by which a server tells a person's click from a forged request.

mod dom;
mod form;

use std::sync::Arc;

use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    cookie::{CookieStore as _, Jar},
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};
use url::Url;

use self::dom::{Dom, Node};
pub use self::form::Form;

const REDIRECTS: usize = 10;

/// One browser of one person. Clones share their cookies, as tabs do.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    cookies: Arc<Jar>,
    base: Url,
    languages: String,
}

/// An answer, and how one got to it.
pub struct Page {
    pub status: u16,
    pub url: Url,
    pub headers: HeaderMap,
    /// The addresses that answered with a redirect on the way here.
    pub redirects: Vec<Url>,
    pub body: Vec<u8>,
    dom: Dom,
    browser: Browser,
}

impl Browser {
    /// A browser that has not been here before. `base` ends with `/`.
    pub fn new(base: Url) -> Self {
        // Installed already when Posta runs in this process.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let cookies = Arc::new(Jar::default());
        let client = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            cookies,
            base,
            languages: "en".to_owned(),
        }
    }

    /// A person who reads these languages, in the notation of Accept-Language.
    #[must_use]
    pub fn speaking(mut self, languages: &str) -> Self {
        languages.clone_into(&mut self.languages);
        self
    }

    /// Opens an address that was typed or bookmarked, and follows redirects.
    pub async fn get(&self, path: &str) -> Page {
        let url = self.url(path);
        let request = self.navigation(Method::GET, &url, None);
        self.answer(request, url).await
    }

    /// The status that a typed address answers with, when all of the answer has come. The page is not taken apart: that
    /// takes longer than making it.
    pub async fn status(&self, path: &str) -> u16 {
        let url = self.url(path);
        let response = send(self.navigation(Method::GET, &url, None)).await;
        let status = response.status().as_u16();
        response.bytes().await.expect("the whole answer");
        status
    }

    /// The answer to a typed address itself, without following a redirect.
    pub async fn get_only(&self, path: &str) -> Page {
        let url = self.url(path);
        let response = send(self.navigation(Method::GET, &url, None)).await;
        self.page(response, url, Vec::new()).await
    }

    /// Posts fields as a form of Posta's own page would, and follows redirects.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let url = self.url(path);
        let from = self.base.clone();
        let request = self
            .navigation(Method::POST, &url, Some(&from))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(fields));
        self.answer(request, url).await
    }

    /// A request with this browser's cookies and nothing else: no header that only browsers send.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// Sends a request made by [`Browser::bare`], without following a redirect.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        let response = send(request).await;
        let url = response.url().clone();
        self.page(response, url, Vec::new()).await
    }

    /// What this browser would send as `Cookie`.
    pub fn cookie(&self) -> Option<String> {
        let value = self.cookies.cookies(&self.base)?;
        Some(value.to_str().expect("ASCII").to_owned())
    }

    /// Takes a cookie in the notation of `Set-Cookie`.
    pub fn set_cookie(&self, cookie: &str) {
        self.cookies.add_cookie_str(cookie, &self.base);
    }

    fn url(&self, path: &str) -> Url {
        let path = path.strip_prefix('/').unwrap_or(path);
        self.base.join(path).expect("an address")
    }

    /// A request for a whole page; `from` is the page whose link or form asks for it.
    fn navigation(&self, method: Method, url: &Url, from: Option<&Url>) -> RequestBuilder {
        let site = match from {
            None => "none",
            Some(from) if from.origin() == url.origin() => "same-origin",
            Some(_) => "cross-site",
        };
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("accept-language", &self.languages)
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-user", "?1");
        if let Some(from) = from {
            request = request.header("referer", from.as_str());
            if method != Method::GET {
                request = request.header("origin", from.origin().ascii_serialization());
            }
        }
        request
    }

    /// Follows redirects: 303 turns a POST into a GET, 307 repeats it.
    async fn answer(&self, request: RequestBuilder, url: Url) -> Page {
        let from = url.clone();
        let mut url = url;
        let repeatable = request.try_clone();
        let mut response = send(request).await;
        let mut redirects = Vec::new();
        while response.status().is_redirection() {
            let Some(location) = response.headers().get(LOCATION) else {
                break;
            };
            let location = location.to_str().expect("an ASCII address");
            let next = url.join(location).expect("an address");
            assert!(redirects.len() < REDIRECTS, "{url} redirects for ever");
            redirects.push(std::mem::replace(&mut url, next));
            response = match response.status() {
                StatusCode::SEE_OTHER => {
                    send(self.navigation(Method::GET, &url, Some(&from))).await
                }
                StatusCode::TEMPORARY_REDIRECT => {
                    let request = repeatable.as_ref().and_then(RequestBuilder::try_clone);
                    let request = request.expect("a body that was not streamed").build();
                    let mut request = request.expect("a request");
                    *request.url_mut() = url.clone();
                    self.client.execute(request).await.expect("Posta answers")
                }
                status => panic!("{status} is neither 303 nor 307"),
            };
        }
        self.page(response, url, redirects).await
    }

    async fn page(&self, response: Response, url: Url, redirects: Vec<Url>) -> Page {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await.expect("a whole answer").to_vec();
        let dom = Dom::parse(&String::from_utf8_lossy(&body));
        Page {
            status,
            url,
            headers,
            redirects,
            body,
            dom,
            browser: self.clone(),
        }
    }
}

impl Page {
    /// The path without the base, percent-encoded, beginning with `/`.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// One header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    pub fn source(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What a person reads on the page, white space collapsed.
    pub fn text(&self) -> String {
        self.dom.root().text()
    }

    /// What stands in `<title>`.
    pub fn title(&self) -> String {
        let title = self.dom.root().find(|node| node.is("title"));
        title.map(|title| title.raw_text()).unwrap_or_default()
    }

    /// The text of the element with this landmark or role: `main`, `navigation`, `banner`, `search`, `alert`, `status`.
    pub fn region(&self, role: &str) -> Option<String> {
        let node = self.dom.root().find(|node| node.role() == role)?;
        Some(node.text())
    }

    /// The text of each heading.
    pub fn headings(&self) -> Vec<String> {
        self.texts(|node| node.role() == "heading")
    }

    /// The text of each row of the message list.
    pub fn rows(&self) -> Vec<String> {
        let main = self.dom.root().find(|node| node.role() == "main");
        let Some(main) = main else { return Vec::new() };
        main.find_all(|node| node.is("li"))
            .iter()
            .map(Node::text)
            .collect()
    }

    /// Whether there is a link with this accessible name.
    pub fn has_link(&self, name: &str) -> bool {
        self.find_link(name).is_some()
    }

    /// Whether there is a button with this accessible name.
    pub fn has_button(&self, name: &str) -> bool {
        form::find_button(&self.dom, name).is_some()
    }

    /// The accessible names of all buttons, in their order.
    pub fn buttons(&self) -> Vec<String> {
        let buttons = self.dom.root().find_all(form::is_button);
        buttons.iter().map(|node| self.dom.name(node)).collect()
    }

    /// The accessible names of all links, in their order.
    pub fn links(&self) -> Vec<String> {
        let links = self.dom.root().find_all(|node| node.role() == "link");
        links.iter().map(|node| self.dom.name(node)).collect()
    }

    /// The address of every element that has one (`href` and `src`), resolved.
    pub fn addresses(&self) -> Vec<Url> {
        let nodes = self
            .dom
            .root()
            .find_all(|node| node.attribute("href").is_some() || node.attribute("src").is_some());
        nodes
            .iter()
            .filter_map(|node| node.attribute("href").or_else(|| node.attribute("src")))
            .filter_map(|address| self.url.join(&address).ok())
            .collect()
    }

    /// The address of the link with this accessible name: the same name, or else one that contains it.
    pub fn link(&self, name: &str) -> Url {
        let link = self
            .find_link(name)
            .unwrap_or_else(|| panic!("no link {name:?} among {:?} on {}", self.links(), self.url));
        let address = link.attribute("href").expect("a link has an address");
        self.url.join(&address).expect("an address")
    }

    /// Clicks a link.
    pub async fn follow(&self, name: &str) -> Page {
        let url = self.link(name);
        let request = self.browser.navigation(Method::GET, &url, Some(&self.url));
        self.browser.answer(request, url).await
    }

    /// The value of the field with this label.
    pub fn field(&self, label: &str) -> String {
        let field = form::find_field(&self.dom, None, label)
            .unwrap_or_else(|| panic!("no field {label:?} on {}", self.url));
        form::value(&field)
    }

    /// Signs in on this page, whatever it was that it stands in front of.
    pub async fn sign_in(&self, email: &str, password: &str) -> Page {
        self.form("Sign in")
            .fill("Email", email)
            .fill("Password", password)
            .submit()
            .await
    }

    /// The form that the button with this accessible name submits.
    pub fn form(&self, button: &str) -> Form<'_> {
        Form::of(self, button)
    }

    fn find_link(&self, name: &str) -> Option<Node> {
        let links = self.dom.root().find_all(|node| node.role() == "link");
        let exact = links.iter().find(|node| self.dom.name(node) == name);
        exact
            .or_else(|| links.iter().find(|node| self.dom.name(node).contains(name)))
            .cloned()
    }

    fn texts(&self, wanted: impl Fn(&Node) -> bool) -> Vec<String> {
        let nodes = self.dom.root().find_all(wanted);
        nodes.iter().map(Node::text).collect()
    }
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("Posta answers")
}

fn encode(fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
