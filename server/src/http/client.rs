//! Where a request comes from, also where proxies stand between.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use super::Shared;

/// The address of whoever sent the request.
#[derive(Clone, Copy, Debug)]
pub struct Client(IpAddr);

/// Finds out where the request comes from, and puts that at hand.
pub async fn find(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        let client = behind(&shared.trusted_proxies, peer.to_canonical(), request.headers());
        request.extensions_mut().insert(Client(client));
    }
    next.run(request).await
}

/// Each proxy adds to `X-Forwarded-For` from whom it got the request. So that
/// header is read from its end, for as long as it was a proxy of ours that
/// wrote it: what stands before that anybody may have made up.
fn behind(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let written: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut client = peer;
    for said in written.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        match said.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// Where a request comes from, as attempts are counted. Of an IPv6 address
/// only the network: its owner has all of it.
pub fn counted_as(extensions: &Extensions) -> IpAddr {
    let address = extensions.get::<Client>().map(|Client(address)| *address);
    match address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        behind(&trusted, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn what_a_client_makes_up_does_not_count() {
        assert_eq!(client(&[], "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        let made_up = ["1.1.1.1, 198.51.100.7"];
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.5", &made_up), "198.51.100.7");
    }

    #[test]
    fn the_last_that_is_no_proxy_of_ours_counts() {
        let ours = ["10.0.0.0/8", "127.0.0.1/32"];
        assert_eq!(client(&ours, "127.0.0.1", &["198.51.100.7, 10.0.0.5", "10.1.1.1"]), "198.51.100.7");
        assert_eq!(client(&ours, "127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client(&ours, "127.0.0.1", &["unknown"]), "127.0.0.1");
        assert_eq!(client(&ours, "127.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn an_ipv6_network_counts_as_one_client() {
        let address = |text: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(Client(text.parse().unwrap()));
            counted_as(&extensions)
        };
        assert_eq!(address("2001:db8:1:2::7"), address("2001:db8:1:2:ffff::8"));
        assert_ne!(address("2001:db8:1:2::7"), address("2001:db8:1:3::7"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }
}
