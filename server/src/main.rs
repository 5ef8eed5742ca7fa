//! `tablica`: the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::command::run_line()
}
