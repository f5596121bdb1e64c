//! README.md and .env.example say of the settings what `posta --help` says.

use posta::config::settings;
use std::collections::BTreeMap;

/// Names and defaults of the settings that this version offers. A default in words is None.
fn in_force() -> BTreeMap<&'static str, Option<&'static str>> {
    let offered = settings().iter().filter(|setting| !setting.later);
    offered
        .map(|setting| {
            let value = setting.default;
            let in_words = value.contains(' ') || matches!(value, "" | "none");
            (setting.name, (!in_words).then_some(value))
        })
        .collect()
}

#[test]
fn the_readme_lists_every_setting_with_its_default() {
    let readme = include_str!("../../README.md");
    let rows: BTreeMap<&str, &str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `POSTA_").map(|_| line))
        .map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let name = cells.next().unwrap().trim_matches('`');
            (name, cells.next().unwrap())
        })
        .collect();
    let in_force = in_force();
    assert_eq!(
        rows.keys().collect::<Vec<_>>(),
        in_force.keys().collect::<Vec<_>>()
    );
    for (name, default) in in_force {
        if let Some(default) = default {
            assert!(
                rows[name].starts_with(&format!("`{default}`")),
                "{name}: {}",
                rows[name]
            );
        }
    }
}

#[test]
fn the_example_file_holds_every_setting_with_its_default() {
    let example = include_str!("../../.env.example");
    let lines: BTreeMap<&str, &str> = example
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .filter(|(name, _)| name.starts_with("POSTA_"))
        .collect();
    let in_force = in_force();
    assert_eq!(
        lines.keys().collect::<Vec<_>>(),
        in_force.keys().collect::<Vec<_>>()
    );
    for (name, default) in in_force {
        if let Some(default) = default {
            assert_eq!(lines[name], default, "{name}");
        }
    }
}
