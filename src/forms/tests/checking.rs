//! Tests of the check: one sentence for each kind of fault.

use proptest::prelude::*;

use super::*;
use crate::forms::Severity::{Error, Info, Warning};

/// How the question without choices begins.
const WHY: &str = "[[section.question]]\nkey = \"weekly_why\"\n";

#[test]
fn a_directory_that_is_not_there_is_a_fault_and_no_failure() {
    let report = check(&read(Path::new("no/such/directory")));
    assert!(report.has_errors());
    assert!(report.faults[0].message.contains("cannot be read"), "{report}");
}

#[test]
fn broken_toml_is_reported_at_its_line() {
    survey_fault("key = \"about\"", "key = about\"", "key = about\"", (Error, "this is not TOML"), "");
    let twice = "kind = \"scale\"\nkind = \"scale\" # again";
    survey_fault("kind = \"scale\"", twice, "# again", (Error, "duplicate key"), "[[header]]");
}

#[test]
fn bytes_that_are_not_utf8_are_reported() {
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", b"consultation = \"bins\"\nform = \"sur\xffvey\"\n");
    let fault = folder.report().faults.into_iter().find(|fault| fault.message.contains("not UTF-8")).unwrap();
    assert_eq!((fault.line, fault.column, fault.suggestion.as_deref()), (2, 12, Some("save it as UTF-8")));
}

#[test]
fn an_unknown_key_suggests_the_nearest_one_and_does_not_also_report_it_missing() {
    survey_fault("holds = [\"midham\"]", "hold = [\"midham\"]", "hold = ", (Error, "no key `hold`"), "did you mean `holds`?");
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", with(SURVEY, "kind = \"scale\"", "knid = \"scale\""));
    assert_eq!(folder.report().count(Error), 1, "{}", folder.report());
}

#[test]
fn every_schema_fault_of_a_file_is_reported_and_not_only_the_first() {
    let text = with(&with(SURVEY, "kind = \"scale\"", "kind = \"scales\""), "version = 1", "version = \"1\"");
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", &text);
    let faults = folder.report().faults;
    let (file, severity) = ("survey.v1.toml", Error);
    let kind = ("kind = \"scales\"", "`scales` is no kind", "did you mean `scale`?");
    let version = ("version = \"1\"", "`version` is words", "");
    for (at, message, suggestion) in [kind, version] {
        assert_found(&faults, &Expected { file, text: &text, at, severity, message, suggestion });
    }
}

#[test]
fn a_missing_key_is_reported_at_the_header_of_its_table() {
    let (from, to) = (format!("{WHY}kind = \"free_text\"\n"), WHY.replace("]]", "]] # here"));
    survey_fault(&from, &to, "# here", (Error, "a question needs `kind`"), "one of `choose_one`");
}

#[test]
fn values_of_another_kind_say_what_to_write() {
    let title = "title = { standard = \"About you\", easy_read = \"About you\" }";
    survey_fault(title, "title = \"About you\"", "title = \"About you\"", (Error, "`title` is words"), "standard = \"…\"");
    survey_fault(
        "holds = [\"midham\"]",
        "holds = \"midham\"",
        "holds = \"midham\"",
        (Error, "`holds` is words"),
        "holds = [\"midham\"]",
    );
    survey_fault(
        "groups = [\"coast\", \"inland\"]",
        "groups = [1]",
        "groups = [1]",
        (Error, "`groups` is a whole number"),
        "quotes",
    );
    survey_fault("substantive = false", "substantive = \"no\"", "substantive = \"no\"", (Error, "`substantive` is words"), "");
    survey_fault("version = 1", "version = 0", "version = 0", (Error, "out of bounds"), "from 1");
    consultation_fault("\"2022-10-31\"", "2022-10-31", "opens_on", (Error, "no quotes"), "opens_on = \"2022-10-31\"");
    consultation_fault("\"2022-12-19\"", "\"2022-12-32\"", "closes_on", (Error, "is no day"), "2022-12-19");
}

