//! Separated text: which letters the bytes mean, what stands between the columns, and the rows.
//!
//! A tokenizer of our own, since a quote that is never closed must be reported at its cell rather than swallow the rest of
//! the file, and blank lines must keep their numbers.

use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::archive::refused;
use super::cells::{Cell, Row};
use super::mapping::Separator;
use crate::error::Result;

/// Which letters the bytes of a text mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letters {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Whether it was only guessed from the bytes, so that a person must confirm it.
    pub guessed: bool,
}

const CHUNK: usize = 64 * 1024;

/// Find the encoding: a byte order mark, else strict UTF-8, else the one declared, else a guess.
pub fn letters(path: &Path, declared: Option<&str>) -> Result<Letters> {
    let mut file = BufReader::new(File::open(path).context("opening the file")?);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = UTF_8.new_decoder_with_bom_removal();
    let (mut is_utf8, mut first) = (true, true);
    let mut bytes = vec![0; CHUNK];
    let mut scratch = String::with_capacity(CHUNK * 3);
    loop {
        let got = file.read(&mut bytes).context("reading the file")?;
        if first {
            if let Some((encoding, _)) = Encoding::for_bom(&bytes[..got]) {
                return Ok(Letters { encoding, guessed: false });
            }
            if let Some(encoding) = wide(&bytes[..got]) {
                return Ok(Letters { encoding, guessed: declared.and_then(known) != Some(encoding) });
            }
            first = false;
        }
        if is_utf8 {
            scratch.clear();
            let (result, _) = utf8.decode_to_string_without_replacement(&bytes[..got], &mut scratch, got == 0);
            is_utf8 = !matches!(result, encoding_rs::DecoderResult::Malformed(..));
        }
        detector.feed(&bytes[..got], got == 0);
        if got == 0 {
            break;
        }
    }
    if is_utf8 {
        return Ok(Letters { encoding: UTF_8, guessed: false });
    }
    match declared {
        Some(name) => {
            let encoding = known(name).ok_or_else(|| {
                refused("unknown_encoding", format!("no encoding is called {name}; say utf-8, utf-16le or windows-1252"))
            })?;
            Ok(Letters { encoding, guessed: false })
        }
        None => Ok(Letters { encoding: detector.guess(Some(b"uk"), Utf8Detection::Deny), guessed: true }),
    }
}

/// How many lines end in a file: about as many as it holds, since a quoted cell may hold several.
pub fn line_ends(path: &Path) -> Result<u32> {
    let mut file = File::open(path).context("opening the file")?;
    let mut bytes = vec![0; CHUNK];
    let mut ends = 0_usize;
    loop {
        match file.read(&mut bytes).context("reading the file")? {
            0 => return Ok(u32::try_from(ends).unwrap_or(u32::MAX)),
            got => ends += memchr::memchr_iter(b'\n', &bytes[..got]).count(),
        }
    }
}

fn known(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.as_bytes())
}

