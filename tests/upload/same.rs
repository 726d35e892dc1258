//! The same answers are the same responses, whatever file they come in.

use std::collections::BTreeSet;
use std::fs;

use soundings::domain::answer::{State, Value};
use soundings::domain::wording::Edition;

use super::{csv, fixture, import, responses, run, write};
use crate::support::program::Premises;

#[actix_web::test]
async fn a_librarians_ods_xlsx_and_windows_1252_csv_give_the_same_responses_and_are_stored_once() {
    let mut seen = Vec::new();
    for file in ["library.ods", "library.xlsx", "library.csv"] {
        let premises = Premises::new().await;
        let mapping = write(&premises, "mapping.toml", "encoding = \"windows-1252\"\n");
        let said = import(&premises, &fixture(file), &["--mapping", &mapping.display().to_string()]);
        assert_eq!(said.status, Some(0), "{file}: {}{}", said.out, said.err);
        assert!(said.has("6 lines: 6 stored"), "{file}: {}", said.out);
        let stored = responses(&premises).await;
        let first = stored.iter().find(|it| it.answers.values.get("visits") == Some(&Value::Number(3))).unwrap();
        assert_eq!(
            first.answers.values["plan_why"],
            Value::Text("It\u{2019}s fairer \u{2013} and \u{201c}cheaper\u{201d}".to_owned())
        );
        assert_eq!(first.answers.values["relation"], Value::Codes(vec!["user".to_owned(), "carer".to_owned()]));
        assert_eq!(first.answers.values["last_visit"], Value::Text("2022-11-14".to_owned()));
        assert_eq!(first.received_on, "2022-12-01".parse().ok());
        assert!(stored.iter().any(|it| it.edition == Edition::EasyRead && it.answers.codes("plan_support").eq(["support"])));
        let same: BTreeSet<_> = stored.iter().map(|it| (it.response_id, it.revision_id, it.digest.clone())).collect();
        assert_eq!(same.len(), 6, "two people who say the same are two");
        seen.push(same);
        premises.remove().await;
    }
    assert!(seen[0] == seen[1] && seen[1] == seen[2]);

    let premises = Premises::new().await;
    let mapping = write(&premises, "mapping.toml", "encoding = \"windows-1252\"\n").display().to_string();
    for (file, expected) in
        [("library.ods", "6 stored, 0 there"), ("library.xlsx", "0 stored, 6 there"), ("library.csv", "0 stored, 6 there")]
    {
        let said = import(&premises, &fixture(file), &["--mapping", &mapping]);
        assert!(said.has(expected), "{file}: {}", said.out);
    }
    assert_eq!(responses(&premises).await.len(), 6);
    assert!(premises.verifies());
    premises.remove().await;
}

#[actix_web::test]
async fn a_guessed_encoding_stores_nothing_until_it_is_confirmed() {
    let premises = Premises::new().await;
    let said = import(&premises, &fixture("library.csv"), &["--save-mapping", "guessed.toml"]);
    assert_eq!(said.status, Some(1));
    assert!(said.has("unconfirmed_encoding") && said.has("cell D2 then holds \u{201c}It\u{2019}s"), "{}", said.out);
    assert!(responses(&premises).await.is_empty());

    let confirmed = import(&premises, &fixture("library.csv"), &["--mapping", "guessed.toml"]);
    assert_eq!(confirmed.status, Some(0), "{}{}", confirmed.out, confirmed.err);
    assert_eq!(responses(&premises).await.len(), 6);
    premises.remove().await;
}

#[actix_web::test]
async fn every_way_to_save_a_text_reads_the_same() {
    let premises = Premises::new().await;
    let lines = ["North,Support,\"caf\u{e9}, \u{1f600} and\nmore\",standard,1,2022-12-01", "South,Oppose,,standard,1,2022-12-01"];
    let text = csv(&lines);
    let wide = |little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let files = [
        ("plain.csv", text.clone().into_bytes()),
        ("marked.csv", format!("\u{feff}{text}").into_bytes()),
        ("little.csv", wide(true, true)),
        ("big.csv", wide(false, true)),
        ("returns.csv", text.replace("more\"", "MORE\"").replace('\n', "\r\n").replace("and\r\nMORE", "and\nmore").into_bytes()),
    ];
    for (index, (name, bytes)) in files.iter().enumerate() {
        let said = import(&premises, &write(&premises, name, bytes), &[]);
        let expected = if index == 0 { "2 stored, 0 there" } else { "0 stored, 2 there" };
        assert!(said.has(expected), "{name}: {}{}", said.out, said.err);
    }
    let tabs = text.replace(',', "\t").replace("caf\u{e9}\t", "caf\u{e9},");
    assert!(import(&premises, &write(&premises, "tabs.txt", tabs), &[]).has("0 stored, 2 there"));
    let semicolons = text.replace(',', ";").replace("caf\u{e9};", "caf\u{e9},");
    assert!(import(&premises, &write(&premises, "semicolons.csv", semicolons), &[]).has("0 stored, 2 there"));
    let stored = responses(&premises).await;
    assert!(
        stored
            .iter()
            .any(|it| it.answers.values.get("plan_why") == Some(&Value::Text("caf\u{e9}, \u{1f600} and\nmore".to_owned())))
    );
    premises.remove().await;
}

