//! Prose: the two marks an author may use, `**bold**` and `[words](address)`, as HTML.

use std::fmt::Write as _;

use minijinja::HtmlEscape;

/// Text with its marks turned into HTML and everything else escaped.
#[must_use]
pub fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['*', '[']) {
        let (before, marked) = rest.split_at(at);
        escape_into(&mut html, before);
        rest = bold(&mut html, marked).or_else(|| link(&mut html, marked)).unwrap_or_else(|| {
            html.push_str(&marked[..1]);
            &marked[1..]
        });
    }
    escape_into(&mut html, rest);
    html
}

/// Escape text for HTML, as the templates do.
pub fn escape_into(html: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = write!(html, "{}", HtmlEscape(text));
}

/// Text escaped for HTML, as the templates do.
#[must_use]
pub fn escaped(text: &str) -> String {
    HtmlEscape(text).to_string()
}

fn bold<'a>(html: &mut String, marked: &'a str) -> Option<&'a str> {
    let (words, rest) = marked.strip_prefix("**")?.split_once("**").filter(|(words, _)| !words.is_empty())?;
    html.push_str("<strong>");
    html.push_str(&inline(words));
    html.push_str("</strong>");
    Some(rest)
}

fn link<'a>(html: &mut String, marked: &'a str) -> Option<&'a str> {
    let (words, rest) = marked.strip_prefix('[')?.split_once("](")?;
    let (address, rest) = rest.split_once(')')?;
    if words.is_empty() || words.contains('[') || !leads_somewhere_safe(address) {
        return None;
    }
    let _ = write!(html, "<a href=\"{}\">{}</a>", HtmlEscape(address), HtmlEscape(words));
    Some(rest)
}

fn leads_somewhere_safe(address: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:", "/", "#"].iter().any(|start| address.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_and_links_are_the_only_marks() {
        assert_eq!(
            inline("A **hard word** and [a page](/privacy). 2 * 3 < 7"),
            "A <strong>hard word</strong> and <a href=\"&#x2f;privacy\">a page</a>. 2 * 3 &lt; 7"
        );
    }

    #[test]
    fn a_link_that_would_run_a_script_stays_text() {
        assert_eq!(inline("[x](javascript:alert(1))"), "[x](javascript:alert(1))");
    }

    #[test]
    fn unclosed_marks_stay_text() {
        assert_eq!(inline("**never closed [nor this"), "**never closed [nor this");
    }
}
