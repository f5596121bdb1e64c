//! Medians, ratios and the figures they are held against.

use std::{path::Path, process::Command, time::Duration};

/// The times of two things that took turns, in milliseconds.
#[derive(Default)]
pub struct Times {
    raw: Vec<f64>,
    posta: Vec<f64>,
}

impl Times {
    pub fn add(&mut self, raw: Duration, posta: Duration) {
        self.raw.push(raw.as_secs_f64() * 1e3);
        self.posta.push(posta.as_secs_f64() * 1e3);
    }

    /// The median of Posta's times.
    pub fn posta(&self) -> f64 {
        median(&self.posta)
    }
}

/// What is printed at the end.
#[derive(Default)]
pub struct Report(Vec<String>);

impl Report {
    pub fn add(&mut self, name: &str, times: &Times) {
        let (raw, posta) = (median(&times.raw), times.posta());
        self.line(format!(
            "{name:<40} {raw:>9.2} {posta:>9.2} {:>8.2}",
            posta / raw
        ));
    }

    pub fn ratio(&mut self, name: &str, ratio: f64, most: f64) {
        let verdict = verdict(ratio, most);
        self.line(format!(
            "{name:<40} {:>28.2}   at most {most}{verdict}",
            ratio
        ));
    }

    pub fn value(&mut self, name: &str, value: f64, unit: &str, most: f64) {
        let verdict = verdict(value, most);
        self.line(format!(
            "{name:<40} {value:>19.2} {unit}        at most {most}{verdict}"
        ));
    }

    /// Octets, held against a number of mebibytes.
    pub fn memory(&mut self, name: &str, octets: i64, most: f64) {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let mebibytes = octets as f64 / f64::from(1 << 20);
        self.value(name, mebibytes, "MiB", most);
    }

    /// The compressed sizes of all scripts and style sheets.
    pub fn assets(&mut self, folder: &str) {
        for (kind, extension, most) in [("JS", "js", 35.0), ("CSS", "css", 15.0)] {
            let size: usize = files(Path::new(folder), extension)
                .iter()
                .map(|file| compressed(file))
                .sum();
            let name = format!("all {kind}, Brotli");
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            self.value(&name, size as f64 / 1000.0, "kB", most);
        }
    }

    pub fn print(&self) {
        println!(
            "{:<40} {:>9} {:>9} {:>8}",
            "median, ms", "raw", "Posta", "ratio"
        );
        for line in &self.0 {
            println!("{line}");
        }
    }

    fn line(&mut self, line: String) {
        eprintln!("{line}");
        self.0.push(line);
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn verdict(value: f64, most: f64) -> &'static str {
    if value <= most { "" } else { "  MISSED" }
}

fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found
}

fn compressed(file: &Path) -> usize {
    let output = Command::new("brotli")
        .args(["--quality=11", "--stdout"])
        .arg(file)
        .output()
        .expect("brotli is installed by script/setup");
    assert!(output.status.success());
    output.stdout.len()
}
