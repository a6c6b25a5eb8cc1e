//! The quantiles of a triangular law.

use super::Micros;

/// A law that rises to its mode and falls to its end.
pub(super) struct Triangle {
    pub(super) lo: Micros,
    pub(super) mode: Micros,
    pub(super) hi: Micros,
}

impl Triangle {
    /// The duration at a share. Roots, products and quotients of floating-point numbers are rounded
    /// the same everywhere, and none of them falls where its argument rises.
    pub(super) fn at(&self, share: u64) -> Micros {
        let Triangle { lo, mode, hi } = *self;
        let width = (hi - lo) as f64;
        let (rise, fall) = ((mode - lo) as f64, (hi - mode) as f64);
        let part = share as f64 / 18_446_744_073_709_551_616.0;
        if part * width <= rise {
            let beyond = libm::sqrt(part * width * rise) + 0.5;
            (lo + beyond as Micros).min(mode)
        } else {
            // The shares that are left, counted from the other end.
            let left = (u64::MAX - share) as f64 / 18_446_744_073_709_551_616.0;
            let before = libm::sqrt(left * width * fall) + 0.5;
            hi.saturating_sub(before as Micros).max(mode)
        }
    }
}
