//! Spreadsheets taken in through the command line, the API and the pages: what each kind of bad input is told, and that nothing is
//! stored twice or by half.

mod api;
mod bad_files;
mod bad_lines;
mod page;
mod same;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{Duration, Utc};
use soundings::domain::response::Revision;
use soundings::store;

use crate::support::program::Premises;

/// What a run of the program said.
struct Said {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    /// The id of the upload the report names.
    fn upload_id(&self) -> String {
        let line = self.out.lines().find_map(|line| line.strip_prefix("upload ")).unwrap();
        line.split(' ').next().unwrap().to_owned()
    }

    fn has(&self, words: &str) -> bool {
        self.out.contains(words)
    }
}

/// Take a file in for the sample consultation.
fn import(premises: &Premises, file: &Path, more: &[&str]) -> Said {
    let file = file.display().to_string();
    let mut arguments = vec!["import", &file, "--consultation", "sample", "--channel", "paper"];
    arguments.extend(more);
    run(premises, &arguments)
}

fn run(premises: &Premises, arguments: &[&str]) -> Said {
    let output = premises.run(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { status: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/uploads").join(name)
}

/// Write a file into the folder of the premises.
fn write(premises: &Premises, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = premises.folder().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Every response of the sample consultation that counts.
async fn responses(premises: &Premises) -> Vec<Revision> {
    let db = premises.db().await;
    let revisions = store::responses::all(&db.read, "sample", Utc::now() + Duration::days(1)).await.unwrap();
    let gone: Vec<_> = revisions.iter().filter(|it| it.withdrawn).map(|it| it.response_id).collect();
    revisions.into_iter().filter(|it| !gone.contains(&it.response_id)).collect()
}

/// An archive with these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The entries of an archive.
fn entries(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let names: Vec<String> =
        (0..archive.len()).map(|index| archive.by_index(index).unwrap().name().unwrap().into_owned()).collect();
    names
        .into_iter()
        .map(|name| {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut archive.by_name(&name).unwrap(), &mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

/// A workbook of one sheet, each cell as `write` puts it.
fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    write(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

/// A CSV with the columns every test needs.
fn csv(lines: &[&str]) -> String {
    let mut text = "area,plan_support,plan_why,edition,form_version,received_on\n".to_owned();
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}
