//! Lines that cannot be taken in as they are: each gets its line, its cell and its cure, and leaves nothing half stored.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet};
use soundings::domain::answer::Value;

use super::{csv, import, responses, workbook, write};
use crate::support::program::Premises;

/// A good line, then this one; the file is refused with these words at this cell, and nothing is stored.
async fn wrong(line: &str, at: &str, words: &[&str]) {
    let premises = Premises::new().await;
    let text = csv(&["North,Support,good,standard,1,2022-12-01", line]);
    let said = import(&premises, &write(&premises, "bad.csv", text), &[]);
    assert_eq!(said.status, Some(1), "{line}: {}", said.out);
    let place = format!("line 3, cell {at}: error ");
    assert!(said.has(&place) && words.iter().all(|words| said.has(words)), "{line}: {}{}", said.out, said.err);
    assert!(said.has("1 wrong") && responses(&premises).await.is_empty());
    premises.remove().await;
}

#[actix_web::test]
async fn a_choice_nobody_offers_is_placed_with_the_nearest() {
    wrong(
        "North,Strongly suport,x,standard,1,2022-12-01",
        "B3",
        &["unknown_choice", "did you mean \u{201c}Strongly support\u{201d}?"],
    )
    .await;
    wrong("North,\u{1f44d} Support,x,standard,1,2022-12-01", "B3", &["unknown_choice", "did you mean \u{201c}Support\u{201d}?"])
        .await;
    wrong("North,support; oppose,x,standard,1,2022-12-01", "B3", &["one_choice_only", "[spoiled]"]).await;
}

#[actix_web::test]
async fn a_scale_in_words_of_the_other_edition_is_placed_with_both_ways_out() {
    wrong("North,Yes,x,standard,1,2022-12-01", "B3", &["other_edition", "easy_read edition", "\u{201c}Strongly support\u{201d}"])
        .await;
    wrong("North,I do not know,x,standard,1,2022-12-01", "B3", &["other_edition"]).await;
}

#[actix_web::test]
async fn a_date_that_can_be_read_in_two_ways_is_never_guessed() {
    wrong("North,Support,x,standard,1,03/04/22", "F3", &["undeclared_date", "dates = \"day-month-year\""]).await;
    wrong("North,Support,x,standard,1,03/04/2022", "F3", &["undeclared_date"]).await;
    wrong("North,Support,x,standard,1,2022-13-01", "F3", &["not_a_date"]).await;
    let premises = Premises::new().await;
    let mapping = write(&premises, "m.toml", "dates = \"day-month-year\"\n").display().to_string();
    let short = write(&premises, "s.csv", csv(&["North,Support,x,standard,1,03/04/22"]));
    assert!(import(&premises, &short, &["--mapping", &mapping]).has("cell F2: error short_year"));
    let whole = write(&premises, "w.csv", csv(&["North,Support,x,standard,1,03/04/2022"]));
    assert!(import(&premises, &whole, &["--mapping", &mapping]).has("1 stored"));
    assert_eq!(responses(&premises).await[0].received_on, "2022-04-03".parse().ok());
    premises.remove().await;
}

#[actix_web::test]
async fn a_nul_a_formula_and_a_cell_of_forty_thousand_characters_are_placed() {
    wrong("North,Support,a\0b,standard,1,2022-12-01", "C3", &["unreadable_character", "NUL"]).await;
    let formula = "North,Support,\"=HYPERLINK(\"\"http://example.org\"\",\"\"x\"\")\",standard,1,2022-12-01";
    wrong(formula, "C3", &["error formula", "apostrophe"]).await;
    let long = format!("North,Support,{},standard,1,2022-12-01", "x".repeat(40_000));
    wrong(&long, "C3", &["cell_too_long", "40000 characters"]).await;
}

#[actix_web::test]
async fn a_quote_that_is_never_closed_swallows_nothing() {
    wrong("North,Support,\"never closed,standard,1,2022-12-01", "C3", &["bad_quote", "write a quote within a quoted cell twice"])
        .await;
    wrong("North,Support,\"it is 5\" wide\",standard,1,2022-12-01", "C3", &["bad_quote"]).await;
    wrong("North,Support,well, maybe,standard,1,2022-12-01", "G3", &["no_heading", "column G"]).await;
}

#[actix_web::test]
async fn an_edition_version_or_channel_that_does_not_exist_is_placed() {
    wrong("North,Support,x,esay_read,1,2022-12-01", "D3", &["unknown_code", "did you mean \u{201c}easy_read\u{201d}?"]).await;
    wrong("North,Support,x,,1,2022-12-01", "D3", &["no_edition", "edition = \"standard\""]).await;
    wrong("North,Support,x,standard,9,2022-12-01", "E3", &["unknown_version", "published are: 1, 2"]).await;
}

#[actix_web::test]
async fn several_choices_in_one_cell_need_their_separator_declared() {
    let premises = Premises::new().await;
    let text =
        |heading: &str| format!("area,{heading},plan_support,edition,form_version\nNorth,I use it; I care,Support,standard,1\n");
    let undeclared = import(&premises, &write(&premises, "a.csv", text("relation")), &[]);
    assert!(
        undeclared.has("line 2, cell B2: error undeclared_separator") && undeclared.has("choices = \";\""),
        "{}",
        undeclared.out
    );
    let mapping = write(&premises, "m.toml", "choices = \";\"\n").display().to_string();
    assert!(import(&premises, &write(&premises, "a.csv", text("relation")), &["--mapping", &mapping]).has("1 stored"));
    assert!(import(&premises, &write(&premises, "b.csv", text("relation [;]")), &[]).has("1 there already"));
    premises.remove().await;
}

