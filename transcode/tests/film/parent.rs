//! A small parent: runs `tablica-transcode` on a file and keeps what it hands over. Used by the tests
//! and by the bench example; the real parent is the worker, with object storage behind it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use video::wire::{self, Found, FromChild, Order, Probed, Reason, Rendition, RenditionSummary, ToChild};

/// One segment as it came.
#[derive(Debug, Clone)]
pub struct Segment {
    pub number: u32,
    pub start_ms: u64,
    pub length_ms: u32,
    pub key_bytes: u32,
    pub bytes: Vec<u8>,
}

/// One rendition as it came.
#[derive(Debug, Clone)]
pub struct Made {
    pub rendition: Rendition,
    pub init: Vec<u8>,
    pub segments: Vec<Segment>,
}

impl Made {
    /// Beginning and segments in one piece.
    pub fn whole(&self) -> Vec<u8> {
        let mut bytes = self.init.clone();
        self.segments.iter().for_each(|segment| bytes.extend_from_slice(&segment.bytes));
        bytes
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Done {
        renditions: Vec<RenditionSummary>,
        length_ms: u64,
        warnings: Vec<String>,
        cpu_ms: u64,
    },
    Failed {
        reason: Reason,
        detail: String,
    },
    /// The pipe closed without a last word.
    Silence,
}

/// All of one run.
#[derive(Debug)]
pub struct Run {
    pub probed: Option<Probed>,
    pub found: Option<Found>,
    /// End of the furthest range that it had asked for when it said what it had found, in bytes.
    pub reach_at_found: u64,
    /// Whether it said that it makes anew what is published.
    pub is_anew: bool,
    pub made: BTreeMap<String, Made>,
    pub plain: Vec<u8>,
    pub poster: Vec<u8>,
    pub stills: Vec<(u64, Vec<u8>)>,
    /// Of a further set: rendition, pictures, how alike they are, and how alike H.264 would be.
    pub judged: Vec<(String, u32, f64, f64)>,
    pub progress: Vec<(u64, u64)>,
    pub end: End,
    pub wall: Duration,
    /// Until the first segment of every picture rendition was there.
    pub first_segments: Option<Duration>,
    /// From `Cancel`, or from vanishing, to the end of the child.
    pub stopped_after: Option<Duration>,
    pub peak_rss_kb: u64,
    pub peak_address_kb: u64,
    pub reads: u64,
    /// End of the furthest range that it asked for, in bytes.
    pub reach: u64,
    pub exit_code: Option<i32>,
    /// Most objects without an answer at one time.
    pub most_unanswered: usize,
    /// `/proc/PID/status` of the child at its last message.
    pub status: String,
    /// Niceness of the child.
    pub nice: Option<i32>,
    unanswered: usize,
}

impl Run {
    const fn new() -> Self {
        Self {
            probed: None,
            found: None,
            reach_at_found: 0,
            is_anew: false,
            made: BTreeMap::new(),
            plain: Vec::new(),
            poster: Vec::new(),
            stills: Vec::new(),
            judged: Vec::new(),
            progress: Vec::new(),
            end: End::Silence,
            wall: Duration::ZERO,
            first_segments: None,
            stopped_after: None,
            peak_rss_kb: 0,
            peak_address_kb: 0,
            reads: 0,
            reach: 0,
            exit_code: None,
            most_unanswered: 0,
            status: String::new(),
            nice: None,
            unanswered: 0,
        }
    }

    /// Picture renditions, largest first.
    pub fn pictures(&self) -> Vec<&Made> {
        let mut pictures: Vec<&Made> =
            self.made.values().filter(|made| made.rendition.kind == wire::RenditionKind::Picture).collect();
        pictures.sort_by_key(|made| std::cmp::Reverse(made.rendition.width * made.rendition.height));
        pictures
    }

