//! Cells to raw answers: what may stand in a cell of each kind of question, and what to do when something else does.

use chrono::{NaiveDate, NaiveTime};
use serde_json::Value as Raw;

use super::cells::{CELL_TEXT, Cell};
use super::choices::{Choices, Wrong};
use super::mapping::{DateOrder, Meant, NO_ANSWER};
use super::words::{plain, short};
use crate::domain::check::browser_length;
use crate::domain::question::{Field, Takes};
use crate::domain::wording::Edition;

/// Written in a cell when something is there that nobody can read.
pub const ILLEGIBLE: &str = "[illegible]";

/// Written in a cell, with what was ticked after it, when it cannot count.
pub const SPOILED: &str = "[spoiled]";

/// The longest thing, in bytes, that may be said to stand for a choice.
const LONGEST_CHOICE: usize = 200;

/// What a cell says about its question.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// Nothing.
    Blank,
    /// An answer.
    Value(Raw),
    /// Nobody can read it.
    Illegible,
    /// It cannot count; what was ticked.
    Spoiled(Option<Raw>),
}

/// What is needed to read the cells of one line.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The choices of the line's form version.
    pub choices: &'a Choices,
    /// The edition the line says was read.
    pub edition: Edition,
    /// How days are written.
    pub dates: Option<DateOrder>,
    /// What a person said that unknown words stand for.
    pub meant: &'a Meant,
}

impl<'a> Reading<'a> {
    /// What a cell says in this field; `separator` separates several choices, when it was declared.
    pub fn field(&self, field: &Field, cell: &Cell, separator: Option<&str>) -> Result<Given, Wrong> {
        let Some(text) = words(cell)? else {
            return match (cell, &field.takes) {
                (Cell::Moment(_), Takes::Date) => Ok(Given::Value(Raw::String(self.day(cell)?.to_string()))),
                (Cell::Moment(_), _) => Err(date_in_words(cell)),
                _ => Ok(Given::Blank),
            };
        };
        if text.trim().eq_ignore_ascii_case(ILLEGIBLE) {
            return Ok(Given::Illegible);
        }
        if let Some(ticked) = text.trim().strip_prefix(SPOILED).filter(|_| !matches!(field.takes, Takes::Text(_))) {
            return Ok(Given::Spoiled(self.spoiled(field, ticked, separator)));
        }
        Ok(Given::Value(match &field.takes {
            Takes::One(_) => match self.code(field, &text)? {
                Some(code) => Raw::String(code),
                None => return Ok(Given::Blank),
            },
            Takes::Many(_) => Raw::Array(self.several(field, &text, separator)?.into_iter().map(Raw::String).collect()),
            Takes::Text(_) => Raw::String(text),
            Takes::Number(..) => number(&text)?,
            Takes::Date => Raw::String(self.day(cell)?.to_string()),
        }))
    }

