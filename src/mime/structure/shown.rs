//! Chooses what of a message is read, what hangs in it, and what is attached. Nothing gets lost: what is neither
//! shown nor part of what is shown is an attachment.
use super::{Disposition, Node, Part, Structure};

/// What the reader shows of a structure.
#[derive(Clone, Debug, Default)]
pub struct Shown<'a> {
    pub html: Option<&'a Part>,
    pub text: Option<&'a Part>,
    /// Inline images of the shown HTML, by Content-ID.
    pub related: Vec<&'a Part>,
    pub attachments: Vec<&'a Part>,
}

impl Structure {
    /// The text and the HTML of the message, what belongs to the HTML, and the attachments, in order.
    pub fn shown(&self) -> Shown<'_> {
        let mut shown = Shown::default();
        shown.node(&self.root);
        if shown.html.is_none() {
            let unused = std::mem::take(&mut shown.related);
            shown.attachments.extend(unused);
            shown.attachments.sort_by(|a, b| a.section.cmp(&b.section));
        }
        shown
    }

    /// Whether the list shows the clip: there is a file to open. Signatures, images inside the HTML, what a delivery
    /// report or a mailing list appends, and other renderings of the text are none.
    pub fn has_attachments(&self) -> bool {
        if matches!(&self.root, Node::Multi { subtype, .. } if subtype == "report") {
            return false;
        }
        self.shown().attachments.iter().any(|part| is_file(part))
    }
}

fn is_file(part: &Part) -> bool {
    if is_signature(part) {
        return false;
    }
    part.disposition == Some(Disposition::Attachment)
        || part.filename.is_some()
        || !part.mime_type.starts_with("text/")
}

fn is_signature(part: &Part) -> bool {
    matches!(
        part.mime_type.as_str(),
        "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-encrypted"
    )
}

impl<'a> Shown<'a> {
    fn node(&mut self, node: &'a Node) {
        let (subtype, children) = match node {
            Node::Leaf(part) => return self.leaf(part),
            Node::Multi { subtype, children } => (subtype.as_str(), children.as_slice()),
        };
        match subtype {
            "alternative" => self.alternative(children),
            "related" => self.related(children),
            // RFC 1740: a file and what a Macintosh knows of it; neither is the text of the message.
            "encrypted" | "appledouble" => children.iter().for_each(|child| self.attach(child)),
            _ => children.iter().for_each(|child| self.node(child)),
        }
    }

    /// Outside an alternative the first text that is meant to be read is shown; later ones are attachments, since
    /// parts are never joined into one document.
    fn leaf(&mut self, part: &'a Part) {
        let taken = self.html.is_some() || self.text.is_some();
        if taken || !is_readable(part) {
            self.attachments.push(part);
        } else if part.mime_type == "text/html" {
            self.html = Some(part);
        } else {
            self.text = Some(part);
        }
    }

    /// RFC 2046 §5.1.4: renderings of one content, the best one last. Text and HTML are both kept, for the two views;
    /// renderings that nobody can open as a file (AMP, enriched text) are left out.
    fn alternative(&mut self, children: &'a [Node]) {
        if self.html.is_some() || self.text.is_some() {
            return children.iter().for_each(|child| self.attach(child));
        }
        let mut chosen = Self::default();
        for child in children {
            let mut rendering = Self::default();
            rendering.node(child);
            if let Node::Leaf(part) = child
                && rendering.html.is_none()
                && rendering.text.is_none()
            {
                if !is_other_rendering(part) {
                    chosen.attachments.push(part);
                }
                continue;
            }
            if let Some(html) = rendering.html {
                let unused = std::mem::take(&mut chosen.related);
                chosen.attachments.extend(unused);
                chosen.attachments.extend(
                    chosen
                        .html
                        .replace(html)
                        .filter(|part| part.filename.is_some()),
                );
            }
            chosen.text = chosen.text.or(rendering.text);
            chosen.related.extend(rendering.related);
            chosen.attachments.extend(rendering.attachments);
        }
        self.html = chosen.html;
        self.text = chosen.text;
        self.related.extend(chosen.related);
        self.attachments.extend(chosen.attachments);
    }

