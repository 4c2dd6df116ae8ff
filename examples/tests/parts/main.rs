//! The parts of the program by themselves. They stand here and not beside their code since tests in the library would compile all
//! lectures a second time.

mod arguments;
mod board;
mod data;
mod entry;
mod formulas;
mod gap;
mod json;
mod network_drawing;
mod overview;
mod page_parts;
mod random;
mod sheet;
mod whole_file;