    /// The code that something written stands for, by what a person said of it or by the form's own words; none when it
    /// stands for no answer.
    fn meaning(&self, key: &str, written: &str) -> Result<Option<&'a str>, Wrong> {
        match self.meant.get(key).and_then(|words| words.get(written)).map(String::as_str) {
            Some(NO_ANSWER) => Ok(None),
            Some(code) => self.choices.code(key, self.edition, code).map(Some),
            None => self.choices.code(key, self.edition, written).map(Some),
        }
    }

    /// Whether a person said what something written stands for.
    fn is_meant(&self, key: &str, written: &str) -> bool {
        self.meant.get(key).is_some_and(|words| words.contains_key(written))
    }

    /// What is written in a cell that is no choice of the field, each with the code of the nearest one.
    pub fn unknown(&self, field: &Field, cell: &Cell, separator: Option<&str>) -> Vec<(String, Option<String>)> {
        let Ok(Some(text)) = words(cell) else { return Vec::new() };
        let parts: Vec<&str> = match (&field.takes, separator) {
            (Takes::Many(_), Some(separator)) => text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
            (Takes::One(_) | Takes::Many(_), _) => vec![text.trim()],
            _ => Vec::new(),
        };
        let is_unknown = |part: &&str| {
            self.meaning(&field.key, part).is_err_and(|(code, _, _)| matches!(code, "unknown_choice" | "ambiguous_choice"))
        };
        // What is longer is no choice that was mistyped, but words in the wrong column.
        let short = parts.into_iter().filter(|part| part.len() <= LONGEST_CHOICE).filter(is_unknown);
        short.map(|part| (part.to_owned(), self.choices.nearest(&field.key, self.edition, part).map(str::to_owned))).collect()
    }

    fn code(&self, field: &Field, text: &str) -> Result<Option<String>, Wrong> {
        self.meaning(&field.key, text.trim()).map(|code| code.map(str::to_owned)).map_err(|(code, message, cure)| {
            let several = text.contains([';', ',', '|', '\n']) && code == "unknown_choice";
            let parts = || text.split([';', ',', '|', '\n']).map(str::trim).filter(|part| !part.is_empty());
            if several && parts().count() > 1 && parts().all(|part| self.choices.known(&field.key, self.edition, part).is_some())
            {
                let cure = format!("keep the one that was meant; when two were ticked on paper, write {SPOILED} before them");
                return (
                    "one_choice_only",
                    format!("\u{201c}{}\u{201d} are several choices where one is taken", short(text)),
                    cure,
                );
            }
            (code, message, cure)
        })
    }

    fn several(&self, field: &Field, text: &str, separator: Option<&str>) -> Result<Vec<String>, Wrong> {
        let code = |part: &str| self.meaning(&field.key, part);
        let is_known =
            |part: &str| self.is_meant(&field.key, part) || self.choices.known(&field.key, self.edition, part).is_some();
        // A label may hold the separator itself.
        if is_known(text.trim()) {
            return code(text.trim()).map(|only| only.into_iter().map(str::to_owned).collect());
        }
        let Some(separator) = separator else {
            let undeclared = [";", ",", "|", "\n"].into_iter().find(|separator| {
                let mut parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty()).peekable();
                text.contains(*separator) && parts.peek().is_some() && parts.all(is_known)
            });
            return match undeclared {
                Some(found) => Err((
                    "undeclared_separator",
                    format!("\u{201c}{}\u{201d} holds several choices", short(text)),
                    format!(
                        "declare what separates them: choices = {found:?} in the mapping, or end the heading with [{}]",
                        found.escape_debug()
                    ),
                )),
                None => code(text.trim()).map(|only| only.into_iter().map(str::to_owned).collect()),
            };
        };
        let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
        parts.filter_map(|part| code(part).transpose()).map(|code| code.map(str::to_owned)).collect()
    }

    /// What was ticked where it cannot count: codes where they are known, else as it is written.
    fn spoiled(&self, field: &Field, ticked: &str, separator: Option<&str>) -> Option<Raw> {
        let parts = ticked.split(separator.unwrap_or(";")).map(str::trim).filter(|part| !part.is_empty());
        let mut codes: Vec<Raw> = match field.takes {
            Takes::One(_) | Takes::Many(_) => parts
                .map(|part| self.choices.code(&field.key, self.edition, part).unwrap_or(part).to_owned())
                .map(Raw::String)
                .collect(),
            _ => return (!ticked.trim().is_empty()).then(|| Raw::String(ticked.trim().to_owned())),
        };
        match (codes.len(), &field.takes) {
            (0, _) => None,
            (1, Takes::One(_)) => codes.pop(),
            _ => Some(Raw::Array(codes)),
        }
    }

    /// Whether a column of its own says that one choice was ticked.
    pub fn ticked(&self, key: &str, code: &str, cell: &Cell) -> Result<bool, Wrong> {
        let Some(text) = words(cell)? else {
            return if matches!(cell, Cell::Moment(_)) { Err(date_in_words(cell)) } else { Ok(false) };
        };
        match plain(&text).as_str() {
            "x" | "1" | "yes" | "y" | "true" | "ticked" | "\u{2713}" | "\u{2714}" | "\u{2611}" => Ok(true),
            "0" | "no" | "n" | "false" | "-" | "\u{2610}" => Ok(false),
            _ if self.choices.is(key, code, &text) => Ok(true),
            _ => Err((
                "not_a_tick",
                format!("\u{201c}{}\u{201d} says neither that the choice was ticked nor that it was not", short(&text)),
                "write x for a tick and leave the cell blank otherwise".to_owned(),
            )),
        }
    }

    /// The day a cell holds.
    pub fn day(&self, cell: &Cell) -> Result<NaiveDate, Wrong> {
        if let Cell::Moment(moment) = cell {
            return Ok(moment.date());
        }
        let text = words(cell)?.unwrap_or_default();
        written_day(text.trim(), self.dates)
    }
}