/// UTF-16 without a mark: every other byte of plain letters is nought.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(512)];
    let noughts = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let most = head.len() / 2 * 8 / 10;
    match (noughts(0), noughts(1)) {
        (even, odd) if head.len() >= 8 && odd > most && even == 0 => Some(UTF_16LE),
        (even, odd) if head.len() >= 8 && even > most && odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// What stands between the columns: of comma, semicolon and tab the one that stands most often in the first line.
pub fn separator(path: &Path, encoding: &'static Encoding) -> Result<Separator> {
    let mut counts = [0_usize; 3];
    let mut quoted = false;
    pieces(path, encoding, &mut |piece| {
        for letter in piece.chars() {
            match letter {
                '"' => quoted = !quoted,
                '\n' | '\r' if !quoted && counts.iter().any(|count| *count > 0) => return ControlFlow::Break(()),
                _ if quoted => {}
                ',' => counts[0] += 1,
                ';' => counts[1] += 1,
                '\t' => counts[2] += 1,
                _ => {}
            }
        }
        ControlFlow::Continue(())
    })?;
    let [comma, semicolon, tab] = counts;
    Ok(if tab > comma.max(semicolon) {
        Separator::Tab
    } else if semicolon > comma {
        Separator::Semicolon
    } else {
        Separator::Comma
    })
}

/// Decode a file piece by piece.
fn pieces(path: &Path, encoding: &'static Encoding, take: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<()> {
    let mut file = BufReader::new(File::open(path).context("opening the file")?);
    let mut decoder: Decoder = encoding.new_decoder_with_bom_removal();
    let mut bytes = vec![0; CHUNK];
    let mut piece = String::with_capacity(CHUNK * 3 + 16);
    loop {
        let got = file.read(&mut bytes).context("reading the file")?;
        let mut rest = &bytes[..got];
        loop {
            piece.clear();
            let (result, read, malformed) = decoder.decode_to_string(rest, &mut piece, got == 0);
            if malformed {
                let what = format!("some bytes of the file are not {}; save it as UTF-8 (CSV UTF-8 in Excel)", encoding.name());
                return Err(refused("wrong_encoding", what));
            }
            if take(&piece).is_break() {
                return Ok(());
            }
            rest = &rest[read..];
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if got == 0 {
            return Ok(());
        }
    }
}

/// Give every row, blank ones too, in order.
pub fn rows(
    path: &Path,
    encoding: &'static Encoding,
    separator: Separator,
    take: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<()> {
    let mut tokens = Tokens::new(separator.letter());
    let mut stopped = false;
    pieces(path, encoding, &mut |piece| {
        for letter in piece.chars() {
            if let Some(row) = tokens.letter(letter)
                && take(row).is_break()
            {
                stopped = true;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    if !stopped && let Some(row) = tokens.end() {
        // It was the last row: whether more are wanted does not matter.
        let _last = take(row);
    }
    Ok(())
}

/// Where the tokenizer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Plain,
    Quoted,
    /// After a quote within a quoted cell: its end, or the first of two.
    Quote,
    /// After a carriage return: the row is given already, and a line feed belongs to it.
    Return,
}

/// Text to rows (RFC 4180): quotes around a cell, doubled within it; a row ends with LF, CRLF or CR.
struct Tokens {
    separator: char,
    at: At,
    line: u32,
    cell: String,
    cells: Vec<Cell>,
    bad_quote: Option<usize>,
}

impl Tokens {
    const fn new(separator: char) -> Self {
        Self { separator, at: At::Start, line: 0, cell: String::new(), cells: Vec::new(), bad_quote: None }
    }

    fn letter(&mut self, letter: char) -> Option<Row> {
        if self.at == At::Return {
            self.at = At::Start;
            if letter == '\n' {
                return None;
            }
        }
        match (self.at, letter) {
            (At::Quoted, '"') => self.at = At::Quote,
            (At::Quote, '"') => {
                self.cell.push('"');
                self.at = At::Quoted;
            }
            (At::Quoted, letter) => self.cell.push(letter),
            (At::Start, '"') => self.at = At::Quoted,
            (_, '\n') => return Some(self.row()),
            (_, '\r') => {
                let row = self.row();
                self.at = At::Return;
                return Some(row);
            }
            (_, letter) if letter == self.separator => self.next_cell(),
            (At::Quote, letter) => {
                self.bad_quote.get_or_insert(self.cells.len());
                self.cell.push(letter);
                self.at = At::Plain;
            }
            (_, letter) => {
                self.cell.push(letter);
                self.at = At::Plain;
            }
        }
        None
    }

    fn next_cell(&mut self) {
        let text = std::mem::take(&mut self.cell);
        self.cells.push(if text.is_empty() { Cell::Empty } else { Cell::Text(text) });
        self.at = At::Start;
    }

    fn row(&mut self) -> Row {
        self.next_cell();
        self.line += 1;
        let cells = std::mem::take(&mut self.cells);
        Row { line: self.line, cells, merged: Vec::new(), bad_quote: self.bad_quote.take() }
    }

    /// What is left when the text ends without the end of a line.
    fn end(&mut self) -> Option<Row> {
        if self.at == At::Quoted {
            self.bad_quote.get_or_insert(self.cells.len());
        }
        let nothing = self.cells.is_empty() && self.cell.is_empty() && matches!(self.at, At::Start | At::Return);
        (!nothing).then(|| self.row())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, Vec<String>, Option<usize>)> {
        let mut tokens = Tokens::new(',');
        let mut rows: Vec<Row> = text.chars().filter_map(|letter| tokens.letter(letter)).collect();
        rows.extend(tokens.end());
        rows.into_iter().map(|row| (row.line, row.cells.iter().map(Cell::shown).collect(), row.bad_quote)).collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn quotes_line_ends_and_blank_lines_keep_their_places() {
        let rows = read("a,b\r\n\r\n\"x, \"\"y\"\"\nz\",2\nlast");
        let lines = [(1, words(&["a", "b"])), (2, words(&[""])), (3, words(&["x, \"y\"\nz", "2"])), (4, words(&["last"]))];
        assert_eq!(rows, lines.map(|(line, cells)| (line, cells, None)));
    }

    #[test]
    fn an_unclosed_quote_and_one_that_ends_too_early_are_placed() {
        assert_eq!(read("a,\"it is 5\" wide\",c\n")[0].2, Some(1));
        assert_eq!(read("a,b\nc,\"never closed\nand on")[1].2, Some(1));
        assert_eq!(read("5\" nails,b")[0], (1, words(&["5\" nails", "b"]), None));
    }
}
