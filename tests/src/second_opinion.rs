//! Second opinion.
