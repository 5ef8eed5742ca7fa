//! Pictures to seek by. PeerTube decodes the whole film once more and draws one sheet of small pictures. We make none: above the seek
//! bar stand key frames that the smallest version has anyway, and the poster with its five stills is taken from the pictures that are
//! being encoded. What that costs is part of the ladder and cannot be told apart from it; so what `ffmpeg` needs to make the same of
//! key frames alone is compared, which decodes them once more and is rather too much than too little.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::cost;
use super::film_sources::Source;
use super::ladder;
use super::table::figure;

/// Most pictures of PeerTube's sheet along an edge (`STORYBOARD.SPRITES_MAX_EDGE_COUNT`).
const EDGE: u32 = 11;
/// Width of one, in pixels (`STORYBOARD.SPRITE_MAX_SIZE`).
const WIDTH: u32 = 192;
/// The poster and its five stills (`transcode/src/still.rs`).
const STILLS: u32 = 6;

/// A sheet of pictures as PeerTube plans it (`generate-storyboard.ts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sheet {
    /// From one picture to the next, in seconds.
    step: u32,
    pictures: u32,
    columns: u32,
    rows: u32,
}

impl Sheet {
    /// Of a film of so many seconds.
    fn new(seconds: u32) -> Self {
        let most = seconds.clamp(1, EDGE * EDGE);
        let step = seconds.max(1).div_ceil(most);
        let pictures = seconds.max(1).div_ceil(step);
        let columns = pictures.min(EDGE);
        Self { step, pictures, columns, rows: pictures.div_ceil(columns) }
    }

    /// The end of both ways: small, and side by side.
    fn drawn(self, source: &Source) -> String {
        let height = WIDTH * source.size.1 / source.size.0;
        format!("scale={WIDTH}:{height},tile=layout={}x{}", self.columns, self.rows)
    }
}

/// The figures: `web` is PeerTube's copy of the source, `made` the folder of our versions.
///
/// # Errors
/// When one of the ways fails or draws nothing.
pub fn storyboard(web: &Path, made: &Path, source: &Source, seconds: u32) -> Result<()> {
    let folder = web.parent().context("PeerTube's copy is in no folder")?;
    let sheet = Sheet::new(seconds);
    // Of PeerTube's `ffmpeg-images.ts`.
    let step = sheet.step;
    let filter = format!("setpts=N/round(FRAME_RATE)/TB,select='not(mod(t,{step}))',{}", sheet.drawn(source));
    let mut whole = ffmpeg();
    whole.arg("-i").arg(web).args(["-filter_complex", &filter, "-frames:v", "1", "-q:v", "2"]);
    let theirs = cost::of(whole.arg(folder.join("storyboard.jpg")), "ffmpeg")?;

    let mut keys = ffmpeg();
    keys.args(["-skip_frame", "nokey", "-i"]).arg(ladder::joined(made, "240p")?);
    let filter = format!("fps=1/{step},{}", sheet.drawn(source));
    keys.args(["-filter_complex", &filter, "-frames:v", "1", "-q:v", "2"]);
    let keys = cost::of(keys.arg(folder.join("keys.jpg")), "ffmpeg")?;

    let mut stills = ffmpeg();
    stills.args(["-skip_frame", "nokey", "-i"]).arg(ladder::joined(made, "360p")?);
    let filter = format!("fps={STILLS}/{seconds},scale=640:-2");
    stills.args(["-vf", &filter, "-frames:v", &STILLS.to_string(), "-q:v", "4"]);
    let stills = cost::of(stills.arg(folder.join("still-%d.jpg")), "ffmpeg")?;

    for name in ["storyboard.jpg", "keys.jpg", "still-1.jpg"] {
        let drawn = folder.join(name).metadata().is_ok_and(|file| file.len() > 0);
        ensure!(drawn, "{name} was not drawn");
    }
    println!(
        "    pictures to seek by: ours are part of the ladder above and cannot be told apart from it. Compared are:"
    );
    theirs.print(&format!("PeerTube's sheet of {} pictures, from every frame", sheet.pictures));
    keys.print("the same sheet by ffmpeg, from the key frames of our 240p alone");
    stills.print("a poster and five stills by ffmpeg, from the key frames of our 360p alone");
    let ratio = keys.and(stills).to(theirs);
    figure("CPU of key pictures and stills to PeerTube's storyboard", &format!("{ratio:.3}"), "0.100");
    Ok(())
}

fn ffmpeg() -> Command {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]);
    ffmpeg
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    #[test]
    fn a_sheet_has_a_picture_a_second_and_at_most_eleven_by_eleven() {
        assert_eq!(Sheet::new(60), Sheet { step: 1, pictures: 60, columns: 11, rows: 6 });
        assert_eq!(Sheet::new(600), Sheet { step: 5, pictures: 120, columns: 11, rows: 11 });
        assert_eq!(Sheet::new(10), Sheet { step: 1, pictures: 10, columns: 10, rows: 1 });
        assert_eq!(Sheet::new(0).pictures, 1);
    }
}
