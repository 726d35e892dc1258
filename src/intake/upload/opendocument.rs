//! OpenDocument spreadsheets: the rows of one sheet, streamed.
//!
//! A reader of our own, since the library's holds a whole sheet twice in memory and does not tell of merged cells.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::archive::{SHEETS, damaged, too_many_sheets};
use super::cells::{COLUMNS, Cell, LINES, Region, Row};
use super::regions::Regions;
use super::workbook::{moment, put};
use crate::error::Result;

type Xml<'a> = Reader<BufReader<ZipFile<'a, BufReader<File>>>>;

/// What is read with the sheet's content.
fn content<T>(path: &Path, read: impl FnOnce(Xml<'_>) -> Result<T>) -> Result<T> {
    let file = BufReader::new(File::open(path).context("opening the file")?);
    let mut archive = ZipArchive::new(file).map_err(|_unreadable| damaged())?;
    let entry = archive.by_name("content.xml").map_err(|_unreadable| damaged())?;
    let mut xml = Reader::from_reader(BufReader::new(entry));
    xml.config_mut().expand_empty_elements = true;
    read(xml)
}

/// The names of the sheets.
pub fn sheets(path: &Path) -> Result<Vec<String>> {
    content(path, |mut xml| {
        let (mut names, mut buffer) = (Vec::new(), Vec::new());
        loop {
            match xml.read_event_into(&mut buffer).map_err(|_malformed| damaged())? {
                Event::Start(start) if start.name().as_ref() == "table:table" => names.extend(attribute(&start, "table:name")?),
                Event::Eof if names.len() > SHEETS => return Err(too_many_sheets(names.len())),
                Event::Eof => return Ok(names),
                _ => {}
            }
            buffer.clear();
        }
    })
}

/// Give every row that has a cell, in order.
pub fn rows(path: &Path, sheet: &str, take: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<()> {
    content(path, |mut xml| {
        let mut buffer = Vec::new();
        loop {
            match xml.read_event_into(&mut buffer).map_err(|_malformed| damaged())? {
                Event::Start(start) if is_sheet(&start, sheet)? => {
                    return Table { xml: &mut xml, line: 1, regions: Regions::default() }.rows(take);
                }
                Event::Eof => return Err(damaged()),
                _ => {}
            }
            buffer.clear();
        }
    })
}

fn is_sheet(start: &BytesStart<'_>, sheet: &str) -> Result<bool> {
    Ok(start.name().as_ref() == "table:table" && attribute(start, "table:name")?.as_deref() == Some(sheet))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    let found = start.try_get_attribute(name).map_err(|_malformed| damaged())?;
    let value = |raw: &str| unescape(raw).map(std::borrow::Cow::into_owned).map_err(|_malformed| damaged());
    found.map(|found| value(&found.value)).transpose()
}

fn number(start: &BytesStart<'_>, name: &str) -> Result<u32> {
    Ok(attribute(start, name)?.and_then(|text| text.parse().ok()).unwrap_or(1).max(1))
}

/// One sheet as it is read.
struct Table<'a, 'b> {
    xml: &'a mut Xml<'b>,
    line: u32,
    regions: Regions,
}

impl Table<'_, '_> {
    fn rows(mut self, take: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<()> {
        let mut buffer = Vec::new();
        loop {
            match self.xml.read_event_into(&mut buffer).map_err(|_malformed| damaged())? {
                Event::Start(start) if start.name().as_ref() == "table:table-row" => {
                    let times = number(&start, "table:number-rows-repeated")?;
                    if self.row(times, take)?.is_break() {
                        return Ok(());
                    }
                }
                Event::End(end) if end.name().as_ref() == "table:table" => return Ok(()),
                Event::Eof => return Err(damaged()),
                _ => {}
            }
            buffer.clear();
        }
    }

    /// One row as often as it is repeated; a blank one is only counted.
    fn row(&mut self, times: u32, take: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<ControlFlow<()>> {
        let cells = self.cells()?;
        if !cells.is_empty() {
            // One more than may be: whoever counts the lines sees that there are too many.
            for repeat in 0..times.min(LINES + 2) {
                let line = self.line.saturating_add(repeat);
                let row = Row { line, cells: cells.clone(), merged: self.regions.at(line), bad_quote: None };
                if take(row).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        self.line = self.line.saturating_add(times);
        Ok(ControlFlow::Continue(()))
    }

    fn cells(&mut self) -> Result<Vec<Cell>> {
        let mut row = Row { line: self.line, ..Row::default() };
        let mut column = 0_usize;
        let mut buffer = Vec::new();
        loop {
            match self.xml.read_event_into(&mut buffer).map_err(|_malformed| damaged())? {
                Event::Start(start) if matches!(start.name().as_ref(), "table:table-cell" | "table:covered-table-cell") => {
                    let start = start.into_owned();
                    let times = number(&start, "table:number-columns-repeated")? as usize;
                    self.merge(&start, column)?;
                    let value = self.cell(&start)?;
                    if value != Cell::Empty {
                        for column in column..column.saturating_add(times).min(COLUMNS + 1) {
                            put(&mut row, column, value.clone())?;
                        }
                    }
                    column = column.saturating_add(times);
                }
                Event::End(end) if end.name().as_ref() == "table:table-row" => return Ok(row.cells),
                Event::Eof => return Err(damaged()),
                _ => {}
            }
            buffer.clear();
        }
    }

    fn merge(&mut self, start: &BytesStart<'_>, column: usize) -> Result<()> {
        let (wide, high) = (number(start, "table:number-columns-spanned")?, number(start, "table:number-rows-spanned")?);
        if wide > 1 || high > 1 {
            let right = column.saturating_add(wide as usize - 1);
            self.regions.add(Region { left: column, right, top: self.line, bottom: self.line.saturating_add(high - 1) });
        }
        Ok(())
    }

    fn cell(&mut self, start: &BytesStart<'_>) -> Result<Cell> {
        let words = self.words(start)?;
        if let Some(formula) = attribute(start, "table:formula")? {
            return Ok(Cell::Formula(formula.trim_start_matches("of:").to_owned()));
        }
        let value = |name: &str| attribute(start, name);
        Ok(match value("office:value-type")?.as_deref() {
            None | Some("void") => Cell::Empty,
            Some("float" | "percentage" | "currency") => {
                value("office:value")?.and_then(|text| text.parse().ok()).map_or(Cell::Text(words), Cell::Number)
            }
            Some("boolean") => Cell::Flag(value("office:boolean-value")?.as_deref() == Some("true")),
            Some("date") => value("office:date-value")?.and_then(|text| moment(&text)).map_or(Cell::Text(words), Cell::Moment),
            _ if words.is_empty() => Cell::Empty,
            _ => Cell::Text(words),
        })
    }

    /// The words of a cell: its paragraphs, a line each. Notes in the margin are not among them.
    fn words(&mut self, start: &BytesStart<'_>) -> Result<String> {
        let end = start.name().as_ref().to_owned();
        let mut words = String::new();
        let (mut paragraphs, mut within, mut aside) = (0, 0_u32, 0_u32);
        let mut buffer = Vec::new();
        loop {
            match self.xml.read_event_into(&mut buffer).map_err(|_malformed| damaged())? {
                Event::Start(part) => match part.name().as_ref() {
                    "office:annotation" => aside += 1,
                    "text:p" if aside == 0 => {
                        if paragraphs > 0 {
                            words.push('\n');
                        }
                        paragraphs += 1;
                        within += 1;
                    }
                    "text:s" if aside == 0 => {
                        let spaces = number(&part, "text:c")?.min(1_000) as usize;
                        words.push_str(&" ".repeat(spaces));
                    }
                    "text:tab" if aside == 0 => words.push('\t'),
                    "text:line-break" if aside == 0 => words.push('\n'),
                    _ => {}
                },
                Event::End(part) => match part.name().as_ref() {
                    "office:annotation" => aside = aside.saturating_sub(1),
                    "text:p" if aside == 0 => within = within.saturating_sub(1),
                    name if name == end => return Ok(words),
                    _ => {}
                },
                Event::Text(text) if within > 0 && aside == 0 => words.push_str(&text.xml10_content()),
                Event::CData(text) if within > 0 && aside == 0 => words.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if within > 0 && aside == 0 => {
                    let written = format!("&{};", &*reference.xml10_content());
                    words.push_str(&unescape(&written).map_err(|_malformed| damaged())?);
                }
                Event::Eof => return Err(damaged()),
                _ => {}
            }
            buffer.clear();
        }
    }
}
