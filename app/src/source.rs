//! Where a request comes from on the net: only to count how often, never to know who.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The other end of a connection; the server puts it into every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The network that a request comes from, as text: an IPv4 address, or the 64 bits of IPv6 that one household has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        Ok(Self(of(peer, &parts.headers)))
    }
}

/// What stands before this program on the same machine writes the address that it was asked from at the end of `X-Forwarded-For`.
/// Whoever asks directly is not believed. Behind another machine all requests have that machine's address.
fn of(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let forwarded = last
        .and_then(|value| value.rsplit(',').next())
        .and_then(|address| address.trim().parse::<IpAddr>().ok())
        .filter(|_| peer.is_some_and(|peer| peer.is_loopback()));
    forwarded.or(peer).map(network).unwrap_or_default()
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
