//! Outcomes of whole spaces.
