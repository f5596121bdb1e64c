//! A new migration file must lead to a new build: `sqlx::migrate!` embeds the folder's content.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
