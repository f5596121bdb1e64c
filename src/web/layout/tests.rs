use super::super::visitor::{layout_for, locale};
use super::*;
use crate::mail::{Filter, ListQuery, MailboxName, MessageRef, Seed, Sort, SortKey, Theme};

#[test]
fn the_sub_path_of_the_public_url_stands_in_front_of_every_address() {
    let root = Site::new(&url::Url::parse("https://mail.example.org").unwrap());
    let below = Site::new(&url::Url::parse("https://example.org/mail/").unwrap());
    assert_eq!(root.url("/outbox"), "/outbox");
    assert_eq!(below.url("/outbox"), "/mail/outbox");
    assert!(below.asset("css/app.css").starts_with("/mail/assets/"));
    assert_eq!(below.host(), "example.org");
}

#[test]
fn only_what_differs_from_the_default_stands_in_the_query() {
    assert_eq!(
        query_string(&ListQuery {
            page: 1,
            ..ListQuery::default()
        }),
        ""
    );
    let query = ListQuery {
        page: 3,
        sort: Sort {
            key: SortKey::Size,
            reverse: true,
        },
        filter: Filter::ToMe,
        q: "a b&c".into(),
    };
    assert_eq!(
        query_string(&query),
        "?page=3&sort=-size&filter=tome&q=a+b%26c"
    );
}

#[test]
fn an_address_that_writes_about_a_message_leads_to_that_message() {
    let site = Site::new(&url::Url::parse("https://mail.example.org").unwrap());
    let locale = locale(None, &axum::http::HeaderMap::new());
    let layout = layout_for(site, locale, Theme::Auto, 0);
    for name in [
        "INBOX",
        "50%",
        "50%2F",
        "a/b c/%25",
        "Grüße & +1",
        "Черновики",
    ] {
        let mailbox = MailboxName::parse(name).unwrap();
        let reference = MessageRef::parse(mailbox, "7.9").unwrap();
        let url = layout.compose_url("draft", &reference);
        let (_, query) = url.split_once('?').unwrap();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let seed = Seed::from_query(pairs.iter().map(|(name, value)| (&**name, &**value)));
        assert_eq!(seed, Ok(Seed::Draft(reference)), "{url}");
    }
}

#[test]
fn every_static_file_a_page_asks_for_is_in_the_binary() {
    for name in [
        "css/app.css",
        "js/app.js",
        "js/write.js",
        "js/list.js",
        "vendor/idiomorph.js",
        "icons/sprite.svg",
        "icons/icon.svg",
        "fonts/onest-latin.woff2",
    ] {
        assert!(assets::find(name).is_some(), "{name}");
    }
    assert!(assets::find("nothing.css").is_none());
    assert!(assets::find("../Cargo.toml").is_none());
}

#[test]
fn every_icon_that_a_page_names_is_in_the_sprite() {
    let (sprite, _) = assets::find("icons/sprite.svg").unwrap();
    let sprite = String::from_utf8(sprite.data.into_owned()).unwrap();
    let sources = [
        include_str!("../mailbox/list.rs"),
        include_str!("../message/file.rs"),
        include_str!("../outbox.rs"),
        include_str!("../layout.rs"),
    ];
    let rust = sources.concat();
    for role in [
        None,
        Some(Role::Inbox),
        Some(Role::Drafts),
        Some(Role::Sent),
        Some(Role::Archive),
        Some(Role::Junk),
        Some(Role::Trash),
        Some(Role::Flagged),
        Some(Role::All),
    ] {
        assert!(sprite.contains(&format!("id=\"{}\"", folders::role_icon(role))));
    }
    for icon in [
        "shield-check",
        "shield-alert",
        "trash-2",
        "star-off",
        "file-music",
        "file-video-camera",
        "file-spreadsheet",
        "circle-help",
        "clock",
    ] {
        assert!(
            rust.contains(icon) && sprite.contains(&format!("id=\"{icon}\"")),
            "{icon}"
        );
    }
}

#[test]
fn nothing_but_a_cleaned_message_is_printed_unescaped() {
    fn walk(folder: &std::path::Path, found: &mut Vec<(std::path::PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut templates = Vec::new();
    walk(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &mut templates,
    );
    for (path, text) in templates {
        let is_body = path.ends_with("message/body.html");
        assert!(is_body || !text.contains("|safe"), "{}", path.display());
        assert!(
            is_body || (!text.contains("<style") && !text.contains(" style=")),
            "inline style in {}",
            path.display()
        );
        assert!(
            !text.contains("srcdoc") && !text.contains(" onclick") && !text.contains("javascript:"),
            "{}",
            path.display()
        );
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script type=\"module\" src=").count(),
            "inline script in {}",
            path.display()
        );
    }
}