#[test]
fn a_wording_under_no_edition_is_reported() {
    let at = "easyread = \"Why?\"";
    survey_fault("easy_read = \"Why?\"", at, at, (Error, "`easyread` in `text` is no edition"), "`easy_read`");
    survey_fault("easy_read = \"Why?\"", "easy_read_en = \"Why?\"", "easy_read_en", (Error, "never shown"), "easy_read");
    survey_fault("easy_read = \"Why?\"", "easy_read = \" \"", "easy_read = \" \"", (Error, "is empty"), "leave the wording out");
}

#[test]
fn a_file_whose_name_says_nothing_or_something_else_is_reported() {
    file_fault("bins/survey.toml", SURVEY, "consultation", (Error, "says neither form nor version"), "survey.v1.toml");
    file_fault("bins/survey.v2.toml", SURVEY, "version = 1", (Error, "named version 2"), "version = 2");
    file_fault("bins/poll.v1.toml", SURVEY, "form = ", (Error, "named `poll`"), "form = \"poll\"");
    file_fault("tips/survey.v1.toml", SURVEY, "consultation = ", (Error, "lies in `tips`"), "consultation = \"tips\"");
    file_fault("loose.toml", SURVEY, "consultation", (Error, "belongs to no consultation"), "directory");
    file_fault("tips/consultation.toml", CONSULTATION, "code = ", (Error, "lies in `tips`"), "code = \"tips\"");
}

#[test]
fn a_form_without_easy_read_is_refused() {
    survey_fault(
        "title = { standard = \"Bins\", easy_read = \"Bins\" }",
        "title = { standard = \"Bins\" }",
        "title = ",
        (Error, "no easy_read edition"),
        "R24",
    );
}

#[test]
fn names_of_things_that_are_not_there_suggest_the_nearest() {
    survey_fault(
        "is = [\"strongly_agree\", \"agree\"]",
        "is = [\"agre\"]",
        "is = [\"agre\"]",
        (Error, "`weekly` has no choice `agre`"),
        "`agree`",
    );
    survey_fault("question = \"weekly\"", "question = \"weakly\"", "\"weakly\"", (Error, "no question `weakly`"), "`weekly`");
    survey_fault("picture = \"bin\"", "picture = \"bim\"", "\"bim\"", (Error, "no picture `bim`"), "`bin`");
    survey_fault("collapses_to = \"no\"", "collapses_to = \"now\"", "\"now\"", (Error, "no class `now`"), "`no`");
    survey_fault("question = \"town\"", "question = \"toun\"", "\"toun\"", (Error, "no question `toun`"), "`town`");
    survey_fault("holds = [\"midham\"]", "holds = [\"midhams\"]", "\"midhams\"", (Error, "no choice `midhams`"), "`midham`");
    survey_fault("with = [\"other\"]", "with = [\"others\"]", "\"others\"", (Error, "no choice `others`"), "`other`");
    survey_fault("groups = [\"coast\"", "groups = [\"cost\"", "\"cost\"", (Error, "no area group `cost`"), "`coast`");
    consultation_fault("form = \"survey\"", "form = \"surveys\"", "\"surveys\"", (Error, "no form `surveys`"), "`survey`");
    consultation_fault("[\"age_group\"]", "[\"age_grop\"]", "\"age_grop\"", (Error, "no question `age_grop`"), "`age_group`");
}

#[test]
fn areas_must_be_decided_by_one_choice_and_hold_each_answer_once() {
    survey_fault(
        "question = \"town\"",
        "question = \"weekly_why\"",
        "question = \"weekly_why\"",
        (Error, "cannot decide the area"),
        "choose_one",
    );
    survey_fault(
        "holds = [\"midham\"]",
        "holds = [\"midham\", \"westport\"]",
        "\"midham\", \"westport\"",
        (Error, "falls into `coast` and into `inland`"),
        "one group",
    );
    survey_fault("holds = [\"midham\"]", "holds = []", "holds = []", (Error, "nothing falls into"), "choices");
    survey_fault(
        "groups = [\"coast\", \"inland\"]",
        "groups = [\"coast\"]",
        "[[section.area]]",
        (Warning, "says nothing to `inland`"),
        "section.area",
    );
    survey_fault(
        "groups = [\"coast\", \"inland\"]",
        "groups = [\"coast\", \"inland\", \"coast\"]",
        "groups",
        (Error, "speaks to `coast` twice"),
        "leave",
    );
}

