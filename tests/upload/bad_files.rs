//! Files that are refused as a whole: each with its own code, the reason and what to do, and nothing stored.

use std::fs;

use super::{archive, csv, entries, fixture, import, responses, workbook, write};
use crate::support::program::Premises;

/// The file is refused, and what it is told holds these words.
async fn refused(name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) {
    let premises = Premises::new().await;
    let said = import(&premises, &write(&premises, name, bytes), &[]);
    assert_eq!(said.status, Some(1), "{name}: {}", said.out);
    let all = format!("{}{}", said.out, said.err);
    assert!(words.iter().all(|words| all.contains(words)), "{name}: {all}");
    assert_eq!(said.err.trim().lines().count(), 1, "one line: {}", said.err);
    assert!(responses(&premises).await.is_empty());
    premises.remove().await;
}

#[actix_web::test]
async fn a_workbook_with_a_password_is_refused_with_what_to_do() {
    refused("locked.xlsx", fs::read(fixture("locked.xlsx")).unwrap(), &["locked with a password", "remove the password"]).await;
    let mut parts = entries(&fixture("library.ods"));
    let manifest = parts.iter_mut().find(|(name, _)| name == "META-INF/manifest.xml").unwrap();
    manifest.1 = String::from_utf8(manifest.1.clone())
        .unwrap()
        .replace("</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>")
        .into();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    refused("locked.ods", archive(&parts), &["locked with a password"]).await;
}

#[actix_web::test]
async fn an_old_workbook_under_a_new_name_is_refused_by_what_it_is() {
    refused("new.xlsx", fs::read(fixture("old.xls")).unwrap(), &["Excel 97", "save it as .xlsx"]).await;
}

#[actix_web::test]
async fn a_truncated_or_damaged_archive_is_refused() {
    let whole = fs::read(fixture("library.xlsx")).unwrap();
    refused("cut.xlsx", &whole[..whole.len() / 2], &["damaged or was cut off"]).await;
    let mut bent = fs::read(fixture("library.ods")).unwrap();
    let at = bent.windows(11).position(|window| window == b"content.xml").unwrap() + 60;
    bent[at..at + 40].fill(0x55);
    refused("bent.ods", bent, &["damaged or was cut off"]).await;
}

