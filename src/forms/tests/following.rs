//! Tests of versions beside each other: what changed, and what may not.

use super::*;
use crate::forms::Severity::{Error, Warning};
use crate::forms::{Sort, diff};

/// Publish nothing: only check the sample with a second version, and expect one fault in it.
fn second_fault(from: &str, to: &str, at: &str, (severity, message): (Severity, &str), suggestion: &str) {
    file_fault("bins/survey.v2.toml", &second(from, to), at, (severity, message), suggestion);
}

fn errors(text: &str) -> usize {
    let folder = Folder::sample();
    folder.write("bins/survey.v2.toml", text);
    folder.report().count(Error)
}

#[test]
fn a_version_may_change_words_and_add_or_drop_questions_and_choices() {
    assert_eq!(errors(&second("\"Why?\"", "\"Why is that?\"")), 0);
    let more = "{ code = \"northam\", text = { standard = \"Northam\", easy_read = \"Northam\" } },\n  { code = \"other\"";
    assert_eq!(errors(&second("{ code = \"other\"", more)), 0);
    let question = "[[section.question]]\nkey = \"bell\"\nkind = \"free_text\"\ntext = { standard = \"Bell?\" }\n[[section]]\nkey = \"about\"";
    assert_eq!(errors(&second("[[section]]\nkey = \"about\"", question)), 0);
    let why = SURVEY.find("[[section.question]]\nkey = \"weekly_why\"").unwrap();
    let matters = SURVEY.find("[[section.question]]\nkey = \"matters\"").unwrap();
    assert_eq!(errors(&second(&SURVEY[why..matters], "")), 0);
}

#[test]
fn a_key_keeps_its_kind() {
    second_fault(
        "kind = \"free_text\"",
        "kind = \"date\"",
        "kind = \"date\"",
        (Error, "`weekly_why` was free_text in version 1 and is date now"),
        "kind = \"free_text\"",
    );
}

#[test]
fn a_key_keeps_its_scale() {
    let text = second("code = \"agree5\"", "code = \"agree\"").replace("scale = \"agree5\"", "scale = \"agree\"");
    file_fault("bins/survey.v2.toml", &text, "scale = \"agree\"", (Error, "used the scale `agree5`"), "scale = \"agree5\"");
}

#[test]
fn a_scale_keeps_its_points_and_their_order() {
    let point = "  { code = \"strongly_agree\", collapses_to = \"yes\", text = { standard = \"Strongly agree\" } },\n";
    let text = with(&second(point, ""), "is = [\"strongly_agree\", \"agree\"]", "is = [\"agree\"]");
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "[[scale]]",
        (Error, "offered `strongly_agree` in version 1"),
        "put `strongly_agree` back",
    );
    let more = format!("{point}{}", point.replace("strongly_agree", "fully_agree").replace("Strongly", "Fully"));
    second_fault(point, &more, "fully_agree", (Error, "had no point `fully_agree`"), "new scale");
    let know = "  { code = \"dont_know\", text = { standard = \"Don’t know\", easy_read = \"I don’t know\" } },\n";
    let text = with(&second(know, ""), point, &format!("{know}{point}"));
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "[[scale]]",
        (Error, "stood in another order"),
        "strongly_agree, agree, disagree, dont_know",
    );
    second_fault(
        "standard = \"Strongly agree\" }",
        "standard = \"Strongly agree\", easy_read = \"Yes!\" }",
        "Yes!",
        (Error, "the easy_read edition of version 1 offered other points"),
        "new scale",
    );
}

#[test]
fn a_choice_may_not_go_be_renamed_or_take_the_words_of_another() {
    let midham = "  { code = \"midham\", text = { standard = \"Midham\", easy_read = \"Midham\" } },\n";
    let text = second(midham, "").replace("holds = [\"midham\"]", "holds = [\"other\"]");
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "[[section.question]]",
        (Error, "offered `midham` in version 1"),
        "put `midham` back",
    );
    let text = second("code = \"midham\"", "code = \"midhame\"").replace("holds = [\"midham\"]", "holds = [\"midhame\"]");
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "[[section.question]]",
        (Error, "offered `midham`"),
        "write code = \"midham\" there",
    );
    let text = second("standard = \"Westport\"", "standard = \"Midham\"");
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "code = \"westport\", text",
        (Error, "now says what `midham` said"),
        "write code = \"midham\"",
    );
    second_fault(
        "standard = \"Somewhere else\"",
        "standard = \"Nowhere at all, thank you\"",
        "Nowhere",
        (Warning, "and says \"Nowhere"),
        "make sure",
    );
}

#[test]
fn a_made_key_cannot_become_a_question_of_another_kind() {
    let own = "own_words = { with = [\"other\"], text = { standard = \"Where?\", easy_read = \"Where?\" } }\n";
    let text = second(own, "");
    let text = with(&text, "key = \"weekly_why\"\nkind = \"free_text\"", "key = \"town_other\"\nkind = \"date\"");
    file_fault(
        "bins/survey.v2.toml",
        &text,
        "key = \"town_other\"",
        (Error, "`town_other` held words in version 1 and would hold a day"),
        "another key",
    );
}

#[test]
fn a_difference_is_told_in_words() {
    let text = with(
        &second("easy_read = \"Why?\"", "easy_read = \"Why is that?\""),
        "kind = \"scale\"\n",
        "kind = \"scale\"\nhint = { standard = \"Think.\" }\n",
    );
    let text = with(&text, "We empty bins every week.", "We empty bins on Mondays.");
    let changes: Vec<String> = diff(&form(SURVEY), &form(&text)).iter().map(ToString::to_string).collect();
    let expected = [
        "~ section `bins`, information in easy_read: changed\n    was: We empty bins every week.\n    now: We empty bins on Mondays.",
        "+ question `weekly`, hint in standard: added\n    now: Think.",
        "~ question `weekly_why`, easy_read: changed\n    was: Why?\n    now: Why is that?",
    ];
    assert_eq!(changes, expected);
}

#[test]
fn a_difference_names_what_was_added_removed_and_moved() {
    let smell = "  { code = \"smell\", text = { standard = \"Smell\", easy_read = \"Smell\" } },\n";
    let cost = "  { code = \"cost\", text = { standard = \"Cost\", easy_read = \"Cost\" } },\n";
    let changes = diff(&form(SURVEY), &form(&with(SURVEY, &format!("{smell}{cost}"), &format!("{cost}{smell}"))));
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].sort, changes[0].now.as_deref()), (Sort::Moved, Some("cost, smell")));
    let changes = diff(&form(SURVEY), &form(&with(SURVEY, smell, "")));
    assert_eq!((changes.len(), changes[0].sort), (1, Sort::Removed));
    assert_eq!(changes[0].place, "question `matters`, statement `smell`");
    assert_eq!(diff(&form(SURVEY), &form(SURVEY)), Vec::new());
}

#[test]
fn a_difference_of_information_shows_the_lines_that_differ_and_no_others() {
    let from = "standard = [{ heading = \"Bins\", text = \"Bins are emptied every week.\" }]";
    let to = "standard = [{ heading = \"Bins\", text = \"Bins are emptied every week.\", list = [\"Black\", \"Brown\"] }]";
    let changes: Vec<String> = diff(&form(SURVEY), &form(&with(SURVEY, from, to))).iter().map(ToString::to_string).collect();
    let expected = "+ section `bins`, information in standard: added\n    now: • Black\n         • Brown";
    assert_eq!(changes, [expected]);
}