#[test]
fn a_key_used_twice_is_reported_at_the_second() {
    survey_fault("key = \"weekly_why\"", "key = \"town\" #", "key = \"town\" #", (Error, "`town` is used twice"), "line 36");
    survey_fault("key = \"about\"", "key = \"you\" #", "key = \"you\" #", (Error, "`you` is used twice"), "line 32");
}

#[test]
fn a_key_made_from_another_may_not_clash_with_a_written_one() {
    let town = "the answers of `town_other` would be kept under `town_other`";
    survey_fault("key = \"weekly_why\"", "key = \"town_other\"", "key = \"town_other\"", (Error, town), "rename");
}

#[test]
fn two_pages_may_not_have_one_address() {
    survey_fault(
        "key = \"weekly_why\"",
        "key = \"bins\" #",
        "key = \"bins\" #",
        (Error, "two pages at the address `bins`"),
        "line 48",
    );
    survey_fault(
        "key = \"weekly_why\"",
        "key = \"thank_you\"",
        "key = \"thank_you\"",
        (Error, "belongs to a page of the service"),
        "another key",
    );
}

#[test]
fn a_code_used_twice_is_reported_at_the_second() {
    survey_fault(
        "{ code = \"midham\", text",
        "{ text = { standard = \"W\", easy_read = \"W\" }, code = \"westport\" }, # {",
        "standard = \"W\"",
        (Error, "`westport` is used twice"),
        "rename",
    );
    survey_fault("code = \"cost\"", "code = \"smell\"", "standard = \"Cost\"", (Error, "`smell` is used twice"), "rename");
    survey_fault("code = \"inland\"", "code = \"coast\" #", "code = \"coast\" #", (Error, "`coast` is used twice"), "rename");
}

#[test]
fn a_code_that_is_not_snake_case_suggests_one_that_is() {
    survey_fault("code = \"smell\"", "code = \"Bad-Smell\"", "\"Bad-Smell\"", (Error, "not in snake_case"), "`bad_smell`");
    survey_fault("key = \"weekly\"", "key = \"everyWeek\"", "\"everyWeek\"", (Error, "not in snake_case"), "`every_week`");
    survey_fault("key = \"weekly\"", "key = \"7_days\"", "\"7_days\"", (Error, "begins with a digit"), "about_7_days");
}

#[test]
fn routing_that_can_never_be_reached_is_an_error() {
    let ask = "ask_if = { question = \"weekly\", is = [\"strongly_agree\", \"agree\"] }";
    let cases = [
        ("ask_if = { question = \"age_group\", is = [\"under_40\"] }", "comes later"),
        ("ask_if = { question = \"weekly_why\", is = [\"yes\"] }", "waits for its own answer"),
        ("ask_if = { question = \"town_other\", is = [\"x\"] }", "not answered with a choice"),
        ("ask_if = { question = \"weekly\", is = [] }", "no answer is named"),
        (
            "ask_if = { question = \"weekly\", is = [\"strongly_agree\"] }",
            "can never be asked in easy_read: `weekly` offers none",
        ),
    ];
    for (to, message) in cases {
        survey_fault(ask, to, to, (Error, message), "");
    }
}

#[test]
fn routing_on_a_question_that_an_edition_does_not_ask_is_an_error() {
    let town = "text = { standard = \"Should it stay weekly?\", easy_read = \"Should it stay every week?\" }";
    survey_fault(
        town,
        "text = { standard = \"Weekly?\" }",
        "ask_if",
        (Error, "in easy_read: `weekly` is not asked there"),
        "easy_read wording",
    );
}

