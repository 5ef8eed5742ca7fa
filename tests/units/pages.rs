//! What pages say, and from where they are asked for.

use std::net::SocketAddr;

use app::courses::due::term;
use app::devices::sheet::report;
use app::identity::client::device;
use app::source::{Peer, Source};
use app::video::{clock, megabytes, size};
use axum::extract::{FromRequestParts as _, Request};
use devices::ProtocolId;
use devices::stocktake::Protocol;
use documents::{Block, Table};
use serde_json::json;
use time::macros::{date, datetime};
use uuid::Uuid;
use words::Language;

use crate::harness::qr;

#[test]
fn a_camera_reads_the_address_that_was_written() {
    for address in [
        "https://szkolenia.example.org/certificates/AbCd0123456789xyzAB_-Z",
        "https://szkolenia.example.org/certificates/0000000000000000000000",
        "http://127.0.0.1:8080/d/SP2-2026-000017",
        "HTTPS://BIP.EXAMPLE.ORG/D/1",
        "x",
    ] {
        assert_eq!(qr::of_svg(&base::qr::svg(address).unwrap()), address);
    }
}

/// The network that a request from `peer` with this `X-Forwarded-For` comes from.
async fn from(peer: Option<&str>, forwarded: &str) -> String {
    let mut request = Request::get("/").body(()).unwrap();
    if !forwarded.is_empty() {
        request.headers_mut().append("x-forwarded-for", forwarded.parse().unwrap());
    }
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 50_000)));
    }
    let (mut parts, ()) = request.into_parts();
    Source::from_request_parts(&mut parts, &()).await.unwrap().0
}

#[tokio::test]
async fn only_what_stands_before_us_on_this_machine_is_believed() {
    assert_eq!(from(Some("203.0.113.7"), "").await, "203.0.113.7");
    assert_eq!(from(Some("203.0.113.7"), "198.51.100.1").await, "203.0.113.7");
    assert_eq!(from(Some("127.0.0.1"), "10.0.0.1, 198.51.100.1").await, "198.51.100.1");
    assert_eq!(from(Some("127.0.0.1"), "nonsense").await, "127.0.0.1");
    assert_eq!(from(Some("::ffff:203.0.113.7"), "").await, "203.0.113.7");
    assert_eq!(from(Some("2001:db8:1:2:3:4:5:6"), "").await, "2001:db8:1:2::/64");
    assert_eq!(from(None, "").await, "");
}

#[test]
fn browsers_that_claim_to_be_others_are_told_apart() {
    let said = |client| device(Language::En, client);
    assert_eq!(
        said("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        "Firefox, Linux"
    );
    let edge =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
    assert_eq!(said(edge), "Edge, Windows");
    assert_eq!(said("<script>alert(1)</script>"), "unknown device");
}

#[test]
fn a_deadline_is_said_as_people_say_it() {
    let said = |day, days| term(Language::Pl, day, days).text;
    assert_eq!(said(date!(2026 - 11 - 11), -10), "Po terminie od 12.11.2026");
    assert_eq!(said(date!(2026 - 11 - 20), -1), "Po terminie od 21.11.2026");
    assert_eq!(said(date!(2026 - 11 - 21), 0), "Termin mija dziś");
    assert_eq!(said(date!(2026 - 11 - 22), 1), "Termin mija jutro");
    assert_eq!(said(date!(2026 - 11 - 24), 3), "Za 3 dni (24.11.2026)");
    assert_eq!(said(date!(2026 - 12 - 31), 40), "Termin: 31.12.2026");
}

#[test]
fn lengths_and_sizes_read_as_people_write_them() {
    let told = [0_u32, 59_999, 65_999, 200_000, 3_723_000].map(clock);
    assert_eq!(told, ["0:00", "0:59", "1:05", "3:20", "1:02:03"]);
    assert_eq!([megabytes(0), megabytes(1), megabytes(34_400_000)], ["0", "1", "34"]);
}

#[test]
fn the_largest_film_of_the_settings_is_told_in_gigabytes() {
    let told = [8 << 30, (8 << 30) - 1, 1 << 30, 11_000_000_000].map(|bytes| size(Language::Pl, bytes));
    assert_eq!(told, ["8 GB", "8191 MB", "1024 MB", "10 GB"]);
}

#[test]
fn the_document_says_what_the_accounting_act_asks_for_and_no_price() {
    let protocol = Protocol {
        id: ProtocolId(Uuid::nil()),
        number: "PS/1/2026".to_owned(),
        made_at: datetime!(2026-11-21 14:30 UTC),
        made_by: "Anna Nowak".to_owned(),
        body: json!({
            "stocktake": "SPIS/1/2026", "name": "Spis roczny", "of": "Magazyn", "counters": ["Anna Nowak", "Jan Lis"],
            "rounds": 2, "opened_at": 1_763_710_000, "note": "", "expected": 3, "seen": 1, "declared": 1, "unconfirmed": 0,
            "missing": 1, "elsewhere": 1, "unknown": 0, "marked": ["c"], "explained": { "c": "skradziony w maju" },
            "lines": [
                { "asset": "a", "inventory_no": "IT/1", "model": "Dell", "how": "seen", "lent": false },
                { "asset": "b", "inventory_no": "IT/2", "model": "Dell", "how": "declared", "lent": true },
                { "asset": "c", "inventory_no": "IT/3", "model": "Dell", "how": null, "lent": false },
            ],
            "strays": [{ "asset": "d", "code": "IT/9", "place": "Sala 4" }],
        }),
    };
    let made = report(&protocol, "Urząd");
    let tables: Vec<&Table> = made
        .blocks
        .iter()
        .filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
        .collect();
    let [sheet, differences] = tables[..] else { panic!("{} tables", tables.len()) };
    assert!(tables.iter().all(|table| table.rows.iter().all(|row| row.len() == table.columns.len())));
    assert!(tables.iter().all(|table| table.shares.len() == table.columns.len()));
    assert_eq!(sheet.rows[2][5..8], ["szt.", "1", "0"]);
    assert_eq!(sheet.rows[3][6..8], ["3", "2"]);
    assert_eq!(differences.rows.len(), 2);
    assert_eq!(differences.rows[0][0], "3");
    assert!(differences.rows[0][4].starts_with("skradziony w maju; "));
    assert!(differences.rows[1][3].contains("Sala 4"));
    assert_eq!(made.signatures.len(), 4);
    assert!(sheet.columns.iter().all(|name| !name.contains("Cena")));
}
