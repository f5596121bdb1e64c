//! Posta as it is, but for one thing: it fetches pictures from these loopback servers too. The product has no such switch.
//!
//! usage: posta-admitting 127.0.0.1:8123 …      settings come from the environment, SIGTERM ends it

use posta::{
    config::{Config, Flags},
    server,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

fn main() -> anyhow::Result<()> {
    let mut config = Config::load(&Flags::default())?;
    for address in std::env::args().skip(1) {
        config.limits.remote.admitted.push(address.parse()?);
    }
    server::start_logging(config.log.as_deref());
    server::runtime()?.block_on(async {
        let listener = TcpListener::bind(config.listen).await?;
        let mut terminate = signal(SignalKind::terminate())?;
        let ended = async move {
            terminate.recv().await;
        };
        server::run(listener, config, ended).await
    })
}
