//! Tests of what is said: languages, fall-back, easy read, and that the shapes are those of the types.

use serde::de::{Deserialize, Deserializer, Visitor};

use super::*;
use crate::domain::codeframe::starting::{Frame, Item, Starting};
use crate::domain::consultation::{Consultation, Contact, Extension, Gathering};
use crate::domain::form::{AreaGroup, AreaInformation, Areas, Section};
use crate::domain::question::{Benchmark, Choice, Class, OwnWords, Question, Scale, Statement};
use crate::domain::routing::Condition;
use crate::domain::wording::Block;
use crate::forms::Severity::{Error, Info, Warning};
use crate::forms::shapes::{self, Key};
use crate::forms::{Picture, Pictures, parity};

const EASY: &str = "easy_read = [{ text = \"We empty bins every week.\", picture = \"bin\" }]";

fn easy(block: &str) -> String {
    format!("easy_read = [{block}]")
}

#[test]
fn a_language_with_a_missing_wording_is_a_warning_where_it_is_missing() {
    let title = "title = { standard = \"Bins\", easy_read = \"Bins\" }";
    let welsh = "title = { standard = \"Bins\", easy_read = \"Bins\", standard_cy = \"Biniau\" }";
    survey_fault(title, welsh, "text = { standard = \"Why?\"", (Warning, "`standard_cy` is missing"), "");
    let at = "standard_cy = \"Pam?\"";
    survey_fault(
        "standard = \"Why?\",",
        &format!("standard = \"Why?\", {at},"),
        at,
        (Warning, "wording in `cy`"),
        "word the title",
    );
}

#[test]
fn words_that_easy_read_would_take_from_the_standard_edition_are_a_warning() {
    survey_fault(
        "title = { standard = \"About you\", easy_read = \"About you\" }",
        "title = { standard = \"About you\" }",
        "title = { standard = \"About you\" }",
        (Warning, "no easy_read wording"),
        "easy_read =",
    );
    survey_fault(EASY, "", "[section.information]", (Warning, "easy read would show the standard one"), "easy_read");
}

#[test]
fn a_sentence_of_more_than_15_words_is_a_warning_and_of_more_than_20_an_error() {
    let words = |number: usize| vec!["word"; number].join(" ");
    let block = |number| easy(&format!("{{ text = \"{}.\", picture = \"bin\" }}", words(number)));
    let folder = Folder::sample();
    folder.write("bins/survey.v1.toml", with(SURVEY, EASY, &block(15)));
    assert_eq!(folder.report().faults, Vec::new());
    survey_fault(EASY, &block(16), "word word", (Warning, "a sentence of 16 words"), "R25");
    survey_fault(EASY, &block(20), "word word", (Warning, "a sentence of 20 words"), "R25");
    survey_fault(EASY, &block(21), "word word", (Error, "a sentence of 21 words"), "R25");
}

#[test]
fn a_long_sentence_within_a_text_of_many_lines_is_found_in_its_own_line() {
    let long = vec!["word"; 16].join(" ");
    let block = easy(&format!("{{ picture = \"bin\", text = \"\"\"\nShort.\n{long}.\n\"\"\" }}"));
    survey_fault(EASY, &block, "word word", (Warning, "a sentence of 16 words"), "");
}

#[test]
fn one_block_has_one_picture_and_one_idea() {
    let two = easy("{ text = \"We empty bins. We do it weekly.\", picture = \"bin\" }");
    survey_fault(EASY, &two, "We do it weekly", (Warning, "2 sentences and one picture"), "each idea");
    survey_fault(
        EASY,
        &easy("{ text = \"We empty bins.\" }"),
        "\"We empty bins.\"",
        (Warning, "the block has no picture"),
        "picture =",
    );
    survey_fault(
        "kind = \"scale\"\nscale = \"agree5\"\npicture = \"bin\"",
        "kind = \"scale\"\nscale = \"agree5\"",
        "Should it stay",
        (Warning, "the question has no picture"),
        "picture =",
    );
}

#[test]
fn a_heading_without_words_needs_no_picture_and_an_explanation_may_stand_beside_its_word() {
    let folder = Folder::sample();
    let fine = easy(
        "{ heading = \"Bins\" }, { text = \"**IVF** helps people. IVF means making a baby outside the body.\", picture = \"bin\" }",
    );
    folder.write("bins/survey.v1.toml", with(SURVEY, EASY, &fine));
    assert_eq!(folder.report().faults, Vec::new());
}

