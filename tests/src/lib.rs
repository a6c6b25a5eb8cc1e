//! What the tests share: a bench for one stack, outcomes of whole spaces, files of expected rows,
//! models that are explored by several engines.
//!
//! | module | what it knows |
//! |---|---|
//! | [`mod@bench`] | one stack between a puppet application and a puppet wire |
//! | [`cell`] | what can be seen of one event on one stack |
//! | [`situation`] | how to bring that stack into every state |
//! | [`drill_script`] | what a bench does, written down as a script of the field
//! | [`event`] | every kind of segment, every call, every timer |
//! | [`census`] | what a setup can come to under a pace |
//! | [`golden`] | text that is compared with a file, or written with `UPDATE=1` |
//! | [`kept_stories`] | what once broke a law |
//! | [`live`] | what the live programs of `tests/live` and the model have in common |
//! | [`other`] | the answers that no shipped stack gives |
//! | [`second_opinion`] | the same model walked by another explorer |
//! | [`source`] | source files as text, for the house rules |
//! | [`close_model`], [`close_plain`] | the small close model, packed and plain |
//! | [`tla_tcp`] | TLA+'s tcp specification |
//! | [`typed`] | command lines as they are typed |
#![forbid(unsafe_code)]

pub mod bench;
pub mod cell;
pub mod census;
pub mod close_model;
pub mod close_plain;
pub mod drill_script;
pub mod event;
pub mod golden;
pub mod kept_stories;
pub mod live;
pub mod other;
pub mod second_opinion;
pub mod situation;
pub mod source;
pub mod tla_tcp;
pub mod typed;

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
