//! What must hold of proposals for redaction. Every number and name here is made up; numbers that would be real are of ranges
//! kept for drama and tests where there are such.

use proptest::prelude::*;

use super::*;

/// What was found of this kind, as it is written.
fn found(kind: Kind, text: &str) -> Vec<String> {
    let of_kind = |span: &Span| text.chars().skip(span.start).take(span.end - span.start).collect();
    propose(text).iter().filter(|span| span.kind == kind).map(of_kind).collect()
}

#[test]
fn what_is_about_nobody_is_left_alone() {
    assert!(propose("Nothing personal here.").is_empty());
}

#[test]
fn an_nhs_number_needs_its_check_digit() {
    assert_eq!(found(Kind::NhsNumber, "It is 943 476 5919, or 9434765919."), ["943 476 5919", "9434765919"]);
    assert!(propose("My reference 9434765918 was lost.").is_empty());
    assert!(propose("Order 1029384757, page 12 of 340.").is_empty());
}

#[test]
fn a_national_insurance_number_needs_a_prefix_in_use_or_a_word_that_says_so() {
    assert_eq!(found(Kind::NationalInsurance, "AB 12 34 56 C and ab123456d"), ["AB 12 34 56 C", "ab123456d"]);
    assert_eq!(found(Kind::NationalInsurance, "My NI number is QQ123456C."), ["QQ123456C"]);
    assert!(propose("See policy QQ123456C.").is_empty());
}

#[test]
fn a_postcode_is_found_in_any_spelling_and_only_in_an_area_that_exists() {
    assert_eq!(found(Kind::Postcode, "SS2 6ER, ss26er or W1A 1AA"), ["SS2 6ER", "ss26er", "W1A 1AA"]);
    assert!(propose("Room QX1 2AB on the 5 2nd floor").is_empty());
}

#[test]
fn a_phone_of_a_person_is_found_and_a_freephone_or_reference_is_not() {
    for number in ["07700 900123", "+44 7700 900123", "(01632) 960123", "020 7946 0018", "07700900123"] {
        assert_eq!(found(Kind::Phone, &format!("Ring {number} after six.")), [number], "{number}");
    }
    for text in [
        "Call 0800 123 4567.",
        "Ring 0300 123 1234 or 111.",
        "Planning ref 23/01245/FULH",
        "ticket 07700900123",
        "in 2019 2020 2021",
    ] {
        assert!(found(Kind::Phone, text).is_empty(), "{text}");
    }
}

#[test]
fn an_e_mail_address_is_found_spelled_out_too() {
    assert_eq!(found(Kind::Email, "Write to jo.bloggs+x@example.org."), ["jo.bloggs+x@example.org"]);
    assert_eq!(found(Kind::Email, "jo at example dot org"), ["jo at example dot org"]);
}

#[test]
fn a_date_is_personal_only_where_somebody_was_born() {
    assert_eq!(found(Kind::DateOfBirth, "I was born on 12 March 1964. D.O.B. 1/2/03"), ["12 March 1964", "1/2/03"]);
    assert_eq!(found(Kind::DateOfBirth, "01.02.1955 is my date of birth"), ["01.02.1955"]);
    assert!(propose("The meeting on 12 March 2024 was cancelled.").is_empty());
}

#[test]
fn a_card_passes_luhn() {
    assert_eq!(found(Kind::Card, "Paid with 4111 1111 1111 1111."), ["4111 1111 1111 1111"]);
    assert!(found(Kind::Card, "Paid with 4111 1111 1111 1112.").is_empty());
}

#[test]
fn an_address_takes_its_town_and_postcode_with_it() {
    assert_eq!(
        found(Kind::Address, "I live at Flat 3, 12 Elm Road, Leigh-on-Sea, SS9 1AA."),
        ["Flat 3, 12 Elm Road, Leigh-on-Sea, SS9 1AA"]
    );
    assert_eq!(found(Kind::Address, "we moved to 4 station road last year"), ["4 station road"]);
    for text in ["It takes 20 minutes drive.", "A 2 way street", "The 50 bus lane is blocked.", "Table 4 and the right way"] {
        assert!(found(Kind::Address, text).is_empty(), "{text}");
    }
}

