//! Sizes, times and laws as people write them, on the command line and in files: `64KiB`, `250us`,
//! `10ms..200ms`.
//!
//! Everything that is printed can be read again, and gives the same number.

use sim_core::wire::law::{Bin, Shape};
use sim_core::wire::{Law, Micros};

/// Why a text is not a size, a time or a law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {what}: {form}")]
pub struct Unreadable {
    /// As it was written.
    pub text: String,
    /// What it should have been.
    pub what: &'static str,
    /// How to write one.
    pub form: String,
}

/// The most bytes that anything here may have: a stream of the model is shorter than 2^31.
pub const MOST_BYTES: u32 = 1 << 30;
/// The longest time: a day is longer than anything a run lasts.
pub const LONGEST: Micros = 86_400_000_000;

/// Units of sizes, the longest spelling first; a number alone is bytes.
const SIZES: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("b", 1),
    ("", 1),
];

/// Units of times.
const TIMES: [(&str, u64); 5] =
    [("ms", 1_000), ("us", 1), ("min", 60_000_000), ("s", 1_000_000), ("h", 3_600_000_000)];

/// How to write a size.
pub const SIZE_FORM: &str =
    "write 512, 512B, 64KiB (1024 each), 10MB (a million each); at most 1GiB";
/// How to write a time.
pub const TIME_FORM: &str = "write 250us, 5ms, 1.5s or 2min; at most 24h";
/// How to write a law.
pub const LAW_FORM: &str = "write a time (40ms), two times (10ms..200ms, alike likely between \
                            them), exponential:MEAN, log-normal:MEDIAN,p99=TIME, gamma:SHAPE,MEAN, \
                            triangular:LEAST,LIKELIEST,MOST or \
                            histogram:3x1ms..2ms,1x2ms..5ms";

/// A number with at most six decimals times a unit, exactly; `None` where it is no whole number or
/// too large.
fn scaled(digits: &str, scale: u64) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || (digits.contains('.') && !plain(part)) || part.len() > 6 {
        return None;
    }
    let power = 10_u64.pow(u32::try_from(part.len()).ok()?);
    let number = whole.parse::<u64>().ok()?.checked_mul(power)?;
    let number = number.checked_add(if part.is_empty() { 0 } else { part.parse().ok()? })?;
    let product = number.checked_mul(scale)?;
    product.is_multiple_of(power).then_some(product / power)
}

fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let (digits, scale) =
        units.iter().find_map(|(unit, n)| lower.strip_suffix(unit).map(|d| (d, *n)))?;
    scaled(digits.trim_end(), scale)
}

/// Reads a size.
///
/// # Errors
/// What is not one, or too large.
pub fn size(text: &str) -> Result<u32, Unreadable> {
    with_unit(text, &SIZES)
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| *n <= MOST_BYTES)
        .ok_or_else(|| unreadable(text, "size", SIZE_FORM))
}

/// Reads a time.
///
/// # Errors
/// What is not one, or too long.
pub fn time(text: &str) -> Result<Micros, Unreadable> {
    with_unit(text, &TIMES)
        .filter(|us| *us <= LONGEST)
        .ok_or_else(|| unreadable(text, "time", TIME_FORM))
}

/// Reads a law.
///
/// # Errors
/// What is not one.
pub fn law(text: &str) -> Result<Law, Unreadable> {
    let refused = || unreadable(text, "time or law", LAW_FORM);
    if let Some((name, of)) = text.split_once(':') {
        return shaped(name.trim(), of).map_err(|form| unreadable(text, "law", &form));
    }
    match text.split_once("..") {
        None => time(text).map(Law::Fixed).map_err(|_| refused()),
        Some((lo, hi)) => {
            // "10..200ms" means both in milliseconds.
            let unit = hi.trim().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let bare = lo.trim().chars().all(|c| c.is_ascii_digit() || c == '.');
            let lo = if bare { time(&format!("{}{unit}", lo.trim())) } else { time(lo) };
            match (lo, time(hi)) {
                (Ok(lo), Ok(hi)) if lo <= hi => Ok(Law::Uniform(lo, hi)),
                (Ok(_) | Err(_), _) => Err(refused()),
            }
        }
    }
}

fn unreadable(text: &str, what: &'static str, form: &str) -> Unreadable {
    Unreadable { text: text.to_owned(), what, form: form.to_owned() }
}