/// The words in a cell that holds words or something as good; none in a blank one and in a date.
pub fn words(cell: &Cell) -> Result<Option<String>, Wrong> {
    match cell {
        Cell::Empty | Cell::Moment(_) => Ok(None),
        Cell::Formula(formula) => Err((
            "formula",
            format!("the cell holds the formula {}, whose value may change", short(formula)),
            "copy the column and paste it back as values only".to_owned(),
        )),
        Cell::Fault(fault) => {
            Err(("error_value", format!("the cell shows {fault}"), "mend the formula it came from, or clear the cell".to_owned()))
        }
        Cell::Number(_) | Cell::Flag(_) => Ok(Some(cell.shown())),
        Cell::Text(text) => typed(text),
    }
}

fn typed(text: &str) -> Result<Option<String>, Wrong> {
    if text.contains('\0') {
        let cure = "delete the character; it shows as nothing, or as a box, and often comes from a scanned text".to_owned();
        return Err(("unreadable_character", "the cell holds a NUL character, which cannot be kept".to_owned(), cure));
    }
    let length = browser_length(text);
    if length > CELL_TEXT {
        let message = format!("the cell holds {length} characters, more than the {CELL_TEXT} a spreadsheet takes");
        return Err((
            "cell_too_long",
            message,
            "shorten it, or take it in as a letter; an unclosed quote also makes a cell swallow others".to_owned(),
        ));
    }
    if is_formula(text) {
        let cure = "replace it by the words it shows; if a person really wrote it, put an apostrophe before it".to_owned();
        return Err(("formula", format!("{} would run as a formula", short(text)), cure));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(unguarded(text).to_owned()))
}

/// `=NAME(…`, as spreadsheets begin what they calculate. A line that merely begins with `=` or `-` is somebody's words.
fn is_formula(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix('=') else { return false };
    let name =
        rest.trim_start().trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | ':'));
    name.len() < rest.trim_start().len() && (name.starts_with('(') || name.starts_with('!') || name.trim().is_empty())
}

/// Words without the apostrophe that kept a spreadsheet from taking them for a formula (rule R63). [`guarded`] puts it on.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_active(rest) => rest,
        _ => text,
    }
}

/// Words with an apostrophe before them when a spreadsheet could take them for a formula.
#[must_use]
pub fn guarded(text: &str) -> String {
    if looks_active(text) { format!("'{text}") } else { text.to_owned() }
}

fn looks_active(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@'])
}

fn date_in_words(cell: &Cell) -> Wrong {
    (
        "date_in_text",
        format!("the cell is a real date ({}) where words or a choice belong", cell.shown()),
        "the spreadsheet made it a date as it was typed: format the column as text and type it again".to_owned(),
    )
}

fn number(text: &str) -> Result<Raw, Wrong> {
    let number = text.trim().parse::<i64>();
    number.map(Raw::from).map_err(|_not_whole| {
        let message = format!("\u{201c}{}\u{201d} is no whole number", short(text));
        ("not_a_number", message, "write digits only, without commas, units or a range".to_owned())
    })
}