#[test]
fn names_are_told_by_what_stands_around_them() {
    for (text, name) in [
        ("My son Kacper has waited two years.", "Kacper"),
        ("Thanks to Adaeze on the ward.", "Adaeze"),
        ("Mrs Smith-Jones from next door.", "Mrs Smith-Jones"),
        ("dr okonkwo listened", "dr okonkwo"),
        ("I spoke to Sharon Green about it.", "Sharon Green"),
        ("My name is Grace and I agree.", "Grace"),
        ("Our teacher, May, was kind.", "May"),
        ("sharon was lovely", "sharon"),
        ("Kind regards\nAngharad Pryce", "Angharad Pryce"),
        ("Liam’s school does nothing.", "Liam"),
        ("It was seen by J. Nowak twice.", "J. Nowak"),
    ] {
        assert_eq!(found(Kind::Name, text), [name], "{text}");
    }
}

#[test]
fn months_places_bodies_and_shouting_are_no_names() {
    for text in [
        "In May we went to Reading and had no grace period.",
        "Basildon Hospital and the Elm Ward in Thurrock are too far from Rayleigh.",
        "THIS IS NOT FAIR AND YOU SHOULD STOP IT AT ONCE.",
        "The NHS, the ICB and Ofsted do not talk to each other.",
        "Don’t close it. Physio was good. I will mark my words.",
        "Parents of Polish and Welsh children use WhatsApp.",
    ] {
        assert!(propose(text).is_empty(), "{text}: {:?}", propose(text));
    }
}

#[test]
fn places_are_counted_in_code_points() {
    let text = "👍🏽 Café: ring 07700 900123";
    let span = &propose(text)[0];
    assert_eq!((span.start, span.end), (14, 26));
    assert_eq!(redacted(text, &[(span.start, span.end, span.kind.word())]), "👍🏽 Café: ring [redacted: phone number]");
}

#[test]
fn what_lies_outside_the_text_or_over_another_is_not_redacted() {
    assert_eq!(redacted("abcdef", &[(4, 9, "x"), (3, 5, "name"), (1, 4, "name")]), "a[redacted: name]ef");
}

proptest! {
    #[test]
    fn spans_lie_within_the_text_in_order_and_apart(text in "(\\PC|[A-Z][a-z]{2,6} |[0-9]{2,5}[ -]?|Mrs |’s |\\n){0,40}") {
        let spans = propose(&text);
        let length = text.chars().count();
        prop_assert!(spans.iter().all(|span| span.start < span.end && span.end <= length));
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert_eq!(&spans, &propose(&text));
    }

    #[test]
    fn a_valid_nhs_number_is_found_however_it_is_grouped(nine in prop::collection::vec(0_u32..10, 9), gap in prop::sample::select(vec!["", " ", "-"])) {
        let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        let check = (11 - sum % 11) % 11;
        prop_assume!(check < 10 && nine[0] > 0);
        let digits: String = nine.iter().chain([&check]).map(ToString::to_string).collect();
        let written = format!("{}{gap}{}{gap}{}", &digits[..3], &digits[3..6], &digits[6..]);
        prop_assert_eq!(found(Kind::NhsNumber, &format!("My number is {written}.")), [written]);
    }

    #[test]
    fn nothing_but_the_parts_is_redacted(text in "\\PC{0,60}", start in 0_usize..60, length in 1_usize..20) {
        let points: Vec<char> = text.chars().collect();
        prop_assume!(start + length <= points.len());
        let (before, after): (String, String) = (points[..start].iter().collect(), points[start + length..].iter().collect());
        prop_assert_eq!(redacted(&text, &[(start, start + length, "name")]), format!("{before}[redacted: name]{after}"));
    }
}
