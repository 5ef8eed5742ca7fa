//! The source film as a stream that can be sought, read from the parent in blocks. It keeps a few
//! blocks (a film's picture, sound and index lie apart) and asks for the next one before it is
//! needed, so that a slow store and the encoder work at the same time. It knows no film format.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use video::wire::{FromChild, Reason};

use crate::failure::Failure;
use crate::parent::Parent;

/// Bytes asked for at once.
const BLOCK: u64 = 1 << 20;
/// Blocks kept: 12 MiB.
const KEPT: usize = 12;

/// How the reading goes; stays up to date while the source is in libav's hands.
#[derive(Debug, Default)]
pub struct Reading {
    /// The furthest byte read so far.
    pub reached: AtomicU64,
    /// Whether the parent gave less than it had promised: its store failed, the film is not at fault.
    pub shortened: AtomicBool,
    /// For now the source ends after this many bytes for whoever reads it; 0: where it ends.
    pub ends: AtomicU64,
}

impl Reading {
    /// Fails if bytes were missing, which libav would take for the end of the film.
    pub fn check(&self) -> Result<(), Failure> {
        if self.shortened.load(Ordering::Relaxed) {
            return Err(Failure::new(Reason::Internal, "the parent gave fewer bytes than the source has"));
        }
        Ok(())
    }
}

/// The source, positioned.
pub struct Source {
    parent: Arc<Parent>,
    answers: Receiver<Vec<u8>>,
    length: u64,
    position: u64,
    /// Newest use last.
    blocks: VecDeque<(u64, Vec<u8>)>,
    /// Asked for and not answered yet, in order.
    asked: VecDeque<u64>,
    reading: Arc<Reading>,
}

impl Source {
    /// A source of `length` bytes whose `Read`s are answered through `answers`.
    pub fn new(parent: Arc<Parent>, answers: Receiver<Vec<u8>>, length: u64) -> Self {
        Self {
            parent,
            answers,
            length,
            position: 0,
            blocks: VecDeque::new(),
            asked: VecDeque::new(),
            reading: Arc::default(),
        }
    }

    /// How the reading goes.
    pub fn reading(&self) -> Arc<Reading> {
        Arc::clone(&self.reading)
    }

    /// Where it ends for now.
    fn end(&self) -> u64 {
        match self.reading.ends.load(Ordering::Relaxed) {
            0 => self.length,
            ends => ends.min(self.length),
        }
    }

    /// The first bytes, up to one block. The position stays.
    pub fn head(&mut self) -> Result<&[u8], Failure> {
        self.block(0)
    }

    fn block(&mut self, number: u64) -> Result<&[u8], Failure> {
        if let Some(at) = self.blocks.iter().position(|(kept, _)| *kept == number) {
            if let Some(block) = self.blocks.remove(at) {
                self.blocks.push_back(block);
            }
        } else {
            self.ask(number)?;
            self.receive(number)?;
            if (number + 1) * BLOCK < self.end() && !self.blocks.iter().any(|(kept, _)| *kept == number + 1) {
                self.ask(number + 1)?;
            }
        }
        Ok(self.blocks.back().map_or(&[], |(_, bytes)| bytes.as_slice()))
    }

    fn ask(&mut self, number: u64) -> Result<(), Failure> {
        if self.asked.contains(&number) {
            return Ok(());
        }
        let offset = number * BLOCK;
        let length = BLOCK.min(self.length.saturating_sub(offset)) as u32;
        self.parent.say(&FromChild::Read { offset, length })?;
        self.asked.push_back(number);
        Ok(())
    }

    /// Takes answers until this block is the newest.
    fn receive(&mut self, number: u64) -> Result<(), Failure> {
        while let Some(answered) = self.asked.pop_front() {
            let mut bytes = self.parent.answer(&self.answers)?;
            let promised = BLOCK.min(self.length.saturating_sub(answered * BLOCK)) as usize;
            bytes.truncate(promised);
            if bytes.len() < promised {
                self.reading.shortened.store(true, Ordering::Relaxed);
                let detail = format!("{} of {promised} bytes came for block {answered}", bytes.len());
                return Err(Failure::new(Reason::Internal, detail));
            }
            if self.blocks.len() >= KEPT {
                self.blocks.pop_front();
            }
            self.blocks.push_back((answered, bytes));
            if answered == number {
                break;
            }
        }
        Ok(())
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (position, end) = (self.position, self.end());
        if position >= end || into.is_empty() {
            return Ok(0);
        }
        let block = self.block(position / BLOCK).map_err(|failure| io::Error::other(failure.detail))?;
        let from = block.get((position % BLOCK) as usize..).unwrap_or_default();
        let count = from.len().min(into.len()).min(usize::try_from(end - position).unwrap_or(usize::MAX));
        into[..count].copy_from_slice(&from[..count]);
        self.position += count as u64;
        self.reading.reached.fetch_max(self.position, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => i128::from(offset),
            SeekFrom::End(offset) => i128::from(self.length) + i128::from(offset),
            SeekFrom::Current(offset) => i128::from(self.position) + i128::from(offset),
        };
        self.position = u64::try_from(target).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

/// The source for one reader after another: each begins at its first byte, and blocks stay known.
#[derive(Clone)]
pub struct Shared {
    source: Arc<Mutex<Source>>,
    position: u64,
}

impl Shared {
    /// For the first reader; the others are its clones.
    pub fn new(source: Source) -> Self {
        Self { source: Arc::new(Mutex::new(source)), position: 0 }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Source) -> io::Result<T>) -> io::Result<T> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        source.position = self.position;
        let done = act(&mut source);
        self.position = source.position;
        done
    }
}

impl Read for Shared {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.with(|source| source.read(into))
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.with(|source| source.seek(to))
    }
}