/// A day as people write it, never guessed: the year first, or in the order that was declared, with four digits.
fn written_day(text: &str, order: Option<DateOrder>) -> Result<NaiveDate, Wrong> {
    let day_only = text
        .split_once('T')
        .or_else(|| text.split_once(' '))
        .map_or(text, |(day, time)| if time.trim_end_matches('Z').parse::<NaiveTime>().is_ok() { day } else { text });
    if let Ok(day) = day_only.parse::<NaiveDate>() {
        return Ok(day);
    }
    let parts: Vec<&str> = day_only.split(['/', '-', '.', ' ']).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let (Some(numbers), 3) = (numbers, parts.len()) else { return Err(no_day(text)) };
    let year = |at: usize| parts[at].len() == 4;
    match order {
        // A hyphened year first was read above, unless there is no such day.
        None if year(0) && day_only.contains('-') => Err(no_day(text)),
        None if year(0) || year(2) || parts.iter().all(|part| part.len() <= 2) => Err((
            "undeclared_date",
            format!("\u{201c}{}\u{201d} can be read in more than one way", short(text)),
            "declare the order in the mapping: dates = \"day-month-year\" or \"year-month-day\"; or use real date cells, or write 2022-11-30".to_owned(),
        )),
        Some(DateOrder::DayMonthYear) if year(2) => whole(numbers[2], numbers[1], numbers[0], text),
        Some(DateOrder::YearMonthDay) if year(0) => whole(numbers[0], numbers[1], numbers[2], text),
        Some(_) if parts.iter().all(|part| part.len() <= 2) => Err((
            "short_year",
            format!("\u{201c}{}\u{201d} has a year of two digits", short(text)),
            "write the year with four digits".to_owned(),
        )),
        _ => Err(no_day(text)),
    }
}

fn whole(year: u32, month: u32, day: u32, text: &str) -> Result<NaiveDate, Wrong> {
    i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day)).ok_or_else(|| no_day(text))
}

fn no_day(text: &str) -> Wrong {
    (
        "not_a_date",
        format!("\u{201c}{}\u{201d} is no day", short(text)),
        "write a real day, such as 2022-11-30, or use a date cell".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_never_guessed() {
        let read = |text: &str, order| written_day(text, order).map_err(|(code, _, _)| code);
        let day = |text: &str| Ok(text.parse::<NaiveDate>().unwrap());
        assert_eq!(read("2022-04-03", None), day("2022-04-03"));
        assert_eq!(read("2022-04-03 14:05:00", None), day("2022-04-03"));
        assert_eq!(read("03/04/2022", None), Err("undeclared_date"));
        assert_eq!(read("03/04/22", None), Err("undeclared_date"));
        assert_eq!(read("03/04/2022", Some(DateOrder::DayMonthYear)), day("2022-04-03"));
        assert_eq!(read("3.4.2022", Some(DateOrder::DayMonthYear)), day("2022-04-03"));
        assert_eq!(read("03/04/22", Some(DateOrder::DayMonthYear)), Err("short_year"));
        assert_eq!(read("2022/04/03", Some(DateOrder::YearMonthDay)), day("2022-04-03"));
        assert_eq!(read("13/13/2022", Some(DateOrder::DayMonthYear)), Err("not_a_date"));
        assert_eq!(read("last week", None), Err("not_a_date"));
    }

    #[test]
    fn what_would_run_as_a_formula_is_told_from_what_somebody_wrote() {
        for formula in ["=HYPERLINK(\"http://example.org\",\"x\")", " =SUM(A1:A9)", "=A1", "=Sheet2!A1"] {
            assert!(is_formula(formula), "{formula}");
        }
        for words in ["= good, + bad", "- too far", "=) nice", "a = b", "=== see below ==="] {
            assert!(!is_formula(words), "{words}");
        }
    }

    #[test]
    fn the_apostrophe_that_guards_words_is_taken_off_again() {
        for words in ["-5 is too cold", "'=x", "''+", "=SUM(A1)", "plain", "'quoted'", ""] {
            assert_eq!(unguarded(&guarded(words)), words);
        }
    }
}
