//! Tables at random and at the edge: what a reader of the published table alone can find out.

use std::collections::BTreeSet;

use super::*;

/// Numbers that look like chance and are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

fn shown(cells: &[&[i64]]) -> Protected<usize> {
    let counts = Counts {
        rows: (0..cells.len()).collect(),
        columns: (0..cells[0].len()).collect(),
        cells: cells.iter().map(|row| row.to_vec()).collect(),
    };
    protect(counts)
}

/// What a reader of the published table alone can find out: every table of counts that fits it, by trying them all. Answers the
/// values that each cell has in one of them. Knows nothing of `possible`.
fn read(table: &Protected<usize>) -> Vec<Vec<BTreeSet<i64>>> {
    let (height, width) = (table.rows.len(), table.columns.len());
    let mut found = vec![vec![BTreeSet::new(); width]; height];
    let mut cells = vec![vec![0; width]; height];
    fill(table, &mut cells, &mut table.column_totals.clone(), 0, 0, &mut found);
    found
}

fn fill(
    table: &Protected<usize>,
    cells: &mut [Vec<i64>],
    columns: &mut [i64],
    row: usize,
    column: usize,
    found: &mut [Vec<BTreeSet<i64>>],
) {
    if row == table.rows.len() {
        if columns.iter().all(|left| *left == 0) {
            for (row, values) in cells.iter().enumerate() {
                for (column, value) in values.iter().enumerate() {
                    found[row][column].insert(*value);
                }
            }
        }
        return;
    }
    let used: i64 = cells[row][..column].iter().sum();
    let left = table.row_totals[row] - used;
    if column == table.columns.len() {
        if left == 0 {
            fill(table, cells, columns, row + 1, 0, found);
        }
        return;
    }
    let values = match table.cells[row][column] {
        Some(value) => value..=value,
        None => 0..=left.min(columns[column]),
    };
    for value in values {
        if value > left || value > columns[column] {
            break;
        }
        cells[row][column] = value;
        columns[column] -= value;
        fill(table, cells, columns, row, column + 1, found);
        columns[column] += value;
    }
}

/// A table whose totals are all five or more.
fn some_table(dice: &mut Dice, height: usize, width: usize, most: u64) -> Vec<Vec<i64>> {
    loop {
        let cells: Vec<Vec<i64>> = (0..height)
            .map(|_| {
                (0..width)
                    .map(|_| match dice.below(4) {
                        0 => 0,
                        1 => i64::try_from(1 + dice.below(4)).unwrap(),
                        _ => i64::try_from(dice.below(most)).unwrap(),
                    })
                    .collect()
            })
            .collect();
        let rows = cells.iter().map(|row| row.iter().sum::<i64>());
        let columns = (0..width).map(|at| cells.iter().map(|row| row[at]).sum::<i64>());
        if rows.chain(columns).all(|total| total >= LEAST) {
            return cells;
        }
    }
}

#[test]
fn nobody_reckons_a_cell_that_is_left_out_by_trying_every_table_that_fits() {
    let mut dice = Dice(2026);
    let mut left_out = 0;
    for round in 0..240 {
        let (height, width, most) = [(2, 2, 30), (2, 3, 14), (3, 2, 14), (3, 3, 7)][round % 4];
        let cells = some_table(&mut dice, height, width, most);
        let rows: Vec<&[i64]> = cells.iter().map(Vec::as_slice).collect();
        let table = shown(&rows);
        let values = read(&table);
        for (row, counts) in cells.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                let values = &values[row][column];
                assert!(values.contains(count));
                match table.cells[row][column] {
                    Some(told) => assert!(told == *count && !(1..LEAST).contains(count), "{cells:?}"),
                    None => {
                        left_out += 1;
                        assert!(values.len() >= 2, "{cells:?}: {row} {column} can only be {values:?}");
                        assert!(
                            *values.last().unwrap() >= LEAST,
                            "{cells:?}: {row} {column} is one of {values:?}"
                        );
                        // The flow finds the same ends.
                        let hidden: Vec<Vec<bool>> =
                            table.cells.iter().map(|row| row.iter().map(Option::is_none).collect()).collect();
                        let ends = (*values.first().unwrap(), *values.last().unwrap());
                        assert_eq!(possible(&cells, &hidden, row, column), ends, "{cells:?} {row} {column}");
                    }
                }
            }
        }
    }
    assert!(left_out > 400, "{left_out}");
}

#[test]
fn the_rule_holds_in_tables_of_the_size_of_a_town() {
    let mut dice = Dice(7);
    let (mut small, mut beside) = (0, 0);
    for round in 0..120 {
        let (height, width) = [(5, 4), (12, 6), (30, 7), (2, 7)][round % 4];
        let cells = some_table(&mut dice, height, width, 60);
        let rows: Vec<&[i64]> = cells.iter().map(Vec::as_slice).collect();
        let table = shown(&rows);
        let hidden: Vec<Vec<bool>> =
            table.cells.iter().map(|row| row.iter().map(Option::is_none).collect()).collect();
        for (row, counts) in cells.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                assert!(!(1..LEAST).contains(count) || hidden[row][column]);
                if hidden[row][column] {
                    let (least, most) = possible(&cells, &hidden, row, column);
                    assert!(least < most && most >= LEAST, "{cells:?} {row} {column}: {least}..={most}");
                    if (1..LEAST).contains(count) { small += 1 } else { beside += 1 }
                }
            }
        }
    }
    eprintln!("{small} small counts left out, and {beside} others beside them");
    assert!(small > 1000 && beside < small * 2);
}

#[test]
fn a_table_whose_totals_are_small_tells_nothing() {
    assert!(shown(&[&[3, 1], &[9, 9]]).rows.is_empty());
    let fine = shown(&[&[3, 10], &[20, 40]]);
    assert_eq!(fine.cells, [[None, None], [None, None]]);
    assert_eq!(
        (fine.row_totals.clone(), fine.column_totals.clone(), fine.total()),
        (vec![13, 60], vec![23, 50], 73)
    );
    assert!(fine.leaves_out());
}
