//! What the stories stand on: real mail servers, Posta itself, a browser without script, and a network that fails.

pub mod app;
pub mod cutting_proxy;
pub mod imap_client;
pub mod mail_server;
pub mod page;
pub mod postgres;
pub mod process;
pub mod web_server;
