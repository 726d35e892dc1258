//! A workbook of 200,000 responses taken in by the command line, beside Python's openpyxl merely reading the same file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rust_xlsxwriter::Workbook;
use soundings::intake::upload::{Template, template};
use soundings::store;
use soundings::store::catalogue::Shelf;

use crate::answers::CONSULTATION;
use crate::databases::Scratch;
use crate::report;

/// Reads every row of the first sheet, as a script of somebody's own would.
const SCRIPT: &str = "import sys, openpyxl\n\
    book = openpyxl.load_workbook(sys.argv[1], read_only=True)\n\
    print(sum(1 for row in book.worksheets[0].iter_rows(values_only=True)))\n";

/// How long a process took, and the most memory it held, in MB.
struct Ran {
    took: Duration,
    peak: u64,
    out: String,
}

/// Take the same file in, into a database of its own.
pub async fn measure(folder: &Path, lines: u32) -> Result<()> {
    let place = folder.join("upload");
    fs::create_dir_all(&place)?;
    let database = Scratch::sqlite(&place).await?;
    let file = write(&database, &place, lines).await?;
    let size = fs::metadata(&file)?.len() / 1024 / 1024;
    let mut ours = Command::new(env!("CARGO_BIN_EXE_soundings"));
    ours.args(["import", "--consultation", CONSULTATION, "--channel", "paper", "--database", &database.url]).arg(&file);
    let ours = run(ours.current_dir(&place))?;
    ensure!(ours.out.contains(&format!("{lines} lines: {lines} stored")), "not everything was stored: {}", last(&ours.out));
    report::say(&format!(
        "\nupload: {lines} lines of XLSX ({size} MB) checked and stored in {:.1} s ({:.0} lines/s), peak {} MB",
        ours.took.as_secs_f64(),
        f64::from(lines) / ours.took.as_secs_f64(),
        ours.peak
    ));
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT]).arg(&file);
    match run(&mut python) {
        Ok(python) if python.out.trim() == (lines + 1).to_string() => report::say(&format!(
            "upload: Python's openpyxl merely reading it {:.1} s, peak {} MB: {:.2} times as long as all of the above",
            python.took.as_secs_f64(),
            python.peak,
            python.took.as_secs_f64() / ours.took.as_secs_f64()
        )),
        _ => report::say("upload: no ratio, openpyxl is not installed (python3 -m pip install openpyxl)"),
    }
    Ok(())
}

/// A workbook whose every line answers every question, each in words of its own.
async fn write(database: &Scratch, folder: &Path, lines: u32) -> Result<PathBuf> {
    let published = Shelf::open(&store::connect(&database.url, None).await?).await?.consultation(CONSULTATION)?;
    let form = published.latest_form().context("a form")?;
    let text = String::from_utf8(template(form, Template::Csv)?)?;
    let mut records =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes()).into_records();
    let (headings, example) = (records.next().context("headings")??, records.next().context("an example")??);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, heading) in (0..).zip(&headings) {
        sheet.write_string(0, column, heading)?;
    }
    for line in 1..=lines {
        for (column, cell) in (0..).zip(&example) {
            let own = match cell {
                "EXAMPLE" => format!("P{line:06}"),
                cell if cell.contains("own words") => {
                    format!("Person {line} says that it is a long way to go, and that it should stay.")
                }
                cell => cell.to_owned(),
            };
            sheet.write_string(line, column, own)?;
        }
    }
    let file = folder.join("responses.xlsx");
    workbook.save(&file)?;
    Ok(file)
}

fn run(command: &mut Command) -> Result<Ran> {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut pipe = child.stdout.take().context("its output")?;
    let reading = std::thread::spawn(move || std::io::read_to_string(&mut pipe));
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = peak.max(high_water(&child).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(20));
    }
    let out = reading.join().map_err(|_panicked| anyhow::anyhow!("reading its output"))??;
    Ok(Ran { took: started.elapsed(), peak: peak / 1024, out })
}

/// The most memory it has held so far, in kB (proc(5)).
fn high_water(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

fn last(text: &str) -> &str {
    text.lines().next_back().unwrap_or_default()
}
