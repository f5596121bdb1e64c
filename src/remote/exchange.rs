//! One connection to one checked address, and one HTTP/1.1 exchange over it.
use super::{Error, Limits, Result, target::Target};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{
    Response,
    body::{Body, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_util::either::Either;

/// The same for everybody: it tells nobody's browser, language or version.
const USER_AGENT: &str = "Mozilla/5.0 (compatible; Posta)";
/// Fields of an answer's header.
const FIELDS: usize = 100;

/// What is asked.
#[derive(Clone)]
pub(super) enum Request {
    /// Value of the Accept field.
    Get(&'static str),
    /// An urlencoded form.
    Post(Bytes),
}

/// What was answered; any other status is an error.
pub(super) enum Reply {
    Content(Bytes),
    /// The Location field, not looked at yet.
    Redirect(String),
}

/// An octet stream to the other server, without or with TLS.
pub(super) type Stream = Either<TcpStream, TlsStream<TcpStream>>;

pub(super) async fn connect(
    address: SocketAddr,
    target: &Target,
    tls: &Arc<rustls::ClientConfig>,
    patience: Duration,
) -> Result<Stream> {
    let connecting = async {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        if !target.is_tls() {
            return Ok(Either::Left(tcp));
        }
        let name = ServerName::try_from(target.server_name()).map_err(io::Error::other)?;
        let tls = TlsConnector::from(tls.clone()).connect(name, tcp).await?;
        Ok(Either::Right(tls))
    };
    timeout(patience, connecting)
        .await
        .map_err(|_| Error::TimedOut)?
        .map_err(Error::Connection)
}

/// Sends the request and reads the answer; the connection ends with it.
pub(super) async fn exchange(
    stream: Stream,
    target: &Target,
    request: Request,
    limits: &Limits,
) -> Result<Reply> {
    let request = message(target, request)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(limits.header)
        .max_headers(FIELDS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(Error::Protocol)?;
    let asked = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(Error::Protocol)?;
        read(response, limits).await
    };
    // What ends the connection is told to `asked` too, after what came before it.
    let connected = async {
        if let Err(error) = connection.await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a fetch broke off"
            );
        }
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        reply = asked => reply,
        never = connected => match never {},
    }
}

fn message(target: &Target, request: Request) -> Result<hyper::Request<Full<Bytes>>> {
    let builder = hyper::Request::builder()
        .uri(target.path())
        .header(header::HOST, target.authority())
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close");
    let message = match request {
        Request::Get(accept) => builder.header(header::ACCEPT, accept).body(Full::default()),
        Request::Post(form) => builder
            .method(hyper::Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(form)),
    };
    message.map_err(|_no_request_line| Error::Address)
}

async fn read(response: Response<Incoming>, limits: &Limits) -> Result<Reply> {
    let status = response.status();
    let field = |name| response.headers().get(name);
    if status.is_redirection()
        && let Some(location) = field(header::LOCATION)
    {
        let location = location.to_str().map_err(|_| Error::Redirected)?;
        return Ok(Reply::Redirect(location.to_owned()));
    }
    if !status.is_success() {
        return Err(Error::Status(status.as_u16()));
    }
    if field(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Error::Encoded);
    }
    let mut body = response.into_body();
    if body.size_hint().lower() > limits.body as u64 {
        return Err(Error::TooLarge);
    }
    let mut content = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(Error::Protocol)?.into_data() else {
            continue;
        };
        if content.len() + data.len() > limits.body {
            return Err(Error::TooLarge);
        }
        content.extend_from_slice(&data);
    }
    Ok(Reply::Content(content.freeze()))
}