/// Headings, a good line, and a line that this puts together.
fn sheet(third: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    workbook(|sheet| {
        for (column, words) in (0_u16..).zip(["area", "plan_support", "plan_why", "edition", "form_version", "last_visit"]) {
            sheet.write_string(0, column, words).unwrap();
        }
        for row in [1, 2] {
            for (column, words) in (0_u16..).zip(["North", "Support", "mine", "standard", "1"]) {
                sheet.write_string(row, column, words).unwrap();
            }
        }
        third(sheet);
    })
}

#[actix_web::test]
async fn formulas_merged_cells_error_values_and_dates_in_words_of_a_workbook_are_placed() {
    let premises = Premises::new().await;
    let said = |bytes: Vec<u8>| import(&premises, &write(&premises, "book.xlsx", bytes), &[]);
    let formula = said(sheet(|sheet| {
        sheet.write_formula(2, 2, Formula::new("=HYPERLINK(\"http://example.org\")").set_result("x")).unwrap();
    }));
    assert!(formula.has("line 3, cell C3: error formula") && formula.has("values only"), "{}", formula.out);
    let merged = said(sheet(|sheet| {
        sheet.merge_range(2, 1, 4, 1, "Support", &Format::new()).unwrap();
    }));
    assert!(merged.has("line 3, cell B3: error merged_cells: the cells B3:B5 are merged"), "{}", merged.out);
    let day = ExcelDateTime::from_ymd(2022, 3, 4).unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    let dated = said(sheet(|sheet| {
        sheet.write_datetime_with_format(2, 2, &day, &format).unwrap();
    }));
    assert!(dated.has("line 3, cell C3: error date_in_text") && dated.has("format the column as text"), "{}", dated.out);
    assert!(responses(&premises).await.is_empty());
    let real = said(sheet(|sheet| {
        sheet.write_datetime_with_format(2, 5, &day, &format).unwrap();
    }));
    assert!(real.has("2 stored"), "{}{}", real.out, real.err);
    let days: Vec<_> =
        responses(&premises).await.into_iter().filter_map(|it| it.answers.values.get("last_visit").cloned()).collect();
    assert_eq!(days, [Value::Text("2022-03-04".to_owned())]);
    premises.remove().await;
}

#[actix_web::test]
async fn blank_and_repeated_rows_are_told_and_hold_nothing_up() {
    let premises = Premises::new().await;
    let line = "North,Support,same,standard,1,2022-12-01";
    let said = import(&premises, &write(&premises, "a.csv", csv(&[line, "", ",,,,,", line, "", ""])), &[]);
    assert_eq!(said.status, Some(0), "{}{}", said.out, said.err);
    assert!(said.has("line 3: note blank_line: lines 3 to 4 are blank"), "{}", said.out);
    assert!(said.has("line 5: note repeated_line: the line says the same as line 2"), "{}", said.out);
    assert!(said.has("4 lines: 2 stored, 0 there already, 0 held for a person, 0 wrong, 2 blank"), "{}", said.out);
    premises.remove().await;
}

#[actix_web::test]
async fn what_came_late_or_cannot_be_proved_in_time_is_held_once() {
    let premises = Premises::new().await;
    let text = "area,plan_support,edition,form_version,received_on\nNorth,Support,standard,1,2099-01-01\n";
    let path = write(&premises, "late.csv", text);
    let dry = import(&premises, &path, &["--dry-run"]);
    assert!(dry.has("1 held for a person") && dry.has("line 2: note late"), "{}", dry.out);
    let other_name = write(&premises, "other.csv", text.replace(',', ";"));
    for path in [&path, &other_name, &path] {
        let said = import(&premises, path, &[]);
        assert!(said.has("0 stored") && said.has("1 held"), "{}{}", said.out, said.err);
    }
    let db = premises.db().await;
    let held = soundings::store::held::all(&db.read, "sample", chrono::Utc::now() + chrono::Duration::days(1)).await.unwrap();
    assert_eq!((held.len(), held[0].why.as_str()), (1, "late"), "held once, whatever the file is called");
    premises.remove().await;
}

#[actix_web::test]
async fn one_wrong_among_many_lines_stores_none_of_them() {
    let premises = Premises::new().await;
    let mut lines: Vec<String> =
        (0..3_000).map(|number| format!("North,Support,Person {number},standard,1,2022-12-01")).collect();
    lines[1_234] = "North,Purple,x,standard,1,2022-12-01".to_owned();
    let path = write(&premises, "many.csv", csv(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let said = import(&premises, &path, &[]);
    assert!(said.has("line 1236, cell B1236: error unknown_choice") && said.has("2999 can be stored"), "{}", said.out);
    assert!(responses(&premises).await.is_empty());
    let valid = import(&premises, &path, &["--accept", "valid"]);
    assert!(valid.has("2999 stored"), "{}{}", valid.out, valid.err);
    assert_eq!(responses(&premises).await.len(), 2_999);
    premises.remove().await;
}