/// A size as short as it can be written: 512B, 64KiB, 10MB.
#[must_use]
pub fn show_size(bytes: u32) -> String {
    for (unit, n) in [("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10)] {
        if bytes >= n && bytes.is_multiple_of(n) {
            return format!("{}{unit}", bytes / n);
        }
    }
    format!("{bytes}B")
}

/// A time as short as it can be written: 5s, 500ms, 250us.
#[must_use]
pub fn show_time(us: Micros) -> String {
    match us {
        us if us.is_multiple_of(1_000_000) => format!("{}s", us / 1_000_000),
        us if us.is_multiple_of(1_000) => format!("{}ms", us / 1_000),
        us => format!("{us}us"),
    }
}

/// A law as it is read.
#[must_use]
pub fn show_law(law: Law) -> String {
    match law {
        Law::Fixed(us) => show_time(us),
        Law::Uniform(lo, hi) => format!("{}..{}", show_time(lo), show_time(hi)),
        Law::Shaped(curve) => show_shape(curve.shape()),
    }
}

fn show_shape(shape: &Shape) -> String {
    match shape {
        Shape::Exponential { mean } => format!("exponential:{}", show_time(*mean)),
        Shape::LogNormal { median, p99 } => {
            format!("log-normal:{},p99={}", show_time(*median), show_time(*p99))
        }
        Shape::Gamma { shape_milli, mean } => {
            format!("gamma:{},{}", show_thousandths(*shape_milli), show_time(*mean))
        }
        Shape::Triangular { lo, mode, hi } => {
            format!("triangular:{},{},{}", show_time(*lo), show_time(*mode), show_time(*hi))
        }
        Shape::Histogram(bins) => {
            let bin =
                |bin: &Bin| format!("{}x{}..{}", bin.weight, show_time(bin.lo), show_time(bin.hi));
            format!("histogram:{}", bins.iter().map(bin).collect::<Vec<_>>().join(","))
        }
    }
}

fn show_thousandths(n: u32) -> String {
    match n % 1_000 {
        0 => (n / 1_000).to_string(),
        part => format!("{}.{part:03}", n / 1_000).trim_end_matches('0').to_owned(),
    }
}

/// A law with a curve: its name, a colon, its parameters.
fn shaped(name: &str, of: &str) -> Result<Law, String> {
    let parts: Vec<&str> = of.split(',').map(str::trim).collect();
    let part_time = |text: &str| time(text).map_err(|why| why.to_string());
    let law = match (name, &parts[..]) {
        ("exponential", [mean]) => Law::exponential(part_time(mean)?),
        ("log-normal", [median, p99]) => {
            let p99 = p99.strip_prefix("p99=").ok_or("write log-normal:2ms,p99=20ms")?;
            Law::log_normal(part_time(median)?, part_time(p99)?)
        }
        ("gamma", [shape, mean]) => {
            let shape = scaled(shape, 1_000).and_then(|n| u32::try_from(n).ok());
            Law::gamma(shape.ok_or("write gamma:2.5,5ms")?, part_time(mean)?)
        }
        ("triangular", [lo, mode, hi]) => {
            Law::triangular(part_time(lo)?, part_time(mode)?, part_time(hi)?)
        }
        ("histogram", bins) => {
            Law::histogram(bins.iter().map(|text| bin(text)).collect::<Result<_, _>>()?)
        }
        _ => return Err(LAW_FORM.to_owned()),
    };
    law.map_err(|unfit| unfit.to_string())
}

/// A bin of a histogram: its weight, an x, its ends.
fn bin(text: &str) -> Result<Bin, String> {
    let form = || "write the bins of a histogram as 3x1ms..2ms,1x2ms..5ms".to_owned();
    let (weight, span) = text.split_once('x').ok_or_else(form)?;
    let (lo, hi) = span.split_once("..").ok_or_else(form)?;
    let weight = weight.parse().map_err(|_| form())?;
    Ok(Bin {
        lo: time(lo).map_err(|why| why.to_string())?,
        hi: time(hi).map_err(|why| why.to_string())?,
        weight,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_as_people_write_them() {
        let sizes = [("512", 512), ("64k", 65_536), ("64 KiB", 65_536), ("10MB", 10_000_000)];
        assert!(sizes.into_iter().all(|(text, n)| size(text) == Ok(n)));
        let times = [("250us", 250), ("1.5s", 1_500_000), ("2min", 120_000_000), ("0ms", 0)];
        assert!(times.into_iter().all(|(text, us)| time(text) == Ok(us)));
        assert_eq!(law("10..200ms"), Ok(Law::Uniform(10_000, 200_000)));
        assert_eq!(law("0ms..5s"), Ok(Law::Uniform(0, 5_000_000)));
    }

    #[test]
    fn laws_with_a_curve_are_read_as_they_are_shown() {
        for text in [
            "exponential:5ms",
            "log-normal:2ms,p99=20ms",
            "gamma:2,5ms",
            "gamma:0.25,1s",
            "triangular:1ms,2ms,9ms",
            "triangular:1ms,1ms,9ms",
            "histogram:3x1ms..2ms,1x5ms..9ms",
        ] {
            let law = law(text).unwrap_or_else(|why| panic!("{why}"));
            assert!(matches!(law, Law::Shaped(_)));
            assert_eq!(show_law(law), text);
        }
        for text in [
            "exponential:",
            "exponential:0ms",
            "exponential:1ms,2ms",
            "log-normal:2ms,20ms",
            "log-normal:2ms,p99=1ms",
            "gamma:-1,5ms",
            "gamma:0,5ms",
            "triangular:1ms,2ms",
            "triangular:2ms,1ms,9ms",
            "triangular:2ms,2ms,2ms",
            "histogram:1ms..2ms",
            "histogram:0x1ms..2ms",
            "histogram:1x2ms..1ms",
            "normal:1ms,2ms",
        ] {
            assert!(law(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_or_time_is_refused() {
        for text in
            ["", "B", "-1", "1.B", "1.5", "0.0000001MB", "2GiB", "99999999999999999999", "1e3"]
        {
            assert!(size(text).is_err(), "{text}");
        }
        for text in ["", "5", "ms", "-5ms", "1.2345us", "25h", "5 minutes", "1..2"] {
            assert!(time(text).is_err(), "{text}");
        }
        for text in ["", "..", "5ms..", "..5ms", "9ms..5ms", "1ms..2ms..3ms"] {
            assert!(law(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_again() {
        for bytes in [0, 1, 512, 1_000, 1_024, 65_536, 10_000_000, 2_097_152, 1_048_577, MOST_BYTES]
        {
            assert_eq!(size(&show_size(bytes)), Ok(bytes));
        }
        for us in [0, 1, 999, 1_000, 250_000, 5_000_000, 90_000_000, LONGEST] {
            assert_eq!(time(&show_time(us)), Ok(us));
            assert_eq!(law(&show_law(Law::Uniform(us / 2, us))), Ok(Law::Uniform(us / 2, us)));
        }
    }
}
