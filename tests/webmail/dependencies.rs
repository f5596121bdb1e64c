//! The rules of deny.toml that need no network hold for Cargo.lock, also where cargo-deny is not installed.

use std::fs;

#[test]
fn no_banned_crate_is_locked() {
    let mut broken = Vec::new();
    let rules = read("deny.toml");
    let locked = read("Cargo.lock");
    let rules = rules["bans"]["deny"].as_array().unwrap();
    assert!(!rules.is_empty());
    for rule in rules {
        let spec = rule["crate"].as_str().unwrap();
        let (name, below) = spec.split_once(":<").unwrap_or((spec, ""));
        for package in locked["package"].as_array().unwrap() {
            let version = package["version"].as_str().unwrap();
            let banned = below.is_empty() || numbers(version) < numbers(below);
            if package["name"].as_str() == Some(name) && banned {
                broken.push(format!("{name} {version}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_dependency_comes_from_the_registry() {
    let locked = read("Cargo.lock");
    for package in locked["package"].as_array().unwrap() {
        let source = package.get("source").and_then(toml::Value::as_str);
        let own = package["name"].as_str() == Some("posta");
        assert!(
            own || source.is_some_and(|source| source.starts_with("registry+")),
            "{package}"
        );
    }
}

fn read(name: &str) -> toml::Value {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap();
    release
        .split('.')
        .map(|number| number.parse().unwrap())
        .collect()
}
