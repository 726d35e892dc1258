//! One test program, so that it links once: the list of test modules.

#![expect(clippy::unwrap_used, reason = "a test that fails should stop at once and say where")]

mod analysis;
mod api;
mod audit;
mod bad_input;
mod command;
mod drafts;
mod durability;
mod evidence;
mod floors;
mod held;
mod logs;
mod migrations;
mod one_door;
mod staff;
mod support;
