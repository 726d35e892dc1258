//! A file as a source of rows, whatever kind it is.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::archive::{self, Container, refused};
use super::cells::{Region, Row};
use super::mapping::{Mapping, Separator};
use super::text::{self, Letters};
use super::words::did_you_mean;
use super::{opendocument, workbook};
use crate::error::Result;

/// The most merged regions a sheet may have.
const REGIONS: usize = 10_000;

/// A file that can be read, as often as needed.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    /// What kind it is.
    pub kind: Kind,
}

/// What kind of file it is, and which part of it is read.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Separated text.
    Text {
        /// Which letters its bytes mean.
        letters: Letters,
        /// What stands between its columns.
        separator: Separator,
    },
    /// An Excel workbook.
    Workbook {
        /// The sheet that is read.
        sheet: String,
        /// The sheets that are not.
        others: Vec<String>,
        /// Its last line, as the workbook says.
        last: Option<u32>,
        /// Its merged regions.
        merged: Vec<Region>,
    },
    /// An OpenDocument spreadsheet.
    OpenDocument {
        /// The sheet that is read.
        sheet: String,
        /// The sheets that are not.
        others: Vec<String>,
    },
}

impl Source {
    /// Look at a file, refuse what is not safe, and find what to read in it.
    ///
    /// # Errors
    /// [`crate::error::Error::Unreadable`] with a code, the reason and what to do.
    pub fn open(path: &Path, mapping: &Mapping) -> Result<Self> {
        let kind = match archive::inspect(path)? {
            Container::Text => {
                let letters = text::letters(path, mapping.encoding.as_deref())?;
                let separator = match mapping.separator {
                    Some(separator) => separator,
                    None => text::separator(path, letters.encoding)?,
                };
                Kind::Text { letters, separator }
            }
            Container::Workbook { has_merged } => {
                let sheets = workbook::sheets(path)?;
                let names = sheets.iter().map(|(name, _)| name.clone()).collect();
                let (sheet, others) = choose(names, mapping.sheet.as_deref())?;
                let last = sheets.iter().find(|(name, _)| *name == sheet).and_then(|(_, last)| *last);
                let merged = if has_merged { workbook::merged(path, &sheet)? } else { Vec::new() };
                if merged.len() > REGIONS {
                    return Err(refused(
                        "too_many_merged",
                        "more than 10,000 regions are merged; unmerge all cells and upload again",
                    ));
                }
                Kind::Workbook { sheet, others, last, merged }
            }
            Container::OpenDocument => {
                let (sheet, others) = choose(opendocument::sheets(path)?, mapping.sheet.as_deref())?;
                Kind::OpenDocument { sheet, others }
            }
        };
        Ok(Self { path: path.to_owned(), kind })
    }

    /// Give its rows in order, until no more are wanted.
    pub fn rows(&self, take: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<()> {
        match &self.kind {
            Kind::Text { letters, separator } => text::rows(&self.path, letters.encoding, *separator, take),
            Kind::Workbook { sheet, merged, .. } => workbook::rows(&self.path, sheet, merged, take),
            Kind::OpenDocument { sheet, .. } => opendocument::rows(&self.path, sheet, take),
        }
    }

    /// About how many lines there are, where that can be found out without reading them.
    pub fn expected(&self) -> Result<Option<u32>> {
        match &self.kind {
            Kind::Text { .. } => text::line_ends(&self.path).map(Some),
            Kind::Workbook { last, .. } => Ok(*last),
            Kind::OpenDocument { .. } => Ok(None),
        }
    }

    /// In a workbook, the shown sheets that are not read.
    #[must_use]
    pub fn other_sheets(&self) -> &[String] {
        match &self.kind {
            Kind::Text { .. } => &[],
            Kind::Workbook { others, .. } | Kind::OpenDocument { others, .. } => others,
        }
    }

    /// What kind of file it is, in one word.
    #[must_use]
    pub const fn format(&self) -> &'static str {
        match self.kind {
            Kind::Text { .. } => "csv",
            Kind::Workbook { .. } => "xlsx",
            Kind::OpenDocument { .. } => "ods",
        }
    }
}

/// The sheet a mapping names, or the first.
fn choose(mut names: Vec<String>, wanted: Option<&str>) -> Result<(String, Vec<String>)> {
    let at = match wanted {
        None => 0,
        Some(wanted) => names.iter().position(|name| name == wanted).ok_or_else(|| {
            let hint = did_you_mean(wanted, names.iter().map(String::as_str));
            refused("no_such_sheet", format!("there is no sheet called {wanted}; {hint}"))
        })?,
    };
    if names.is_empty() {
        return Err(refused("no_sheet", "the workbook shows no sheet; make the one to upload visible and save it again"));
    }
    let sheet = names.remove(at);
    Ok((sheet, names))
}
