//! A client for HTTP/1.1 on loopback, just enough to sign in and to measure: one connection a request, no redirects.
//! Not a general one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Nothing that is asked for here takes longer.
const TIMEOUT: Duration = Duration::from_secs(120);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// The lines of the head, without the first.
    head: String,
    /// The body, not decompressed.
    pub body: Vec<u8>,
}

/// Who asks: the address, and the headers that say who one is.
#[derive(Clone, Debug)]
pub struct Client {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// Header lines sent with every request.
    pub headers: Vec<(String, String)>,
}

impl Client {
    /// Nobody yet.
    pub fn new(port: u16) -> Self {
        Self { port, headers: Vec::new() }
    }

    /// The address of the site.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The cookies that say who one is, as a browser sends them; empty for nobody.
    pub fn cookies(&self) -> &str {
        self.headers.iter().find(|(name, _)| name == "cookie").map_or("", |(_, value)| value)
    }

    /// Asks for a page.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], b"")
    }

    /// Posts a form.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], body.join("&").as_bytes())
    }

    /// Sends JSON and reads JSON; `Null` when the answer holds nothing.
    ///
    /// # Errors
    /// When there is no answer or it is a refusal (its text is quoted).
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer =
            self.send(method, path, &[("content-type", "application/json")], body.as_bytes())?.good()?;
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer.body).with_context(|| format!("{method} {path} answered no JSON"))
    }

    /// Sends one request.
    ///
    /// # Errors
    /// When there is no answer, or none that is HTTP.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let asked = format!("{method} {path}");
        let mut socket = self.begin(method, path, headers, body.len())?;
        socket.write_all(body).with_context(|| asked.clone())?;
        read_answer(&mut socket, method == "HEAD").with_context(|| asked)
    }

    /// Sends the head of a request and leaves the body to the caller.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn begin(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        length: usize,
    ) -> Result<TcpStream> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port))
            .with_context(|| format!("nobody answers on {}", self.address()))?;
        socket.set_read_timeout(Some(TIMEOUT))?;
        socket.set_write_timeout(Some(TIMEOUT))?;
        socket.set_nodelay(true)?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\norigin: {}\r\nconnection: close\r\n",
            self.port,
            self.address()
        );
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(headers.iter().copied()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !matches!(method, "GET" | "HEAD") {
            head.push_str(&format!("content-length: {length}\r\n"));
        }
        head.push_str("\r\n");
        socket.write_all(head.as_bytes())?;
        Ok(socket)
    }
}

impl Answer {
    /// This answer, unless it is a refusal.
    ///
    /// # Errors
    /// A status of 400 and above, with the beginning of its text.
    pub fn good(self) -> Result<Self> {
        if self.status >= 400 {
            let text: String = String::from_utf8_lossy(&self.body).chars().take(400).collect();
            bail!("refused with {}: {text}", self.status);
        }
        Ok(self)
    }

    /// The first header of this name.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.all(wanted).next()
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, wanted: &str) -> Option<&str> {
        self.all("set-cookie")
            .find_map(|line| line.split(';').next()?.trim().strip_prefix(wanted)?.strip_prefix('='))
    }

    fn all<'a>(&'a self, wanted: &str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then_some(value.trim())
        })
    }
}

/// Reads an answer to the end of the connection.
///
/// # Errors
/// When the connection breaks or what came is not HTTP.
pub fn read_answer(socket: &mut TcpStream, head_only: bool) -> Result<Answer> {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).context("the answer broke off")?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("there was no answer")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let (first, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("this is no answer: {first}"))?;
    let body = bytes.split_off(end + 4);
    let mut answer = Answer { status, head: rest.to_owned(), body };
    if answer.header("transfer-encoding").is_some() && !head_only {
        answer.body = joined(&answer.body).context("the chunks of an answer do not fit")?;
    }
    Ok(answer)
}

/// The body of a chunked answer (RFC 9112 §7.1).
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 2 + length + 2..)?;
    }
}

/// A value of a form (WHATWG URL, application/x-www-form-urlencoded).
fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{encoded, joined};

    #[test]
    fn forms_and_chunks_are_written_and_read() {
        assert_eq!(encoded("a b+ź"), "a%20b%2B%C5%BA");
        assert_eq!(joined(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap(), b"abcde");
        assert_eq!(joined(b"9\r\nabc\r\n"), None);
    }
}
