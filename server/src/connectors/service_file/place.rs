//! Lines and columns, by what stands there.

use std::{collections::HashMap, fmt};

/// A place in a text; both count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where in a text its parts stand, by JSON Pointer.
#[derive(Clone, Debug)]
pub struct Places {
    text: String,
    starts: HashMap<String, usize>,
}

impl Places {
    /// Of a text of which nothing is known yet.
    pub fn within(text: &str) -> Self {
        Self { text: text.to_owned(), starts: HashMap::new() }
    }

    /// What stands under the pointer begins at that byte.
    pub fn note(&mut self, pointer: String, start: usize) {
        self.starts.insert(pointer, start);
    }

    /// Where that stands; what is not there is told of the innermost table
    /// that should hold it.
    pub fn of(&self, pointer: &str) -> Place {
        let mut pointer = pointer;
        loop {
            match (self.starts.get(pointer), pointer.rsplit_once('/')) {
                (Some(start), _) => return self.at(*start),
                (None, Some((outer, _))) => pointer = outer,
                (None, None) => return self.at(0),
            }
        }
    }

    /// The place of that byte.
    pub fn at(&self, byte: usize) -> Place {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}
