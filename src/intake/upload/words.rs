//! Words as people type them: what counts as the same, and what is nearest to a mistyped one.

/// Words with everything taken off that people do not mean: case, spaces around and between, curly quotes, long dashes,
/// and the marks a heading may end with.
#[must_use]
pub fn plain(words: &str) -> String {
    // Codes, which most cells of most files hold, are plain already.
    if words.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return words.to_owned();
    }
    let upright = words.chars().map(|letter| match letter {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{feff}' | '\u{200b}' => ' ',
        other => other,
    });
    let lower = upright.collect::<String>().to_lowercase();
    let single = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    single.trim_end_matches(['?', ':', '.', '*', '!', ' ']).to_owned()
}

/// The known words nearest to mistyped ones, if any are near.
#[must_use]
pub fn nearest<'a>(words: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bare =
        |words: &str| plain(words).replace(|letter: char| !letter.is_alphanumeric() && letter != ' ', "").trim().to_owned();
    let typed = bare(words);
    let far = (typed.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&typed, &bare(candidate)), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean …?", or else what there is to choose from.
#[must_use]
pub fn did_you_mean<'a>(words: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(words, known.clone()) {
        Some(candidate) => format!("did you mean \u{201c}{candidate}\u{201d}?"),
        None => one_of(known),
    }
}

/// "one of …", up to a dozen.
#[must_use]
pub fn one_of<'a>(known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<String> = known.map(|words| format!("\u{201c}{words}\u{201d}")).collect();
    match known.len() {
        0 => "there is none to choose from".to_owned(),
        1..=12 => format!("use one of {}", known.join(", ")),
        _ => format!("use one of {}, \u{2026}", known[..12].join(", ")),
    }
}

/// The beginning of what somebody wrote, short enough for one line of a report.
#[must_use]
pub fn short(words: &str) -> String {
    let line: String = words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(60).collect();
    if words.chars().nth(60).is_some() { format!("{line}\u{2026}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_do_not_mean_makes_no_difference() {
        assert_eq!(plain("  I  don\u{2019}t know? "), plain("i don't know"));
        assert_eq!(plain("Strongly\u{a0}support"), "strongly support");
    }

    #[test]
    fn the_nearest_words_are_found_whatever_stands_around_them() {
        assert_eq!(nearest("Suport", ["Oppose", "Support"]), Some("Support"));
        assert_eq!(nearest("\u{1f44d} Support", ["Oppose", "Support"]), Some("Support"));
        assert_eq!(nearest("purple", ["Oppose", "Support"]), None);
    }
}
