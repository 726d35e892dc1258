//! Closed tables: the protected tables of a consultation, as a page shows them and as files hold them. Both are made from
//! [`ClosedTables`] alone, so a page and a file can never disagree.

use serde::Serialize;

use super::csv::TableFile;
use super::definition::Definition;
use super::{CAVEAT, CannotExport, FileColumn, Output, OutputFile, csvw, made_up, preset};
use crate::analysis::balance::BalanceLine;
use crate::analysis::dataset::Dataset;
use crate::analysis::tables::{Wanted, plan};
use crate::domain::answer::State;
use crate::domain::disclosure::{Protected, Shown, ShownTable, protect};
use crate::domain::lateness;
use crate::domain::tabulate::{Reading, five_points_apart};

/// The tables of a consultation, protected, with what must be said beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosedTables {
    /// The consultation's code.
    pub consultation: String,
    /// What the tables are called.
    pub title: String,
    /// The moment, in RFC 3339.
    pub as_of: String,
    /// What was received, included and excluded.
    pub balance: Vec<BalanceLine>,
    /// The tables and the audit.
    #[serde(flatten)]
    pub protected: Protected,
    /// For each question that both editions ask on a scale: standard, easy read, then both together.
    pub combined: Vec<Combined>,
    /// Said beside every table.
    pub caveat: String,
    /// How the tables are to be read.
    pub notes: Vec<String>,
    /// What a person should look at before handing them on.
    pub warnings: Vec<String>,
}

/// One question in both editions, on the classes both fall into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Combined {
    /// The field's key.
    pub question: String,
    /// Standard and easy read; each on its own base.
    pub editions: ShownTable,
    /// Both together.
    pub both: ShownTable,
    /// The classes whose share is five points or more apart with and without easy read.
    pub apart: Vec<String>,
}

/// The tables of a definition as a page shows them.
pub fn tables_for_page(definition: &Definition, dataset: &Dataset) -> Result<ClosedTables, CannotExport> {
    let preset = preset(definition, dataset)?;
    let wanted = Wanted { questions: definition.questions.clone(), breakdowns: definition.breakdowns.clone() };
    let (run, missing) = plan(dataset, &wanted);
    let protected = protect(&run, preset);
    let warnings = protected.tables.iter().flat_map(alike).chain(made_up(dataset)).collect();
    Ok(ClosedTables {
        consultation: dataset.consultation.code.clone(),
        title: definition.title.clone(),
        as_of: dataset.as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        balance: dataset.balance.clone(),
        combined: combined(&protected.tables),
        notes: [notes(&protected, &missing), lateness::rules(&dataset.consultation, dataset.as_of)].concat(),
        protected,
        caveat: CAVEAT.to_owned(),
        warnings,
    })
}

/// The files of a definition of closed tables.
pub(super) fn files(definition: &Definition, dataset: &Dataset) -> Result<Output, CannotExport> {
    let tables = tables_for_page(definition, dataset)?;
    let notes = [std::slice::from_ref(&tables.caveat), tables.notes.as_slice()].concat();
    let mut files = Vec::new();
    for table in [counts(&tables), states(&tables), together(&tables), balance(&tables)] {
        files.push(table.file());
        files.push(csvw::beside(&table, definition, &notes));
    }
    files.push(read_me(&tables, definition));
    let Protected { published, audit, .. } = tables.protected;
    Ok(Output { files, published, audit: Some(audit), warnings: tables.warnings })
}

/// Groups whose every answer is the same: that says something about each of them (rule R45).
fn alike(table: &ShownTable) -> Vec<String> {
    if !(table.breakdown.personal || table.subject.equality) || table.breakdown.is_whole() || table.subject.many {
        return Vec::new();
    }
    let same = |base: Shown, count: Shown| base == count && matches!(base, Shown::Count(n) if n > 0);
    let found = table.groups.iter().filter(|group| group.cells.iter().any(|cell| same(group.base, cell.count)));
    found
        .map(|group| {
            let (question, by, of) = (&table.subject.question, &table.breakdown.code, &group.group.code);
            format!("Everyone in {by} = {of} gave the same answer to {question}; think before you publish it.")
        })
        .collect()
}

fn combined(tables: &[ShownTable]) -> Vec<Combined> {
    let classes = || tables.iter().filter(|table| table.subject.reading == Reading::Classes);
    let pairs = classes().filter(|table| table.breakdown.is_whole()).filter_map(|both| {
        let question = &both.subject.question;
        let editions = classes().find(|table| table.subject.question == *question && table.breakdown.code == "edition")?;
        Some((question.clone(), editions.clone(), both.clone()))
    });
    pairs.map(|(question, editions, both)| Combined { apart: apart(&editions, &both), question, editions, both }).collect()
}

