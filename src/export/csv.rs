//! CSV by the GOV.UK tabular data standard: RFC 4180, CRLF, UTF-8 without a byte order mark, one header row (rule R78).

use super::{FileColumn, OutputFile};

/// A table file: its bytes, and the columns that its metadata describes. Cells are written exactly as they are; what a
/// spreadsheet might take for a formula is not changed, and the metadata says so.
pub(super) struct TableFile {
    pub name: &'static str,
    pub about: String,
    pub columns: Vec<FileColumn>,
    /// The columns that tell one row from another.
    pub key: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl TableFile {
    pub fn file(&self) -> OutputFile {
        OutputFile {
            name: self.name.to_owned(),
            bytes: self.bytes(),
            about: self.about.clone(),
            media_type: "text/csv; charset=utf-8; header=present",
            rows: Some(self.rows.len()),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        line(&mut text, self.columns.iter().map(|column| column.name.as_str()));
        for row in &self.rows {
            debug_assert_eq!(row.len(), self.columns.len(), "every row has a cell for every column");
            line(&mut text, row.iter().map(String::as_str));
        }
        text.into_bytes()
    }
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(rows: Vec<Vec<String>>) -> Vec<u8> {
        let columns = ["a", "b"].map(|name| FileColumn::text(name, name)).to_vec();
        TableFile { name: "t.csv", about: String::new(), columns, key: Vec::new(), rows }.bytes()
    }

    #[test]
    fn lines_end_in_crlf_and_quotes_are_doubled() {
        let bytes = written(vec![vec!["say \"hi\"".into(), "one\r\ntwo".into()], vec!["=1+1".into(), String::new()]]);
        assert_eq!(bytes, b"a,b\r\n\"say \"\"hi\"\"\",\"one\r\ntwo\"\r\n=1+1,\r\n");
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(rows in prop::collection::vec((any::<String>(), any::<String>()), 0..8)) {
            let rows: Vec<Vec<String>> = rows.into_iter().map(|(a, b)| vec![a, b]).collect();
            let bytes = written(rows.clone());
            let mut reader = ::csv::ReaderBuilder::new().terminator(::csv::Terminator::CRLF).from_reader(bytes.as_slice());
            let read: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
