//! The parsed page: elements, roles and accessible names, as far as the pages of Posta need them.

use html5ever::{
    ParseOpts, parse_document, tendril::TendrilSink as _, tree_builder::TreeBuilderOpts,
};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A document, parsed as a browser without script does.
pub struct Dom(RcDom);

/// An element of a document.
#[derive(Clone)]
pub struct Node(Handle);

impl Dom {
    pub fn parse(html: &str) -> Self {
        let options = ParseOpts {
            tree_builder: TreeBuilderOpts {
                scripting_enabled: false,
                ..TreeBuilderOpts::default()
            },
            ..ParseOpts::default()
        };
        Self(parse_document(RcDom::default(), options).one(html))
    }

    pub fn root(&self) -> Node {
        Node(self.0.document.clone())
    }

    pub fn by_id(&self, id: &str) -> Option<Node> {
        self.root()
            .find(|node| node.attribute("id").as_deref() == Some(id))
    }

    /// The accessible name of an element (W3C accname, without CSS).
    pub fn name(&self, node: &Node) -> String {
        if let Some(ids) = node.attribute("aria-labelledby") {
            let names = ids.split_whitespace().filter_map(|id| self.by_id(id));
            return collapse(&names.map(|node| node.text()).collect::<Vec<_>>().join(" "));
        }
        if let Some(label) = node.attribute("aria-label") {
            return collapse(&label);
        }
        if let Some(label) = self.label(node) {
            return label;
        }
        if node.is("input") {
            let kind = node.attribute("type").unwrap_or_default();
            if matches!(kind.as_str(), "submit" | "button" | "reset") {
                return collapse(&node.attribute("value").unwrap_or_default());
            }
        } else if !node.is("textarea") && !node.is("select") {
            let text = node.text();
            if !text.is_empty() {
                return text;
            }
        }
        let title = node.attribute("title");
        collapse(
            &title
                .or_else(|| node.attribute("placeholder"))
                .unwrap_or_default(),
        )
    }

    /// The text of the `<label>` that belongs to a field.
    fn label(&self, field: &Node) -> Option<String> {
        if !["input", "select", "textarea"]
            .iter()
            .any(|name| field.is(name))
        {
            return None;
        }
        let id = field.attribute("id");
        let named = id.and_then(|id| {
            self.root()
                .find(|node| node.is("label") && node.attribute("for").as_deref() == Some(&*id))
        });
        let label = named.or_else(|| field.ancestor("label"))?;
        Some(label.text())
    }
}

impl Node {
    pub fn is(&self, name: &str) -> bool {
        matches!(&self.0.data, NodeData::Element { name: own, .. } if &*own.local == name)
    }

    pub fn same(&self, other: &Self) -> bool {
        std::rc::Rc::ptr_eq(&self.0, &other.0)
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        let NodeData::Element { attrs, .. } = &self.0.data else {
            return None;
        };
        let attributes = attrs.borrow();
        let attribute = attributes.iter().find(|attr| &*attr.name.local == name)?;
        Some(attribute.value.to_string())
    }

    /// The ARIA role: as written, or that of the element.
    pub fn role(&self) -> String {
        if let Some(role) = self.attribute("role") {
            return role;
        }
        let NodeData::Element { name, .. } = &self.0.data else {
            return String::new();
        };
        match &*name.local {
            "main" => "main",
            "nav" => "navigation",
            "search" => "search",
            "header" if !self.within(&["main", "article", "section"]) => "banner",
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
            "a" if self.attribute("href").is_some() => "link",
            "output" => "status",
            _ => "",
        }
        .to_owned()
    }

    /// The first element of this subtree that is wanted, in document order.
    pub fn find(&self, wanted: impl Fn(&Self) -> bool) -> Option<Self> {
        self.find_all(wanted).into_iter().next()
    }

    /// All elements of this subtree that are wanted, in document order.
    pub fn find_all(&self, wanted: impl Fn(&Self) -> bool) -> Vec<Self> {
        let mut found = Vec::new();
        let mut waiting = vec![self.clone()];
        while let Some(node) = waiting.pop() {
            waiting.extend(node.0.children.borrow().iter().rev().cloned().map(Self));
            if matches!(node.0.data, NodeData::Element { .. }) && wanted(&node) {
                found.push(node);
            }
        }
        found
    }

    pub fn ancestor(&self, name: &str) -> Option<Self> {
        let mut node = self.parent();
        while let Some(current) = node {
            if current.is(name) {
                return Some(current);
            }
            node = current.parent();
        }
        None
    }

    fn within(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.ancestor(name).is_some())
    }

    fn parent(&self) -> Option<Self> {
        let weak = self.0.parent.take();
        let parent = weak.as_ref().and_then(std::rc::Weak::upgrade);
        self.0.parent.set(weak);
        parent.map(Self)
    }

    /// All character data of this subtree as it stands.
    pub fn raw_text(&self) -> String {
        let mut text = String::new();
        self.collect(&mut text, true);
        text
    }

    /// What a person reads, white space collapsed, without what stands in fields.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.collect(&mut text, false);
        collapse(&text)
    }

    fn collect(&self, text: &mut String, raw: bool) {
        match &self.0.data {
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Element { .. } if !raw => {
                let unseen = ["script", "style", "template", "title", "select", "textarea"];
                if unseen.iter().any(|name| self.is(name)) || self.attribute("hidden").is_some() {
                    return;
                }
                if self.is("img") {
                    text.push_str(&self.attribute("alt").unwrap_or_default());
                }
                let inline = [
                    "a", "b", "bdi", "em", "i", "mark", "span", "strong", "time", "wbr",
                ];
                let apart = !inline.iter().any(|name| self.is(name));
                if apart {
                    text.push(' ');
                }
                self.collect_children(text, raw);
                if apart {
                    text.push(' ');
                }
            }
            _ => self.collect_children(text, raw),
        }
    }

    fn collect_children(&self, text: &mut String, raw: bool) {
        for child in self.0.children.borrow().iter() {
            Self(child.clone()).collect(text, raw);
        }
    }
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
