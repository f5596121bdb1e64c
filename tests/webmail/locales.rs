//! Every language says everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{architecture::sources, templates::templates};

const LANGUAGES: [&str; 4] = ["en", "fr", "ro", "ru"];

/// Message id to the variables it shows. One that only selects a plural form is not shown, and not every language needs it.
type Messages = BTreeMap<String, BTreeSet<String>>;

#[test]
fn all_languages_have_the_same_texts_with_the_same_variables() {
    let english = messages("en");
    assert!(!english.is_empty());
    for language in LANGUAGES {
        let own = messages(language);
        let missing: Vec<_> = english.keys().filter(|id| !own.contains_key(*id)).collect();
        let surplus: Vec<_> = own.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(surplus.is_empty(), "only {language} has {surplus:?}");
        for (id, variables) in &english {
            assert_eq!(&own[id], variables, "{language}: {id}");
        }
    }
}

#[test]
fn every_text_that_a_template_asks_for_exists() {
    let english = messages("en");
    for (name, template) in templates() {
        for (at, _) in template.match_indices("layout.t") {
            let call = &template[at + "layout.t".len()..];
            let Some((method, arguments)) = call.split_once('(') else {
                continue;
            };
            let is_translation = method.is_empty() || ["_n", "_x", "_with"].contains(&method);
            let Some(id) = arguments.strip_prefix('"').filter(|_| is_translation) else {
                continue;
            };
            let (id, _) = id.split_once('"').unwrap();
            assert!(english.contains_key(id), "{name} asks for {id}");
        }
    }
}

#[test]
fn no_text_is_left_that_nothing_asks_for() {
    let mut uses: String = templates().into_iter().map(|(_, text)| text).collect();
    for file in sources("src", "rs")
        .into_iter()
        .chain(sources("static/js", "js"))
    {
        uses.push_str(&fs::read_to_string(file).unwrap());
    }
    let unused: Vec<_> = messages("en")
        .into_keys()
        // A page about an error has a title and a text, found by the stem of both.
        .filter(|id| {
            let title = id.strip_suffix("-text").unwrap_or(id);
            let stem = title.strip_prefix("error-").unwrap_or(title);
            ![id, title, stem]
                .iter()
                .any(|id| uses.contains(&format!("\"{id}\"")))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn messages(language: &str) -> Messages {
    let path = format!("{}/locales/{language}.ftl", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let mut messages = Messages::new();
    let mut current = None;
    for line in text.lines() {
        let id = line.split_once('=').map(|(id, _)| id.trim_end());
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
        if let Some(id) = id.filter(|_| starts) {
            let before = messages.insert(id.to_owned(), BTreeSet::new());
            assert!(before.is_none(), "{language}: {id} stands twice");
            current = Some(id.to_owned());
        }
        let Some(id) = current.as_ref().filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let variables = messages.get_mut(id).unwrap();
        for variable in line.split('$').skip(1) {
            if variable.contains("->") {
                continue;
            }
            let name = variable.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
            variables.extend(name.take(1).map(str::to_owned));
        }
    }
    messages
}
