//! A network that fails: a TCP proxy that cuts, stalls, delays or garbles after a given octet.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// Which way the octets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Both sides see the connection end after so many octets of that direction.
    Cut(Direction, u64),
    /// Nothing more is passed on after so many octets of that direction; the connection stays open.
    Stall(Direction, u64),
    /// Every octet from this one on arrives with its bits turned around.
    Garble(Direction, u64),
    /// Everything arrives this much later, in both directions.
    Delay(Duration),
    /// The connection ends at once.
    Refuse,
}

/// Listens on a free port and passes everything on to another port of this machine.
pub struct CuttingProxy {
    /// Where to connect instead.
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    fault: Mutex<Option<Fault>>,
    released: Condvar,
    ended: AtomicBool,
    connections: AtomicU32,
    to_server: AtomicU64,
    to_client: AtomicU64,
}

impl CuttingProxy {
    /// A proxy in front of `127.0.0.1:port`, without faults so far.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let shared = Arc::new(Shared {
            server: SocketAddr::from(([127, 0, 0, 1], port)),
            fault: Mutex::new(None),
            released: Condvar::new(),
            ended: AtomicBool::new(false),
            connections: AtomicU32::new(0),
            to_server: AtomicU64::new(0),
            to_client: AtomicU64::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Self {
            port: address.port(),
            shared,
        }
    }

    /// What happens from now on, to open connections too. Each counts its own octets from its beginning.
    /// Stalled connections go on when the fault is taken back.
    pub fn set(&self, fault: impl Into<Option<Fault>>) {
        *self.shared.fault.lock().expect("no panic in here") = fault.into();
        self.shared.released.notify_all();
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u32 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many octets went that way so far, over all connections.
    pub fn octets(&self, direction: Direction) -> u64 {
        self.shared.counter(direction).load(Ordering::SeqCst)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.set(Fault::Refuse);
        // Wakes the accepting thread, which then ends.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().expect("no panic in here")
    }

    fn counter(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }

    fn wait_while(&self, stalled: Fault) {
        let fault = self.fault.lock().expect("no panic in here");
        let released = self
            .released
            .wait_while(fault, |fault| *fault == Some(stalled));
        drop(released.expect("no panic in here"));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        if shared.fault() == Some(Fault::Refuse) {
            continue;
        }
        shared.connections.fetch_add(1, Ordering::SeqCst);
        // A server that is down refuses, and so does its proxy: by closing.
        let Ok(server) = TcpStream::connect(shared.server) else {
            continue;
        };
        for socket in [&client, &server] {
            socket.set_nodelay(true).expect("a TCP option");
        }
        let (client2, server2) = (clone(&client), clone(&server));
        let (up, down) = (Arc::clone(shared), Arc::clone(shared));
        thread::spawn(move || pass_on(&up, Direction::ToServer, client, server));
        thread::spawn(move || pass_on(&down, Direction::ToClient, server2, client2));
    }
}

fn clone(socket: &TcpStream) -> TcpStream {
    socket.try_clone().expect("a file descriptor")
}

fn pass_on(shared: &Shared, direction: Direction, mut from: TcpStream, mut to: TcpStream) {
    let mut passed = 0;
    let mut buffer = [0; 16384];
    'connection: while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut octets = &mut buffer[..count];
        while !octets.is_empty() {
            let (count, garbled) = match next(shared, direction, passed, octets.len()) {
                Next::Pass(count) => (count, false),
                Next::Garble => (octets.len(), true),
                Next::Wait(fault) => {
                    shared.wait_while(fault);
                    continue;
                }
                Next::Close => break 'connection,
            };
            let (now, later) = octets.split_at_mut(count);
            if garbled {
                now.iter_mut().for_each(|octet| *octet = !*octet);
            }
            // Before they are passed on: who has received them finds them counted.
            passed += count as u64;
            shared
                .counter(direction)
                .fetch_add(count as u64, Ordering::SeqCst);
            if to.write_all(now).is_err() {
                break 'connection;
            }
            octets = later;
        }
        if matches!(shared.fault(), Some(Fault::Cut(way, after)) if way == direction && passed >= after)
        {
            break;
        }
    }
    close(&from, &to);
}

enum Next {
    Pass(usize),
    Garble,
    Wait(Fault),
    Close,
}

fn next(shared: &Shared, direction: Direction, passed: u64, available: usize) -> Next {
    let fault = match shared.fault() {
        None => return Next::Pass(available),
        Some(Fault::Refuse) => return Next::Close,
        Some(Fault::Delay(delay)) => {
            thread::sleep(delay);
            return Next::Pass(available);
        }
        Some(fault) => fault,
    };
    let (Fault::Cut(way, after) | Fault::Stall(way, after) | Fault::Garble(way, after)) = fault
    else {
        return Next::Pass(available);
    };
    if way != direction {
        return Next::Pass(available);
    }
    match usize::try_from(after.saturating_sub(passed)).unwrap_or(usize::MAX) {
        0 if matches!(fault, Fault::Cut(..)) => Next::Close,
        0 if matches!(fault, Fault::Stall(..)) => Next::Wait(fault),
        0 => Next::Garble,
        count => Next::Pass(count.min(available)),
    }
}

fn close(one: &TcpStream, other: &TcpStream) {
    for socket in [one, other] {
        // Closed already when the other direction ended first.
        let _closed = socket.shutdown(Shutdown::Both);
    }
}
