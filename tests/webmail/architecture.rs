//! The rules of the source tree that no compiler checks: who may name whom, and what files are called.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Who may name whom: arrows go down only. `mail` re-exports what `web` may see of the layers below.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["server", "config", "tasks"]),
    ("lib", &[]),
    (
        "server",
        &[
            "web", "mail", "imap", "smtp", "store", "remote", "mime", "seal", "tasks", "config",
        ],
    ),
    ("web", &["mail", "i18n", "tasks", "config"]),
    (
        "mail",
        &[
            "imap", "smtp", "store", "remote", "mime", "seal", "tasks", "config",
        ],
    ),
    ("imap", &["mime", "seal", "tasks", "config"]),
    ("smtp", &["mime", "seal", "tasks", "config"]),
    ("store", &["mime", "seal", "tasks", "config"]),
    ("remote", &["mime", "seal", "tasks", "config"]),
    ("i18n", &[]),
    ("mime", &[]),
    ("seal", &[]),
    ("tasks", &[]),
    // The limits of a layer are declared where they are obeyed, and gathered here.
    (
        "config",
        &[
            "imap::Limits",
            "mime::Limits",
            "remote::Limits",
            "seal::ServerKey",
        ],
    ),
];

const BANNED_NAMES: [&str; 9] = [
    "mod", "utils", "util", "helpers", "common", "types", "manager", "service", "misc",
];

/// Beyond this a file is to be split.
const MOST_LINES: usize = 500;

#[test]
fn every_module_names_only_the_layers_below_it() {
    let mut broken = Vec::new();
    for file in sources("src", "rs") {
        let layer = layer_of(&file);
        let (_, allowed) = LAYERS
            .iter()
            .find(|(name, _)| *name == layer)
            .unwrap_or_else(|| panic!("{layer} has no place among the layers"));
        let source = without_comments_and_strings(&fs::read_to_string(&file).unwrap());
        for path in crate_paths(&source, depth_of(&file)) {
            let top = path.split("::").next().unwrap();
            let known = LAYERS.iter().any(|(name, _)| *name == top);
            let fine = top == layer
                || allowed
                    .iter()
                    .any(|allowed| path == *allowed || top == *allowed);
            if known && !fine {
                broken.push(format!("{} names crate::{path}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    for file in sources("src", "rs")
        .into_iter()
        .chain(sources("tests/webmail", "rs"))
    {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(!BANNED_NAMES.contains(&name), "{}", file.display());
    }
}

#[test]
fn no_source_file_is_too_long_to_be_read() {
    let long: Vec<_> = sources("src", "rs")
        .into_iter()
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            (lines > MOST_LINES).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn paths_are_found_in_every_notation() {
    let source = "use crate::{config::Config, mail::{Account, Error as E}, tasks};\n\
                  fn f() -> crate::imap::Uid { super::super::store::x() } // crate::seal\n\
                  pub(crate) fn g() { \"crate::smtp\"; r#\"crate::web \"# ; '\"'; crate :: mime :: a }";
    let found = crate_paths(&without_comments_and_strings(source), 2);
    let expected = [
        "config::Config",
        "imap::Uid",
        "mail::Account",
        "mail::Error",
        "mime::a",
        "store::x",
        "tasks",
    ];
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

/// All files of a folder of the project with this extension, in the order of their names.
pub fn sources(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path below `src`, without the extension, in parts.
fn parts(file: &Path) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let below = file.strip_prefix(source).unwrap().with_extension("");
    below
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect()
}

fn layer_of(file: &Path) -> String {
    parts(file).swap_remove(0)
}

/// How many `super::` lead from the file's module to the crate.
fn depth_of(file: &Path) -> usize {
    parts(file).len()
}

/// Every `crate::…` and every `super::…` that leads out to the crate, groups expanded, up to two parts each.
fn crate_paths(source: &str, depth: usize) -> BTreeSet<String> {
    let tokens = tokens(source);
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let starts_path = at == 0 || tokens[at - 1] != "::";
        if !starts_path || !matches!(tokens[at], "crate" | "super") {
            at += 1;
            continue;
        }
        let mut supers = 0;
        let from_crate = tokens[at] == "crate";
        while tokens.get(at) == Some(&"super") && tokens.get(at + 1) == Some(&"::") {
            supers += 1;
            at += 2;
        }
        if from_crate {
            at += 1;
            if tokens.get(at) != Some(&"::") {
                continue;
            }
            at += 1;
        } else if supers < depth {
            at += 1;
            continue;
        }
        at = expand(&tokens, at, "", &mut found);
    }
    found
}

/// Collects the paths that begin at a token, and returns where they end.
fn expand(tokens: &[&str], mut at: usize, prefix: &str, found: &mut BTreeSet<String>) -> usize {
    if tokens.get(at) == Some(&"{") {
        at += 1;
        while at < tokens.len() && tokens[at] != "}" {
            at = expand(tokens, at, prefix, found);
            while at < tokens.len() && tokens[at] != "," && tokens[at] != "}" {
                at += 1;
            }
            if tokens.get(at) == Some(&",") {
                at += 1;
            }
        }
        return at + 1;
    }
    let Some(&part) = tokens.get(at) else {
        return at;
    };
    if part == "self" {
        found.insert(prefix.trim_end_matches("::").to_owned());
        return at + 1;
    }
    let path = format!("{prefix}{part}");
    at += 1;
    if tokens.get(at) == Some(&"::") && prefix.is_empty() {
        return expand(tokens, at + 1, &format!("{path}::"), found);
    }
    found.insert(path);
    while tokens.get(at) == Some(&"::") {
        at += 1;
        if tokens.get(at) == Some(&"{") {
            let mut ignored = BTreeSet::new();
            return expand(tokens, at, prefix, &mut ignored);
        }
        at += 1;
    }
    at
}

/// Names, `::`, and single other characters.
fn tokens(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let length = match word {
            0 if rest.starts_with("::") => 2,
            0 => first.len_utf8(),
            length => length,
        };
        let (token, later) = rest.split_at(length);
        tokens.push(token);
        rest = later.trim_start();
    }
    tokens
}

fn without_comments_and_strings(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| string(rest, kept.chars().last()));
        if let Some(length) = skipped {
            kept.push(' ');
            rest = &rest[length..];
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    kept
}

/// The length of the comment that begins here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*")
        .then(|| rest.find("*/").map_or(rest.len(), |end| end + 2))
}

/// The length of the string or character literal that begins here.
fn string(rest: &str, before: Option<char>) -> Option<usize> {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = rest.strip_prefix('r').filter(|_| !in_word);
    if let Some(raw) = raw {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = 1 + hashes + 1;
            let length = rest[start..].find(&end)?;
            return Some(start + length + end.len());
        }
    }
    if let Some(character) = rest.strip_prefix('\'') {
        let escaped = character.starts_with('\\');
        let length = character.chars().next()?.len_utf8();
        let closed = character[length..].starts_with('\'');
        return match (escaped, closed) {
            (true, _) => character[2..].find('\'').map(|end| end + 4),
            (false, true) => Some(length + 2),
            (false, false) => None,
        };
    }
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    Some(rest.len())
}