/// The classes whose share among all differs by five points or more from that among readers of the standard edition.
fn apart(editions: &ShownTable, both: &ShownTable) -> Vec<String> {
    let (Some(standard), Some(all)) = (editions.groups.first(), both.groups.first()) else { return Vec::new() };
    let columns = both.subject.columns.iter().zip(standard.cells.iter().zip(&all.cells));
    let share = |count: Shown, base: Shown| match (count, base) {
        (Shown::Count(count), Shown::Count(base)) => Some((count, base)),
        _ => None,
    };
    let far = columns.filter(|(column, (one, two))| {
        let (one, two) = (share(one.count, standard.base), share(two.count, all.base));
        column.in_base && one.zip(two).is_some_and(|(one, two)| five_points_apart(one, two))
    });
    far.map(|(column, _)| column.code.clone()).collect()
}

fn notes(protected: &Protected, missing: &[String]) -> Vec<String> {
    let mut notes = vec![
        "Percentages are of those who answered the question (the base), worked out from exact counts and rounded half up. They may not sum to 100 because of rounding.".to_owned(),
        "Where people could choose several answers, percentages may sum to more than 100.".to_owned(),
        "Prefer not to say, blank, not asked, illegible and spoiled are counted apart and are in no base.".to_owned(),
        "Don't know is in the base of a question as it was asked. In combined tables it stands apart, outside the base.".to_owned(),
        "[c] hidden so that nobody can be recognised; [low] above 0 and under 0.5 per cent; 0 nobody; [z] does not apply, such as not asked in this edition; [x] not available, such as a percentage of nobody.".to_owned(),
        format!("Disclosure rules: {}. {}", protected.preset.code(), protected.preset.words()),
        "Where a group is hidden, another may be hidden as well, so that the first cannot be worked out. An audit looked for a second solution for every hidden number.".to_owned(),
        "Reading `as_asked` has the choices as they were asked. Reading `classes` has the classes into which both editions fall.".to_owned(),
        "Easy-read answers used a shorter scale. We grouped the longer scale to match. Wording differed as the form shows. Standard, easy read and both together each have their own base.".to_owned(),
        "Area groups are made from the council area people chose, for reporting only.".to_owned(),
        "Cells are written as they are. Open them as text: a spreadsheet may take a cell that begins with = + - or @ for a formula.".to_owned(),
    ];
    if protected.audit.withheld > 0 {
        notes.push("Nothing is shown but what is always published: fewer than ten people responded, or too few for any table to be shown without giving some of them away.".to_owned());
    }
    if !missing.is_empty() {
        notes.push(format!(
            "This form has no question for these breakdowns, so there is no table by them: {}.",
            missing.join(", ")
        ));
    }
    notes
}

fn within(table: &ShownTable) -> String {
    table.within.map_or("both", |edition| edition.code()).to_owned()
}

fn counts(tables: &ClosedTables) -> TableFile {
    let text = FileColumn::text;
    let columns = vec![
        text("question", "Question"),
        text("question_label", "Question in words"),
        text("reading", "How the choices are read"),
        text("editions", "Editions in the table"),
        text("breakdown", "Breakdown"),
        text("group", "Group"),
        text("group_label", "Group in words"),
        text("choice", "Choice"),
        text("choice_label", "Choice in words"),
        text("in_base", "Whether the choice is in the base"),
        FileColumn::number("count", "How many chose it"),
        FileColumn::number("per_cent", "Per cent of the base"),
        FileColumn::number("base", "Base: how many answered"),
    ];
    let mut rows = Vec::new();
    for table in &tables.protected.tables {
        let subject = &table.subject;
        for group in &table.groups {
            for (column, cell) in subject.columns.iter().zip(&group.cells) {
                rows.push(vec![
                    subject.question.clone(),
                    subject.label.clone(),
                    subject.reading.code().to_owned(),
                    within(table),
                    table.breakdown.code.clone(),
                    group.group.code.clone(),
                    group.group.label.clone(),
                    column.code.clone(),
                    column.label.clone(),
                    if column.in_base { "yes" } else { "no" }.to_owned(),
                    cell.count.to_string(),
                    cell.per_cent.to_string(),
                    group.base.to_string(),
                ]);
            }
        }
    }
    let about = "One row for each choice of each closed question in each group.".to_owned();
    let key = vec!["question", "reading", "editions", "breakdown", "group", "choice"];
    TableFile { name: "closed-tables.csv", about, columns, key, rows }
}

