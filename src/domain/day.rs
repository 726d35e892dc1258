//! Days as British people write them.

use chrono::NaiveDate;

/// How a day is typed, for the hint of a field.
pub const HINT: &str = "Day, month, year, such as 14/12/2022";

/// A day as somebody typed it: `14/12/2022`, with any separators, or `2022-12-14`; nothing when it is none.
#[must_use]
pub fn typed(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        _ => None,
    }
}

/// A day in words: `14 December 2022`.
#[must_use]
pub fn in_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A day as somebody would type it, `14/12/2022`, to fill a field with.
#[must_use]
pub fn as_typed(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_british_people_write_them() {
        for text in ["14/12/2022", "14.12.2022", "14 12 2022", "2022-12-14", " 14-12-2022 "] {
            assert_eq!(typed(text).unwrap().to_string(), "2022-12-14", "{text}");
        }
        for text in ["12/14/2022", "14/12/22", "14 December 2022", "", "31/02/2022"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    #[test]
    fn what_fills_a_field_is_read_as_the_same_day() {
        let day = typed("03/04/2023").unwrap();
        assert_eq!(as_typed(day), "03/04/2023");
        assert_eq!(typed(&as_typed(day)), Some(day));
    }
}
