//! Settings: one TOML file, each key also as `TABLICA_<KEY>` in the environment, which wins. Without any, everything is
//! embedded under one data folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use video::recognise::Recogniser;
use video::second::Setting;

use crate::cpus;

/// Every setting, with its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder that holds everything that is not elsewhere.
    pub data_dir: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people reach it, such as `https://szkolenia.example.org`; made of `listen` when empty.
    pub public_url: String,
    /// PostgreSQL 15 or newer for the server's role; empty: embedded.
    pub database_url: String,
    /// The same for the owner of the tables; used by `migrate`, `backup` and `restore` only.
    pub database_owner_url: String,
    /// Most connections to the database.
    pub database_connections: u32,
    /// Seconds for which a request waits for one of them to be free, before its person is told to try again.
    pub database_wait_seconds: u64,
    /// Object store, such as `https://s3.example.org`; empty: embedded.
    pub s3_endpoint: String,
    /// Its region.
    pub s3_region: String,
    /// Its bucket.
    pub s3_bucket: String,
    /// Its access key.
    pub s3_access_key: String,
    /// Its secret key.
    pub s3_secret_key: String,
    /// Where browsers reach the same store, such as `https://filmy.example.org`: films are then fetched there, by signed addresses, and
    /// not through this program; empty: through this program.
    pub s3_public_endpoint: String,
    /// SMTP server; empty: letters go into the folder `mail`.
    pub smtp_url: String,
    /// The sender of letters.
    pub smtp_from: String,
    /// Largest film, in bytes.
    pub film_most_bytes: u64,
    /// Longest film, in minutes.
    pub film_most_minutes: u64,
    /// Most bytes of segments that the server keeps in memory for those who watch together; 0: none.
    pub film_memory_bytes: u64,
    /// The codec of further sets of pictures, made in idle time: `none` or `av1`.
    pub second_codec: Setting,
    /// A transcoding program that says nothing for so many seconds is ended, and the film tried again.
    pub film_silence_seconds: u64,
    /// Captions.
    pub captions: Captions,
    /// Jobs worked on side by side by this process, and one more that is short; 0: none (another machine runs `tablica work`).
    pub workers: usize,
    /// Processors for transcoding, such as `2-3,6`, so that pages have the others to themselves; empty: all.
    pub work_cpus: String,
    /// Niceness of transcoding, 0 to 19.
    pub work_nice: u8,
}

/// Settings of captions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Captions {
    /// A program or a service that drafts them; none is part of Tablica. In the environment `TABLICA_CAPTIONS_RECOGNISER`, as TOML.
    pub recogniser: Option<Recogniser>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: String::new(),
            database_url: String::new(),
            database_owner_url: String::new(),
            database_connections: 16,
            database_wait_seconds: 5,
            s3_endpoint: String::new(),
            s3_region: "us-east-1".to_owned(),
            s3_bucket: "tablica".to_owned(),
            s3_access_key: String::new(),
            s3_secret_key: String::new(),
            s3_public_endpoint: String::new(),
            smtp_url: String::new(),
            smtp_from: String::new(),
            film_most_bytes: 8 << 30,
            film_most_minutes: 360,
            film_memory_bytes: 32 << 20,
            second_codec: Setting::None,
            film_silence_seconds: 180,
            captions: Captions::default(),
            workers: 1,
            work_cpus: String::new(),
            work_nice: 5,
        }
    }
}

/// The names of all settings, for the environment.
const KEYS: [&str; 23] = [
    "data_dir",
    "listen",
    "public_url",
    "database_url",
    "database_owner_url",
    "database_connections",
    "database_wait_seconds",
    "s3_endpoint",
    "s3_region",
    "s3_bucket",
    "s3_access_key",
    "s3_secret_key",
    "s3_public_endpoint",
    "smtp_url",
    "smtp_from",
    "film_most_bytes",
    "film_most_minutes",
    "film_memory_bytes",
    "film_silence_seconds",
    "second_codec",
    "workers",
    "work_cpus",
    "work_nice",
];
const NUMBERS: [&str; 8] = [
    "database_connections",
    "database_wait_seconds",
    "film_most_bytes",
    "film_most_minutes",
    "film_memory_bytes",
    "film_silence_seconds",
    "workers",
    "work_nice",
];

