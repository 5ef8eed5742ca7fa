//! A connection on which something moves. When neither side gets a byte through for too long, it ends with `TimedOut`:
//! whoever stalls in the middle of a form holds a socket, not a place in the program for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream with its alarm. Every byte in either direction puts the alarm off, so a long upload or download never rings it.
#[derive(Debug)]
pub struct Watched<S> {
    stream: S,
    silence: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl<S> Watched<S> {
    /// The stream, ended after `silence` without a byte.
    pub fn new(stream: S, silence: Duration) -> Self {
        Self { stream, silence, alarm: Box::pin(sleep(silence)) }
    }

    fn watch<T>(&mut self, context: &mut Context<'_>, moved: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if moved.is_ready() {
            let next = Instant::now() + self.silence;
            self.alarm.as_mut().reset(next);
            return moved;
        }
        self.alarm.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let moved = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(context, moved)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, moved)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch(context, moved)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// Long enough that a busy machine is not taken for silence.
    const SILENCE: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn a_reader_that_crawls_gets_everything_and_one_that_stops_ends_it() {
        let (mut far, near) = duplex(4);
        let mut near = Watched::new(near, SILENCE);
        let writing = tokio::spawn(async move { near.write_all(&[7; 64]).await });
        let mut piece = [0; 4];
        // Far longer than the limit in all.
        for _ in 0..12 {
            far.read_exact(&mut piece).await.unwrap();
            tokio::time::sleep(SILENCE / 6).await;
        }
        // Then it stops reading.
        let ended = writing.await.unwrap().unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_sender_that_says_nothing_ends_it() {
        let (_far, near) = duplex(4);
        let ended = Watched::new(near, SILENCE).read_u8().await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}
