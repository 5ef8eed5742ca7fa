//! All that a template can reach: our templates, the data, the pictures of the order and the fonts in this program. There is no
//! file system, no package, no network and no clock behind it.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::legible;

/// A world for one document.
pub struct Paper {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    files: HashMap<FileId, Bytes>,
}

/// The fonts of this program: a book face with Latin and Cyrillic letters, and one with more of everything.
pub fn fonts() -> Vec<Font> {
    typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .filter(|font| {
            let family = &font.info().family;
            family == "Libertinus Serif" || family == "DejaVu Sans Mono"
        })
        .collect()
}

fn place(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

impl Paper {
    /// A world with that main template, its data and pictures; `None` for a picture whose name is not one.
    pub fn new(
        main: &'static str,
        mut data: serde_json::Value,
        pictures: Vec<(String, Vec<u8>)>,
    ) -> Option<Self> {
        let fonts = fonts();
        legible::make(&mut data, &fonts);
        let mut files = HashMap::new();
        files.insert(place("main.typ")?, Bytes::from_string(main));
        files.insert(
            place("page.typ")?,
            Bytes::from_string(include_str!("../../documents/templates/page.typ")),
        );
        files.insert(place("data.json")?, Bytes::from_string(data.to_string()));
        for (name, bytes) in pictures {
            files.insert(place(&format!("pictures/{name}"))?, Bytes::new(bytes));
        }
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main: place("main.typ")?,
            files,
        })
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let text = std::str::from_utf8(&self.file(id)?).map_err(|_| FileError::InvalidUtf8)?.to_owned();
        Ok(Source::new(id, text))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
