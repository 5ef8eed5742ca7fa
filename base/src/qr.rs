//! QR codes (ISO/IEC 18004, level M) as shapes of an SVG.

use qrcode::{EcLevel, QrCode};

/// A QR code as squares: its width, and the path of its dark squares for an SVG of that size. `None` when the text is too long.
pub fn path(text: &str) -> Option<(usize, String)> {
    use std::fmt::Write as _;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, squares) in code.to_colors().chunks(width).enumerate() {
        for (column, square) in squares.iter().enumerate() {
            if *square == qrcode::Color::Dark {
                // Writing to a string does not fail.
                let _written = write!(path, "M{column} {row}h1v1h-1z");
            }
        }
    }
    Some((width, path))
}

/// The same as an SVG file, with the four light squares around it that the standard asks for.
pub fn svg(text: &str) -> Option<String> {
    let (width, path) = path(text)?;
    let side = width + 8;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 {side} {side}\" width=\"{side}\" height=\"{side}\">\
         <rect x=\"-4\" y=\"-4\" width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks, and codewords of data in each, of versions 1 to 6 at level M (ISO/IEC 18004, table 9).
    const BLOCKS: [(usize, usize); 6] = [(1, 16), (1, 28), (1, 44), (2, 32), (2, 43), (4, 27)];
    const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    /// The squares of an SVG, dark ones true, by row and column.
    fn squares(svg: &str) -> Vec<Vec<bool>> {
        let side: usize = svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
        assert!(svg.contains("viewBox=\"-4 -4 "), "four light squares around it: {svg}");
        let mut dark = vec![vec![false; side - 8]; side - 8];
        let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
        for square in path.split('M').skip(1) {
            let (column, row) = square.strip_suffix("h1v1h-1z").unwrap().split_once(' ').unwrap();
            dark[row.parse::<usize>().unwrap()][column.parse::<usize>().unwrap()] = true;
        }
        dark
    }

    /// Whether a square belongs to finders, timing, alignment or format: it holds no data.
    fn holds_no_data(width: usize, x: usize, y: usize) -> bool {
        let version = (width - 17) / 4;
        let centre = 4 * version + 10;
        let aligned = |at: usize| version > 1 && (centre - 2..=centre + 2).contains(&at);
        let finder = (x <= 8 && (y <= 8 || y >= width - 8)) || (x >= width - 8 && y <= 8);
        finder || x == 6 || y == 6 || aligned(x) && aligned(y)
    }

    fn masked(mask: usize, x: usize, y: usize) -> bool {
        0 == match mask {
            0 => (x + y) % 2,
            1 => y % 2,
            2 => x % 3,
            3 => (x + y) % 3,
            4 => (x / 3 + y / 2) % 2,
            5 => x * y % 2 + x * y % 3,
            6 => (x * y % 2 + x * y % 3) % 2,
            _ => ((x + y) % 2 + x * y % 3) % 2,
        }
    }

    /// Takes so many bits from the front.
    fn take(bits: &mut std::collections::VecDeque<bool>, count: usize) -> usize {
        bits.drain(..count).fold(0, |number, bit| number * 2 + usize::from(bit))
    }

    /// What a camera reads of an undamaged code of version 1 to 6 at level M.
    fn read(svg: &str) -> String {
        let dark = squares(svg);
        let width = dark.len();
        // The format beside the first finder: level and mask, under a mask of its own.
        let format = [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (7, 8), (8, 8)].into_iter();
        let format = format.chain([(8, 7), (8, 5), (8, 4), (8, 3), (8, 2), (8, 1), (8, 0)]);
        let format = format.fold(0, |number, (x, y)| number * 2 + usize::from(dark[y][x])) ^ 0x5412;
        assert_eq!(format >> 13, 0, "level M");
        let mask = (format >> 10) & 7;
        // Two columns at a time from the right, up and down in turn.
        let mut bits = Vec::new();
        let mut right = width - 1;
        loop {
            let upwards = (right + 1) & 2 == 0;
            for step in 0..width {
                let y = if upwards { width - 1 - step } else { step };
                for x in [right, right - 1] {
                    if !holds_no_data(width, x, y) {
                        bits.push(dark[y][x] ^ masked(mask, x, y));
                    }
                }
            }
            match right {
                1 => break,
                // The column of the timing is passed over.
                8 => right = 5,
                _ => right -= 2,
            }
        }
        let words: Vec<&[bool]> = bits.chunks(8).collect();
        let (blocks, each) = BLOCKS[(width - 17) / 4 - 1];
        let mut data: std::collections::VecDeque<bool> = (0..blocks)
            .flat_map(|block| (0..each).map(move |at| at * blocks + block))
            .flat_map(|at| words[at].iter().copied())
            .collect();
        let mut told = Vec::new();
        while data.len() >= 4 {
            match take(&mut data, 4) {
                0 => break,
                1 => {
                    let mut left = take(&mut data, 10);
                    while left > 0 {
                        let digits = left.min(3);
                        let number = take(&mut data, [4, 7, 10][digits - 1]);
                        told.extend(format!("{number:0digits$}").into_bytes());
                        left -= digits;
                    }
                }
                2 => {
                    let mut left = take(&mut data, 9);
                    while left > 1 {
                        let pair = take(&mut data, 11);
                        told.extend([SIGNS[pair / 45], SIGNS[pair % 45]]);
                        left -= 2;
                    }
                    if left == 1 {
                        told.push(SIGNS[take(&mut data, 6)]);
                    }
                }
                4 => {
                    let left = take(&mut data, 8);
                    told.extend((0..left).map(|_| u8::try_from(take(&mut data, 8)).unwrap()));
                }
                other => panic!("a segment of kind {other}"),
            }
        }
        String::from_utf8(told).unwrap()
    }

    #[test]
    fn a_camera_reads_the_address_that_was_written() {
        for address in [
            "https://szkolenia.example.org/certificates/AbCd0123456789xyzAB_-Z",
            "https://szkolenia.example.org/certificates/0000000000000000000000",
            "http://127.0.0.1:8080/d/SP2-2026-000017",
            "HTTPS://BIP.EXAMPLE.ORG/D/1",
            "x",
        ] {
            assert_eq!(read(&svg(address).unwrap()), address);
        }
    }

    #[test]
    fn a_code_has_its_three_finders() {
        let (width, path) = path("https://szkolenia.example.org/d/AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        assert!(width >= 21);
        for corner in ["M0 0h".to_owned(), format!("M{} 0h", width - 1), format!("M0 {}h", width - 1)] {
            assert!(path.contains(&corner), "{corner} is light");
        }
    }
}
