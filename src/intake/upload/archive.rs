//! What a file really is, whatever its name says, and whether its archive is safe to open: bombs, macros, locked and
//! damaged files are refused here, each with its own code, before any of it is read as a spreadsheet.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::Context as _;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::error::{Error, Result};

/// The most bytes an archive may hold once unpacked.
pub const UNPACKED: u64 = 1024 * 1024 * 1024;

/// The most bytes of words that many cells share; they are held in memory.
pub const SHARED_WORDS: u64 = 96 * 1024 * 1024;

/// The most files within an archive.
pub const ENTRIES: usize = 2_000;

/// The most sheets of a workbook.
pub const SHEETS: usize = 50;

/// An archive that packs more tightly than this is no spreadsheet that people filled in.
const TIGHTEST: u64 = 400;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Separated text.
    Text,
    /// An Excel workbook, and whether any of its cells are merged.
    Workbook {
        /// Whether there is any merged region to look for.
        has_merged: bool,
    },
    /// An OpenDocument spreadsheet.
    OpenDocument,
}

/// Look at a file's first bytes and, when it is an archive, at everything in it.
///
/// # Errors
/// [`Error::Unreadable`] with the reason and what to do.
pub fn inspect(path: &Path) -> Result<Container> {
    let mut file = File::open(path).context("opening the file")?;
    let mut head = [0; 8];
    let got = read_head(&mut file, &mut head).context("reading the file")?;
    match &head[..got] {
        [] => Err(refused("empty_file", "the file is empty; save it again from the spreadsheet and upload that")),
        [b'P', b'K', 3, 4, ..] => open(file),
        [b'P', b'K', ..] => Err(damaged()),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(old_container(file)?),
        [b'%', b'P', b'D', b'F', ..] => {
            Err(refused("not_a_spreadsheet", "the file is a PDF; upload the spreadsheet it was made from, or key it as paper"))
        }
        _ => Ok(Container::Text),
    }
}

fn read_head(file: &mut File, head: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < head.len() {
        match file.read(&mut head[got..])? {
            0 => break,
            more => got += more,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(got)
}

/// A compound file is an Excel 97 workbook, or a newer one that was locked with a password.
fn old_container(file: File) -> Result<Error> {
    let mut bytes = Vec::new();
    BufReader::new(file).read_to_end(&mut bytes).context("reading the file")?;
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(if bytes.windows(locked.len()).any(|window| window == locked) {
        locked_with_password()
    } else {
        refused(
            "old_excel",
            "the file is an Excel 97 workbook (.xls), whatever its name says; open it and save it as .xlsx, .ods or CSV",
        )
    })
}

fn open(file: File) -> Result<Container> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_unreadable| damaged())?;
    if archive.len() > ENTRIES {
        let what = format!("the archive holds {} files, more than {ENTRIES}; save the sheet into a new workbook", archive.len());
        return Err(refused("too_many_entries", what));
    }
    let names: Vec<String> = archive.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect();
    let container = container(&names)?;
    if names.iter().any(|name| is_macro(name)) {
        return Err(refused("macros", "the workbook holds macros; save it as .xlsx or .ods without macros and upload that"));
    }
    let sheets = names.iter().filter(|name| name.starts_with("xl/worksheets/sheet")).count();
    if sheets > SHEETS {
        return Err(too_many_sheets(sheets));
    }
    let (mut left, mut has_merged) = (UNPACKED, false);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| entry_fault(&error))?;
        has_merged |= look_into(&mut entry, &mut left)?;
    }
    Ok(match container {
        Container::Workbook { .. } => Container::Workbook { has_merged },
        other => other,
    })
}

/// Too many sheets to be a table of responses.
pub fn too_many_sheets(sheets: usize) -> Error {
    let what = format!("the workbook has {sheets} sheets, more than {SHEETS}; save the one to upload into a workbook of its own");
    refused("too_many_sheets", what)
}