#[test]
fn a_hard_word_without_an_explanation_is_a_warning() {
    let hard = |words: &str| easy(&format!("{{ text = \"{words}\", picture = \"bin\" }}"));
    survey_fault(EASY, &hard("There are criteria."), "criteria", (Warning, "`criteria` is a hard word"), "**criteria**");
    survey_fault(EASY, &hard("Mind the **threshold**."), "threshold", (Warning, "`threshold` is a hard word"), "next sentence");
}

#[test]
fn what_the_consultation_explains_its_form_need_not_explain_again() {
    let folder = Folder::sample();
    let explained = with(CONSULTATION, "\"We want to know.\"", "\"A **threshold** is a number.\"");
    folder.write("bins/consultation.toml", explained);
    folder.write("bins/survey.v1.toml", with(SURVEY, "We empty bins every week.", "There is a threshold."));
    assert_eq!(folder.report().faults, Vec::new());
}

#[test]
fn style_is_told_as_something_to_know() {
    let block = |words: &str| easy(&format!("{{ text = \"{words}\", picture = \"bin\" }}"));
    survey_fault(
        EASY,
        &block("The bins are emptied."),
        "The bins are",
        (Info, "\"are emptied\" is the passive voice"),
        "say who",
    );
    survey_fault(EASY, &block("We have three bins."), "three", (Info, "\"three\" is a number in words"), "write 3");
    survey_fault(EASY, &block("The XYZ decides."), "XYZ", (Info, "`XYZ` is a short form"), "write it out");
    survey_fault(EASY, &block("It is *very* good."), "*very*", (Info, "looks like italics"), "bold");
}

#[test]
fn the_parity_report_says_what_only_one_edition_has() {
    let text = with(SURVEY, "easy_read = \"Why?\"", "standard_cy = \"Pam?\"");
    let text = with(&text, EASY, "");
    let printed = parity("survey.v1.toml", &form(&text)).to_string();
    let expected = "survey.v1.toml: 5 questions in standard, 4 in easy_read
  weekly_why: asked in standard only
  agree5: strongly_agree is offered in standard only, and counts as yes when the editions are combined
  bins (information): said in standard only
  agree5: combined by collapsing to its classes (1 questions)
";
    assert_eq!(printed, expected);
}

/// Catches the names of the fields that a type deserialises.
struct Names<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields);
        Err(serde::de::Error::custom("the names are enough"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn assert_same<T: for<'de> Deserialize<'de>>(keys: &[Key]) {
    let mut names = Vec::new();
    assert!(T::deserialize(Names(&mut names)).is_err());
    names.sort_unstable();
    let mut known: Vec<&str> = keys.iter().map(|key| key.name).collect();
    known.sort_unstable();
    assert_eq!(names, known, "{}", std::any::type_name::<T>());
}

#[test]
fn the_shapes_have_the_very_keys_of_the_types() {
    assert_same::<Consultation>(shapes::CONSULTATION);
    assert_same::<Extension>(shapes::EXTENSION);
    assert_same::<Contact>(shapes::CONTACT);
    assert_same::<Gathering>(shapes::EVENT);
    assert_same::<Form>(shapes::FORM);
    assert_same::<Areas>(shapes::AREAS);
    assert_same::<AreaGroup>(shapes::AREA_GROUP);
    assert_same::<Section>(shapes::SECTION);
    assert_same::<AreaInformation>(shapes::AREA_INFORMATION);
    assert_same::<Scale>(shapes::SCALE);
    assert_same::<Class>(shapes::CLASS);
    assert_same::<Choice>(shapes::CHOICE);
    assert_same::<Question>(shapes::QUESTION);
    assert_same::<Statement>(shapes::STATEMENT);
    assert_same::<OwnWords>(shapes::OWN_WORDS);
    assert_same::<Condition>(shapes::CONDITION);
    assert_same::<Benchmark>(shapes::BENCHMARK);
    assert_same::<Block>(shapes::BLOCK);
    assert_same::<Starting>(shapes::CODEFRAME);
    assert_same::<Frame>(shapes::FRAME);
    assert_same::<Item>(shapes::THEME);
    assert_same::<Pictures>(shapes::PICTURES);
    assert_same::<Picture>(shapes::PICTURE);
}
