//! Addresses that open one object in the store for a while, without a key of ours: Signature Version 4 of S3, in the query of the
//! address. The client of `blob` signs for this moment, so that every address is another; here whoever asks in the same stretch of time
//! is given the same, and a browser finds in its cache what it has fetched before.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;
use url::Url;

use crate::blob::BlobSettings;
use crate::id::hexadecimal;

/// Addresses are the same for so long, in seconds.
pub const STRETCH_SECONDS: i64 = 2 * 3600;

/// An address lives from the beginning of its stretch to the end of the next, so at least one stretch from when it is given.
const LIFE_SECONDS: i64 = 2 * STRETCH_SECONDS;

/// What stands in an address as it is (RFC 3986 §2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same, and what parts a path.
const PATH: &AsciiSet = &PLAIN.remove(b'/');

/// How a browser may keep what it is given: names are never used twice.
const KEEP: &str = "private, max-age=86400, immutable";

/// Signs addresses of one store.
#[derive(Clone)]
pub struct Signer {
    origin: String,
    host: String,
    bucket: String,
    region: String,
    access_key: String,
    secret_key: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}/{})", self.origin, self.bucket)
    }
}

impl Signer {
    /// For the store of these settings, which browsers reach at `public`: `https://pliki.example.org`.
    ///
    /// Errors: `public` is no address with a host.
    pub fn new(settings: &BlobSettings, public: &str) -> Result<Self, String> {
        let url = Url::parse(public).map_err(|error| format!("{public}: {error}"))?;
        let name = url.host_str().ok_or_else(|| format!("{public} names no host"))?;
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Ok(Self {
            origin: format!("{}://{host}", url.scheme()),
            host,
            bucket: settings.bucket.clone(),
            region: settings.region.clone(),
            access_key: settings.access_key.clone(),
            secret_key: settings.secret_key.clone(),
        })
    }

    /// Scheme and host of all addresses, for the policy of pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of an object, the same for everybody who asks in this stretch of time.
    pub fn address(&self, key: &str, now: OffsetDateTime) -> String {
        let beginning = now.unix_timestamp().div_euclid(STRETCH_SECONDS) * STRETCH_SECONDS;
        let at = OffsetDateTime::from_unix_timestamp(beginning).unwrap_or(now);
        let path =
            format!("/{}/{}", utf8_percent_encode(&self.bucket, PLAIN), utf8_percent_encode(key, PATH));
        let keep = [("response-cache-control", KEEP)];
        format!("{}{path}?{}", self.origin, self.query(&path, &keep, at, LIFE_SECONDS))
    }

    /// The query that opens `path` from `at` for so many seconds. `more` is put behind the parameters of the signature, which the order
    /// of letters demands.
    fn query(&self, path: &str, more: &[(&str, &str)], at: OffsetDateTime, seconds: i64) -> String {
        let form = format_description!("[year][month][day]T[hour][minute][second]Z");
        let moment = at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default();
        let day = moment.split('T').next().unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let credential = format!("{}/{scope}", self.access_key);
        let seconds = seconds.to_string();
        let parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &moment),
            ("X-Amz-Expires", &seconds),
            ("X-Amz-SignedHeaders", "host"),
        ];
        let written: Vec<String> = parameters
            .iter()
            .chain(more)
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, PLAIN)))
            .collect();
        let query = written.join("&");
        let request = format!("GET\n{path}\n{query}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", self.host);
        let said = hexadecimal(&Sha256::digest(request.as_bytes()));
        let signed = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{said}");
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [day, &self.region, "s3", "aws4_request"] {
            key = sign(&key, part);
        }
        format!("{query}&X-Amz-Signature={}", hexadecimal(&sign(&key, &signed)))
    }
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn signer() -> Signer {
        let settings = BlobSettings {
            endpoint: "http://10.0.0.5:3900".to_owned(),
            region: "us-east-1".to_owned(),
            bucket: "tablica".to_owned(),
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        };
        Signer::new(&settings, "https://examplebucket.s3.amazonaws.com").unwrap()
    }

    #[test]
    fn a_signature_is_that_of_the_example_in_the_manual_of_s3() {
        let query = signer().query("/test.txt", &[], datetime!(2013-05-24 0:00 UTC), 86_400);
        let expected = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert_eq!(query.rsplit('=').next(), Some(expected), "{query}");
    }

    #[test]
    fn everybody_in_one_stretch_of_time_is_given_the_same_address() {
        let (signer, key) = (signer(), "pliki/zażółć/a/0.m4s");
        let begun = signer.address(key, datetime!(2026-11-21 08:00:01 UTC));
        assert_eq!(begun, signer.address(key, datetime!(2026-11-21 09:59:59 UTC)));
        assert_ne!(begun, signer.address(key, datetime!(2026-11-21 10:00 UTC)));
        assert_ne!(begun, signer.address("pliki/zażółć/a/1.m4s", datetime!(2026-11-21 08:00:01 UTC)));
        assert!(begun.starts_with(
            "https://examplebucket.s3.amazonaws.com/tablica/pliki/za%C5%BC%C3%B3%C5%82%C4%87/a/0.m4s?"
        ));
        assert!(!begun.contains("wJalr"), "the secret key stands in an address");
    }
}
