//! The filters between decoder and encoders. [`Scaler`]: fields to pictures, an even picture rate,
//! upright, HDR to SDR, in the largest size. [`Cascade`]: every smaller size from the one above it, of
//! the pictures that are worth it. It knows libav's filter graph, not encoders.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::util::color::{Range, Space, TransferCharacteristic};
use ffmpeg_next::{Error, Rational, format, frame};
use video::wire::{Reason, SecondCodec};

use crate::av;
use crate::av1::Aim;
use crate::encode::Colours;
use crate::failure::{During, Failure};
use crate::ladder::{Rate, Rung};
use crate::probe::Upright;

/// What of a frame the filters are built for; when it changes they are built anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    width: u32,
    height: u32,
    format: format::Pixel,
    space: Space,
    range: Range,
    transfer: TransferCharacteristic,
}

impl Shape {
    /// That of a decoded frame.
    pub fn of(frame: &frame::Video) -> Self {
        Self {
            width: frame.width(),
            height: frame.height(),
            format: frame.format(),
            space: frame.color_space(),
            range: frame.color_range(),
            transfer: frame.color_transfer_characteristic(),
        }
    }

    fn is_hdr(&self) -> bool {
        matches!(self.transfer, TransferCharacteristic::SMPTE2084 | TransferCharacteristic::ARIB_STD_B67)
    }

    fn is_rgb(&self) -> bool {
        self.space == Space::RGB
            || !self.format.descriptor().is_some_and(|format| is_luma_chroma(format.name()))
    }
}

fn is_luma_chroma(name: &str) -> bool {
    ["yuv", "yuyv", "uyvy", "nv", "p01", "gray", "y21", "vuy"].iter().any(|start| name.starts_with(start))
}

/// What is the same for the whole film.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Sizes, largest first.
    pub rungs: Vec<Rung>,
    /// Width and height of the source as it is shown.
    pub shown: (u32, u32),
    /// Picture rate.
    pub rate: Rate,
    /// How to stand upright.
    pub upright: Upright,
    /// Whether the header says that pictures are two fields.
    pub interlaced: bool,
    /// Threads that the encoders share.
    pub threads: usize,
    /// Whether the largest size is the source's own and is not encoded.
    pub copied: bool,
    /// The sizes that are published up to the segment `begins`: they are encoded from there.
    pub later: Vec<usize>,
    /// The segment that those begin with.
    pub begins: u32,
    /// The codec of a further set, and the quality that each size is made in by now; nothing: H.264.
    pub second: Option<(SecondCodec, Vec<Aim>)>,
}

impl Plan {
    /// Threads of the decoder, and of the filters: while they work, so do the encoders.
    pub fn threads_beside(&self) -> usize {
        (self.threads / 2).max(1)
    }
}

/// A running graph from frames of one shape to pictures of the largest size.
pub struct Scaler {
    graph: Graph,
    /// The shape that it was built for.
    pub shape: Shape,
    /// How its output's colours are to be read.
    pub colours: Colours,
    /// Whether HDR pictures pass as they are, since this libav cannot map them.
    pub washed_out: bool,
}

impl Scaler {
    /// A graph for frames like `first` that count in `time_base` and whose output begins with picture
    /// number `next`.
    pub fn new(plan: &Plan, first: &frame::Video, time_base: Rational, next: u64) -> Result<Self, Failure> {
        let shape = Shape::of(first);
        let maps_tones =
            shape.is_hdr() && filter::find("zscale").is_some() && filter::find("tonemap").is_some();
        let colours = if maps_tones || shape.is_rgb() {
            Colours::BT709
        } else {
            Colours {
                space: first.color_space(),
                primaries: first.color_primaries(),
                transfer: first.color_transfer_characteristic(),
            }
        };
        let interlaced = plan.interlaced || first.is_interlaced();
        let chain = chain(plan, &shape, interlaced, maps_tones, next);
        let graph = build(&shape, time_base, &chain, 1, plan.threads_beside())
            .during(Reason::Unsupported, "filters for the picture")?;
        let washed_out = shape.is_hdr() && !maps_tones;
        Ok(Self { graph, shape, colours, washed_out })
    }

