#![no_main]
//! Where a fetch may lead: only to public addresses on the ports of the web.

use posta::remote::{Client, Limits};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, OnceLock},
};
use tokio::runtime::{Builder, Runtime};

fn world() -> &'static (Runtime, Client) {
    static WORLD: OnceLock<(Runtime, Client)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring offers them")
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        // A name that holds "in" leads inside.
        let names = |name: &str| match name.contains("in") {
            true => vec![IpAddr::from(Ipv4Addr::new(10, 0, 0, 1))],
            false => vec![IpAddr::from(Ipv4Addr::new(93, 184, 216, 34))],
        };
        let client = Client::new(Limits::default(), Arc::new(tls)).with_names(names);
        (runtime, client)
    })
}

libfuzzer_sys::fuzz_target!(|url: &str| {
    let (runtime, client) = world();
    let Ok(addresses) = runtime.block_on(client.check(url)) else {
        return;
    };
    assert!(!addresses.is_empty() && url.len() <= 4096 && !url.contains(char::is_control));
    let parsed = url::Url::parse(url).expect("it was taken");
    assert!(parsed.username().is_empty() && parsed.password().is_none());
    for address in addresses {
        assert!([80, 443].contains(&address.port()), "{url}: {address}");
        let inside = match address.ip() {
            IpAddr::V4(ip) => is_inside(ip),
            IpAddr::V6(ip) => {
                ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_multicast()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local()
                    || ip.to_ipv4_mapped().is_some_and(is_inside)
            }
        };
        assert!(!inside, "{url}: {address}");
    }
});

fn is_inside(ip: Ipv4Addr) -> bool {
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.octets()[0] == 0
}
