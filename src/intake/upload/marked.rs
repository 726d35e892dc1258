//! The same workbook handed back, with a column that says what is wrong with each line.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Upload;
use super::cells::{CELL_TEXT, Cell, Row};
use super::checking::blocking;
use super::headings::{MARKS, is_marks};
use super::report::Report;
use super::source::Source;
use crate::error::Result;

/// Write a file back as a workbook, with what its report says beside each line.
///
/// # Errors
/// When it cannot be read again or written.
pub async fn marked(upload: &Upload, report: &Report, to: &Path) -> Result<()> {
    let (path, mapping, to) = (upload.path.clone(), report.mapping.clone(), to.to_owned());
    let (heading_line, marks) = (report.mapping.heading_line.unwrap_or(1), marks(report));
    blocking(move || {
        let source = Source::open(&path, &mapping)?;
        write(&source, heading_line, &marks, &to)
    })
    .await
}

/// What is to be said beside each line; what is about the whole file stands beside the headings.
fn marks(report: &Report) -> HashMap<u32, String> {
    let headings = report.mapping.heading_line.unwrap_or(1);
    let mut marks: HashMap<u32, String> = HashMap::new();
    for problem in &report.problems {
        let mark = marks.entry(problem.line.unwrap_or(headings)).or_default();
        if !mark.is_empty() {
            mark.push('\n');
        }
        let place = problem.cell.as_deref().map(|cell| format!("{cell}: ")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _written = write!(mark, "{place}{}: {}", problem.message, problem.cure);
    }
    marks
}

fn write(source: &Source, heading_line: u32, marks: &HashMap<u32, String>, to: &Path) -> Result<()> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(anyhow::Error::from)?;
    let (mut column, mut failed) = (0, None);
    source.rows(&mut |row| {
        let mut mark = marks.get(&row.line).cloned();
        if row.line == heading_line {
            column = mark_column(&row);
            mark = Some(mark.map_or_else(|| MARKS.to_owned(), |mark| format!("{MARKS}\n{mark}")));
        }
        match put(sheet, &formats, &row, column, mark) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(anyhow::Error::from(error).into());
    }
    workbook.save(to).map_err(anyhow::Error::from)?;
    Ok(())
}

/// Where the marks go: into the column an earlier marking made, or after the last heading.
fn mark_column(headings: &Row) -> usize {
    headings.cells.iter().position(|cell| is_marks(&cell.shown())).unwrap_or(headings.cells.len())
}

struct Formats {
    day: Format,
    moment: Format,
    mark: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            mark: Format::new().set_bold().set_font_color(0x00B1_0E1E),
        }
    }
}

fn put(sheet: &mut Worksheet, formats: &Formats, row: &Row, marks: usize, mark: Option<String>) -> Result<(), XlsxError> {
    let line = row.line - 1;
    let cells = row.cells.iter().enumerate().filter(|(column, _)| *column != marks || marks == 0);
    for (column, cell) in cells {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        match cell {
            Cell::Empty => {}
            Cell::Number(number) => {
                sheet.write_number(line, column, *number)?;
            }
            Cell::Flag(flag) => {
                sheet.write_boolean(line, column, *flag)?;
            }
            Cell::Moment(moment) => {
                let midnight = moment.time() == chrono::NaiveTime::MIN;
                sheet.write_datetime_with_format(line, column, moment, if midnight { &formats.day } else { &formats.moment })?;
            }
            // A formula comes back as its words: nothing in a file that we hand out calculates.
            Cell::Text(text) | Cell::Formula(text) | Cell::Fault(text) => {
                sheet.write_string(line, column, cut(text))?;
            }
        }
    }
    if let (Some(mark), true) = (mark, marks > 0) {
        sheet.write_string_with_format(line, u16::try_from(marks).unwrap_or(u16::MAX), cut(&mark), &formats.mark)?;
    }
    Ok(())
}

/// As much of a text as a cell takes.
fn cut(text: &str) -> String {
    text.chars().take(CELL_TEXT / 2).collect()
}
