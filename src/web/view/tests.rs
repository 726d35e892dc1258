//! What pages must hold, tested on a small form.

use serde_json::{Value as Json, json};

use super::form_page::{Filling, Raw, Wrong};
use super::pieces::Pieces;
use super::words::{Tongue, Words};
use super::*;
use crate::domain::answer::{Answers, Value};
use crate::domain::form::{Form, FormVersion};
use crate::domain::wording::Edition;

const FORM: &str = r#"
consultation = "trees"
form = "survey"
version = 1
title = { standard = "Trees", easy_read = "Trees", standard_cy = "Coed" }

[[scale]]
code = "support3"
comparability = "same"
choice = [
  { code = "support", text = { standard = "Support", easy_read = "Yes" }, picture = "face-happy" },
  { code = "oppose", text = { standard = "Oppose", easy_read = "No" }, picture = "face-sad" },
]

[areas]
question = "town"
caution = { standard = "Where you live may not be where you are treated." }
group = [
  { code = "north", text = { standard = "North" }, holds = ["a", "b"] },
  { code = "south", text = { standard = "South" }, holds = ["c"] },
]

[[section]]
key = "you"
title = { standard = "Where you live", easy_read = "Your home" }

[[section.question]]
key = "town"
kind = "choose_one"
text = { standard = "Which town?", easy_read = "Which town?", standard_cy = "Pa dref?" }
choice = [
  { code = "a", text = { standard = "Atown", easy_read = "Atown" } },
  { code = "b", text = { standard = "B & \"C\" town", easy_read = "B town" } },
  { code = "c", text = { standard = "Ctown", easy_read = "Ctown" } },
  { code = "prefer_not", text = { standard = "Prefer not to say", easy_read = "I do not want to say" } },
]
[section.question.own_words]
with = ["b"]
text = { standard = "Which part?", easy_read = "Which part?" }

[[section.question]]
key = "uses"
kind = "choose_many"
text = { standard = "Which do you use?", easy_read = "Which do you use?" }
choice = [
  { code = "park", text = { standard = "Park", easy_read = "Park" } },
  { code = "wood", text = { standard = "Wood", easy_read = "Wood" } },
]

[[section]]
key = "planting"
title = { standard = "Planting", easy_read = "New trees" }
information = { standard = [{ heading = "Plan", text = "We **plan** trees.", list = ["Oak", "Ash"] }], easy_read = [{ text = "We want trees.", picture = "growth" }] }

[[section.area]]
groups = ["north"]
now = { standard = [{ text = "North has ten." }] }
would_change = { standard = [{ text = "North gets five." }] }

[[section.area]]
groups = ["south"]
now = { standard = [{ text = "South has none." }] }
would_change = { standard = [{ text = "South gets one." }] }

[[section.question]]
key = "support"
kind = "scale"
scale = "support3"
text = { standard = "Do you support it?", easy_read = "Is it a good idea?" }

[[section.question]]
key = "support_why"
kind = "free_text"
text = { standard = "Why?", easy_read = "Why?" }
prompts = [{ standard = "Shade" }, { standard = "Leaves" }]

[[section.question]]
key = "count"
kind = "number"
text = { standard = "How many trees?" }

[[section.question]]
key = "seen"
kind = "date"
text = { standard = "When did you last see one?" }

[[section.question]]
key = "agree"
kind = "statements"
comments = true
text = { standard = "Do you agree?" }
choice = [{ code = "yes", text = { standard = "Yes" } }, { code = "no", text = { standard = "No" } }]
statement = [{ code = "tall", text = { standard = "Trees are tall" } }]
"#;

fn form() -> FormVersion {
    let form: Form = toml::from_str(FORM).unwrap();
    FormVersion::new(form, "d1ge57".to_owned())
}

fn views() -> Views {
    Views::new(Words::shipped(), "/static/x")
}

fn english(edition: Edition) -> Tongue {
    Tongue::new(edition, "en")
}

fn filled(slug: &str, tongue: &Tongue, raw: &Raw, wrong: &[Wrong], group: Option<&str>) -> String {
    let pages = views().form_pages(&form(), tongue).unwrap();
    let page = &pages.pages[pages.find(slug).unwrap()];
    let mut html = String::new();
    page.fill(&mut html, Filling { raw, answers: &Answers::default(), wrong, summary: "", group });
    html
}

