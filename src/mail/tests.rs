//! What every message must be: the same in text and HTML, plain to read with any software, and closed to injection.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::kinds::Trial;
use super::render::letter;
use super::{ClosingSoon, ExportReady, HeldToday, Invitation, Kind, Letter, Receipt, Recipient, Safeguarding, UploadImported};

const SERVICE: &str = "https://consult.example.org";

fn somebody() -> Recipient {
    Recipient::new("somebody@example.org").unwrap()
}

fn render<K: Kind>(message: &K) -> Letter {
    letter(&somebody(), message, SERVICE).unwrap()
}

fn link() -> String {
    format!("{SERVICE}/somewhere?a=1&b=2")
}

/// One of every kind, with this wherever there is room for words.
fn every_kind(words: &str) -> Vec<Letter> {
    let words = || words.to_owned();
    let receipt = |easy| Receipt {
        easy,
        consultation: words(),
        reference: "SH-7KQ2".to_owned(),
        receipt_code: "ABCD-EFGH".to_owned(),
        withdraw: link(),
        decides: Some("9 March 2027".to_owned()),
        contact: "consult@example.org".to_owned(),
    };
    let invitation = |again| Invitation { name: words(), again, link: link(), until: "22 November 2026, 14:05".to_owned() };
    vec![
        render(&receipt(false)),
        render(&receipt(true)),
        render(&invitation(false)),
        render(&invitation(true)),
        render(&UploadImported {
            consultation: words(),
            file: words(),
            stored: 412,
            duplicate: 3,
            held: 2,
            refused: 1,
            link: link(),
        }),
        render(&HeldToday { consultation: words(), today: 1, waiting: 14, link: link() }),
        render(&Safeguarding { consultation: words(), reference: words(), link: link() }),
        render(&ExportReady { consultation: words(), export: "closed-tables".to_owned(), link: link() }),
        render(&ClosingSoon {
            consultation: words(),
            last_day: "19 December 2026".to_owned(),
            responses: 5612,
            held: 0,
            link: link(),
        }),
        render(&Trial {}),
    ]
}

/// The words of an HTML page's body, a link's address after its words, as the plain text has it.
fn words_of_html(html: &str) -> Vec<String> {
    let body = html.split_once("<main").unwrap().1;
    let mut text = String::new();
    let mut address = String::new();
    for part in body.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap();
        if let Some(rest) = tag.split_once("href=\"") {
            rest.1.split('"').next().unwrap().clone_into(&mut address);
        }
        if tag == "/a" {
            text.extend([" ", &address, " "]);
        }
        // An inline mark parts no words.
        let gap = if tag.ends_with("strong") { "" } else { " " };
        text.extend([gap, words]);
    }
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (escaped, plain)| text.replace(escaped, plain));
    words(&plain)
}

/// The words of the plain text, without the signs that stand for headings, lists and links.
fn words_of_text(text: &str) -> Vec<String> {
    words(&text.lines().filter(|line| *line != "--").map(|line| line.trim_start_matches("* ")).collect::<Vec<_>>().join("\n"))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| word.trim_end_matches(':').to_owned()).collect()
}

#[test]
fn text_and_html_say_the_same() {
    for letter in every_kind("Parking & \"Permits\" <north>") {
        assert_eq!(words_of_html(&letter.html), words_of_text(&letter.text), "{}", letter.subject);
    }
}

#[test]
fn every_page_of_html_names_its_language_and_title_has_one_heading_and_fetches_nothing() {
    for letter in every_kind("A plan") {
        let html = &letter.html;
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{html}");
        assert!(html.contains("<title>") && !html.contains("<title></title>"));
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        for banned in ["<img", "src=", "<script", "<link", "url(", "@import", "<table"] {
            assert!(!html.contains(banned), "{banned} in {html}");
        }
        assert!(!letter.text.contains("\n\n\n") && !letter.text.starts_with('\n'), "{}", letter.text);
    }
}

#[test]
fn what_is_put_in_cannot_become_markup_or_lines_of_its_own() {
    for letter in every_kind("<b>Fox</b>\r\nBcc: everybody@example.org\u{2028}Click here") {
        assert!(!letter.html.contains("<b>"), "{}", letter.html);
        for line in [letter.subject.lines(), letter.text.lines()].into_iter().flatten() {
            assert!(!line.starts_with("Bcc:") && !line.starts_with("Click here"), "{line}");
        }
    }
}

