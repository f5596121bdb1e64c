//! Which tables hold data, and which only put things beside each other.
use super::writer::Writer;
use super::{Block, Group};

/// Characters of one cell of data.
const CELL: usize = 400;

/// The outermost open table, and how many stand in each other.
#[derive(Default)]
pub(super) struct Tables {
    depth: usize,
    outer: Option<Outer>,
}

struct Outer {
    number: Option<usize>,
    /// Where its blocks begin.
    from: usize,
    rows: usize,
    columns: usize,
    most_columns: usize,
    layout: bool,
    /// Characters in it, and in the cell in hand.
    characters: usize,
    in_cell: usize,
    /// Characters of the writer's own words before it.
    own_before: usize,
}

/// What a table was when it ends.
pub(super) struct Ended {
    pub characters: usize,
    pub own_before: usize,
    pub is_data: bool,
}

impl Tables {
    /// `layout`: it says so itself.
    pub fn open(&mut self, writer: &mut Writer, layout: bool, own_before: usize) {
        self.depth += 1;
        if let Some(outer) = &mut self.outer {
            outer.layout = true;
            return writer.block(2);
        }
        writer.end_paragraph();
        let from = writer.blocks.len();
        let number = writer.open(Group::Table);
        self.outer = Some(Outer {
            number,
            from,
            rows: 0,
            columns: 0,
            most_columns: 0,
            layout,
            characters: 0,
            in_cell: 0,
            own_before,
        });
    }

    /// The group of a row, where it is one of the outermost table.
    pub fn row(&mut self, writer: &mut Writer) -> Option<usize> {
        let Some(outer) = self.outer.as_mut().filter(|_| self.depth == 1) else {
            writer.block(1);
            return None;
        };
        outer.rows += 1;
        outer.columns = 0;
        if let Some(row) = writer.inner(Group::Row, &[Group::Table]) {
            writer.close(row);
        }
        writer.open(Group::Row)
    }

    /// The group of a cell, as [`Tables::row`].
    pub fn cell(&mut self, writer: &mut Writer) -> Option<usize> {
        let Some(outer) = self.outer.as_mut().filter(|_| self.depth == 1) else {
            writer.block(1);
            return None;
        };
        outer.columns += 1;
        outer.most_columns = outer.most_columns.max(outer.columns);
        outer.in_cell = 0;
        if let Some(cell) = writer.inner(Group::Cell, &[Group::Row, Group::Table]) {
            writer.close(cell);
        }
        writer.open(Group::Cell)
    }

    /// A picture or a heading stands in it.
    pub fn holds_more_than_text(&mut self) {
        if let Some(outer) = &mut self.outer {
            outer.layout = true;
        }
    }

    /// Whether the characters stand in a table, which counts them.
    pub fn count(&mut self, characters: usize) -> bool {
        let Some(outer) = &mut self.outer else {
            return false;
        };
        outer.characters += characters;
        outer.in_cell += characters;
        outer.layout |= outer.in_cell > CELL;
        true
    }

    /// Ends a table; what it was, where it is the outermost. One of layout leaves only what it held.
    pub fn close(&mut self, writer: &mut Writer) -> Option<Ended> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            writer.block(2);
            return None;
        }
        let outer = self.outer.take()?;
        if let Some(number) = outer.number {
            writer.close(number);
        }
        let is_data =
            !outer.layout && outer.number.is_some() && outer.rows > 1 && outer.most_columns > 1;
        if !is_data {
            let is_frame = |block: &Block| {
                matches!(
                    block,
                    Block::Open(Group::Table | Group::Row | Group::Cell)
                        | Block::Close(Group::Table | Group::Row | Group::Cell)
                )
            };
            let held = writer.blocks.split_off(outer.from.min(writer.blocks.len()));
            writer
                .blocks
                .extend(held.into_iter().filter(|block| !is_frame(block)));
        }
        Some(Ended {
            characters: outer.characters,
            own_before: outer.own_before,
            is_data,
        })
    }
}