#[actix_web::test]
async fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let noughts = vec![b'0'; 64 * 1024 * 1024];
    let bomb = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &noughts)]);
    assert!(bomb.len() < 200_000);
    refused("bomb.xlsx", bomb, &["unpacks to far more"]).await;
    let many: Vec<String> = (0..2_100).map(|number| format!("xl/{number}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    refused("many.xlsx", archive(&many), &["more than 2000"]).await;
}

#[actix_web::test]
async fn macros_are_refused_whatever_the_name_says() {
    let mut parts = entries(&fixture("library.xlsx"));
    parts.push(("xl/vbaProject.bin".to_owned(), b"x".to_vec()));
    let with: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    refused("plain.xlsx", archive(&with), &["holds macros", "without macros"]).await;
    let mut parts = entries(&fixture("library.xlsx"));
    let types = parts.iter_mut().find(|(name, _)| name == "[Content_Types].xml").unwrap();
    types.1 = String::from_utf8(types.1.clone()).unwrap().replace("spreadsheetml.sheet.main", "macroEnabled.main").into();
    let named: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    refused("named.xlsx", archive(&named), &[".xlsm"]).await;
}

#[actix_web::test]
async fn what_is_no_spreadsheet_is_refused_by_what_it_is() {
    refused("empty.csv", b"", &["the file is empty"]).await;
    refused("letter.xlsx", b"%PDF-1.7 ...", &["a PDF"]).await;
    refused("letter.xlsx", archive(&[("word/document.xml", b"<w/>")]), &["no spreadsheet"]).await;
    refused("blank.csv", b"\n\n,,\n", &["there are no headings"]).await;
}

#[actix_web::test]
async fn a_file_of_another_consultation_is_named_as_such() {
    let premises = Premises::new().await;
    let db = premises.db().await;
    soundings::demo::publish(&db).await.unwrap();
    let text = "council_area,relation,bariatric_support,bariatric_why\nsouthend,carer,support,Fair\n";
    let said = import(&premises, &write(&premises, "other.csv", text), &[]);
    assert_eq!(said.status, Some(1));
    assert!(said.has("other_consultation") && said.has("service-harmonisation"), "{}", said.out);
    assert!(responses(&premises).await.is_empty());
    premises.remove().await;
}

#[actix_web::test]
async fn headings_in_the_second_row_are_found_and_must_be_confirmed() {
    let premises = Premises::new().await;
    let text = format!("Responses from the library,,,,,\n{}", csv(&["North,Support,a,standard,1,2022-12-01"]));
    let path = write(&premises, "second.csv", text);
    let said = import(&premises, &path, &["--save-mapping", "found.toml"]);
    assert_eq!(said.status, Some(1));
    assert!(said.has("line 2, cell A2: error headings_not_first") && said.has("heading_line = 2"), "{}", said.out);
    let confirmed = import(&premises, &path, &["--mapping", "found.toml"]);
    assert!(confirmed.has("1 stored"), "{}{}", confirmed.out, confirmed.err);
    premises.remove().await;
}

#[actix_web::test]
async fn columns_that_cannot_be_told_are_placed_with_the_nearest_question() {
    let premises = Premises::new().await;
    let said = |text: &str| import(&premises, &write(&premises, "columns.csv", text), &["--accept", "valid"]);
    let two = said("area,Where do you live?,edition,form_version\nNorth,South,standard,1\n");
    assert!(
        two.has("line 1, cell B1: error two_columns") && two.has("columns A and B both hold the question area"),
        "{}",
        two.out
    );
    let both = said("area,relation,relation:carer,edition,form_version\nNorth,user,x,standard,1\n");
    assert!(both.has("cell C1: error two_columns"), "{}", both.out);
    assert!(said("area,edition,form_version\n").has("error no_lines"));
    let unknown = said("area,plan_suport,edition,form_version\nNorth,Support,standard,1\n");
    assert!(unknown.has("cell B1: error unknown_column") && unknown.has("\u{201c}plan_support\u{201d}"), "{}", unknown.out);
    assert!(responses(&premises).await.is_empty(), "not even the valid lines: a column would be lost");
    let ambiguous = said("Why?,Do you support it?,When?,edition,form_version\nx,Support,,standard,1\n");
    assert!(ambiguous.has("cell C1: error unknown_column"), "{}", ambiguous.out);
    let mapping = write(&premises, "m.toml", "[columns]\nplan_suport = \"@ignore\"\n").display().to_string();
    let path =
        write(&premises, "columns.csv", "area,plan_suport,plan_support,edition,form_version\nNorth,x,Support,standard,1\n");
    let ignored = import(&premises, &path, &["--mapping", &mapping]);
    assert!(ignored.has("1 stored"), "{}{}", ignored.out, ignored.err);
    let stale = write(&premises, "s.toml", "[columns]\nGone = \"area\"\nplan_suport = \"nothing\"\n").display().to_string();
    let stale = import(&premises, &path, &["--mapping", &stale]);
    assert!(stale.has("missing_column") && stale.has("unknown_target"), "{}", stale.out);
    premises.remove().await;
}

#[actix_web::test]
async fn a_workbook_read_by_its_wrong_sheet_is_said_and_another_can_be_named() {
    let premises = Premises::new().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Cover").unwrap().write_string(0, 0, "A cover page").unwrap();
    let sheet = book.add_worksheet().set_name("Answers").unwrap();
    for (column, words) in (0_u16..).zip(["area", "plan_support", "edition", "form_version"]) {
        sheet.write_string(0, column, words).unwrap();
    }
    for (column, words) in (0_u16..).zip(["North", "Support", "standard", "1"]) {
        sheet.write_string(1, column, words).unwrap();
    }
    let path = write(&premises, "two.xlsx", book.save_to_buffer().unwrap());
    let said = import(&premises, &path, &[]);
    assert!(said.has("no_headings") && said.has("other_sheets") && said.has("Answers"), "{}", said.out);
    let mapping = write(&premises, "m.toml", "sheet = \"Answers\"\n").display().to_string();
    assert!(import(&premises, &path, &["--mapping", &mapping]).has("1 stored"));
    let wrong = write(&premises, "w.toml", "sheet = \"Anwers\"\n").display().to_string();
    assert!(import(&premises, &path, &["--mapping", &wrong]).err.contains("did you mean \u{201c}Answers\u{201d}"));
    premises.remove().await;
}

#[actix_web::test]
async fn something_far_out_in_a_sheet_is_refused_rather_than_read_for_ever() {
    let far = workbook(|sheet| {
        sheet.write_string(0, 0, "area").unwrap();
        sheet.write_string(1, 9_000, "lost").unwrap();
    });
    refused("far.xlsx", far, &["beyond column 2000"]).await;
}
