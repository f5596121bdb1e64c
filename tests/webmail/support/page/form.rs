//! Filling in and submitting a form as HTML's form submission does, found by the name of its button.

use reqwest::{Method, multipart};

use super::{Dom, Node, Page, encode};

/// A form of a page with what has been filled in so far.
pub struct Form<'a> {
    page: &'a Page,
    form: Node,
    button: Node,
    fields: Vec<Field>,
    files: Vec<File>,
}

struct Field {
    node: Option<Node>,
    name: String,
    value: String,
}

struct File {
    field: String,
    name: String,
    content: Vec<u8>,
}

pub fn is_button(node: &Node) -> bool {
    let kind = node.attribute("type");
    node.is("button") || (node.is("input") && matches!(kind.as_deref(), Some("submit" | "image")))
}

/// The button with this accessible name.
pub fn find_button(dom: &Dom, name: &str) -> Option<Node> {
    dom.root()
        .find(|node| is_button(node) && dom.name(node) == name)
}

/// The field with this label; with a form, one of this form.
pub fn find_field(dom: &Dom, form: Option<&Node>, label: &str) -> Option<Node> {
    dom.root().find(|node| {
        is_field(node)
            && form.is_none_or(|form| owner(dom, node).is_some_and(|owner| owner.same(form)))
            && dom.name(node) == label
    })
}

/// What a field holds before anyone touches it.
pub fn value(field: &Node) -> String {
    if field.is("textarea") {
        return field.raw_text();
    }
    if field.is("select") {
        let options = field.find_all(|node| node.is("option"));
        let selected = options
            .iter()
            .find(|option| option.attribute("selected").is_some());
        return selected
            .or(options.first())
            .map(option_value)
            .unwrap_or_default();
    }
    let default = if is_checkable(field) { "on" } else { "" };
    field
        .attribute("value")
        .unwrap_or_else(|| default.to_owned())
}

impl<'a> Form<'a> {
    pub(super) fn of(page: &'a Page, button: &str) -> Self {
        let found = find_button(&page.dom, button);
        let button = found.unwrap_or_else(|| {
            panic!(
                "no button {button:?} among {:?} on {}",
                page.buttons(),
                page.url
            )
        });
        let form = owner(&page.dom, &button).expect("the button belongs to a form");
        let mut fields = Vec::new();
        for node in page.dom.root().find_all(is_field) {
            let owned = owner(&page.dom, &node).is_some_and(|owner| owner.same(&form));
            let unchecked = is_checkable(&node) && node.attribute("checked").is_none();
            let skipped = unchecked || node.attribute("disabled").is_some() || is_file(&node);
            let Some(name) = node.attribute("name").filter(|_| owned && !skipped) else {
                continue;
            };
            fields.push(Field {
                value: value(&node),
                node: Some(node),
                name,
            });
        }
        Self {
            page,
            form,
            button,
            fields,
            files: Vec::new(),
        }
    }

    /// Types into the field with this label.
    #[must_use]
    pub fn fill(mut self, label: &str, value: &str) -> Self {
        let node = self.field(label);
        let name = node.attribute("name").expect("a field has a name");
        let field = self
            .fields
            .iter_mut()
            .find(|field| field.node.as_ref().is_some_and(|own| own.same(&node)));
        match field {
            Some(field) => value.clone_into(&mut field.value),
            None => self.fields.push(Field {
                node: Some(node),
                name,
                value: value.to_owned(),
            }),
        }
        self
    }

    /// Chooses the entry of a list by what is written there.
    #[must_use]
    pub fn choose(self, label: &str, option: &str) -> Self {
        let list = self.field(label);
        let options = list.find_all(|node| node.is("option"));
        let chosen = options.iter().find(|node| node.text() == option);
        let chosen = chosen.unwrap_or_else(|| panic!("no {option:?} in {label:?}"));
        let value = option_value(chosen);
        self.fill(label, &value)
    }

    /// Ticks the box, or chooses the radio button, with this label.
    #[must_use]
    pub fn check(mut self, label: &str) -> Self {
        let node = self.field(label);
        let name = node.attribute("name").expect("a field has a name");
        if node.attribute("type").as_deref() == Some("radio") {
            self.fields.retain(|field| field.name != name);
        } else {
            self = self.uncheck(label);
        }
        self.fields.push(Field {
            value: value(&node),
            node: Some(node),
            name,
        });
        self
    }

