//! What the tests share: models that are explored by several engines, and helpers.

pub mod close_model;
pub mod close_plain;
pub mod second_world;
pub mod tla_tcp;

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