    /// Puts one frame in.
    pub fn push(&mut self, frame: &frame::Video) -> Result<(), Failure> {
        let mut source = self.graph.get("in").ok_or_else(no_pad)?;
        source.source().add(frame).during(Reason::Internal, "filtering a picture")
    }

    /// Says that the last frame put in lasts until `end`. (A plain flush would lose it.)
    pub fn close(&mut self, end: i64) -> Result<(), Failure> {
        let mut source = self.graph.get("in").ok_or_else(no_pad)?;
        source.source().close(end).during(Reason::Internal, "ending the filters")
    }

    /// The next picture that is ready; it counts in pictures.
    pub fn pull(&mut self) -> Result<Option<frame::Video>, Failure> {
        pulled(&mut self.graph, 0)
    }
}

/// A running graph from pictures of the largest size to all smaller ones.
pub struct Cascade {
    graph: Graph,
    sinks: usize,
}

impl Cascade {
    /// For pictures like `first`; nothing when there is only one size.
    pub fn new(plan: &Plan, first: &frame::Video) -> Result<Option<Self>, Failure> {
        let Some(chain) = steps_down(plan) else { return Ok(None) };
        let sinks = plan.rungs.len() - 1;
        let unit = Rational::new(plan.rate.per as i32, plan.rate.pictures as i32);
        let graph = build(&Shape::of(first), unit, &chain, sinks, plan.threads_beside())
            .during(Reason::Unsupported, "filters for smaller pictures")?;
        Ok(Some(Self { graph, sinks }))
    }

    /// Makes all smaller sizes of a picture and gives them to `take`, the smallest first, with the
    /// number of their size.
    pub fn make(
        &mut self,
        picture: frame::Video,
        mut take: impl FnMut(usize, frame::Video) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut source = self.graph.get("in").ok_or_else(no_pad)?;
        source.source().add(&picture).during(Reason::Internal, "scaling a picture")?;
        for sink in (0..self.sinks).rev() {
            while let Some(smaller) = pulled(&mut self.graph, sink)? {
                take(sink + 1, smaller)?;
            }
        }
        Ok(())
    }
}

fn pulled(graph: &mut Graph, sink: usize) -> Result<Option<frame::Video>, Failure> {
    let mut pad = graph.get(&format!("out{sink}")).ok_or_else(no_pad)?;
    let mut frame = frame::Video::empty();
    match pad.sink().frame(&mut frame) {
        Ok(()) => Ok(Some(frame)),
        Err(Error::Eof) => Ok(None),
        Err(Error::Other { errno }) if errno == libc::EAGAIN => Ok(None),
        Err(error) => Err(error).during(Reason::Internal, "filtering pictures"),
    }
}

/// One frame through filters of its own, such as `scale=…`. The frame stays whole: filters take away what they are given.
pub fn convert(frame: &frame::Video, filters: &str) -> Result<frame::Video, Failure> {
    let mut graph = build(&Shape::of(frame), Rational::new(1, 25), &format!("[in]{filters}[out0]"), 1, 1)
        .during(Reason::Internal, "filters for one picture")?;
    let mut source = graph.get("in").ok_or_else(no_pad)?;
    let given = av::shared(frame).during(Reason::Internal, "filtering one picture")?;
    source.source().add(&given).during(Reason::Internal, "filtering one picture")?;
    source.source().flush().during(Reason::Internal, "filtering one picture")?;
    let mut out = frame::Video::empty();
    let mut sink = graph.get("out0").ok_or_else(no_pad)?;
    sink.sink().frame(&mut out).during(Reason::Internal, "filtering one picture")?;
    Ok(out)
}

fn no_pad() -> Failure {
    Failure::new(Reason::Internal, "a pad of the filters is missing")
}