fn states(tables: &ClosedTables) -> TableFile {
    let mut columns = vec![
        FileColumn::text("question", "Question"),
        FileColumn::text("editions", "Editions in the table"),
        FileColumn::text("breakdown", "Breakdown"),
        FileColumn::text("group", "Group"),
        FileColumn::number("responses", "Responses in the group"),
    ];
    let titles = ["Answered", "Preferred not to say", "Left blank", "Not asked", "Illegible", "Spoiled"];
    columns.extend(State::ALL.iter().zip(titles).map(|(state, title)| FileColumn::number(state.code(), title)));
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for table in &tables.protected.tables {
        for group in &table.groups {
            let mut row =
                vec![table.subject.question.clone(), within(table), table.breakdown.code.clone(), group.group.code.clone()];
            if seen.insert(row.clone()) {
                row.extend([&group.responses].into_iter().chain(&group.states).map(ToString::to_string));
                rows.push(row);
            }
        }
    }
    let about = "How many answered each closed question in each group, and how many did not, by why.".to_owned();
    TableFile { name: "states.csv", about, columns, key: vec!["question", "editions", "breakdown", "group"], rows }
}

fn together(tables: &ClosedTables) -> TableFile {
    let columns = vec![
        FileColumn::text("question", "Question"),
        FileColumn::text("question_label", "Question in words"),
        FileColumn::text("part", "Standard, easy read or both together"),
        FileColumn::text("class", "Class"),
        FileColumn::text("class_label", "Class in words"),
        FileColumn::text("in_base", "Whether the class is in the base"),
        FileColumn::number("count", "How many"),
        FileColumn::number("per_cent", "Per cent of the base"),
        FileColumn::number("base", "Base: how many answered with one of the classes"),
        FileColumn::text("five_points_apart", "Whether with and without easy read differ by five points or more"),
    ];
    let mut rows = Vec::new();
    for pair in &tables.combined {
        let parts = pair.editions.groups.iter().map(|group| (group.group.code.as_str(), group));
        for (part, group) in parts.chain(pair.both.groups.iter().map(|group| ("both", group))) {
            for (column, cell) in pair.both.subject.columns.iter().zip(&group.cells) {
                rows.push(vec![
                    pair.question.clone(),
                    pair.both.subject.label.clone(),
                    part.to_owned(),
                    column.code.clone(),
                    column.label.clone(),
                    if column.in_base { "yes" } else { "no" }.to_owned(),
                    cell.count.to_string(),
                    cell.per_cent.to_string(),
                    group.base.to_string(),
                    if pair.apart.contains(&column.code) { "yes" } else { "no" }.to_owned(),
                ]);
            }
        }
    }
    let about = "Standard, easy read, then both together, on the classes both fall into, each on its own base.".to_owned();
    TableFile { name: "combined.csv", about, columns, key: vec!["question", "part", "class"], rows }
}

fn balance(tables: &ClosedTables) -> TableFile {
    let columns = vec![
        FileColumn::text("by", "What the line is of"),
        FileColumn::text("group", "Which one"),
        FileColumn::text("measure", "Received, included or excluded"),
        FileColumn::text("reason", "Why it is excluded"),
        FileColumn::number("responses", "How many"),
    ];
    let mut rows = Vec::new();
    for line in &tables.balance {
        let row = |measure: &str, reason: &str, n: u64| {
            vec![line.by.clone(), line.group.clone(), measure.to_owned(), reason.to_owned(), n.to_string()]
        };
        rows.push(row("received", "none", line.received));
        rows.push(row("included", "none", line.included));
        rows.extend(line.excluded.iter().map(|(reason, n)| row("excluded", reason, *n)));
    }
    let about = "What was received is what is included and what is excluded, by reason.".to_owned();
    TableFile { name: "balance.csv", about, columns, key: vec!["by", "group", "measure", "reason"], rows }
}

fn read_me(tables: &ClosedTables, definition: &Definition) -> OutputFile {
    let mut lines = vec![
        format!("{}: {}", tables.consultation, tables.title),
        format!("As of {}", tables.as_of),
        String::new(),
        definition.about.clone(),
        String::new(),
        tables.caveat.clone(),
        String::new(),
    ];
    lines.extend(tables.notes.iter().map(|note| format!("* {note}")));
    lines.extend(tables.warnings.iter().map(|warning| format!("! {warning}")));
    lines.extend([String::new(), definition.rights.clone()]);
    let hidden = &tables.protected.audit;
    lines.push(format!(
        "Hidden numbers: {}, of which {} only to protect others; {} follow from totals that are always published.",
        hidden.hidden,
        hidden.added,
        hidden.implied.len()
    ));
    OutputFile {
        name: "notes.txt".to_owned(),
        bytes: (lines.join("\r\n") + "\r\n").into_bytes(),
        about: "How the tables are to be read, and the rules that were used.".to_owned(),
        media_type: "text/plain; charset=utf-8",
        rows: None,
    }
}