#[test]
fn a_chain_of_conditions_that_contradict_each_other_is_an_error() {
    let statement = "{ code = \"cost\", text = { standard = \"Cost\", easy_read = \"Cost\" } }";
    let own = "{ code = \"cost\", ask_if = { question = \"town\", is = [\"midham\"] }, text = { standard = \"Cost\", easy_read = \"Cost\" } }";
    let text = with(SURVEY, statement, own);
    let text = with(&text, "key = \"matters\"", "key = \"matters\"\nask_if = { question = \"town\", is = [\"westport\"] }");
    file_fault("bins/survey.v1.toml", &text, "is = [\"midham\"]", (Error, "`town` would need two different answers at once"), "");
    let text = with(SURVEY, "key = \"weekly\"", "ask_if = { question = \"town\", is = [\"westport\"] }\nkey = \"weekly\"");
    let both = "key = \"matters\"\nask_if = { question = \"weekly\", is = [\"agree\"] }";
    let text = with(&with(&text, "key = \"matters\"", both), statement, own);
    file_fault("bins/survey.v1.toml", &text, "is = [\"midham\"]", (Error, "two different answers"), "condition");
}

#[test]
fn routing_on_what_is_asked_after_sending_is_an_error() {
    let text = with(SURVEY, "key = \"you\"", "key = \"you\"\nafter_sending = true");
    let text = with(&text, "key = \"weekly\"", "ask_if = { question = \"town\", is = [\"midham\"] }\nkey = \"weekly\"");
    file_fault("bins/survey.v1.toml", &text, "is = [\"midham\"]", (Error, "only after the response has been received"), "");
}

#[test]
fn a_question_has_what_its_kind_needs_and_nothing_it_would_not_use() {
    survey_fault(
        "[[section.question]]\nkey = \"weekly\"\nkind = \"scale\"\nscale = \"agree5\"\n",
        "[[section.question]] # here\nkey = \"weekly\"\nkind = \"scale\"\n",
        "# here",
        (Error, "is a scale, but does not say which"),
        "scale =",
    );
    let why = "kind = \"free_text\"";
    survey_fault(
        &format!("{WHY}{why}"),
        &format!("{}kind = \"choose_one\"", WHY.replace("]]", "]] # here")),
        "# here",
        (Error, "has no choices"),
        "section.question.choice",
    );
    survey_fault(why, "kind = \"free_text\"\nleast = 1", "least = 1", (Error, "no use for `least`"), "number");
    survey_fault(
        why,
        "kind = \"free_text\"\nscale = \"agree5\" #",
        "scale = \"agree5\" #",
        (Error, "no use for `scale`"),
        "take it out",
    );
    survey_fault(why, "kind = \"free_text\"\ncomments = true", "comments", (Error, "no use for `comments`"), "take it out");
    survey_fault(why, "kind = \"number\"\nleast = 5\nmost = 1", "least = 5", (Error, "takes no number"), "least = 1");
    survey_fault(why, "kind = \"number\"\nmax_length = 5", "max_length", (Error, "no use for `max_length`"), "words only");
    survey_fault(
        "kind = \"statements\"",
        "kind = \"choose_one\"",
        "statement = [",
        (Error, "no use for `statement`"),
        "statements",
    );
    let text = with(SURVEY, "kind = \"choose_one\"", "kind = \"free_text\"");
    let text = with(&text, "choice = [\n  { code = \"westport\"", "choice = [ # here\n  { code = \"westport\"");
    file_fault("bins/survey.v1.toml", &text, "# here", (Error, "no use for `choice`"), "choose_one");
    survey_fault(
        "{ code = \"other\", text",
        "{ code = \"other\", exclusive = true, text",
        "exclusive",
        (Warning, "cannot be exclusive"),
        "take",
    );
    survey_fault(
        "{ code = \"other\", text",
        "{ code = \"other\", collapses_to = \"yes\", text",
        "\"other\", coll",
        (Error, "no point of a scale"),
        "[[scale]]",
    );
}

