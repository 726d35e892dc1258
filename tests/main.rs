//! One test program, so that it links once: the list of test modules.

#![expect(clippy::unwrap_used, reason = "a test that fails should stop at once and say where")]

mod access;
mod analysis;
mod api;
mod audit;
mod bad_input;
mod coding;
mod command;
mod days;
mod device_app;
mod drafts;
mod durability;
mod editions;
mod evidence;
mod exports;
mod floors;
mod held;
mod ledger;
mod logs;
mod mail;
mod migrations;
mod one_door;
mod queue;
mod receipt_by_mail;
mod staff;
mod staff_mail;
mod support;
mod sync;
mod tokens;
mod upload;
mod vectors;
