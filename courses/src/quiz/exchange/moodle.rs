//! Moodle XML, as Moodle 3 to 5 write it (docs.moodle.org/en/Moodle_XML_format).

mod cloze;
mod read;
mod rubric;
mod select;
mod write;

pub use read::read;
pub use write::write;