    /// RFC 2387: the first part is the document, the others hang in it.
    fn related(&mut self, children: &'a [Node]) {
        let Some((root, others)) = children.split_first() else {
            return;
        };
        self.node(root);
        for other in others {
            match other {
                Node::Leaf(part) if hangs_in_html(part) => self.related.push(part),
                other => self.node(other),
            }
        }
    }

    fn attach(&mut self, node: &'a Node) {
        match node {
            Node::Leaf(part) => self.attachments.push(part),
            Node::Multi { children, .. } => children.iter().for_each(|child| self.attach(child)),
        }
    }
}

/// Text that is meant to be read in place: not said to be an attachment, and no named file unless it says inline or
/// stands first.
fn is_readable(part: &Part) -> bool {
    if !part.is_text_body() {
        return false;
    }
    match part.disposition {
        Some(Disposition::Attachment) => false,
        Some(Disposition::Inline) => true,
        None => part.filename.is_none() || part.section.0.iter().all(|&level| level == 1),
    }
}

fn hangs_in_html(part: &Part) -> bool {
    part.content_id.is_some()
        && part.disposition != Some(Disposition::Attachment)
        && part.mime_type.starts_with("image/")
}

fn is_other_rendering(part: &Part) -> bool {
    part.filename.is_none()
        && matches!(
            part.mime_type.as_str(),
            "text/x-amp-html"
                | "text/watch-html"
                | "text/enriched"
                | "text/richtext"
                | "text/rtf"
                | "text/markdown"
        )
}

#[cfg(test)]
mod tests {
    use super::super::{Section, TransferEncoding};
    use super::*;

    /// Builds a tree from `mixed(text/plain, application/pdf;attachment;a.pdf, image/png;cid=x)`.
    fn tree(text: &str) -> Structure {
        let mut rest = text;
        let mut node = node(&mut rest, &[]);
        if let Node::Leaf(part) = &mut node {
            part.section = Section::single();
        }
        Structure {
            root: node,
            embedded: Vec::new(),
        }
    }

    fn node(rest: &mut &str, section: &[u32]) -> Node {
        let end = rest.find(['(', ',', ')']).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        *rest = tail;
        if !tail.starts_with('(') {
            return Node::Leaf(part(head.trim(), section));
        }
        let mut children = Vec::new();
        while rest.starts_with(['(', ',']) {
            *rest = rest.get(1..).unwrap();
            let number = u32::try_from(children.len()).unwrap() + 1;
            children.push(node(rest, &[section, &[number]].concat()));
        }
        *rest = rest.get(1..).unwrap();
        Node::Multi {
            subtype: head.trim().to_owned(),
            children,
        }
    }

    fn part(text: &str, section: &[u32]) -> Part {
        let mut words = text.split(';');
        let mut part = Part {
            section: Section(section.to_vec()),
            mime_type: words.next().unwrap().to_owned(),
            charset: None,
            format_flowed: false,
            del_sp: false,
            encoding: TransferEncoding::SevenBit,
            size: 1,
            disposition: None,
            filename: None,
            content_id: None,
            detail: None,
        };
        for word in words {
            match word {
                "attachment" => part.disposition = Some(Disposition::Attachment),
                "inline" => part.disposition = Some(Disposition::Inline),
                word => match word.strip_prefix("cid=") {
                    Some(id) => part.content_id = Some(id.to_owned()),
                    None => part.filename = Some(word.to_owned()),
                },
            }
        }
        part
    }

