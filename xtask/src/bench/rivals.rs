//! Two other ways to make the ladder of a film with the distribution's `ffmpeg`: PeerTube's (a process for each version, the
//! lower ones from the largest) and one process with a cascade and three B-frames. The commands are those of PeerTube 6.3
//! to 7, `packages/ffmpeg/src/ffmpeg-vod.ts` and `ffmpeg-default-transcoding-profile.ts`, with its formula of bit rates.

use std::path::Path;
use std::process::Command;

/// Versions: width, height, and PeerTube's average bits a pixel.
const STEPS: [(u32, u32, f64); 5] =
    [(1920, 1080, 0.10), (1280, 720, 0.11), (854, 480, 0.12), (640, 360, 0.15), (426, 240, 0.17)];

/// What is encoded.
pub struct Job<'a> {
    /// The source.
    pub source: &'a Path,
    /// The folder to work in.
    pub out: &'a Path,
    /// Height of the source, in pixels.
    pub height: u32,
    /// Pictures a second.
    pub rate: u32,
    /// Bits a second of the source.
    pub bitrate: f64,
}

impl Job<'_> {
    fn steps(&self) -> impl Iterator<Item = (u32, u32, f64)> {
        let height = self.height;
        STEPS.into_iter().filter(move |(_, step, _)| *step <= height)
    }

    /// PeerTube's cap of a version: what the source has and a third, at most an average for its size, at least 0.02 bits a pixel.
    fn cap(&self, (width, height, average): (u32, u32, f64)) -> u32 {
        let pixels = f64::from(width) * f64::from(height) * f64::from(self.rate);
        f64::max(pixels * 0.02, f64::min(pixels * average, self.bitrate * 1.3)) as u32
    }

    fn ffmpeg(&self) -> Command {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]).current_dir(self.out);
        ffmpeg
    }

    /// PeerTube's way: a copy for the web, then version by version, each lower one from the largest, and the sound.
    pub fn peertube(&self) -> Vec<Command> {
        let mut copy = self.ffmpeg();
        copy.arg("-i").arg(self.source);
        copy.args(["-c", "copy", "-f", "mp4", "-map_metadata", "-1", "-movflags", "faststart", "web.mp4"]);
        let mut commands = vec![copy];
        let hls = |command: &mut Command, name: &str| {
            command.args(["-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod"]);
            command.args(["-hls_segment_filename", &format!("{name}.mp4"), "-hls_segment_type", "fmp4"]);
            command.args(["-f", "hls", "-hls_flags", "single_file", &format!("{name}.m3u8")]);
        };
        for step in self.steps() {
            let (_, height, _) = step;
            let input =
                if height == self.height { "web.mp4".to_owned() } else { format!("{}.mp4", self.height) };
            let (cap, rate) = (self.cap(step), self.rate);
            let mut command = self.ffmpeg();
            command.args(["-i", &input, "-an", "-max_muxing_queue_size", "1024", "-map_metadata", "-1"]);
            command.args([
                "-pix_fmt",
                "yuv420p",
                "-vcodec",
                "libx264",
                "-vf",
                &format!("scale=w=-2:h={height}"),
            ]);
            command.args(["-preset", "veryfast", "-maxrate:v", &cap.to_string()]);
            command.args(["-bufsize:v", &(cap * 2).to_string(), "-b_strategy", "1", "-bf", "16"]);
            command.args(["-r", &rate.to_string(), "-g:v", &(rate * 2).to_string(), "-threads", "2"]);
            hls(&mut command, &height.to_string());
            commands.push(command);
        }
        let mut sound = self.ffmpeg();
        sound.args(["-i", "web.mp4", "-vn", "-acodec", "aac", "-channel_layout", "stereo", "-b:a", "128k"]);
        hls(&mut sound, "audio");
        commands.push(sound);
        commands
    }

    /// One process: one decode, each size from the one above it, `-bf 3`.
    pub fn cascade(&self) -> Command {
        let steps: Vec<_> = self.steps().collect();
        let mut graph = "[0:v]format=yuv420p".to_owned();
        for (index, (_, height, _)) in steps.iter().enumerate().skip(1) {
            let above = index - 1;
            graph.push_str(&format!(",split=2[v{above}][c{above}];[c{above}]scale=-2:{height}"));
        }
        graph.push_str(&format!("[v{}]", steps.len().saturating_sub(1)));
        let mut command = self.ffmpeg();
        command.arg("-i").arg(self.source).args(["-filter_complex", &graph]);
        let mut streams = String::new();
        for (index, step) in steps.iter().enumerate() {
            let cap = self.cap(*step);
            command.args(["-map", &format!("[v{index}]"), &format!("-maxrate:v:{index}"), &cap.to_string()]);
            command.args([format!("-bufsize:v:{index}"), (cap * 2).to_string()]);
            streams.push_str(&format!("v:{index},agroup:a "));
        }
        let group = (self.rate * 2).to_string();
        command.args([
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-b_strategy",
            "1",
            "-bf",
            "3",
            "-g",
            &group,
        ]);
        command.args(["-keyint_min", &group, "-sc_threshold", "0", "-threads", "2", "-map_metadata", "-1"]);
        command.args([
            "-map",
            "0:a",
            "-c:a",
            "aac",
            "-ac",
            "2",
            "-b:a",
            "128k",
            "-f",
            "hls",
            "-hls_time",
            "4",
        ]);
        command.args(["-hls_playlist_type", "event", "-hls_segment_type", "fmp4"]);
        command.args(["-hls_flags", "independent_segments", "-master_pl_name", "master.m3u8"]);
        command.args(["-var_stream_map", &format!("{streams}a:0,agroup:a")]);
        command.args([
            "-hls_segment_filename",
            "%v-%d.m4s",
            "-hls_fmp4_init_filename",
            "init-%v.mp4",
            "%v.m3u8",
        ]);
        command
    }
}