/// The filters up to the largest size, as libav reads them.
fn chain(plan: &Plan, shape: &Shape, interlaced: bool, maps_tones: bool, next: u64) -> String {
    let Rate { pictures, per } = plan.rate;
    let mut steps = Vec::new();
    if interlaced {
        steps.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
    }
    let start = next as f64 * f64::from(per) / f64::from(pictures);
    steps.push(format!("fps=fps={pictures}/{per}:start_time={start:.6}:round=near"));
    if plan.upright.mirrored {
        steps.push("hflip".to_owned());
    }
    steps.extend(
        match plan.upright.turn {
            90 => Some("transpose=clock"),
            180 => Some("hflip,vflip"),
            270 => Some("transpose=cclock"),
            _ => None,
        }
        .map(str::to_owned),
    );
    let [top, ..] = &plan.rungs[..] else { return String::new() };
    let size = format!("w={}:h={}", top.width, top.height);
    if maps_tones {
        steps.push(format!("zscale={size}:t=linear:npl=100,format=gbrpf32le,zscale=p=bt709"));
        steps.push("tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv".to_owned());
    } else {
        let is_upright_size = if plan.upright.turn % 180 == 90 {
            (shape.height, shape.width) == (top.width, top.height)
        } else {
            (shape.width, shape.height) == (top.width, top.height)
        };
        let matrix = if shape.is_rgb() { ":out_color_matrix=bt709" } else { "" };
        if !is_upright_size || shape.range == Range::JPEG || shape.is_rgb() {
            steps.push(format!("scale={size}:flags=bicubic:out_range=tv{matrix}"));
        }
    }
    steps.push("format=yuv420p,setsar=1".to_owned());
    format!("[in]{}[out0]", steps.join(","))
}

/// The filters from the largest size down, each from the one above it; nothing when there is one size.
fn steps_down(plan: &Plan) -> Option<String> {
    let (last, rest) = plan.rungs.get(1..)?.split_last()?;
    // The first step from the source is the cubic filter that PeerTube uses. Each further step takes a little sharpness away again, so those
    // have the sharper cubic filter (B = 0, C = 1). Beside Lanczos in every step, which reads three pixels to each side and not two, that is
    // half the time of scaling; slides at 360p have VMAF 70 instead of 66, and all sizes together as many bytes. With the sharper filter in
    // the first step too, they would take 2 % more; with it in none, slides at 360p come down to 59.
    let scaled = |rung: &Rung, is_first: bool| {
        let sharper = if is_first { "" } else { ":param0=0:param1=1" };
        format!("scale=w={}:h={}:flags=bicubic{sharper},setsar=1", rung.width, rung.height)
    };
    let from_source = plan.rungs.first().is_some_and(|top| (top.width, top.height) == plan.shown);
    let mut text = "[in]".to_owned();
    for (index, rung) in rest.iter().enumerate() {
        text.push_str(&format!(
            "{},split=2[out{index}][c{index}];[c{index}]",
            scaled(rung, from_source && index == 0)
        ));
    }
    text.push_str(&format!("{}[out{}]", scaled(last, from_source && rest.is_empty()), rest.len()));
    Some(text)
}

fn build(
    shape: &Shape,
    time_base: Rational,
    chain: &str,
    sinks: usize,
    threads: usize,
) -> Result<Graph, Error> {
    let mut graph = Graph::new();
    av::filter_on(&mut graph, threads);
    let buffer = filter::find("buffer").ok_or(Error::FilterNotFound)?;
    let sink = filter::find("buffersink").ok_or(Error::FilterNotFound)?;
    let format = shape.format.descriptor().ok_or(Error::InvalidData)?.name();
    let arguments = format!(
        "video_size={}x{}:pix_fmt={format}:time_base={}/{}:pixel_aspect=1/1",
        shape.width,
        shape.height,
        time_base.numerator(),
        time_base.denominator()
    );
    graph.add(&buffer, "in", &arguments)?;
    for number in 0..sinks {
        graph.add(&sink, &format!("out{number}"), "")?;
    }
    let mut parser = graph.output("in", 0)?;
    for number in 0..sinks {
        parser = parser.input(&format!("out{number}"), 0)?;
    }
    parser.parse(chain)?;
    graph.validate()?;
    Ok(graph)
}