#[actix_web::test]
async fn an_overlapping_newer_file_stores_only_what_is_new_and_a_withdrawn_one_leaves_what_others_brought() {
    let premises = Premises::new().await;
    let lines = [
        "North,Support,Same,standard,1,2022-12-01",
        "North,Support,Same,standard,1,2022-12-01",
        "South,Oppose,Mine,standard,1,2022-12-01",
    ];
    let monday = import(&premises, &write(&premises, "monday.csv", csv(&lines[1..])), &[]);
    assert!(monday.has("2 lines: 2 stored, 0 there"), "{}", monday.out);
    let tuesday = import(&premises, &write(&premises, "tuesday.csv", csv(&lines)), &[]);
    assert!(tuesday.has("3 lines: 1 stored, 2 there"), "the second of two equal people is new: {}", tuesday.out);
    assert!(tuesday.has("note repeated_line"), "{}", tuesday.out);
    assert_eq!(responses(&premises).await.len(), 3);

    let withdraw = |upload: &str| run(&premises, &["import", "--withdraw", upload, "--consultation", "sample"]);
    let first = withdraw(&monday.upload_id());
    assert!(
        first.has("0 responses withdrawn") && first.has("2 lines stay"),
        "Tuesday's file has them too: {}{}",
        first.out,
        first.err
    );
    assert!(withdraw(&tuesday.upload_id()).has("3 responses withdrawn, 0 had been before"));
    assert!(withdraw(&tuesday.upload_id()).has("0 responses withdrawn, 3 had been before"));
    assert!(responses(&premises).await.is_empty());
    let again = import(&premises, &premises.folder().join("monday.csv"), &[]);
    assert!(again.has("withdrawn_before") && responses(&premises).await.is_empty(), "what was withdrawn stays so: {}", again.out);
    assert!(premises.verifies());
    assert_eq!(withdraw("00000000-0000-0000-0000-000000000000").status, Some(1));
    premises.remove().await;
}

#[actix_web::test]
async fn an_id_column_takes_the_place_of_what_a_line_says() {
    let premises = Premises::new().await;
    let head = "Ref,area,plan_support,edition,form_version,received_on\n";
    let file =
        |support: &str| format!("{head}A1,North,{support},standard,1,2022-12-01\nA2,North,Support,standard,1,2022-12-01\n");
    let mapping = write(&premises, "m.toml", "source = \"library-3\"\n[columns]\nRef = \"@id\"\n").display().to_string();
    let first = import(&premises, &write(&premises, "a.csv", file("Support")), &["--mapping", &mapping]);
    assert!(first.has("2 stored") && !first.has("repeated_line"), "{}{}", first.out, first.err);
    let changed = import(&premises, &write(&premises, "b.csv", file("Oppose")), &["--mapping", &mapping]);
    assert!(changed.has("0 stored, 1 there already, 1 held"), "other answers under a known id are held: {}", changed.out);
    assert!(
        import(&premises, &premises.folder().join("b.csv"), &["--mapping", &mapping]).has("0 stored, 1 there already, 1 held")
    );
    let db = premises.db().await;
    let held = soundings::store::held::all(&db.read, "sample", chrono::Utc::now() + chrono::Duration::days(1)).await.unwrap();
    assert_eq!((held.len(), held[0].why.as_str()), (1, "conflict"));

    let unsourced = write(&premises, "n.toml", "[columns]\nRef = \"@id\"\n").display().to_string();
    assert!(import(&premises, &premises.folder().join("a.csv"), &["--mapping", &unsourced]).has("no_source"));
    let twice = file("Support").replace("A2", "A1");
    let said = import(&premises, &write(&premises, "c.csv", twice), &["--mapping", &mapping]);
    assert!(said.has("line 3, cell A3: error id_twice"), "{}", said.out);
    premises.remove().await;
}