fn container(names: &[String]) -> Result<Container> {
    let has = |name: &str| names.iter().any(|known| known == name);
    if has("xl/workbook.xml") {
        Ok(Container::Workbook { has_merged: false })
    } else if has("content.xml") && has("mimetype") {
        Ok(Container::OpenDocument)
    } else if has("xl/workbook.bin") {
        Err(refused("binary_excel", "the file is a binary workbook (.xlsb); save it as .xlsx, .ods or CSV"))
    } else {
        Err(refused("not_a_spreadsheet", "the file is an archive but no spreadsheet; upload .xlsx, .ods or CSV"))
    }
}

fn is_macro(name: &str) -> bool {
    name.ends_with("vbaProject.bin")
        || name.starts_with("Basic/")
        || name.starts_with("Scripts/")
        || name.starts_with("xl/macrosheets/")
}

/// Unpack one entry into nothing, so that what it says of its own size need not be believed and damage is found now. Says
/// whether it tells of merged cells, which spares most workbooks a search for them.
fn look_into(entry: &mut ZipFile<'_, BufReader<File>>, left: &mut u64) -> Result<bool> {
    let packed = entry.compressed_size().max(1024);
    let name = entry.name().map_err(|_unreadable| damaged())?.into_owned();
    let is_short = matches!(name.as_str(), "mimetype" | "[Content_Types].xml" | "META-INF/manifest.xml");
    let mut kept = Vec::new();
    let (mut unpacked, mut has_merged): (u64, bool) = (0, false);
    let merged = memchr::memmem::Finder::new(b"mergeCell");
    // The end of the piece before stays in front: the words may lie across two pieces.
    let before = merged.needle().len();
    let mut buffer = vec![0; before + 64 * 1024];
    loop {
        let got = entry.read(&mut buffer[before..]).map_err(|_damaged| damaged())?;
        if got == 0 {
            break;
        }
        unpacked += got as u64;
        *left = left.checked_sub(got as u64).ok_or_else(bomb)?;
        if unpacked > 8 * 1024 * 1024 && unpacked / packed > TIGHTEST {
            return Err(bomb());
        }
        if name == "xl/sharedStrings.xml" && unpacked > SHARED_WORDS {
            let what =
                format!("the words in the workbook are more than {} MB; split it into several files", SHARED_WORDS / 1024 / 1024);
            return Err(refused("too_many_words", what));
        }
        if is_short && kept.len() < 1024 * 1024 {
            kept.extend_from_slice(&buffer[before..before + got]);
        }
        has_merged |= merged.find(&buffer[..before + got]).is_some();
        buffer.copy_within(got..before + got, 0);
    }
    let holds = |words: &[u8]| kept.windows(words.len()).any(|window| window == words);
    match name.as_str() {
        "META-INF/manifest.xml" if holds(b"encryption-data") => Err(locked_with_password()),
        "[Content_Types].xml" if holds(b"macroEnabled") => {
            Err(refused("macros", "the workbook is one for macros (.xlsm); save it as .xlsx and upload that"))
        }
        "mimetype" if !kept.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") => {
            Err(refused("not_a_spreadsheet", "the file is an OpenDocument file but no spreadsheet; upload .ods, .xlsx or CSV"))
        }
        _ => Ok(has_merged),
    }
}

/// An entry that cannot be opened is locked, or damaged.
fn entry_fault(error: &ZipError) -> Error {
    if matches!(error, ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED) {
        locked_with_password()
    } else {
        damaged()
    }
}

fn bomb() -> Error {
    refused(
        "zip_bomb",
        "the archive unpacks to far more than a spreadsheet of responses can hold; save the sheet into a new workbook",
    )
}

fn locked_with_password() -> Error {
    refused(
        "encrypted",
        "the workbook is locked with a password; remove the password in the spreadsheet program, save, and upload again",
    )
}

/// The archive cannot be read to its end.
pub fn damaged() -> Error {
    refused(
        "damaged_archive",
        "the workbook is damaged or was cut off on its way; save it again, or copy it again, and upload that",
    )
}

/// A refusal of the file as a whole.
pub fn refused(code: &'static str, detail: impl Into<String>) -> Error {
    Error::unreadable(code, detail.into())
}
