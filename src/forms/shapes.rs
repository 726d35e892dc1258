//! Shapes: which keys each table of a form file may have, and what may stand there. A test holds them to the types.

/// What may stand under a key.
#[derive(Debug)]
pub(super) enum Shape {
    /// Words.
    Line,
    /// Several lines of words.
    Lines,
    /// A wording for each edition.
    Words,
    /// A list of wordings.
    WordsList,
    /// Blocks of information for each edition.
    Blocks,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A day, in quotes.
    Day,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One table.
    Table(&'static [Key]),
    /// Any number of tables.
    Tables(&'static [Key]),
    /// A table of this shape under names the author chooses.
    Named(&'static [Key]),
    /// Words under names the author chooses.
    Figures,
    /// Minutes under the name of an edition.
    Minutes,
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    /// How it is written.
    pub(super) name: &'static str,
    /// What may stand there.
    pub(super) shape: Shape,
    /// Whether the table needs it.
    pub(super) needed: bool,
}

const fn needs(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, needed: true }
}

const fn may(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, needed: false }
}

pub(super) static CONSULTATION: &[Key] = &[
    needs("code", Shape::Line),
    needs("prefix", Shape::Line),
    needs("title", Shape::Words),
    needs("summary", Shape::Words),
    needs("owner", Shape::Line),
    may("theme", Shape::OneOf(&["neutral", "council", "nhs"])),
    needs("form", Shape::Line),
    needs("opens_on", Shape::Day),
    needs("closes_on", Shape::Day),
    may("extension", Shape::Tables(EXTENSION)),
    may("decides_on", Shape::Day),
    may("effect_on", Shape::Day),
    may("paper_grace_days", Shape::Whole(0, 366)),
    may("online_grace_minutes", Shape::Whole(0, 10_080)),
    may("minutes", Shape::Minutes),
    needs("what", Shape::Blocks),
    needs("why", Shape::Blocks),
    needs("who_decides", Shape::Blocks),
    needs("what_happens", Shape::Blocks),
    needs("other_ways", Shape::Blocks),
    needs("formats", Shape::Blocks),
    needs("privacy", Shape::Blocks),
    needs("contact", Shape::Table(CONTACT)),
    may("event", Shape::Tables(EVENT)),
    may("paper", Shape::Table(PAPER)),
    may("disclosure", Shape::OneOf(&["gp_patient_survey", "nhs_1_7"])),
    may("equality", Shape::Lines),
    may("notes", Shape::Lines),
];

pub(super) static EXTENSION: &[Key] = &[
    may("edition", Shape::OneOf(&["standard", "easy_read"])),
    needs("closes_on", Shape::Day),
    needs("announced_on", Shape::Day),
    needs("reason", Shape::Words),
];

pub(super) static PAPER: &[Key] = &[
    may("keyed_twice_per_cent", Shape::Whole(0, 100)),
    may("wrong_per_thousand", Shape::Whole(0, 1000)),
    may("originals_months", Shape::Whole(0, 600)),
];

pub(super) static CONTACT: &[Key] = &[needs("email", Shape::Line), may("telephone", Shape::Line), may("post", Shape::Lines)];

pub(super) static EVENT: &[Key] = &[
    needs("code", Shape::Line),
    needs("title", Shape::Line),
    needs("place", Shape::Line),
    needs("when", Shape::Line),
    needs("on", Shape::Day),
];

pub(super) static FORM: &[Key] = &[
    needs("consultation", Shape::Line),
    needs("form", Shape::Line),
    needs("version", Shape::Whole(1, 9999)),
    needs("title", Shape::Words),
    may("change", Shape::Line),
    may("notes", Shape::Lines),
    may("scale", Shape::Tables(SCALE)),
    may("areas", Shape::Table(AREAS)),
    needs("section", Shape::Tables(SECTION)),
];

pub(super) static AREAS: &[Key] =
    &[needs("question", Shape::Line), may("caution", Shape::Words), needs("group", Shape::Tables(AREA_GROUP))];

pub(super) static AREA_GROUP: &[Key] = &[needs("code", Shape::Line), needs("text", Shape::Words), needs("holds", Shape::Lines)];

pub(super) static SCALE: &[Key] = &[
    needs("code", Shape::Line),
    needs("comparability", Shape::OneOf(&["same", "collapsible", "different"])),
    needs("choice", Shape::Tables(CHOICE)),
    may("class", Shape::Tables(CLASS)),
];

pub(super) static CLASS: &[Key] = &[needs("code", Shape::Line), needs("text", Shape::Words)];

pub(super) static CHOICE: &[Key] = &[
    needs("code", Shape::Line),
    needs("text", Shape::Words),
    may("picture", Shape::Line),
    may("collapses_to", Shape::Line),
    may("exclusive", Shape::Flag),
];

pub(super) static SECTION: &[Key] = &[
    needs("key", Shape::Line),
    needs("title", Shape::Words),
    may("picture", Shape::Line),
    may("information", Shape::Blocks),
    may("area", Shape::Tables(AREA_INFORMATION)),
    may("after_sending", Shape::Flag),
    may("substantive", Shape::Flag),
    may("question", Shape::Tables(QUESTION)),
];

pub(super) static AREA_INFORMATION: &[Key] =
    &[needs("groups", Shape::Lines), needs("now", Shape::Blocks), needs("would_change", Shape::Blocks)];

pub(super) static QUESTION: &[Key] = &[
    needs("key", Shape::Line),
    needs("kind", Shape::OneOf(&["choose_one", "choose_many", "scale", "free_text", "number", "date", "statements"])),
    needs("text", Shape::Words),
    may("hint", Shape::Words),
    may("prompts", Shape::WordsList),
    may("picture", Shape::Line),
    may("scale", Shape::Line),
    may("choice", Shape::Tables(CHOICE)),
    may("statement", Shape::Tables(STATEMENT)),
    may("comments", Shape::Flag),
    may("own_words", Shape::Table(OWN_WORDS)),
    may("ask_if", Shape::Table(CONDITION)),
    may("max_length", Shape::Whole(1, 100_000)),
    may("least", Shape::Whole(i64::MIN, i64::MAX)),
    may("most", Shape::Whole(i64::MIN, i64::MAX)),
    may("substantive", Shape::Flag),
    may("benchmark", Shape::Table(BENCHMARK)),
    may("notes", Shape::Lines),
];

pub(super) static STATEMENT: &[Key] = &[
    needs("code", Shape::Line),
    needs("text", Shape::Words),
    may("picture", Shape::Line),
    may("ask_if", Shape::Table(CONDITION)),
];

pub(super) static OWN_WORDS: &[Key] = &[may("with", Shape::Lines), needs("text", Shape::Words)];

pub(super) static CONDITION: &[Key] = &[needs("question", Shape::Line), needs("is", Shape::Lines)];

pub(super) static BENCHMARK: &[Key] = &[needs("source", Shape::Line), needs("per_cent", Shape::Figures)];

pub(super) static BLOCK: &[Key] =
    &[may("heading", Shape::Line), may("text", Shape::Line), may("list", Shape::Lines), may("picture", Shape::Line)];

pub(super) static CODEFRAME: &[Key] = &[needs("about", Shape::Line), may("frame", Shape::Tables(FRAME))];

pub(super) static FRAME: &[Key] =
    &[may("question", Shape::Line), may("net", Shape::Tables(THEME)), may("theme", Shape::Tables(THEME))];

pub(super) static THEME: &[Key] = &[
    needs("key", Shape::Line),
    may("net", Shape::Line),
    needs("name", Shape::Line),
    needs("definition", Shape::Line),
    may("include", Shape::Line),
    may("exclude", Shape::Line),
    may("examples", Shape::Lines),
    may("source", Shape::Line),
];

pub(super) static PICTURES: &[Key] = &[needs("picture", Shape::Named(PICTURE))];

pub(super) static PICTURE: &[Key] =
    &[needs("file", Shape::Line), needs("source", Shape::Line), needs("licence", Shape::Line), needs("about", Shape::Line)];