#[test]
fn a_question_asked_in_an_edition_offers_something_there() {
    let choices = "{ code = \"yes\", text = { standard = \"Yes\" } },\n  { code = \"no\", text = { standard = \"No\" } }";
    let both = "{ code = \"yes\", text = { standard = \"Yes\", easy_read = \"Yes\" } },\n  { code = \"no\", text = { standard = \"No\", easy_read = \"No\" } }";
    survey_fault(both, choices, "What matters?", (Error, "none of its choices is worded in easy_read"), "easy_read");
    survey_fault(
        "text = { standard = \"What matters?\", easy_read = \"What matters?\" }",
        "text = { standard = \"What matters?\" }",
        "\"smell\"",
        (Warning, "the statement `smell` is worded in easy_read"),
        "take this wording out",
    );
}

#[test]
fn a_benchmark_names_choices_and_per_cents() {
    let kind = "kind = \"choose_one\"";
    let to = "kind = \"choose_one\"\nbenchmark = { source = \"Census\", per_cent = { westport = \"1\", midhan = \"2\" } }";
    survey_fault(kind, to, "benchmark", (Error, "no choice `midhan`"), "`midham`");
    let to = "kind = \"choose_one\"\nbenchmark = { source = \"Census\", per_cent = { westport = \"101\" } }";
    survey_fault(kind, to, "benchmark", (Error, "is no per cent"), "27.5");
}

#[test]
fn a_collapsible_scale_is_a_total_function() {
    survey_fault(
        "{ code = \"agree\", collapses_to = \"yes\",",
        "{ code = \"agree\",",
        "\"agree\"",
        (Error, "`agree` falls into no class"),
        "`yes`, `no`",
    );
    let classes = "class = [\n  { code = \"yes\", text = { standard = \"Yes\" } },\n  { code = \"no\", text = { standard = \"No\" } },\n]\n";
    survey_fault(classes, "", "[[scale]]", (Error, "has no classes"), "[[scale.class]]");
    survey_fault(
        "standard = \"Disagree\", easy_read = \"No\"",
        "standard = \"Disagree\"",
        "code = \"no\", text = { standard = \"No\" } }",
        (Warning, "no easy_read point falls into the class `no`"),
        "R30",
    );
}

#[test]
fn a_scale_that_is_the_same_offers_every_point_in_both_editions() {
    let same = "comparability = \"same\"";
    survey_fault(
        "comparability = \"collapsible\"",
        same,
        "\"strongly_agree\"",
        (Error, "`strongly_agree` is not offered in easy_read"),
        "collapsible",
    );
    survey_fault(
        "comparability = \"collapsible\"",
        "comparability = \"different\"",
        "\"strongly_agree\"",
        (Error, "never combined"),
        "take it out",
    );
}

#[test]
fn a_scale_that_nothing_uses_is_a_warning() {
    let spare = "[[scale]] # spare\ncode = \"spare\"\ncomparability = \"same\"\nchoice = []\n[areas]";
    survey_fault("[areas]", spare, "# spare", (Warning, "no question uses the scale `spare`"), "take it out");
}

#[test]
fn pictures_have_source_and_licence_and_a_drawing() {
    let file = "pictures/pictures.toml";
    file_fault(file, &with(PICTURES, "licence = \"CC0-1.0\"\n", ""), "[picture.bin]", (Error, "needs `licence`"), "licence =");
    file_fault(
        file,
        &with(PICTURES, "source = \"Drawn for this service\"", "source = \"\""),
        "source",
        (Error, "`source` is empty"),
        "",
    );
    file_fault(file, &with(PICTURES, "bin.svg", "bins.svg"), "file", (Error, "no drawing `bins.svg`"), "`bin.svg`");
    let more = format!("{PICTURES}[picture.cat]\nfile = \"assets/cat.svg\"\nsource = \"s\"\nlicence = \"MIT\"\nabout = \"c\"\n");
    file_fault(file, &more, "[picture.cat]", (Info, "no form uses the picture `cat`"), "later");
    file_fault("pictures/zoo.toml", PICTURES, "[picture.bin]", (Error, "the picture `bin` is in"), "rename");
}