#[actix_web::test]
async fn an_upload_that_was_cut_off_is_finished_by_running_it_again() {
    let premises = Premises::new().await;
    let lines: Vec<String> = (0..50).map(|number| format!("North,Support,Person {number},standard,1,2022-12-01")).collect();
    let path = write(&premises, "cut.csv", csv(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let first = import(&premises, &path, &[]);
    assert!(first.has("50 stored"), "{}{}", first.out, first.err);
    // As a crash in the middle leaves it: some lines are there, and the upload is not ended.
    let db = premises.db().await;
    let some = responses(&premises)
        .await
        .into_iter()
        .take(20)
        .map(|it| format!("'{}'", it.revision_id.simple()))
        .collect::<Vec<_>>()
        .join(",");
    let column = if premises.postgres().is_some() { "REPLACE(revision_id::text, '-', '')" } else { "LOWER(HEX(revision_id))" };
    soundings::store::raw(&db, &format!("DELETE FROM revisions WHERE {column} IN ({some})")).await.unwrap();
    soundings::store::raw(&db, "UPDATE uploads SET state = 'storing'").await.unwrap();
    assert_eq!(responses(&premises).await.len(), 30);

    let again = import(&premises, &path, &[]);
    assert!(again.has("20 stored, 30 there already"), "{}", again.out);
    assert_eq!(again.upload_id(), first.upload_id());
    assert_eq!(responses(&premises).await.len(), 50);
    let taken = run(&premises, &["import", "--withdraw", &first.upload_id(), "--consultation", "sample"]);
    assert!(taken.has("50 responses withdrawn"), "all of them are this upload's: {}", taken.out);
    premises.remove().await;
}

#[actix_web::test]
async fn a_dry_run_stores_nothing_and_the_marked_workbook_can_be_mended_and_uploaded() {
    let premises = Premises::new().await;
    let path =
        write(&premises, "a.csv", csv(&["North,Suport,Mine,standard,1,2022-12-01", "South,Oppose,Yours,standard,1,2022-12-01"]));
    let said = import(&premises, &path, &["--dry-run", "--marked", "marked.xlsx"]);
    assert_eq!(said.status, Some(1));
    assert!(
        said.has("line 2, cell B2: error unknown_choice") && said.has("did you mean \u{201c}Support\u{201d}?"),
        "{}",
        said.out
    );
    assert!(said.err.trim().lines().count() == 1);
    assert!(responses(&premises).await.is_empty());

    let marked = premises.folder().join("marked.xlsx");
    let again = import(&premises, &marked, &["--accept", "valid"]);
    assert!(again.has("1 stored") && again.has("1 wrong"), "{}{}", again.out, again.err);
    assert_eq!(responses(&premises).await.len(), 1);
    let words: Vec<u8> = super::entries(&marked).into_iter().flat_map(|(_, bytes)| bytes).collect();
    let words = String::from_utf8_lossy(&words).into_owned();
    assert!(words.contains("Errors") && words.contains("B2: "), "the line is marked");
    premises.remove().await;
}

#[actix_web::test]
async fn a_column_for_each_choice_and_marks_of_illegible_and_spoiled_are_understood() {
    let premises = Premises::new().await;
    let text = "area,Which apply? [I use it],relation:carer,plan_support,plan_why,edition,form_version\n\
                North,x,yes,[spoiled] support; oppose,[illegible],standard,1\nSouth,0,,support,words,standard,1\n";
    let said = import(&premises, &write(&premises, "ticks.csv", text), &[]);
    assert!(said.has("2 stored"), "{}{}", said.out, said.err);
    let stored = responses(&premises).await;
    let north = stored.iter().find(|it| it.answers.codes("area").eq(["north"])).unwrap();
    assert_eq!(north.answers.codes("relation").collect::<Vec<_>>(), ["user", "carer"]);
    assert_eq!((north.answers.state("plan_support"), north.answers.state("plan_why")), (State::Spoiled, State::Illegible));
    let south = stored.iter().find(|it| it.answers.codes("area").eq(["south"])).unwrap();
    assert_eq!(south.answers.state("relation"), State::Blank);
    premises.remove().await;
}

#[actix_web::test]
async fn wrong_usage_of_the_command_is_told_from_a_file_that_cannot_be_taken_in() {
    let premises = Premises::new().await;
    let path = write(&premises, "a.csv", csv(&[])).display().to_string();
    assert_eq!(run(&premises, &["import", &path, "--consultation", "sample"]).status, Some(2), "no channel");
    assert_eq!(run(&premises, &["import", &path, "--consultation", "sample", "--channel", "online"]).status, Some(2));
    assert_eq!(run(&premises, &["import", "--consultation", "sample"]).status, Some(2));
    let nobody = run(&premises, &["import", &path, "--consultation", "nobody", "--channel", "paper"]);
    assert_eq!((nobody.status, nobody.err.trim()), (Some(1), "soundings: there is no such consultation"));
    fs::remove_file(&path).unwrap();
    assert_eq!(run(&premises, &["import", &path, "--consultation", "sample", "--channel", "paper"]).status, Some(1));
    premises.remove().await;
}
