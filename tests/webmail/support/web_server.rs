//! A web server on loopback that answers as badly as a test asks for.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Counts what is asked of it. Its threads end with the process.
pub struct WebServer {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

/// The other side of a connection, with or without TLS.
pub trait Peer: Read + Write + Send {}
impl<T: Read + Write + Send> Peer for T {}

impl WebServer {
    /// `answer` is given the whole request and writes what it likes; the connection ends when it returns.
    pub fn start(
        answer: impl Fn(&str, &mut dyn Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(answer, |socket| Box::new(socket))
    }

    /// The same over TLS.
    pub fn start_tls(
        config: Arc<rustls::ServerConfig>,
        answer: impl Fn(&str, &mut dyn Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(answer, move |socket| {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            Box::new(rustls::StreamOwned::new(connection, socket))
        })
    }

    fn start_with(
        answer: impl Fn(&str, &mut dyn Peer) -> io::Result<()> + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> Box<dyn Peer> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (requests.clone(), Arc::new(answer));
        thread::spawn(move || {
            for socket in listener.incoming() {
                let mut peer = wrap(socket.unwrap());
                let (kept, answer) = (kept.clone(), answer.clone());
                thread::spawn(move || {
                    let Ok(request) = read_request(&mut *peer) else {
                        return;
                    };
                    kept.lock().unwrap().push(request.clone());
                    // A client that had enough leaves in the middle.
                    let _left = answer(&request, &mut *peer);
                    let _left = peer.flush();
                });
            }
        });
        Self { address, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far, as it came.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(peer: &mut dyn Peer) -> io::Result<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.parse().unwrap());
            if body.len() >= length {
                return Ok(text);
            }
        }
        match peer.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A whole answer with these header lines, each ending with CR LF.
pub fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub fn redirect(location: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {location}\r\n"), b"")
}

/// One octet at a time until the client has had enough.
pub fn drip(peer: &mut dyn Peer) -> io::Result<()> {
    loop {
        peer.write_all(b"x")?;
        peer.flush()?;
        thread::sleep(Duration::from_millis(20));
    }
}

/// The path that a request asks for.
pub fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}
