//! `tablica-documents`: makes one document or one photograph. It reads one order from stdin and answers on stdout in the words
//! of [`documents::wire`]. It opens no file and no socket, knows no table and no person, and is confined before the first byte
//! is read (see [`confine`]): what it reads was sent by strangers.

mod document;
mod legible;
mod photo;
mod world;

use std::io::{self, Write as _};
use std::process::ExitCode;

use confine::Limits;
use documents::wire::{self, Answer, Order, Reason};

/// What one order may take, whatever it is: the address space of decoding a progressive photograph of 64 million pixels and of the
/// program itself; what takes longer is an attack.
const LIMITS: Limits = Limits { memory_bytes: Some(1 << 30), cpu_seconds: Some(50), nice: None };

/// Why nothing was made, and the same for the log.
pub struct Refused(pub Reason, pub String);

fn main() -> ExitCode {
    let mut out = match confine::take_stdout() {
        Ok(out) => out,
        Err(error) => {
            eprintln!("tablica-documents: stdout: {error}");
            return ExitCode::from(2);
        }
    };
    for wall in confine::this_process(&LIMITS) {
        eprintln!("tablica-documents: goes on without a wall: {wall}");
    }
    let made = std::panic::catch_unwind(run).unwrap_or_else(|_| {
        Err(Refused(Reason::Internal, "a fault of the program; the log says where".to_owned()))
    });
    let (answer, pieces) = match made {
        Ok((pieces, size_px)) => {
            (Answer::Made { pieces: pieces.iter().map(Vec::len).collect(), size_px }, pieces)
        }
        Err(Refused(reason, detail)) => (Answer::Failed { reason, detail }, Vec::new()),
    };
    match wire::write(&mut out, &answer, &pieces).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tablica-documents: {error}");
            ExitCode::from(2)
        }
    }
}

/// Pieces of the answer, and the size of a photograph.
type Made = (Vec<Vec<u8>>, Option<(u32, u32)>);

fn run() -> Result<Made, Refused> {
    let bad = |error: io::Error| Refused(Reason::BadOrder, error.to_string());
    let (order, payload) = wire::read::<Order>(&mut io::stdin().lock()).map_err(bad)?;
    match order {
        Order::Document { template, data, made_at, pictures } => {
            let pieces = wire::split(&payload, pictures.iter().map(|piece| piece.bytes)).map_err(bad)?;
            let pictures =
                pictures.iter().zip(pieces).map(|(piece, bytes)| (piece.name.clone(), bytes.to_vec()));
            Ok((vec![document::make(template, data, made_at, pictures.collect())?], None))
        }
        Order::Photo { most_pixels, longest_px, small_px } => {
            let photo = photo::make(&payload, most_pixels, longest_px, small_px)?;
            Ok((vec![photo.picture, photo.small], Some(photo.size_px)))
        }
    }
}