#[test]
fn a_receipt_holds_its_codes_and_says_what_becomes_of_the_address() {
    let [plain, easy, ..] = &every_kind("The plan")[..] else { panic!() };
    for letter in [plain, easy] {
        for part in ["The plan", "SH-7KQ2", "ABCD-EFGH", "9 March 2027", "consult@example.org", &link()] {
            assert!(letter.text.contains(part), "{part} in {}", letter.text);
        }
    }
    assert!(plain.text.contains("have not kept it") && easy.text.contains("We do not keep your e-mail address."));
}

fn headers_of(letter: &Letter) -> Vec<String> {
    let from = "Consultations <consult@example.org>".parse().unwrap();
    let made_at: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
    let message = letter.message(&from, Uuid::nil(), made_at).unwrap();
    let formatted = String::from_utf8(message.formatted()).unwrap();
    let (headers, _) = formatted.split_once("\r\n\r\n").unwrap();
    headers.split("\r\n").map(str::to_owned).collect()
}

/// The names of the headers, without the lines that go on from the one before.
fn names(headers: &[String]) -> Vec<&str> {
    let begins = headers.iter().filter(|line| !line.starts_with([' ', '\t']));
    begins.map(|line| line.split_once(": ").unwrap().0).collect()
}

const NAMES: [&str; 8] = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];

#[test]
fn a_message_has_its_jobs_id_and_date_and_says_that_no_person_sent_it() {
    let headers = headers_of(&render(&Trial {}));
    let mut found = names(&headers);
    found.sort_unstable();
    let mut expected = NAMES;
    expected.sort_unstable();
    assert_eq!(found, expected, "{headers:#?}");
    for line in [
        "Message-ID: <00000000-0000-0000-0000-000000000000@example.org>",
        "Date: Sat, 21 Nov 2026 12:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "From: Consultations <consult@example.org>",
        "To: somebody@example.org",
    ] {
        assert!(headers.iter().any(|header| header == line), "{line} in {headers:#?}");
    }
}

#[test]
fn addresses_that_no_message_could_reach_are_refused() {
    for wrong in [
        "",
        "somebody",
        "somebody@",
        "@example.org",
        "some body@example.org",
        "somebody@example",
        "somebody@example..org",
        "somebody@127.0.0.1",
        "somebody@[127.0.0.1]",
        "a@example.org,b@example.org",
        "somebody@example.org\r\nBcc: b@example.org",
        "Somebody <somebody@example.org>",
    ] {
        assert!(Recipient::new(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(Recipient::new(" somebody+tag@example.org ").unwrap().address(), "somebody+tag@example.org");
    assert_eq!(Recipient::new("somebody@bücher.example").unwrap().address(), "somebody@xn--bcher-kva.example");
}

proptest! {
    #[test]
    fn no_name_and_no_title_can_add_a_header(name in "(?s).{0,200}", title in "(?s).{0,400}") {
        let message = HeldToday { consultation: title, today: 3, waiting: 3, link: link() };
        let letter = letter(&somebody().named(&name), &message, SERVICE).unwrap();
        let headers = headers_of(&letter);
        let mut found = names(&headers);
        found.sort_unstable();
        let mut expected = NAMES;
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
        prop_assert!(headers.iter().all(|line| line.is_ascii() && line.len() < 998));
    }
}

#[test]
fn a_name_stands_before_the_address_whatever_is_in_it() {
    let message = render(&Trial {});
    let to = somebody().named("O'Neill, \"Zoë\" & Sons <x@example.org>\r\nBcc: y@example.org");
    let headers = headers_of(&Letter { to, ..message });
    let at = headers.iter().position(|line| line.starts_with("To: ")).unwrap();
    let after = headers[at + 1..].iter().take_while(|line| line.starts_with(' ')).count();
    let line = headers[at..=at + after].join("");
    assert!(line.ends_with("<somebody@example.org>"), "{line}");
    assert_eq!(line.matches("@example.org>").count(), 1, "{line}");
}
