//! QR codes as a camera reads them (ISO/IEC 18004): undamaged ones of versions 1 to 6 at level M, from squares of a page or from paper.

use std::collections::VecDeque;
use std::process::Command;

/// Blocks, and codewords of data in each, of versions 1 to 6 at level M (ISO/IEC 18004, table 9).
const BLOCKS: [(usize, usize); 6] = [(1, 16), (1, 28), (1, 44), (2, 32), (2, 43), (4, 27)];
const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// What the first code of an SVG says, whose path is of unit squares with four light ones around them.
#[track_caller]
pub fn of_svg(svg: &str) -> String {
    let (_, seen) = svg.split_once("=\"-4 -4 ").expect("four light squares around it");
    let side: usize = seen.split(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![vec![false; side - 8]; side - 8];
    let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
    for square in path.split('M').skip(1) {
        let (column, row) = square.strip_suffix("h1v1h-1z").unwrap().split_once(' ').unwrap();
        dark[row.parse::<usize>().unwrap()][column.parse::<usize>().unwrap()] = true;
    }
    read(&dark)
}

/// What the code on the first page of a document says, seen as a camera sees the printed page: by its points.
#[track_caller]
pub fn of_paper(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (paper, picture) = (folder.path().join("a.pdf"), folder.path().join("a"));
    std::fs::write(&paper, pdf).unwrap();
    let drawn = Command::new("pdftoppm")
        .args(["-gray", "-r", "300", "-singlefile"])
        .arg(&paper)
        .arg(&picture)
        .status()
        .expect("pdftoppm (poppler-utils)");
    assert!(drawn.success());
    let bytes = std::fs::read(picture.with_extension("pgm")).unwrap();
    let parts: Vec<&[u8]> = bytes.splitn(5, u8::is_ascii_whitespace).collect();
    assert_eq!(parts[0], b"P5", "a picture in grey");
    let width: usize = std::str::from_utf8(parts[1]).unwrap().parse().unwrap();
    let points: Vec<Vec<bool>> =
        parts[4].chunks_exact(width).map(|row| row.iter().map(|grey| *grey < 128).collect()).collect();
    read(&squares(&points))
}

/// The squares of the upright code in a picture, dark ones true, by row and column.
#[track_caller]
fn squares(points: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in points.iter().enumerate() {
        for (x, whole) in along(row) {
            let column: Vec<bool> = points.iter().map(|row| row[x]).collect();
            for (middle, _) in along(&column) {
                let known =
                    found.iter().any(|one| one.0.abs_diff(x) < whole && one.1.abs_diff(middle) < whole);
                if middle.abs_diff(y) < whole && !known && is_finder(points, x, middle, whole) {
                    found.push((x, middle, whole));
                }
            }
        }
    }
    found.sort_unstable();
    let [one, two, right] = found[..] else { panic!("not the three finders of one code: {found:?}") };
    let (corner, below) = if one.1 < two.1 { (one, two) } else { (two, one) };
    let (across, down) = (right.0 - corner.0, below.1 - corner.1);
    // Between the middles of two finders lie 4 × version + 10 squares.
    let version = (across * 7 / corner.2 - 8) / 4;
    let between = 4 * version + 10;
    let at = |middle: usize, number: usize, length: usize| {
        (middle * between + number * length - 3 * length) / between
    };
    (0..between + 7)
        .map(|row| {
            let line = &points[at(corner.1, row, down)];
            (0..between + 7).map(|column| line[at(corner.0, column, across)]).collect()
        })
        .collect()
}

/// Where a line could cross a finder: dark, light, three times as much dark, light, dark. Answers middles, and lengths of the seven squares.
fn along(line: &[bool]) -> Vec<(usize, usize)> {
    let mut begin = 0;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for run in line.chunk_by(|one, next| one == next) {
        runs.push((begin, run.len()));
        begin += run.len();
    }
    runs.windows(5)
        .filter(|five| line[five[0].0])
        .filter_map(|five| {
            let whole: usize = five.iter().map(|run| run.1).sum();
            // Half a square off at most.
            let fits = five
                .iter()
                .zip([1, 1, 3, 1, 1])
                .all(|(run, squares)| (run.1 * 7).abs_diff(squares * whole) * 2 <= whole);
            (whole >= 28 && fits).then_some((five[0].0 + whole / 2, whole))
        })
        .collect()
}

/// Whether all 49 squares around this middle are those of a finder.
fn is_finder(points: &[Vec<bool>], x: usize, y: usize, whole: usize) -> bool {
    let half = whole / 2;
    let inside = x >= half && y >= half && points.get(y + half).is_some_and(|row| x + half < row.len());
    let at = |middle: usize, number: usize| middle - half + (2 * number + 1) * whole / 14;
    inside
        && (0..7).all(|row: usize| {
            (0..7).all(|column: usize| {
                let dark = row.abs_diff(3).max(column.abs_diff(3)) != 2;
                points[at(y, row)][at(x, column)] == dark
            })
        })
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
fn take(bits: &mut VecDeque<bool>, count: usize) -> usize {
    bits.drain(..count).fold(0, |number, bit| number * 2 + usize::from(bit))
}

/// The bits of the squares that hold data, in the order in which they were laid: two columns at a time from the right, up and down in turn.
fn laid(dark: &[Vec<bool>], mask: usize) -> Vec<bool> {
    let width = dark.len();
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
            1 => return bits,
            // The column of the timing is passed over.
            8 => right = 5,
            _ => right -= 2,
        }
    }
}

#[track_caller]
fn read(dark: &[Vec<bool>]) -> String {
    let width = dark.len();
    // The format beside the first finder: level and mask, under a mask of its own.
    let format = [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (7, 8), (8, 8)].into_iter();
    let format = format.chain([(8, 7), (8, 5), (8, 4), (8, 3), (8, 2), (8, 1), (8, 0)]);
    let format: usize = format.fold(0, |number, (x, y): (usize, usize)| number * 2 + usize::from(dark[y][x]));
    let format = format ^ 0x5412;
    assert_eq!(format >> 13, 0, "level M");
    let bits = laid(dark, (format >> 10) & 7);
    let words: Vec<&[bool]> = bits.chunks(8).collect();
    let (blocks, each) = BLOCKS[(width - 17) / 4 - 1];
    let mut data: VecDeque<bool> = (0..blocks)
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
