//! Soundings: a consultation and survey collection service with offline sync.
//!
//! Four floors; a floor uses only those below it. `domain` holds the rules, `store` all SQL, `forms`, `intake`,
//! `analysis` and `export` the work, and `web` with the command line the doors. `tests/floors.rs` holds the walls.

pub mod analysis;
pub mod app;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod export;
pub mod forms;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod serve;
pub mod staff;
pub mod store;
pub mod web;
