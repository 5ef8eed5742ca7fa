//! Counts under five are not told, neither themselves nor by reckoning from the totals.
//!
//! **The rule.** Of every cell that is left out, whoever knows the whole published table (cells, totals of rows and columns, the
//! grand total, and that counts are not below zero) must find at least two values possible, and five or more among them. So no
//! cell that is left out can be reckoned, and of none is it known that it is under five. Totals are always told: `fold` sees to it
//! that each is none or five and more. A published zero is a zero; it speaks of nobody.
//!
//! First every count from one to four is left out, then others beside them (complementary suppression), the smallest that will do,
//! until the rule holds; at the latest it does when all are left out, because a cell may then be anything up to the smaller
//! of its two totals, which is five or more. What is possible is found exactly: cells that are left out are the edges of a network between rows
//! and columns, and how far one may grow or shrink is a largest flow in it.

/// Counts below this are not told.
pub const LEAST: i64 = 5;

/// A table of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts<N> {
    /// The names of the rows.
    pub rows: Vec<N>,
    /// The names of the columns.
    pub columns: Vec<N>,
    /// Row by row.
    pub cells: Vec<Vec<i64>>,
}

/// A table as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected<N> {
    /// The names of the rows.
    pub rows: Vec<N>,
    /// The names of the columns.
    pub columns: Vec<N>,
    /// Row by row; `None` is left out.
    pub cells: Vec<Vec<Option<i64>>>,
    /// The total of each row.
    pub row_totals: Vec<i64>,
    /// The total of each column.
    pub column_totals: Vec<i64>,
}

impl<N> Protected<N> {
    /// The grand total.
    pub fn total(&self) -> i64 {
        self.row_totals.iter().sum()
    }

    /// Whether anything is left out.
    pub fn leaves_out(&self) -> bool {
        self.cells.iter().flatten().any(Option::is_none)
    }
}

/// Leaves out what must not be told. The totals of `counts` are at least `LEAST` each (`fold`); of a table where they are not,
/// nothing is told.
pub fn protect<N>(counts: Counts<N>) -> Protected<N> {
    let cells = &counts.cells;
    let width = counts.columns.len();
    let row_totals: Vec<i64> = cells.iter().map(|row| row.iter().sum()).collect();
    let column_totals: Vec<i64> =
        (0..width).map(|at| cells.iter().filter_map(|row| row.get(at)).sum()).collect();
    if row_totals.iter().chain(&column_totals).any(|total| *total < LEAST) {
        return Protected {
            rows: Vec::new(),
            columns: Vec::new(),
            cells: Vec::new(),
            row_totals: Vec::new(),
            column_totals: Vec::new(),
        };
    }
    let mut hidden: Vec<Vec<bool>> =
        cells.iter().map(|row| row.iter().map(|count| (1..LEAST).contains(count)).collect()).collect();
    // Every round leaves out one more cell, so it ends; with all left out the rule holds.
    while let Some((row, column)) = told(cells, &hidden) {
        match cheapest(cells, &hidden, row, column) {
            Some((row, column)) => hide(&mut hidden, row, column),
            // Nothing is left to leave out.
            None => break,
        }
    }
    Protected {
        row_totals,
        column_totals,
        cells: cells
            .iter()
            .zip(&hidden)
            .map(|(row, hidden)| {
                row.iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(*count)).collect()
            })
            .collect(),
        rows: counts.rows,
        columns: counts.columns,
    }
}

fn hide(hidden: &mut [Vec<bool>], row: usize, column: usize) {
    if let Some(cell) = hidden.get_mut(row).and_then(|row| row.get_mut(column)) {
        *cell = true;
    }
}

fn is_hidden(hidden: &[Vec<bool>], row: usize, column: usize) -> bool {
    hidden.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false)
}

fn count(cells: &[Vec<i64>], row: usize, column: usize) -> i64 {
    cells.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0)
}

/// A cell that is left out and yet told too well, if there is one.
fn told(cells: &[Vec<i64>], hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
    let width = cells.first().map_or(0, Vec::len);
    let all = (0..cells.len()).flat_map(|row| (0..width).map(move |column| (row, column)));
    all.filter(|(row, column)| is_hidden(hidden, *row, *column)).find(|(row, column)| {
        let (least, most) = possible(cells, hidden, *row, *column);
        least == most || most < LEAST
    })
}

