//! Exact intervals of shares that were counted.

/// An interval of a share, of a number of trials that was fixed, which misses it with this
/// probability at most, half of it at each end. Clopper and Pearson, Biometrika 26 (1934), 404-413.
#[must_use]
pub fn clopper_pearson(count: u64, trials: u64, error: f64) -> (f64, f64) {
    use statrs::distribution::{Beta, ContinuousCDF};
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (k, n) = (count as f64, trials as f64);
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).map(|law| law.inverse_cdf(p));
    let low = if count == 0 { Ok(0.0) } else { quantile(k, n - k + 1.0, error / 2.0) };
    let high = if count == trials { Ok(1.0) } else { quantile(k + 1.0, n - k, 1.0 - error / 2.0) };
    (low.unwrap_or(0.0), high.unwrap_or(1.0))
}