impl Config {
    /// Reads the file (when there is one) and the environment.
    ///
    /// Errors: a sentence with the file, the line and the key that is wrong.
    pub fn read(file: Option<&Path>, environment: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut table = match file {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                text.parse::<toml::Table>().map_err(|error| format!("{}: {error}", path.display()))?
            }
            None => toml::Table::new(),
        };
        for key in KEYS {
            let Some(value) = environment(&format!("TABLICA_{}", key.to_uppercase())) else { continue };
            let value =
                if NUMBERS.contains(&key) {
                    let number = value.parse::<i64>();
                    toml::Value::Integer(number.map_err(|_| {
                        format!("TABLICA_{}: {value:?} is no whole number", key.to_uppercase())
                    })?)
                } else {
                    toml::Value::String(value)
                };
            table.insert(key.to_owned(), value);
        }
        if let Some(value) = environment("TABLICA_CAPTIONS_RECOGNISER") {
            let captions = format!("recogniser = {value}").parse::<toml::Table>();
            let captions = captions.map_err(|error| format!("TABLICA_CAPTIONS_RECOGNISER: {error}"))?;
            table.insert("captions".to_owned(), toml::Value::Table(captions));
        }
        let name = file.map_or_else(|| "the environment".to_owned(), |path| path.display().to_string());
        let config: Self =
            table.try_into().map_err(|error: toml::de::Error| format!("{name}: {}", error.message()))?;
        config.check().map_err(|error| format!("{name}: {error}"))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let url = &self.public_url;
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(format!("public_url must begin with https:// or http://, not {url:?}"));
        }
        if url.ends_with('/') {
            return Err("public_url must not end with a slash".to_owned());
        }
        if !self.s3_endpoint.is_empty() && (self.s3_access_key.is_empty() || self.s3_secret_key.is_empty()) {
            return Err("s3_endpoint needs s3_access_key and s3_secret_key".to_owned());
        }
        let public = &self.s3_public_endpoint;
        if !public.is_empty() {
            if self.s3_endpoint.is_empty() {
                return Err(
                    "s3_public_endpoint needs s3_endpoint: the embedded store is for this machine".to_owned()
                );
            }
            if !public.starts_with("https://") && !public.starts_with("http://") || public.ends_with('/') {
                return Err(format!(
                    "s3_public_endpoint must begin with https:// or http:// and not end with a slash, not {public:?}"
                ));
            }
        }
        cpus::read(&self.work_cpus)?;
        if self.work_nice > 19 {
            return Err("work_nice must be 0 to 19".to_owned());
        }
        if !(5..=3600).contains(&self.film_silence_seconds) {
            return Err("film_silence_seconds must be 5 to 3600".to_owned());
        }
        if !self.smtp_url.is_empty() && self.smtp_from.is_empty() {
            return Err("smtp_url needs smtp_from, the address that letters come from".to_owned());
        }
        if self.database_url.is_empty() && !self.database_owner_url.is_empty() {
            return Err("database_owner_url needs database_url".to_owned());
        }
        if let Some(recogniser) = &self.captions.recogniser {
            recogniser.check()?;
        }
        if self.database_connections < 2 {
            return Err("database_connections must be at least 2".to_owned());
        }
        if !(1..=600).contains(&self.database_wait_seconds) {
            return Err("database_wait_seconds must be 1 to 600".to_owned());
        }
        Ok(())
    }

    /// Where people reach this installation.
    pub fn public_url(&self) -> String {
        if self.public_url.is_empty() { format!("http://{}", self.listen) } else { self.public_url.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Recogniser};

    fn read(values: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(None, |key| {
            values.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_settings_everything_is_embedded() {
        let config = read(&[]).unwrap();
        assert!(
            config.database_url.is_empty() && config.s3_endpoint.is_empty() && config.smtp_url.is_empty()
        );
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let check = |values: &[(&str, &str)], part: &str| {
            let error = read(values).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        check(&[("TABLICA_WORKERS", "many")], "TABLICA_WORKERS");
        check(&[("TABLICA_LISTEN", "everywhere")], "socket address");
        check(&[("TABLICA_S3_ENDPOINT", "https://s3.example.org")], "s3_access_key");
        check(&[("TABLICA_PUBLIC_URL", "example.org")], "public_url");
        check(&[("TABLICA_SMTP_URL", "smtp://localhost")], "smtp_from");
        check(&[("TABLICA_WORK_CPUS", "3-1")], "work_cpus");
        check(&[("TABLICA_WORK_NICE", "20")], "work_nice");
        check(&[("TABLICA_FILM_SILENCE_SECONDS", "0")], "film_silence_seconds");
        check(&[("TABLICA_DATABASE_WAIT_SECONDS", "0")], "database_wait_seconds");
        check(&[("TABLICA_S3_PUBLIC_ENDPOINT", "https://s3.example.org")], "s3_endpoint");
        check(
            &[("TABLICA_CAPTIONS_RECOGNISER", "{ url = \"file:///etc/passwd\" }")],
            "captions.recogniser.url",
        );
        check(&[("TABLICA_CAPTIONS_RECOGNISER", "{ command = [] }")], "captions.recogniser.command");
        check(&[("TABLICA_CAPTIONS_RECOGNISER", "whisper")], "TABLICA_CAPTIONS_RECOGNISER");
    }

    #[test]
    fn every_setting_can_come_from_the_environment() {
        let text = format!("{:?}", Config::default());
        for key in super::KEYS {
            assert!(text.contains(&format!("{key}: ")), "{key} is no setting");
        }
        // `captions` holds one setting, which is read as TOML.
        assert!(text.contains("captions: Captions { recogniser: None }"), "{text}");
        assert_eq!(text.matches(": ").count(), super::KEYS.len() + 2, "{text}");
        let program = read(&[("TABLICA_CAPTIONS_RECOGNISER", "{ command = [\"/bin/true\", \"{audio}\"] }")]);
        let words = vec!["/bin/true".to_owned(), "{audio}".to_owned()];
        assert_eq!(program.unwrap().captions.recogniser, Some(Recogniser::Command(words)));
    }

    #[test]
    fn the_sample_file_shows_every_setting_with_its_default() {
        let sample = include_str!("../../docs/tablica.toml");
        // The last line that names a key shows its default; a line before it may show an example.
        let mut shown = toml::Table::new();
        for line in sample.lines().filter_map(|line| line.strip_prefix("# ")) {
            if let Ok(table) = line.parse::<toml::Table>() {
                shown.extend(table);
            }
        }
        assert!(shown.contains_key("captions"), "captions is not in docs/tablica.toml");
        for key in super::KEYS {
            assert!(shown.contains_key(key), "{key} is not in docs/tablica.toml");
        }
        let sample: Config = shown.try_into().unwrap();
        assert_eq!(format!("{sample:?}"), format!("{:?}", Config::default()));
    }
}
