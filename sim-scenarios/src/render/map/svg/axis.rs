//! Round marks along a range.

use sim_core::wire::Micros;

/// The most marks of an axis.
const MOST: u64 = 7;

/// Round values between the ends of a range, both ends included where they are round.
pub(super) fn marks(low: Micros, high: Micros) -> Vec<Micros> {
    let step = step(high.saturating_sub(low));
    let first = low.div_ceil(step) * step;
    (0..).map(|n| first + n * step).take_while(|at| *at <= high).collect()
}

/// The smallest of 1, 2 and 5 times a power of ten that makes few enough marks.
fn step(width: Micros) -> Micros {
    let steps = (0..12).flat_map(|power| [1, 2, 5].map(|n| n * 10_u64.pow(power)));
    steps.into_iter().find(|step| width / step < MOST).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_few() {
        assert_eq!(marks(10_000, 200_000), [50_000, 100_000, 150_000, 200_000]);
        assert_eq!(marks(0, 5_000), [0, 1_000, 2_000, 3_000, 4_000, 5_000]);
        assert_eq!(marks(3, 3), [3]);
    }
}