/// The cell to leave out next for the sake of that one. It closes a ring of four with the cell, if it can, and the ring lets the
/// cell reach `LEAST`; of such rings the one that leaves out the least; else the smallest count in the row or the column.
fn cheapest(cells: &[Vec<i64>], hidden: &[Vec<bool>], row: usize, column: usize) -> Option<(usize, usize)> {
    let width = cells.first().map_or(0, Vec::len);
    let wanted = LEAST - count(cells, row, column);
    let mut best: Option<(i64, (usize, usize))> = None;
    for other_row in (0..cells.len()).filter(|at| *at != row) {
        for other in (0..width).filter(|at| *at != column) {
            let corners = [(row, other), (other_row, column), (other_row, other)];
            let open: Vec<(usize, usize)> =
                corners.into_iter().filter(|(row, column)| !is_hidden(hidden, *row, *column)).collect();
            let Some(first) = open.first() else { continue };
            let gives = count(cells, row, other).min(count(cells, other_row, column));
            let cost: i64 = open.iter().map(|(row, column)| 1 + count(cells, *row, *column)).sum();
            let cost = if gives >= wanted { cost } else { cost + 1_000_000_000 };
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, *first));
            }
        }
    }
    best.map(|(_, cell)| cell)
}

/// The least and the greatest value that the published table allows for a cell that is left out.
pub fn possible(cells: &[Vec<i64>], hidden: &[Vec<bool>], row: usize, column: usize) -> (i64, i64) {
    let own = count(cells, row, column);
    let grows = flow(cells, hidden, (row, column), Way::ColumnToRow);
    let shrinks = flow(cells, hidden, (row, column), Way::RowToColumn);
    (own - own.min(shrinks), own + grows)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Others in its column and row shrink, so that it grows.
    ColumnToRow,
    /// Others in its row and column grow, so that it shrinks.
    RowToColumn,
}

/// The largest flow between the column and the row of a cell through the other cells that are left out: from a row to a column a
/// cell grows without limit, from a column to a row it shrinks down to nothing (Ford and Fulkerson, breadth first).
fn flow(cells: &[Vec<i64>], hidden: &[Vec<bool>], cell: (usize, usize), way: Way) -> i64 {
    let (height, width) = (cells.len(), cells.first().map_or(0, Vec::len));
    let whole: i64 = cells.iter().flatten().sum();
    let mut now: Vec<Vec<i64>> = cells.to_vec();
    let (from, to) = match way {
        Way::ColumnToRow => (height + cell.1, cell.0),
        Way::RowToColumn => (cell.0, height + cell.1),
    };
    let mut sum = 0;
    // No cell is larger than the whole.
    while sum <= whole {
        let mut before: Vec<Option<usize>> = vec![None; height + width];
        let mut next = std::collections::VecDeque::from([from]);
        while let Some(node) = next.pop_front() {
            let reach = if node < height { height..height + width } else { 0..height };
            for other in reach {
                let (row, column) =
                    if node < height { (node, other - height) } else { (other, node - height) };
                let passes = is_hidden(hidden, row, column)
                    && (row, column) != cell
                    && (node < height || count(&now, row, column) > 0);
                if passes && other != from && before.get(other).is_some_and(Option::is_none) {
                    if let Some(slot) = before.get_mut(other) {
                        *slot = Some(node);
                    }
                    next.push_back(other);
                }
            }
        }
        let mut path = Vec::new();
        let mut node = to;
        while let Some(earlier) = before.get(node).copied().flatten() {
            path.push((earlier, node));
            node = earlier;
        }
        if node != from || path.is_empty() {
            break;
        }
        let step = |(from, to): &(usize, usize)| {
            if *from < height { (*from, to - height) } else { (*to, from - height) }
        };
        let shrinking = path.iter().filter(|(from, _)| *from >= height).map(step);
        let amount = shrinking.map(|(row, column)| count(&now, row, column)).min().unwrap_or(whole + 1 - sum);
        for edge in &path {
            let (row, column) = step(edge);
            let change = if edge.0 < height { amount } else { -amount };
            if let Some(cell) = now.get_mut(row).and_then(|row| row.get_mut(column)) {
                *cell += change;
            }
        }
        sum += amount;
    }
    sum
}

#[cfg(test)]
mod tests;
