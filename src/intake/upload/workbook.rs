//! Excel workbooks: the rows of one sheet, streamed cell by cell.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::archive::{SHEETS, damaged, refused, too_many_sheets};
use super::cells::{COLUMNS, Cell, Region, Row};
use super::regions::Regions;
use crate::error::{Error, Result};

type Book = Xlsx<BufReader<File>>;

fn open(path: &Path) -> Result<Book> {
    let file = BufReader::new(File::open(path).context("opening the file")?);
    Xlsx::new(file).map_err(|error| fault(&error))
}

fn fault(error: &XlsxError) -> Error {
    match error {
        XlsxError::Password => refused("encrypted", "the workbook is locked with a password; remove it, save, and upload again"),
        _ => damaged(),
    }
}

/// The names of the sheets that are shown, each with its last line where the workbook says that; some say that every sheet
/// has only one.
pub fn sheets(path: &Path) -> Result<Vec<(String, Option<u32>)>> {
    let mut book = open(path)?;
    let sheets = book.sheets_metadata();
    if sheets.len() > SHEETS {
        return Err(too_many_sheets(sheets.len()));
    }
    let shown = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = shown.map(|sheet| sheet.name.clone()).collect();
    let mut last = |name: &str| book.worksheet_cells_reader(name).map(|cells| cells.dimensions().end.0).ok();
    let with_last = |name: String| {
        let last = last(&name).filter(|row| *row > 0).map(|row| row.saturating_add(1));
        (name, last)
    };
    Ok(names.into_iter().map(with_last).collect())
}

/// The merged regions of a sheet.
pub fn merged(path: &Path, sheet: &str) -> Result<Vec<Region>> {
    let regions = open(path)?.merge_cells_by_sheet_name(sheet).map_err(|error| fault(&error))?;
    let region = |found: &calamine::Dimensions| Region {
        left: found.start.1 as usize,
        right: found.end.1 as usize,
        top: found.start.0.saturating_add(1),
        bottom: found.end.0.saturating_add(1),
    };
    Ok(regions.iter().map(region).collect())
}

/// Give every row that has a cell, in order.
pub fn rows(path: &Path, sheet: &str, merged: &[Region], take: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<()> {
    let mut book = open(path)?;
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| fault(&error))?;
    let mut regions = Regions::new(merged.to_vec());
    let mut row = Row::default();
    while let Some(found) = cells.next_cell_with_formula_metadata().map_err(|error| fault(&error))? {
        let (line, column) = (found.pos.0.saturating_add(1), found.pos.1 as usize);
        if line != row.line {
            if line < row.line {
                return Err(damaged());
            }
            let next = Row { line, cells: Vec::with_capacity(row.cells.len()), ..Row::default() };
            let mut whole = std::mem::replace(&mut row, next);
            if whole.line > 0 {
                whole.merged = regions.at(whole.line);
                if take(whole).is_break() {
                    return Ok(());
                }
            }
        }
        let value = if found.formula.is_some() { Cell::Formula(formula(found.formula)) } else { cell(found.value) };
        put(&mut row, column, value)?;
    }
    if row.line > 0 {
        row.merged = regions.at(row.line);
        // It was the last row: whether more are wanted does not matter.
        let _last = take(row);
    }
    Ok(())
}

/// Put a cell at its column.
pub fn put(row: &mut Row, column: usize, value: Cell) -> Result<()> {
    if value == Cell::Empty {
        return Ok(());
    }
    if column >= COLUMNS {
        let what = format!("line {} holds something beyond column {COLUMNS}; delete the columns that hold no answers", row.line);
        return Err(refused("too_many_columns", what));
    }
    if row.cells.len() <= column {
        row.cells.resize(column + 1, Cell::Empty);
    }
    row.cells[column] = value;
    Ok(())
}

fn formula(found: Option<calamine::XlsxFormulaMetadata>) -> String {
    use calamine::XlsxFormulaMetadata as Found;
    match found {
        Some(Found::Normal { formula } | Found::Shared { formula, .. }) => format!("={formula}"),
        _ => "=".to_owned(),
    }
}

fn cell(value: DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text.to_owned()),
        #[expect(clippy::cast_precision_loss, reason = "a spreadsheet holds every number as a double")]
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::Bool(flag) => Cell::Flag(flag),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            moment.as_datetime().map_or_else(|| Cell::Number(moment.as_f64()), Cell::Moment)
        }
        DataRef::DateTime(moment) => Cell::Number(moment.as_f64()),
        DataRef::DateTimeIso(text) => moment(&text).map_or(Cell::Text(text), Cell::Moment),
        DataRef::Error(error) => Cell::Fault(error.to_string()),
    }
}

/// A day, or a day and a time, as ISO 8601 writes them.
pub fn moment(text: &str) -> Option<chrono::NaiveDateTime> {
    let day = || text.parse::<chrono::NaiveDate>().ok().map(|day| day.and_time(chrono::NaiveTime::MIN));
    text.trim_end_matches('Z').parse().ok().or_else(day)
}
