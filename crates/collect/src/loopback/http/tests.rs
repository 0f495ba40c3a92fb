//! Servers that answer badly.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const LIMIT: Duration = Duration::from_millis(1500);

/// Serves one connection after the other with `answer`, in a thread that ends with the test's process.
fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            answer(&mut stream);
        }
    });
    url
}

fn text(answer: &'static [u8]) -> String {
    server(move |stream| {
        let _ = stream.write_all(answer);
    })
}

fn ask(url: &str) -> Result<Vec<u8>, String> {
    Client::new(Duration::from_secs(20)).get(url, 1000, LIMIT).map_err(|error| error.to_string())
}

#[test]
fn a_good_answer_comes_whole() {
    let url = text(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(ask(&url), Ok(b"hello".to_vec()));
    let chunked =
        text(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
    assert_eq!(ask(&chunked), Ok(b"hello".to_vec()));
}

#[test]
fn an_endless_answer_ends_at_the_limit() {
    let url = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(ask(&url), Err("answers with more than 1000 bytes".to_owned()));
    let endless_head = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").is_ok() {}
    });
    let error = ask(&endless_head).expect_err("no end");
    assert!(error.starts_with("gives no answer that is understood"), "{error}");
}

#[test]
fn a_slow_answer_ends_in_time() {
    // A byte now and then keeps every wait for one byte short.
    let drops = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::park_timeout(Duration::from_millis(50));
        }
    };
    let silent = |stream: &mut TcpStream| {
        let _ = stream.read(&mut [0]);
    };
    for url in [server(drops), server(silent)] {
        let begun = Instant::now();
        assert_eq!(ask(&url), Err("did not answer within 2 s".to_owned()));
        // Far above the limit, so that a busy machine does not fail it, and far below for ever.
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (asked, was_asked) = std::sync::mpsc::channel();
    let other = server(move |_| {
        let _ = asked.send(());
    });
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n");
    let url = server(move |stream| {
        let _ = stream.write_all(answer.as_bytes());
    });
    let error = ask(&url).expect_err("a redirect");
    assert!(error.starts_with("answered 302 (a redirect to \"http://127.0.0.1:"), "{error}");
    assert!(was_asked.try_recv().is_err());
}

#[test]
fn other_answers_are_named() {
    assert_eq!(
        ask(&text(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")),
        Err("answered 404".to_owned())
    );
    let error = ask(&text(b"220 mail ready\r\n")).expect_err("no HTTP");
    assert!(error.starts_with("gives no answer that is understood"), "{error}");
    let cut = ask(&text(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"));
    assert!(cut.is_err(), "{cut:?}");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    assert!(ask(&closed).expect_err("nobody").starts_with("cannot be asked: connection refused"));
}

#[test]
fn all_requests_together_have_an_end() {
    let client = Client::new(Duration::ZERO);
    let error = client.get("http://127.0.0.1:1/", 10, LIMIT).expect_err("no time");
    assert!(error.to_string().contains("the time for all requests is over"));
}
