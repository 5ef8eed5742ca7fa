//! Playlists and segments of a film, asked for by fifty at once: ours, with the ticket and the right to watch held by everybody who asks and
//! what was looked up kept for as long as nothing changes, beside nginx that serves the same bytes as files to anybody. What counts is requests for each second of a core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::http::Client;
use super::load::{self, CONNECTIONS, Load};
use super::program::{AUTHOR, Program, free_port};
use super::table::{busy, figure, heading};
use crate::process;

/// How long each is asked for, in seconds.
const SECONDS: u32 = 10;

/// The figures.
///
/// # Errors
/// When the film is not made, nginx is not there, or an answer under load was an error.
pub fn serving(root: &Path) -> Result<()> {
    let mut program = Program::start(root, "serving", 1)?;
    let film = program.lecture_when_ready()?.film;
    // Without workers, so that nothing else uses the processor.
    program.again(root, "serving", 0)?;
    let author = program.signed_in(AUTHOR)?;
    let entered = author.get(&format!("/films/{film}/master.m3u8"))?.good()?;
    let master_at = entered.header("location").context("no address of the film")?.to_owned();
    let folder = master_at.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let nobody = program.client();
    let master = text(&nobody, &master_at)?;
    let list_at = format!("{folder}/{}", last_place(&master)?);
    let list = text(&nobody, &list_at)?;
    let segment_at = format!("{folder}/{}", last_place(&list)?);
    let segment = nobody.get(&segment_at)?.good()?.body;
    heading(&format!(
        "a playlist of {} bytes and a segment of {} bytes, {CONNECTIONS} at once (load {})",
        list.len(),
        segment.len(),
        busy()
    ));
    let files = root.join("target/bench/nginx");
    let nginx = Nginx::start(&files, &[("list.m3u8", list.as_bytes()), ("segment.m4s", &segment)])?;
    let watched = [program.pid(), program.database_pid()?];
    for (what, path, file) in [("playlist", &list_at, "/list.m3u8"), ("segment", &segment_at, "/segment.m4s")]
    {
        let _warm = load::run(&nobody, path, CONNECTIONS, 2, &watched)?;
        let ours = load::run(&nobody, path, CONNECTIONS, SECONDS, &watched)?;
        let theirs = load::run(&nginx.client, file, CONNECTIONS, SECONDS, &[nginx.pid()])?;
        let (own, other) = (of_a_core(&ours), of_a_core(&theirs));
        figure(&format!("{what}: requests a second and core, ours"), &format!("{own:.0}"), "");
        println!(
            "    {:.0} a second in all, half in {:.1} ms, 99 in 100 in {:.1} ms; ms of processor a request: {:?}",
            ours.per_second, ours.median_ms, ours.p99_ms, ours.cpu_ms
        );
        figure(&format!("{what}: requests a second and core, nginx from files"), &format!("{other:.0}"), "");
        figure(&format!("{what}: ours to nginx"), &format!("{:.3}", own / other.max(1.0)), "0.500");
    }
    println!("ours: the program, its object store (in the same process here) and PostgreSQL together");
    Ok(())
}

/// Requests that one core answers in a second, of all processes that work for them.
fn of_a_core(load: &Load) -> f64 {
    let ms: f64 = load.cpu_ms.iter().sum();
    1000.0 / ms.max(0.0001)
}

fn text(client: &Client, path: &str) -> Result<String> {
    Ok(String::from_utf8(client.get(path)?.good()?.body)?)
}

/// The last address of a playlist that is no comment; of a master playlist a picture, which stands before the sound alone.
fn last_place(playlist: &str) -> Result<&str> {
    let mut places = playlist.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    places.rfind(|place| !place.starts_with("audio.")).context("the playlist names nothing")
}

/// nginx on a folder of files, one process; stopped when the value is dropped.
struct Nginx {
    child: Option<Child>,
    client: Client,
}

impl Nginx {
    fn start(folder: &Path, files: &[(&str, &[u8])]) -> Result<Self> {
        let _nothing_there = fs::remove_dir_all(folder);
        fs::create_dir_all(folder.join("files"))?;
        for (name, bytes) in files {
            fs::write(folder.join("files").join(name), bytes)?;
        }
        let (port, here) = (free_port()?, folder.display());
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};"));
        let conf = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; {}\n\
             server {{ listen 127.0.0.1:{port}; root {here}/files; }} }}\n",
            places.join(" ")
        );
        fs::write(folder.join("nginx.conf"), conf)?;
        let mut command = Command::new(program());
        command.arg("-p").arg(folder).arg("-e").arg(folder.join("error.log"));
        command.arg("-c").arg(folder.join("nginx.conf"));
        let nginx = Self { child: Some(process::start(&mut command)?), client: Client::new(port) };
        for _ in 0..100 {
            if nginx.client.get("/list.m3u8").is_ok_and(|answer| answer.status == 200) {
                return Ok(nginx);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("nginx does not answer; see {}/error.log", folder.display())
    }

    fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            let _status = process::stop(child);
        }
    }
}

/// Debian puts it where only root looks.
fn program() -> PathBuf {
    let place = Path::new("/usr/sbin/nginx");
    if place.is_file() { place.to_owned() } else { PathBuf::from("nginx") }
}

#[cfg(test)]
mod tests {
    use super::{last_place, of_a_core};
    use crate::bench::load::Load;

    #[test]
    fn the_last_picture_and_the_last_segment_are_found() {
        let master =
            "#EXTM3U\n#EXT-X-STREAM-INF:X\n240p.m3u8\n#EXT-X-STREAM-INF:X\n480p.m3u8\n#X\naudio.m3u8\n#Y\n";
        assert_eq!(last_place(master).unwrap(), "480p.m3u8");
        assert_eq!(
            last_place("#EXTM3U\n480p/0-1.m4s\n480p/1-1.m4s\n#EXT-X-ENDLIST\n").unwrap(),
            "480p/1-1.m4s"
        );
        assert!(last_place("#EXTM3U\n").is_err());
        let load = Load { cpu_ms: vec![0.3, 0.2], ..Load::default() };
        assert!((of_a_core(&load) - 2000.0).abs() < 0.001);
    }
}
