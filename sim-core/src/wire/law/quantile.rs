//! Quantiles of the laws that are given by a formula.
//!
//! Computed once a law, with `libm` alone: the functions of the standard library are the machine's,
//! and these have to be the same bytes everywhere. Additions, products and quotients of `f64` are.
//!
//! A list of shares goes down from a half; each is the share of draws below (lower half) or above
//! (upper half) the quantile, so that neither tail is ever the difference of two large numbers.
//!
//! Where there is no closed form, Newton's method runs on the logarithm of the tail. The tails of
//! the normal law, and those of the gamma law over the *logarithm* of its variable, are
//! log-concave: after the first step every step goes the same way, towards the root, and none goes
//! past it. The root for one share is where the search for the next begins.

use super::Micros;

/// Which half of the draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// The shorter ones.
    Lower,
    /// The longer ones.
    Upper,
}

/// The standard normal law's quantile 0.99.
const Z99: f64 = 2.326_347_874_040_841;
const SQRT_2: f64 = core::f64::consts::SQRT_2;
/// 1 / sqrt(2 pi)
const PHI_0: f64 = 0.398_942_280_401_432_7;

/// A duration as a float; a day is far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "a day of microseconds is below 2^37")]
const fn float(us: Micros) -> f64 {
    us as f64
}

/// To the nearest whole number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion of floats saturates, and what is too long is refused afterwards"
)]
pub(super) const fn whole(value: f64) -> u64 {
    (value + 0.5) as u64
}

pub(super) fn exponential(mean: Micros, half: Half, shares: &[f64]) -> Vec<f64> {
    let quantile = |p: &f64| {
        let in_means = match half {
            Half::Lower => -libm::log1p(-p),
            Half::Upper => -libm::log(*p),
        };
        float(mean) * in_means
    };
    shares.iter().map(quantile).collect()
}

/// The 99th percentile that goes with a sigma.
pub(super) fn p99(median: Micros, sigma: f64) -> Micros {
    whole(float(median) * libm::exp(sigma * Z99))
}

pub(super) fn log_normal(median: Micros, p99: Micros, half: Half, shares: &[f64]) -> Vec<f64> {
    let sigma = libm::log(float(p99) / float(median)) / Z99;
    let side = match half {
        Half::Lower => -sigma,
        Half::Upper => sigma,
    };
    let normal = march(0.0, shares, |z| {
        let tail = 0.5 * libm::erfc(z / SQRT_2);
        let density = PHI_0 * libm::exp(-0.5 * z * z);
        (libm::log(tail), -density / tail)
    });
    normal.into_iter().map(|z| float(median) * libm::exp(side * z)).collect()
}

pub(super) fn gamma(shape_milli: u32, mean: Micros, half: Half, shares: &[f64]) -> Vec<f64> {
    let a = f64::from(shape_milli) / 1000.0;
    let scale = float(mean) / a;
    let ln_gamma = libm::lgamma(a);
    let logs = march(libm::log(a), shares, |y| {
        let x = libm::exp(y);
        // x times the density at x: the derivative over y = ln x.
        let slope = libm::exp(a * y - x - ln_gamma);
        let (below, above) = if x < a + 1.0 {
            let below = slope * series(a, x);
            (below, 1.0 - below)
        } else {
            let above = slope * fraction(a, x);
            (1.0 - above, above)
        };
        match half {
            Half::Lower => (libm::log(below), slope / below),
            Half::Upper => (libm::log(above), -slope / above),
        }
    });
    logs.into_iter().map(|y| scale * libm::exp(y)).collect()
}

/// The share below x over x times the density: 1/a + x/(a(a+1)) + x^2/(a(a+1)(a+2)) + ...
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    while term > sum * f64::EPSILON {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

/// The share above x over x times the density, as a continued fraction from its beginning (Lentz):
/// 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))).
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::MAX, 1.0 / b);
    let (mut value, mut n) = (d, 0.0);
    // A thousand terms are many times what the largest shape needs.
    for _ in 0..1_000 {
        n += 1.0;
        let numerator = n * (a - n);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = numerator / c + b;
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// Where the logarithm of a tail is that of each share; `tail` gives it with its derivative.
fn march(start: f64, shares: &[f64], tail: impl Fn(f64) -> (f64, f64)) -> Vec<f64> {
    let mut at = start;
    let root = |p: &f64| {
        let wanted = libm::log(*p);
        for _ in 0..64 {
            let (ln_tail, slope) = tail(at);
            let by = (ln_tail - wanted) / slope;
            at -= by;
            // The next step would be its square.
            if by.abs() < 1e-9 {
                break;
            }
        }
        at
    };
    shares.iter().map(root).collect()
}