#[test]
fn a_consultation_has_a_good_code_and_dates_in_order() {
    consultation_fault("prefix = \"BN\"", "prefix = \"bn\"", "prefix", (Error, "not all capitals"), "`BN`");
    consultation_fault("prefix = \"BN\"", "prefix = \"BINNY\"", "prefix", (Error, "too short or too long"), "two to four");
    consultation_fault("bins@example.org", "bins at example", "email", (Error, "is no e-mail address"), "views@example.org");
    consultation_fault("opens_on = \"2022-10-31\"", "opens_on = \"2023-10-31\"", "closes_on", (Error, "before it opens"), "year");
    consultation_fault(
        "decides_on = \"2023-02-09\"",
        "decides_on = \"2022-12-19\"",
        "decides_on",
        (Warning, "not after the last day"),
        "time",
    );
    let extension = "[[extension]]\ncloses_on = \"2022-12-10\" # later\nannounced_on = \"2022-12-01\"\nreason = { standard = \"r\", easy_read = \"r\" }\n[contact]";
    consultation_fault("[contact]", extension, "# later", (Error, "not later than 2022-12-19"), "R13");
    let each = "announced_on = \"2022-12-01\"\nreason = { standard = \"r\", easy_read = \"r\" }\n";
    let first = format!("[[extension]]\nedition = \"easy_read\"\ncloses_on = \"2023-01-10\"\n{each}");
    let all = format!("[[extension]]\ncloses_on = \"2022-12-30\"\n{each}");
    let sooner = format!("[[extension]]\nedition = \"easy_read\"\ncloses_on = \"2023-01-05\" # later\n{each}[contact]");
    let extensions = format!("{first}{all}{sooner}");
    consultation_fault("[contact]", &extensions, "# later", (Error, "not later than 2023-01-10"), "R13");
}

#[test]
fn a_consultation_says_what_is_needed_in_both_editions() {
    let why = "easy_read = [{ text = \"We want to know.\", picture = \"bin\" }]\n";
    consultation_fault(why, "", "[why]", (Error, "`why` says nothing in easy_read"), "R24");
    consultation_fault(
        "title = { standard = \"Bins\", easy_read = \"Bins\" }",
        "title = { standard = \"Bins\" }",
        "title",
        (Error, "`title` has no easy_read"),
        "R24",
    );
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        Just("\"".to_owned()),
        Just("[[section]]\n".to_owned()),
        Just("[[section.question]]\nkey = \"x\"\n".to_owned()),
        Just("ask_if = { question = \"x\", is = [\"y\"] }\n".to_owned()),
        Just("é–’\u{0}\n".to_owned()),
        Just("= 99999999999999999999\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_file_however_mangled_makes_the_check_fail(from in 0..4000_usize, gone in 0..400_usize, put in piece(), cut in any::<bool>(), which in 0..3_usize) {
        let (name, original) = [("bins/survey.v1.toml", SURVEY), ("bins/consultation.toml", CONSULTATION), ("pictures/pictures.toml", PICTURES)][which];
        let mut bytes = original.as_bytes().to_vec();
        let from = from.min(bytes.len());
        let to = if cut { bytes.len() } else { (from + gone).min(bytes.len()) };
        bytes.splice(from..to, put.bytes());
        let folder = Folder::sample();
        folder.write(name, &bytes);
        let report = folder.report();
        let lines = String::from_utf8_lossy(&bytes).split('\n').count();
        for fault in report.faults.iter().filter(|fault| fault.file.ends_with(name)) {
            prop_assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{}", fault);
        }
        let unread = folder.library().files.iter().any(|file| file.contents == Contents::Unread);
        prop_assert!(!unread || report.has_errors(), "a file that cannot be read is an error");
    }
}
