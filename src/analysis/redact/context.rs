//! The words around names: what is said before and after people, and what is no part of a name.

use std::sync::LazyLock;

use super::lists::{List, read};

/// What stands before a surname.
pub(super) static TITLES: List = LazyLock::new(|| {
    read(
        "mr mrs ms miss mx dr prof professor sir dame lady lord rev reverend cllr councillor master messrs \
         mister",
    )
});

/// Who somebody is to somebody.
pub(super) static RELATIONS: List = LazyLock::new(|| {
    read(
        "son daughter husband wife partner mum mam mom mother dad father brother sister friend neighbour \
         carer nan nana nanny gran granny grandmother grandma grandad grandfather grandpa child baby boy girl \
         aunt auntie aunty uncle niece nephew cousin colleague manager boss nurse midwife teacher worker \
         consultant doctor gp physio physiotherapist therapist counsellor psychologist psychiatrist \
         paediatrician surgeon anaesthetist receptionist secretary matron paramedic driver volunteer \
         coordinator advisor adviser officer assistant tutor headteacher head senco ta dentist pharmacist \
         optician podiatrist dietitian radiographer phlebotomist practitioner fiance fiancee girlfriend \
         boyfriend grandson granddaughter stepson stepdaughter stepdad stepmum twin twins toddler eldest \
         youngest kid lad lady man woman gentleman specialist warden landlord ex",
    )
});

/// What people do, in the words after a name.
pub(super) static DEEDS: List = LazyLock::new(|| {
    read(
        "was is has had said says told asked helped helps who whom whose came comes went gave took made did \
         does explained rang called phoned visited listened treated supported supports cares cared looked \
         looks deserves goes needs needed cannot can't couldn't wasn't isn't died lives lived works worked \
         started suffers attends attended struggles struggled waited got gets kept showed spoke talked \
         answered arranged put would could always",
    )
});

/// Words before somebody who is thanked, told or met.
pub(super) static BEFORE_PEOPLE: List = LazyLock::new(|| {
    read(
        "thank thanks told asked saw met meet seen bless especially particularly named called phoned rang \
         emailed contacted visited know love loved lovely dear mention namely ask see like poor little late \
         young recommend praise",
    )
});

/// Weaker: often a person, often a firm or a place.
pub(super) static OFTEN_PEOPLE: List = LazyLock::new(|| read("with by from for about and but because"));

/// Words before places and things.
pub(super) static BEFORE_PLACES: List =
    LazyLock::new(|| read("in at near around outside via towards across the a an of into through this our on under using"));

/// Words that make of what stands before them a body, a building or a street.
pub(super) static BODIES: List = LazyLock::new(|| {
    read(
        "car hospital hospitals school schools academy college university centre center surgery clinic ward \
         wards council trust library park road rd street avenue lane close drive house court hall lodge view \
         course gardens hosp rehab church station airport bank unit team service services group practice \
         pharmacy hospice home nursery way estate market pier beach bridge foundation charity society \
         association committee partnership act report plan policy strategy scale test syndrome disease method \
         theatre cottage farm ltd limited plc line bus island county suite building day",
    )
});

/// Small words within names.
pub(super) static PARTICLES: List = LazyLock::new(|| read("van de der den von al el bin ibn ap ab ferch da la"));

/// What may follow a name and not a word that describes something.
pub(super) static AFTER_A_NAME: List = LazyLock::new(|| read("and at on in from for to with as when if because or but"));

/// Surnames that in small letters are more often words.
pub(super) static MOSTLY_WORDS: List = LazyLock::new(|| {
    read(
        "long little may read short hope day park power price small young cook page smart sharp cross hall \
         ward grant hunt black white field house rose lane hill north stone john best",
    )
});

/// Words with a capital after a first name that begin a sentence whose stop is missing.
pub(super) static NEVER_SURNAMES: List = LazyLock::new(|| {
    read(
        "the and but she her him his they you your our this that there then when where what who why how very \
         also please thank thanks was has have had not for from with all are can could would should will did \
         does been being great good excellent staff because after before it's i'm he's she's don't nurse \
         doctor team service is in at on of to it he we my so as if or an no by be do",
    )
});
