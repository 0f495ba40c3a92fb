//! Inspectors that answer badly.

use super::*;
use std::net::TcpListener;
use std::thread::JoinHandle;

const LIMIT: Duration = Duration::from_millis(700);

/// Takes one connection; gives its address.
fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let thread = std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            serve(stream);
        }
    });
    (address, thread)
}

/// Evaluates against an inspector that has shaken hands; the outcome in words.
fn evaluate(answer: impl FnOnce(WebSocket<TcpStream>) + Send + 'static) -> String {
    let (address, thread) = server(move |stream| {
        let mut socket = tungstenite::accept(stream).expect("a handshake");
        let request = socket.read().expect("a request");
        assert!(request.to_text().expect("text").contains("Runtime.evaluate"));
        answer(socket);
    });
    let begun = Instant::now();
    let outcome = Talk::connect(address, "/id").expect("a handshake").evaluate("1 + 1", LIMIT);
    assert!(begun.elapsed() < Duration::from_secs(20), "it ends");
    let words = match outcome {
        Ok(Evaluated::Value(value)) => value.to_string(),
        Ok(Evaluated::Closed) => "closed".to_owned(),
        Err(why) => why,
    };
    drop(thread.join());
    words
}

fn answer(text: &'static str) -> String {
    evaluate(move |mut socket| drop(socket.send(Message::text(text))))
}

#[test]
fn values_come_between_events() {
    let words = evaluate(|mut socket| {
        for text in [
            r#"{"method":"Runtime.consoleAPICalled","params":{"id":1}}"#,
            r#"{"id":77,"result":{"result":{"value":3}}}"#,
            r#"{"id":1,"result":{"result":{"type":"number","value":2}}}"#,
        ] {
            socket.send(Message::text(text)).expect("it is read");
        }
    });
    assert_eq!(words, "2");
    assert_eq!(answer(r#"{"id":1,"result":{"result":{"type":"undefined"}}}"#), "null");
}

#[test]
fn refusals_are_told() {
    let thrown =
        r#"{"id":1,"result":{"exceptionDetails":{"exception":{"description":"Error: no\u001b[31m"}}}}"#;
    assert_eq!(answer(thrown), "refuses: \"Error: no\\u001b[31m\"");
    assert_eq!(answer(r#"{"id":1,"error":{"code":-1}}"#), "refuses: {\"code\":-1}");
    assert_eq!(answer(r#"{"id":1}"#), "answers without a result");
}

#[test]
fn what_is_no_answer_is_an_error() {
    assert!(answer("garbage").starts_with("answers what is not understood"), "{}", answer("garbage"));
    assert_eq!(evaluate(drop), "closed");
    let words = evaluate(|mut socket| {
        // A frame of 2^62 bytes.
        let head = [0x81, 127, 0x40, 0, 0, 0, 0, 0, 0, 0];
        let _ = socket.get_mut().write_all(&head);
    });
    assert!(words.starts_with("answers with more than") || words.starts_with("does not speak"), "{words}");
    let words = evaluate(|mut socket| {
        let _ = socket.get_mut().write_all(&[0xff; 64]);
    });
    assert!(words.starts_with("does not speak as an inspector does"), "{words}");
}

#[test]
fn silence_and_endless_talk_end() {
    let silence = evaluate(|mut socket| {
        // Until the other end goes.
        let _ = socket.get_mut().read(&mut [0; 64]);
    });
    assert_eq!(silence, "did not answer within 0.7 s");
    let endless = evaluate(|mut socket| while socket.send(Message::text(r#"{"method":"x"}"#)).is_ok() {});
    assert_eq!(endless, "did not answer within 0.7 s");
    // One frame, a byte now and then.
    let slow = evaluate(|mut socket| {
        let stream = socket.get_mut();
        let _ = stream.write_all(&[0x81, 126, 0x10, 0]);
        while stream.write_all(b" ").is_ok() {
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let _ = stream.read(&mut [0; 64]);
        }
    });
    assert_eq!(slow, "did not answer within 0.7 s");
}

#[test]
fn a_server_that_shakes_no_hands_is_none() {
    let connect = |serve: fn(TcpStream)| {
        let (address, thread) = server(serve);
        let why = Talk::connect(address, "/id").err().expect("no inspector");
        drop(thread.join());
        why
    };
    let silent = connect(|mut stream| while stream.read(&mut [0; 512]).is_ok_and(|n| n > 0) {});
    assert_eq!(silent, "did not answer within 1 s");
    let other = connect(|mut stream| {
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    assert!(other.starts_with("does not speak as an inspector does"), "{other}");
    let endless = connect(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 101 Switching\r\nX: ");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert!(!endless.is_empty());
}
