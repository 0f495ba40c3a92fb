//! Listens on the loopback interface and answers. Knows no recordings.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;

use crate::gate::route;
use crate::site::{Answer, Site};
use crate::token::Token;

/// A browser sends its head at once; who takes longer is no browser.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// A connection ends after this, whatever it is doing: a gigabyte over loopback takes a second.
const CONNECTION_PATIENCE: Duration = Duration::from_secs(120);
/// A browser opens six.
const MOST_CONNECTIONS: usize = 32;
/// Heads of browsers are below 2 KB; names of files may be long.
const MOST_HEAD_BYTES: usize = 32 << 10;
/// After an error of the system, such as too many open files, before the next connection is taken.
const PAUSE: Duration = Duration::from_millis(100);

/// What keeps a server from starting.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The port cannot be had.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for; 0 for any.
        port: u16,
        /// The system's answer.
        source: io::Error,
    },
    /// The system has no random numbers, no timers or no signals.
    #[error("cannot start the server: {0}")]
    Start(#[from] io::Error),
}

/// A server that listens already and does not answer yet.
pub struct Server {
    listener: TcpListener,
    port: u16,
    token: Token,
}

impl Server {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub fn bind(port: u16) -> Result<Self, ServerError> {
        let listen = |source| ServerError::Listen { port, source };
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let port = listener.local_addr().map_err(listen)?.port();
        Ok(Self { listener, port, token: Token::draw()? })
    }

    /// The address to open, with the secret in it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.token.as_str())
    }

    /// Answers until Ctrl-C.
    ///
    /// # Errors
    /// The system gives no timers or signals.
    pub fn run(self, site: Site) -> Result<(), ServerError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ended = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            let shared = Arc::new(Shared { port: self.port, token: self.token, site });
            tokio::spawn(accept(listener, shared));
            tokio::signal::ctrl_c().await
        });
        // A read that hangs on a network file system must not keep the command from ending.
        runtime.shutdown_background();
        Ok(ended?)
    }
}

struct Shared {
    port: u16,
    token: Token,
    site: Site,
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    // Fails only for a semaphore that was closed, and nobody closes it.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .max_buf_size(MOST_HEAD_BYTES)
                .serve_connection(TokioIo::new(stream), service);
            // Whatever went wrong went wrong for this client, who knows it.
            let _ = tokio::time::timeout(CONNECTION_PATIENCE, connection).await;
            drop(place);
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    // The body is never read.
    let (parts, _) = request.into_parts();
    let answer = match route(&parts, shared.port, &shared.token) {
        Ok(route) => {
            let shared = Arc::clone(&shared);
            let answered = tokio::task::spawn_blocking(move || shared.site.answer(&route)).await;
            answered.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(status) => Err(status),
    };
    Ok(response(answer, &shared.site.page.content_security_policy))
}

fn response(answer: Result<Answer, StatusCode>, content_security_policy: &str) -> Response<Full<Bytes>> {
    let (status, media_type, bytes) = match answer {
        Ok(answer) => (StatusCode::OK, answer.media_type, answer.bytes),
        Err(status) => (status, "text/plain; charset=utf-8", format!("{status}\n").into_bytes()),
    };
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // A policy that is no header value would be no policy.
    let policy = HeaderValue::from_str(content_security_policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    headers.insert(hyper::header::CONTENT_SECURITY_POLICY, policy);
    response
}