    /// Clears the box with this label.
    #[must_use]
    pub fn uncheck(mut self, label: &str) -> Self {
        let node = self.field(label);
        self.fields
            .retain(|field| !field.node.as_ref().is_some_and(|own| own.same(&node)));
        self
    }

    /// Chooses a file in the field with this label; may be repeated.
    #[must_use]
    pub fn file(mut self, label: &str, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let node = self.field(label);
        assert!(is_file(&node), "{label:?} takes no files");
        self.files.push(File {
            field: node.attribute("name").expect("a field has a name"),
            name: name.to_owned(),
            content: content.into(),
        });
        self
    }

    /// Sets a field by its name, whether the page has it or not, as a forged page would.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|field| field.name != name);
        self.fields.push(Field {
            node: None,
            name: name.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    /// Presses the button, and follows redirects.
    pub async fn submit(self) -> Page {
        let attribute = |button: &str, form: &str| {
            let own = self.button.attribute(button);
            own.or_else(|| self.form.attribute(form))
        };
        let action = attribute("formaction", "action").unwrap_or_default();
        let mut url = self.page.url.join(&action).expect("an address");
        let method = attribute("formmethod", "method").unwrap_or_default();
        let kind = attribute("formenctype", "enctype").unwrap_or_default();
        let fields = self.pairs();
        let browser = &self.page.browser;
        if !method.eq_ignore_ascii_case("post") {
            url.set_query(Some(&encode(&fields)));
            let request = browser.navigation(Method::GET, &url, Some(&self.page.url));
            return browser.answer(request, url).await;
        }
        let request = browser.navigation(Method::POST, &url, Some(&self.page.url));
        let request = if kind == "multipart/form-data" {
            request.multipart(self.multipart(fields))
        } else {
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encode(&fields))
        };
        browser.answer(request, url).await
    }

    /// The fields and the pressed button; line ends are CRLF, as HTML prescribes.
    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<_> = self
            .fields
            .iter()
            .map(|field| {
                let value = field.value.replace("\r\n", "\n").replace('\n', "\r\n");
                (field.name.clone(), value)
            })
            .collect();
        if let Some(name) = self.button.attribute("name") {
            let value = self.button.attribute("value").unwrap_or_default();
            pairs.push((name, value));
        }
        pairs
    }

    fn multipart(self, fields: Vec<(String, String)>) -> multipart::Form {
        let mut form = multipart::Form::new();
        for (name, value) in fields {
            form = form.text(name, value);
        }
        // A browser sends an empty part for a file field in which nothing was chosen.
        let own_files = self.page.dom.root().find_all(|node| {
            is_file(node) && owner(&self.page.dom, node).is_some_and(|own| own.same(&self.form))
        });
        for name in own_files.iter().filter_map(|node| node.attribute("name")) {
            if !self.files.iter().any(|file| file.field == name) {
                form = form.part(name, file_part(String::new(), Vec::new()));
            }
        }
        for file in self.files {
            form = form.part(file.field, file_part(file.name, file.content));
        }
        form
    }

    fn field(&self, label: &str) -> Node {
        let dom = &self.page.dom;
        find_field(dom, Some(&self.form), label)
            .unwrap_or_else(|| panic!("no field {label:?} in the form on {}", self.page.url))
    }
}

fn file_part(name: String, content: Vec<u8>) -> multipart::Part {
    multipart::Part::bytes(content)
        .file_name(name)
        .mime_str("application/octet-stream")
        .expect("a media type")
}

fn is_field(node: &Node) -> bool {
    node.is("select") || node.is("textarea") || (node.is("input") && !is_button(node))
}

fn is_file(node: &Node) -> bool {
    node.attribute("type").as_deref() == Some("file")
}

fn is_checkable(node: &Node) -> bool {
    matches!(
        node.attribute("type").as_deref(),
        Some("checkbox" | "radio")
    )
}

fn option_value(option: &Node) -> String {
    option.attribute("value").unwrap_or_else(|| option.text())
}

/// The form that an element belongs to: by its `form` attribute, else the one around it.
fn owner(dom: &Dom, node: &Node) -> Option<Node> {
    match node.attribute("form") {
        Some(id) => dom.by_id(&id).filter(|form| form.is("form")),
        None => node.ancestor("form"),
    }
}
