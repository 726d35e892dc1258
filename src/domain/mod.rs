//! Floor 1: the rules of a consultation. No clock, no database, no web: time and ids are arguments.

pub mod access;
pub mod answer;
pub mod check;
pub mod consultation;
pub mod contact;
pub mod decision;
pub mod disclosure;
pub mod double_keying;
pub mod event;
pub mod evidence;
pub mod finding;
pub mod form;
pub mod ledger;
pub mod paging;
pub mod password;
pub mod question;
pub mod response;
pub mod retry;
pub mod routing;
pub mod submission;
pub mod tabulate;
pub mod throttle;
pub mod wording;
