//! The transcoding program from outside, as its parent sees it: films go in through the pipes, and what
//! comes out is measured with the `ffprobe` and `ffmpeg` programs, which share no code of ours.

#[cfg(test)]
mod again;
#[cfg(test)]
mod better;
#[cfg(test)]
mod end;
#[cfg(test)]
mod exact;
mod good;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod parent;
#[cfg(test)]
mod second;