    /// `text html [related] [attachments] clip`
    fn shown(text: &str) -> String {
        let tree = tree(text);
        let shown = tree.shown();
        let one = |part: Option<&Part>| {
            part.map_or_else(|| "-".to_owned(), |part| part.section.to_string())
        };
        let many = |parts: &[&Part]| {
            parts
                .iter()
                .map(|part| part.section.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let clip = if tree.has_attachments() { " clip" } else { "" };
        format!(
            "{} {} [{}] [{}]{clip}",
            one(shown.text),
            one(shown.html),
            many(&shown.related),
            many(&shown.attachments)
        )
    }

    #[test]
    fn common_messages_show_what_they_mean() {
        for (tree, expected) in [
            ("text/plain", "1 - [] []"),
            ("text/html", "- 1 [] []"),
            ("text/plain;a.txt", "1 - [] []"),
            ("text/plain;attachment", "- - [] [1] clip"),
            ("application/pdf", "- - [] [1] clip"),
            ("message/rfc822", "- - [] [1] clip"),
            ("alternative(text/plain,text/html)", "1 2 [] []"),
            (
                "mixed(text/plain,application/pdf;attachment;a.pdf)",
                "1 - [] [2] clip",
            ),
            (
                "mixed(alternative(text/plain,text/html),application/pdf;a.pdf)",
                "1.1 1.2 [] [2] clip",
            ),
            ("related(text/html,image/png;inline;cid=x)", "- 1 [2] []"),
            (
                "alternative(text/plain,related(text/html,image/png;cid=x,image/gif;cid=y))",
                "1 2.1 [2.2 2.3] []",
            ),
            (
                "related(alternative(text/plain,text/html),image/png;cid=x)",
                "1.1 1.2 [2] []",
            ),
            (
                "related(text/html,application/pdf;cid=x;a.pdf)",
                "- 1 [] [2] clip",
            ),
            (
                "mixed(text/plain,text/plain;attachment;a.txt)",
                "1 - [] [2] clip",
            ),
            ("mixed(text/plain,text/plain;a.txt)", "1 - [] [2] clip"),
            ("mixed(text/plain,message/rfc822)", "1 - [] [2] clip"),
            ("mixed(application/pdf;a.pdf,text/plain)", "2 - [] [1] clip"),
        ] {
            assert_eq!(shown(tree), expected, "{tree}");
        }
    }

    #[test]
    fn special_multiparts_show_what_they_mean() {
        for (tree, expected) in [
            (
                "signed(text/plain,application/pgp-signature;signature.asc)",
                "1 - [] [2]",
            ),
            (
                "signed(mixed(text/plain,application/pdf;a.pdf),application/pkcs7-signature;smime.p7s)",
                "1.1 - [] [1.2 2] clip",
            ),
            (
                "encrypted(application/pgp-encrypted,application/octet-stream;encrypted.asc)",
                "- - [] [1 2] clip",
            ),
            (
                "report(text/plain,message/delivery-status,message/rfc822)",
                "1 - [] [2 3]",
            ),
            ("digest(message/rfc822,message/rfc822)", "- - [] [1 2] clip"),
            ("mixed(text/plain,text/plain)", "1 - [] [2]"),
            (
                "mixed(alternative(text/plain,text/html),text/plain)",
                "1.1 1.2 [] [2]",
            ),
            (
                "alternative(text/plain,text/x-amp-html,text/html)",
                "1 3 [] []",
            ),
            (
                "alternative(text/plain,text/html,text/calendar)",
                "1 2 [] [3]",
            ),
            (
                "alternative(text/plain,mixed(text/html,application/pdf;a.pdf,text/html))",
                "1 2.1 [] [2.2 2.3] clip",
            ),
            (
                "mixed(text/html,alternative(text/plain,text/html))",
                "- 1 [] [2.1 2.2]",
            ),
            ("alternative(application/pdf;a.pdf)", "- - [] [1] clip"),
            (
                "mixed(text/plain,appledouble(application/applefile;a.jpg,text/plain;a.txt))",
                "1 - [] [2.1 2.2] clip",
            ),
            ("related(text/plain,image/png;cid=x)", "1 - [] [2] clip"),
            ("mixed()", "- - [] [1] clip"),
        ] {
            assert_eq!(shown(tree), expected, "{tree}");
        }
    }

    #[test]
    fn parts_are_found_by_number() {
        let tree = tree("mixed(alternative(text/plain,text/html),application/pdf;a.pdf)");
        assert_eq!(
            tree.part(&"1.2".parse().unwrap())
                .map(|part| part.mime_type.as_str()),
            Some("text/html")
        );
        assert_eq!(tree.part(&"1".parse().unwrap()), None);
        assert_eq!(tree.parts().count(), 3);
    }
}
