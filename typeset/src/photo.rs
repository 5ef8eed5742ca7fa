//! One photograph: decoded within limits, turned upright, made small and written anew as JPEG. Nothing but the picture survives
//! that: no place, no camera, no owner, no second picture behind the first.

use std::io::Cursor;

use documents::wire::Reason;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::Refused;

/// Quality of the JPEG, of 100: scratches stay visible, a picture takes some 300 kB.
const QUALITY: u8 = 82;
/// Most memory that decoding may ask for, in bytes: 64 million pixels of 4 bytes, twice.
const MOST_BYTES: u64 = 512 << 20;

/// What comes out.
pub struct Photo {
    /// The picture.
    pub picture: Vec<u8>,
    /// Its small copy.
    pub small: Vec<u8>,
    /// Width and height of the picture.
    pub size_px: (u32, u32),
}

fn refused(error: &ImageError) -> Refused {
    let reason = match error {
        ImageError::Limits(_) => Reason::TooLarge,
        ImageError::Unsupported(_) => Reason::NotAPicture,
        _ => Reason::Damaged,
    };
    Refused(reason, error.to_string())
}

/// Makes it. Errors: `NotAPicture`, `TooLarge`, `Damaged`.
pub fn make(file: &[u8], most_pixels: u64, longest_px: u32, small_px: u32) -> Result<Photo, Refused> {
    let reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|error| Refused(Reason::Damaged, error.to_string()))?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(Refused(Reason::NotAPicture, format!("{:?}", reader.format())));
    }
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most_pixels {
        return Err(Refused(Reason::TooLarge, format!("{width} × {height}")));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    decoder.set_limits(limits).map_err(|error| refused(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    let mut picture =
        if width.max(height) > longest_px { whole.thumbnail(longest_px, longest_px) } else { whole };
    picture.apply_orientation(orientation);
    let picture = DynamicImage::ImageRgb8(on_white(&picture));
    let small = picture.thumbnail(small_px, small_px);
    let size_px = (picture.width(), picture.height());
    Ok(Photo { picture: jpeg(&picture)?, small: jpeg(&small)?, size_px })
}

/// Without transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, alpha] = source.get_pixel(x, y).0;
        let over = |part: u8| {
            let mixed = u16::from(part) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(r), over(g), over(b)])
    })
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
        .map_err(|error| Refused(Reason::Internal, error.to_string()))?;
    Ok(bytes)
}