fn raw(pairs: &[(&str, Json)]) -> Raw {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

#[test]
fn a_page_put_together_from_pieces_is_what_the_macros_give_for_the_same_values() {
    let views = views();
    let items = |chosen: &str| {
        json!([
            { "value": "a", "html": "Atown", "checked": chosen == "a" },
            { "value": "b", "html": "B &amp; &quot;C&quot; town", "checked": chosen == "b" },
            { "value": "c", "html": "Ctown", "checked": chosen == "c" },
            { "divider": "or" },
            { "value": "prefer_not", "html": "Prefer not to say", "checked": chosen == "prefer_not" },
        ])
    };
    let params = |error: bool| {
        let mut params = json!({
            "idPrefix": "town", "name": "town",
            "fieldset": { "legend": { "html": "Which town?", "size": "m" } },
            "items": items("b"),
        });
        if error {
            params["errorMessage"] = json!({ "text": "Choose <one>", "visuallyHiddenText": "Error" });
        }
        params
    };
    let own = json!({
        "id": "town_other", "name": "town_other", "label": { "html": "Which part?" },
        "hint": { "text": "You can write up to 300 characters." }, "value": "<East> & \"West\"/End",
    });
    let answers = raw(&[("town", json!("b")), ("town_other", json!("<East> & \"West\"/End"))]);
    for error in [false, true] {
        let wrong = [Wrong { key: "town".into(), message: "Choose <one>".into() }];
        let html = filled("you", &english(Edition::Standard), &answers, if error { &wrong } else { &[] }, None);
        let direct = views.components.component("radios", &params(error)).unwrap();
        assert!(html.contains(&direct), "pieces:\n{html}\nmacro:\n{direct}");
        let direct = views.components.component("input", &own).unwrap();
        assert!(html.contains(&direct), "pieces:\n{html}\nmacro:\n{direct}");
    }
}

#[test]
fn text_and_dates_and_blank_fields_are_as_the_macros_write_them() {
    let answers =
        raw(&[("support_why", json!("One\nTwo </textarea>")), ("seen", json!("2022-11-05")), ("uses", json!(["wood"]))]);
    let html = filled("planting", &english(Edition::Standard), &answers, &[], None);
    assert!(html.contains(">One\nTwo &lt;&#x2f;textarea&gt;</textarea>"), "{html}");
    for part in ["name=\"seen-day\"", "value=\"11\"", "value=\"2022\""] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(html.contains("name=\"count\" type=\"text\">"), "no value attribute when blank: {html}");
    assert!(!html.contains('\u{E000}'));
    let html = filled("you", &english(Edition::Standard), &answers, &[], None);
    assert!(html.contains("value=\"wood\" checked"), "{html}");
    assert!(!html.contains("value=\"park\" checked"));
}

#[test]
fn a_persons_own_area_is_open_and_the_others_can_be_opened() {
    let html = filled("planting", &english(Edition::Standard), &Raw::new(), &[], Some("south"));
    let (open, closed) = html.split_once("<details").unwrap();
    assert!(open.contains("South has none.") && !open.contains("North has ten."), "{html}");
    assert!(closed.contains("North has ten."));
    assert!(open.contains("may not be where you are treated"));
    let html = filled("planting", &english(Edition::Standard), &Raw::new(), &[], None);
    assert_eq!(html.matches("<details").count(), 2, "{html}");
}

#[test]
fn easy_read_has_one_question_a_page_with_faces_beside_the_choices() {
    let pages = views().form_pages(&form(), &english(Edition::EasyRead)).unwrap();
    let slugs: Vec<&str> = pages.pages.iter().map(|page| page.page.slug.as_str()).collect();
    assert_eq!(slugs, ["town", "uses", "planting", "support", "support-why"]);
    let html = filled("support", &english(Edition::EasyRead), &Raw::new(), &[], None);
    assert!(html.contains("/static/x/pictures/face-happy.svg\" alt=\"\""), "{html}");
    assert!(html.contains("<h1"), "the question heads the page");
    let html = filled("planting", &english(Edition::EasyRead), &Raw::new(), &[], None);
    assert!(html.contains("app-row") && html.contains("growth.svg"), "{html}");
}

#[test]
fn every_page_has_one_heading_of_the_first_rank() {
    for edition in Edition::ALL {
        let pages = views().form_pages(&form(), &english(edition)).unwrap();
        for page in &pages.pages {
            let html = filled(&page.page.slug, &english(edition), &Raw::new(), &[], None);
            assert_eq!(html.matches("<h1").count(), 1, "{edition} {}: {html}", page.page.slug);
        }
    }
}

#[test]
fn welsh_needs_words_and_no_code() {
    let welsh = Tongue::new(Edition::Standard, "cy");
    let html = filled("you", &welsh, &Raw::new(), &[], None);
    assert!(html.contains("Pa dref?") && html.contains("Parhau"), "{html}");
    let page = views()
        .page(
            &Around { consultation: None, languages: &form().languages(), tongue: &welsh, demo: false },
            Contents { title: "T", in_error: true, back: shell::Back::To("/x"), path: "/y", main: "" },
        )
        .unwrap();
    assert!(page.contains("<html lang=\"cy\">") && page.contains("Yn ôl") && page.contains("<title>Gwall: T"), "{page}");
    assert!(page.contains("&#x2f;y?lang=en") || page.contains("/y?lang=en"), "{page}");
}

#[test]
fn answers_typed_by_the_rules_and_raw_ones_choose_the_same_pages() {
    let mut answers = Answers::default();
    answers.values.insert("town".into(), Value::Text("a".into()));
    let pages = views().form_pages(&form(), &english(Edition::Standard)).unwrap();
    let keys: Vec<&str> = pages.pages[0].keys(&answers).collect();
    assert_eq!(keys, ["town", "town_other", "uses"]);
}

#[test]
fn marks_are_cut_out_of_attributes_whole() {
    let html = format!("<input value=\"{}\"><p>{}</p>", pieces::value("k"), pieces::words("k"));
    let mut out = String::new();
    Pieces::cut(&html).fill(&mut out, |_, html| html.push('!'));
    assert_eq!(out, "<input!><p>!</p>");
}