    /// Why it failed, if it did.
    pub fn reason(&self) -> Option<Reason> {
        match self.end {
            End::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

/// What to do differently.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    /// Send `Cancel` at the first segment.
    pub cancels_at_first_segment: bool,
    /// Close the pipes at the first segment, as a killed worker does.
    pub vanishes_at_first_segment: bool,
    /// Answer objects only when the child has said nothing for a while.
    pub answers_late: bool,
    /// Give nothing beyond this many bytes of the source, as when a store fails.
    pub loses_all_after: Option<u64>,
}

/// Runs `program` on the file `source`.
pub fn run(
    program: &Path,
    source: &Path,
    habits: &Habits,
    adjust: impl FnOnce(&mut Order),
) -> io::Result<Run> {
    let mut file = File::open(source)?;
    let mut order = Order::of_bytes(file.metadata()?.len());
    adjust(&mut order);
    let begun = Instant::now();
    let mut child = Command::new(program)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let (Some(mut to), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    wire::write_frame(&mut to, &ToChild::Start(Box::new(order)), &[])?;
    let (tell, told) = channel();
    let listener = thread::spawn(move || -> io::Result<()> {
        while let Some(frame) = wire::read_frame::<FromChild>(&mut from)? {
            if tell.send(frame).is_err() {
                break;
            }
        }
        Ok(())
    });
    let mut run = Run::new();
    let mut stopped = None;
    let patience = if habits.answers_late { Duration::from_secs(1) } else { Duration::from_secs(600) };
    loop {
        let (message, payload) = match told.recv_timeout(patience) {
            Ok(frame) => frame,
            Err(RecvTimeoutError::Timeout) if habits.answers_late => {
                run.answer_all(&mut to)?;
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                return Err(io::Error::other("the child says nothing"));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        run.look_at(&child);
        let is_segment = matches!(message, FromChild::Segment { .. });
        run.take(message, payload, &mut file, &mut to, habits)?;
        if !habits.answers_late {
            run.answer_all(&mut to)?;
        }
        let pictures = run.pictures();
        if run.first_segments.is_none()
            && !pictures.is_empty()
            && pictures.iter().all(|made| !made.segments.is_empty())
        {
            run.first_segments = Some(begun.elapsed());
        }
        if is_segment && habits.cancels_at_first_segment && stopped.is_none() {
            wire::write_frame(&mut to, &ToChild::Cancel, &[])?;
            stopped = Some(Instant::now());
        }
        if is_segment && habits.vanishes_at_first_segment {
            stopped = Some(Instant::now());
            break;
        }
    }
    drop((to, told));
    run.exit_code = child.wait()?.code();
    run.stopped_after = stopped.map(|at| at.elapsed());
    if let Ok(Err(error)) = listener.join() {
        return Err(error);
    }
    run.wall = begun.elapsed();
    Ok(run)
}

impl Run {
    fn take(
        &mut self,
        message: FromChild,
        payload: Vec<u8>,
        file: &mut File,
        to: &mut ChildStdin,
        habits: &Habits,
    ) -> io::Result<()> {
        if message.hands_over() {
            self.unanswered += 1;
            self.most_unanswered = self.most_unanswered.max(self.unanswered);
        }
        match message {
            FromChild::Read { offset, length } => {
                self.reads += 1;
                self.reach = self.reach.max(offset + u64::from(length));
                file.seek(SeekFrom::Start(offset))?;
                let mut bytes = Vec::new();
                file.take(u64::from(length)).read_to_end(&mut bytes)?;
                if let Some(limit) = habits.loses_all_after {
                    bytes.truncate(usize::try_from(limit.saturating_sub(offset)).unwrap_or(usize::MAX));
                }
                answer(to, &ToChild::Bytes, &bytes)?;
            }
            FromChild::Probed(probed) => self.probed = Some(probed),
            FromChild::Found(found) => {
                self.found = Some(found);
                self.reach_at_found = self.reach;
            }
            FromChild::Anew => self.is_anew = true,
            FromChild::Rendition(rendition) => {
                let made = Made { rendition, init: Vec::new(), segments: Vec::new() };
                self.made.insert(made.rendition.name.clone(), made);
            }
            FromChild::Init { rendition } => self.announced(&rendition)?.init = payload,
            FromChild::Segment { rendition, number, start_ms, length_ms, key_bytes } => {
                let segment = Segment { number, start_ms, length_ms, key_bytes, bytes: payload };
                self.announced(&rendition)?.segments.push(segment);
            }
            FromChild::Plain { offset } => {
                if offset != self.plain.len() as u64 {
                    return Err(io::Error::other(format!(
                        "plain bytes at {offset}, have {}",
                        self.plain.len()
                    )));
                }
                self.plain.extend_from_slice(&payload);
            }
            FromChild::Poster => self.poster = payload,
            FromChild::Still { at_ms } => self.stills.push((at_ms, payload)),
            FromChild::Judged { rendition, pictures, second, first } => {
                self.judged.push((rendition, pictures, second, first));
            }
            FromChild::Progress { done_ms, total_ms } => self.progress.push((done_ms, total_ms)),
            FromChild::Done { renditions, length_ms, warnings, cpu_ms } => {
                self.end = End::Done { renditions, length_ms, warnings, cpu_ms };
            }
            FromChild::Failed { reason, detail } => self.end = End::Failed { reason, detail },
        }
        Ok(())
    }

    fn answer_all(&mut self, to: &mut ChildStdin) -> io::Result<()> {
        for _ in 0..std::mem::take(&mut self.unanswered) {
            answer(to, &ToChild::Taken, &[])?;
        }
        Ok(())
    }

    fn announced(&mut self, name: &str) -> io::Result<&mut Made> {
        self.made.get_mut(name).ok_or_else(|| io::Error::other(format!("{name} was not announced")))
    }

    /// Highest memory so far, as the kernel counts it.
    fn look_at(&mut self, child: &Child) {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        if !status.contains("VmHWM") {
            return;
        }
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
        };
        self.peak_rss_kb = self.peak_rss_kb.max(field("VmHWM:"));
        self.peak_address_kb = self.peak_address_kb.max(field("VmPeak:"));
        self.status = status;
        // proc(5): what follows the name in parentheses begins with field 3; niceness is field 19.
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        self.nice = fields.split_whitespace().nth(16).and_then(|nice| nice.parse().ok()).or(self.nice);
    }
}

/// A child that has stopped listening is no error: its last word is still to be read.
fn answer(to: &mut ChildStdin, message: &ToChild, payload: &[u8]) -> io::Result<()> {
    match wire::write_frame(to, message, payload) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
