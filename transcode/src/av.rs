//! The few things of libav that `ffmpeg-next` has no safe door to. Nothing here decides anything
//! about films.

#![expect(unsafe_code, reason = "fields and calls of libav that ffmpeg-next does not wrap")]

use ffmpeg_next::codec::Context;
use ffmpeg_next::filter::Graph;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::format::stream::Stream;
use ffmpeg_next::{Rational, ffi, frame};

/// What a stream's header says about its pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stated {
    /// Width as coded, in pixels; 0 or less: unknown.
    pub width: i32,
    /// Height as coded, in pixels; 0 or less: unknown.
    pub height: i32,
    /// Shape of a pixel (width to height); 0: unknown.
    pub pixel_aspect: Rational,
    /// Whether the pictures are two fields.
    pub interlaced: bool,
    /// Whether every player shows the pictures as they are: 8 bits, 4:2:0, video range, no HDR, square
    /// pixels.
    pub plain_picture: bool,
}

/// One picture in the index of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When it is decoded, in the stream's unit.
    pub time: i64,
    /// Whether it is a key frame.
    pub key: bool,
}

/// Refuses any single allocation of libav above this many bytes.
pub fn cap_allocations(bytes: usize) {
    // SAFETY: av_max_alloc stores a number.
    unsafe { ffi::av_max_alloc(bytes) }
}

/// Refuses pictures of more pixels than this in a decoder that is not open yet.
pub fn cap_pixels(context: &mut Context, pixels: u64) {
    // SAFETY: the context is alive and borrowed for writing; max_pixels is a plain number.
    unsafe { (*context.as_mut_ptr()).max_pixels = i64::try_from(pixels).unwrap_or(i64::MAX) }
}

/// The language that a stream's header states, whatever stands there; empty when none does.
pub fn language(stream: &Stream) -> String {
    // SAFETY: the dictionary of a stream of an open input lives as long as the input, which the stream borrows; a value in it ends with
    // a zero byte. `ffmpeg-next` takes it for UTF-8, which nobody has checked: here it is.
    unsafe {
        let entry = ffi::av_dict_get((*stream.as_ptr()).metadata, c"language".as_ptr(), std::ptr::null(), 0);
        if entry.is_null() || (*entry).value.is_null() {
            return String::new();
        }
        std::ffi::CStr::from_ptr((*entry).value).to_str().unwrap_or_default().to_owned()
    }
}

/// What the header of a picture stream states.
pub fn stated(stream: &Stream) -> Stated {
    // SAFETY: streams of an open input have parameters that live as long as the input, which the
    // stream borrows; they are only read.
    unsafe {
        let raw = stream.as_ptr();
        let parameters = &*(*raw).codecpar;
        let own = Rational::from((*raw).sample_aspect_ratio);
        let coded = Rational::from(parameters.sample_aspect_ratio);
        let pixel_aspect = if own.numerator() > 0 { own } else { coded };
        let hdr = matches!(
            parameters.color_trc,
            ffi::AVColorTransferCharacteristic::AVCOL_TRC_SMPTE2084
                | ffi::AVColorTransferCharacteristic::AVCOL_TRC_ARIB_STD_B67
        );
        Stated {
            width: parameters.width,
            height: parameters.height,
            pixel_aspect,
            plain_picture: parameters.format == ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32
                && parameters.color_range != ffi::AVColorRange::AVCOL_RANGE_JPEG
                && (pixel_aspect.numerator() <= 0 || pixel_aspect.numerator() == pixel_aspect.denominator())
                && !hdr,
            interlaced: !matches!(
                parameters.field_order,
                ffi::AVFieldOrder::AV_FIELD_UNKNOWN | ffi::AVFieldOrder::AV_FIELD_PROGRESSIVE
            ),
        }
    }
}

/// The set-up bytes that an open encoder gives (SPS and PPS, AudioSpecificConfig).
pub fn extradata(context: &Context) -> Vec<u8> {
    // SAFETY: extradata, when not null, has extradata_size bytes and lives with the context.
    unsafe {
        let raw = &*context.as_ptr();
        match usize::try_from(raw.extradata_size) {
            Ok(size) if size > 0 && !raw.extradata.is_null() => {
                std::slice::from_raw_parts(raw.extradata, size).to_vec()
            }
            _ => Vec::new(),
        }
    }
}

/// The set-up bytes that a stream's header gives.
pub fn setup(stream: &Stream) -> Vec<u8> {
    // SAFETY: streams of an open input have parameters that live as long as the input, which the
    // stream borrows; extradata, when not null, has extradata_size bytes.
    unsafe {
        let parameters = &*(*stream.as_ptr()).codecpar;
        match usize::try_from(parameters.extradata_size) {
            Ok(size) if size > 0 && !parameters.extradata.is_null() => {
                std::slice::from_raw_parts(parameters.extradata, size).to_vec()
            }
            _ => Vec::new(),
        }
    }
}

/// Lets filters that are added from now on work on this many threads.
pub fn filter_on(graph: &mut Graph, threads: usize) {
    // SAFETY: the graph is alive and borrowed for writing; nb_threads is a plain number that is read when the first filter is added.
    unsafe { (*graph.as_mut_ptr()).nb_threads = i32::try_from(threads).unwrap_or(1) }
}

/// The pictures that the container's index lists, in the order of decoding.
pub fn index(stream: &Stream) -> Vec<Entry> {
    // SAFETY: both calls read the stream of an open input, which is borrowed; an entry is copied before
    // anything else is asked of libav.
    unsafe {
        let raw = stream.as_ptr().cast_mut();
        (0..ffi::avformat_index_get_entries_count(raw))
            .filter_map(|at| ffi::avformat_index_get_entry(raw, at).as_ref())
            .map(|entry| Entry { time: entry.timestamp, key: entry.flags() & ffi::AVINDEX_KEYFRAME != 0 })
            .collect()
    }
}

/// Wanted bits a second of an encoder.
pub fn bitrate(context: &Context) -> u64 {
    // SAFETY: the context is alive; bit_rate is a plain number.
    u64::try_from(unsafe { (*context.as_ptr()).bit_rate }).unwrap_or(0)
}

/// Ends the current fragment of an MP4 muxer and passes on all its bytes.
pub fn end_fragment(output: &mut Output) -> Result<(), ffmpeg_next::Error> {
    // SAFETY: the header is written; a null packet asks the muxer to flush; pb is the custom I/O that
    // the context owns.
    unsafe {
        let context = output.as_mut_ptr();
        let result = ffi::av_write_frame(context, std::ptr::null_mut());
        if result < 0 {
            return Err(result.into());
        }
        ffi::avio_flush((*context).pb);
    }
    Ok(())
}

/// Passes on the bytes that a muxer has written so far.
pub fn pass_on(output: &mut Output) {
    // SAFETY: pb is the custom I/O that the context owns.
    unsafe { ffi::avio_flush((*output.as_mut_ptr()).pb) }
}

/// The same picture a second time, without a copy of its pixels.
pub fn shared(picture: &frame::Video) -> Result<frame::Video, ffmpeg_next::Error> {
    // SAFETY: av_frame_clone gives a new frame that holds references of its own, or null when there is
    // no memory; the new frame is freed by its owner.
    unsafe {
        let raw = ffi::av_frame_clone(picture.as_ptr());
        if raw.is_null() {
            return Err(ffmpeg_next::Error::Other { errno: ffmpeg_next::error::ENOMEM });
        }
        Ok(frame::Video::wrap(raw))
    }
}
