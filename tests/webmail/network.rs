//! The network that the stories break fails as it is told.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use super::support::cutting_proxy::{CuttingProxy, Direction, Fault};

/// A server that sends back what it reads.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 1024];
                while let Ok(count @ 1..) = socket.read(&mut buffer) {
                    if socket.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

fn connect(proxy: &CuttingProxy) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    socket
}

fn ask(mut socket: &TcpStream, text: &str) -> Vec<u8> {
    socket.write_all(text.as_bytes()).unwrap();
    let mut answer = vec![0; text.len()];
    let mut length = 0;
    while length < answer.len() {
        match socket.read(&mut answer[length..]) {
            Ok(count @ 1..) => length += count,
            _ => break,
        }
    }
    answer.truncate(length);
    answer
}

#[test]
fn octets_pass_unchanged_and_are_counted() {
    let proxy = CuttingProxy::to(echo());
    assert_eq!(ask(&connect(&proxy), "hello"), b"hello");
    assert_eq!(proxy.connections(), 1);
    assert_eq!(proxy.octets(Direction::ToServer), 5);
    assert_eq!(proxy.octets(Direction::ToClient), 5);
}

#[test]
fn a_connection_is_cut_after_the_given_octet() {
    let proxy = CuttingProxy::to(echo());
    proxy.set(Fault::Cut(Direction::ToClient, 3));
    let mut socket = connect(&proxy);
    assert_eq!(ask(&socket, "hello"), b"hel");
    assert_eq!(socket.read(&mut [0; 1]).unwrap(), 0);
    proxy.set(None);
    assert_eq!(ask(&connect(&proxy), "hello"), b"hello");
}

#[test]
fn a_stalled_connection_goes_on_when_the_fault_is_taken_back() {
    let proxy = CuttingProxy::to(echo());
    proxy.set(Fault::Stall(Direction::ToServer, 2));
    let mut socket = connect(&proxy);
    assert_eq!(ask(&socket, "hello"), b"he");
    proxy.set(None);
    let mut rest = [0; 3];
    socket.read_exact(&mut rest).unwrap();
    assert_eq!(&rest, b"llo");
}

#[test]
fn garbled_octets_keep_their_number() {
    let proxy = CuttingProxy::to(echo());
    proxy.set(Fault::Garble(Direction::ToClient, 4));
    assert_eq!(
        ask(&connect(&proxy), "hello"),
        [b'h', b'e', b'l', b'l', !b'o']
    );
}

#[test]
fn a_slow_network_is_slow_in_both_directions() {
    let proxy = CuttingProxy::to(echo());
    let delay = Duration::from_millis(50);
    proxy.set(Fault::Delay(delay));
    let begin = Instant::now();
    assert_eq!(ask(&connect(&proxy), "hello"), b"hello");
    assert!(begin.elapsed() >= delay * 2);
}
