//! The habits of this project as commands.

fn main() {}
