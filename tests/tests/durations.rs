//! Laws of durations: that they are the laws of the field, and that their ends are where they say.
//!
//! Reference quantiles were computed apart from the code, with mpmath 1.3 at 40 digits (gamma: its
//! `gammainc`, inverted by bisection; log-normal: its `erfinv`). statrs judges the draws.

use proptest::prelude::*;
use sim_core::arbitrary::durations;
use sim_core::drive::sample::Chance;
use sim_core::pace::clocked::{Draw, Source};
use sim_core::profile::LINUX;
use sim_core::wire::law::{Bin, Curve, DAY, Shape, Unfit};
use sim_core::wire::{Bound, Law, Micros, millis};
use sim_core::world::Path;
use sim_scenarios::catalogue::{Size, Variant, over_limit};
use sim_scenarios::{client, server, token};
use statrs::distribution::{ContinuousCDF, Exp, Gamma, LogNormal, Triangular};

fn exponential(mean: Micros) -> Law {
    Law::exponential(mean).expect("a law")
}

fn log_normal(median: Micros, p99: Micros) -> Law {
    Law::log_normal(median, p99).expect("a law")
}

fn gamma(shape_milli: u32, mean: Micros) -> Law {
    Law::gamma(shape_milli, mean).expect("a law")
}

const fn bin(lo: Micros, hi: Micros, weight: u64) -> Bin {
    Bin { lo, hi, weight }
}

fn histogram(bins: &[Bin]) -> Law {
    Law::histogram(bins.to_vec()).expect("a law")
}

/// The share that so much of all draws lies below.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "p is from 0 to 1")]
fn share(p: f64) -> u64 {
    (p * 2_f64.powi(64)) as u64
}

fn float(us: Micros) -> f64 {
    u32::try_from(us).map_or(f64::INFINITY, f64::from)
}

const SHARES: [f64; 6] = [0.001, 0.01, 0.5, 0.841_344_746_068_543, 0.99, 0.999];

/// Half a microsecond of rounding, and what a straight line between two knots is off.
fn near(found: Micros, wanted: f64) -> bool {
    (float(found) - wanted).abs() <= 0.51 + wanted * 1e-4
}

#[test]
fn quantiles_are_those_of_the_field() {
    let ends = |law: Law| [law.shortest(), law.longest()];
    let rows: [(Law, [f64; 6], [f64; 2]); 3] = [
        (
            log_normal(1_000, 5_000),
            [117.900, 200.0, 1_000.0, 1_997.368, 5_000.0, 8_481.746],
            [13.430, 74_461.532],
        ),
        (
            log_normal(20_000, 100_000),
            [2_358.005, 4_000.0, 20_000.0, 39_947.359, 100_000.0, 169_634.915],
            [268.595, 1_489_230.645],
        ),
        (log_normal(50, 60), [39.245, 41.667, 50.0, 54.076, 60.0, 63.702], [30.684, 81.476]),
    ];
    for (law, quantiles, [shortest, longest]) in rows {
        for (p, wanted) in SHARES.into_iter().zip(quantiles) {
            let found = law.at(share(p));
            assert!(near(found, wanted), "{law:?} at {p}: {found} instead of {wanted}");
        }
        let [lo, hi] = ends(law);
        assert!(near(lo, shortest) && near(hi, longest), "{law:?}: {lo} to {hi}");
    }
    let shares = [0.001, 0.01, 0.5, 0.841, 0.99, 0.999];
    // Shape 1 is the exponential law, 3 is Erlang's.
    let rows: [(Law, [f64; 6], f64); 6] = [
        (
            gamma(500, 10_000),
            [0.015_7, 1.571, 4_549.364, 19_837.111, 66_348.966, 108_275.662],
            401_697.085,
        ),
        (
            gamma(1_000, 10_000),
            [10.005, 100.503, 6_931.472, 18_388.511, 46_051.702, 69_077.553],
            221_807.098,
        ),
        (
            exponential(10_000),
            [10.005, 100.503, 6_931.472, 18_388.511, 46_051.702, 69_077.553],
            221_807.098,
        ),
        (
            gamma(2_500, 10_000),
            [420.425, 1_108.596, 8_702.920, 15_900.459, 30_172.545, 41_030.011],
            107_555.374,
        ),
        (
            gamma(3_000, 10_000),
            [635.111, 1_453.484, 8_913.534, 15_448.502, 28_019.823, 37_429.574],
            94_132.643,
        ),
        (
            gamma(100_000, 1_000_000),
            [719_213.975, 782_159.831, 996_668.649, 1_099_682.338, 1_247_225.615, 1_337_702.639],
            1_754_034.073,
        ),
    ];
    for (law, quantiles, longest) in rows {
        for (p, wanted) in shares.into_iter().zip(quantiles) {
            let found = law.at(share(p));
            assert!(near(found, wanted), "{law:?} at {p}: {found} instead of {wanted}");
        }
        assert!(near(law.longest(), longest), "{law:?}: up to {}", law.longest());
    }
}

#[test]
fn an_exponential_quantile_is_the_closed_form_everywhere() {
    let law = exponential(1_000_000);
    for n in 1..100_000_u32 {
        let p = f64::from(n) / 100_000.0;
        let (found, wanted) = (float(law.at(share(p))), -1e6 * (-p).ln_1p());
        assert!((found - wanted).abs() < 0.6 + 1e6 / 32_768.0, "{p}: {found}, {wanted}");
    }
    // Far out in the tail, where p itself would have lost its digits: the share above is 2^-n.
    for n in 1..=32 {
        let found = float(law.at(u64::MAX - (1 << (64 - n)) + 1));
        let wanted = 1e6 * core::f64::consts::LN_2 * f64::from(n);
        assert!((found - wanted).abs() < 1.0, "2^-{n}: {found}, {wanted}");
    }
}

#[test]
fn the_erlang_distribution_function_of_a_quantile_is_its_share() {
    // 1 - e^-x (1 + x + x^2/2), with x in stages of a third of the mean.
    let law = gamma(3_000, 30_000_000);
    for n in 1..1_000_u32 {
        let p = f64::from(n) / 1_000.0;
        let x = float(law.at(share(p))) / 1e7;
        let below = 1.0 - (-x).exp() * (1.0 + x + x * x / 2.0);
        assert!((below - p).abs() < 3e-5, "{p}: {below}");
    }
}

#[test]
fn a_sigma_becomes_the_percentile_that_goes_with_it() {
    // Median times e^(sigma * 2.3263...), by mpmath.
    let wanted = [(1_000, 1_000, 10_240), (20_000, 500, 64_001), (1_000_000, 10, 1_023_536)];
    for (median, sigma_milli, p99) in wanted {
        let shape = Shape::log_normal(median, sigma_milli);
        assert_eq!(shape, Ok(Shape::LogNormal { median, p99 }));
    }
}

/// Kolmogorov and Smirnov: the largest distance between the draws and a distribution function.
/// A draw stands for the half microsecond on either side of it.
fn distance(law: Law, below: impl Fn(f64) -> f64) -> f64 {
    const DRAWS: u32 = 100_000;
    let mut chance = Chance::of(7, 1);
    let mut draws: Vec<Micros> = (0..DRAWS).map(|_| chance.draw(Source::Path, law)).collect();
    draws.sort_unstable();
    let mut worst = 0.0_f64;
    let mut seen = 0_u32;
    for group in draws.chunk_by(|a, b| a == b) {
        let at = float(group[0]);
        let before = f64::from(seen) / f64::from(DRAWS);
        seen += u32::try_from(group.len()).expect("few");
        let after = f64::from(seen) / f64::from(DRAWS);
        worst = worst.max(before - below(at - 0.5)).max(below(at - 0.5) - before);
        worst = worst.max(after - below(at + 0.5)).max(below(at + 0.5) - after);
    }
    worst
}

/// One law in a hundred would be further away by chance; the seed is fixed, so none ever is.
const CRITICAL: f64 = 1.628 / 316.227_766;

#[test]
fn a_hundred_thousand_draws_follow_the_law() {
    let law = exponential(20_000);
    let exp = Exp::new(1.0 / 20_000.0).expect("a law");
    assert!(distance(law, |us| exp.cdf(us)) < CRITICAL);
    for (median, p99) in [(5_000_u32, 60_000_u32), (20_000, 40_000)] {
        let law = log_normal(median.into(), p99.into());
        let sigma = (f64::from(p99) / f64::from(median)).ln() / 2.326_347_874_040_841;
        let normal = LogNormal::new(f64::from(median).ln(), sigma).expect("a law");
        assert!(distance(law, |us| normal.cdf(us)) < CRITICAL, "{law:?}");
    }
    for shape_milli in [500, 1_500, 4_000, 40_000] {
        let law = gamma(shape_milli, 20_000);
        let shape = f64::from(shape_milli) / 1_000.0;
        let of_field = Gamma::new(shape, shape / 20_000.0).expect("a law");
        let found = distance(law, |us| of_field.cdf(us.max(0.0)));
        assert!(found < CRITICAL, "{law:?}: {found}");
    }
    for (lo, mode, hi) in [(5_000_u32, 8_000_u32, 60_000_u32), (0, 0, 9_000), (10, 9_000, 9_000)] {
        let law = Law::triangular(lo.into(), mode.into(), hi.into()).expect("a law");
        let [least, most, likeliest] = [lo, hi, mode].map(f64::from);
        let of_field = Triangular::new(least, most, likeliest).expect("a law");
        assert!(distance(law, |us| of_field.cdf(us)) < CRITICAL, "{law:?}");
        assert_eq!([law.shortest(), law.longest()], [u64::from(lo), u64::from(hi)]);
        let shares = (0..=4_096_u64).map(|n| n.saturating_mul(1 << 52));
        assert!(shares.map(|share| law.at(share)).is_sorted());
    }
    // And the test tells laws apart.
    assert!(distance(exponential(20_400), |us| exp.cdf(us)) > CRITICAL);
}

#[test]
fn a_histogram_gives_each_bin_its_weight_and_each_microsecond_of_a_bin_its_part() {
    let law = histogram(&[bin(10, 19, 1), bin(20, 20, 3), bin(100, 1_099, 4)]);
    assert_eq!([law.shortest(), law.longest()], [10, 1_099]);
    let eighth = 1_u64 << 61;
    let rows = [
        (0, 10),
        (eighth / 10, 10),
        (eighth / 10 + 1, 11),
        (eighth - 1, 19),
        (eighth, 20),
        (4 * eighth - 1, 20),
        (4 * eighth, 100),
        (6 * eighth, 600),
        (u64::MAX, 1_099),
    ];
    for (share, wanted) in rows {
        assert_eq!(law.at(share), wanted, "{share}");
    }
    // Two thirds of the shares, in a histogram whose weights divide no power of two.
    let law = histogram(&[bin(0, 0, 1), bin(5, 5, 2)]);
    assert_eq!([law.at(u64::MAX / 3), law.at(u64::MAX / 3 + 1)], [0, 5]);
    let below = |us: f64| match us {
        us if us < 1_000.0 => 0.0,
        us if us < 11_000.0 => (us - 1_000.0) / 10_000.0 * 0.75,
        us if us < 51_000.0 => 0.75 + (us - 11_000.0) / 40_000.0 * 0.25,
        _ => 1.0,
    };
    let law = histogram(&[bin(1_000, 10_999, 3), bin(11_000, 50_999, 1)]);
    assert!(distance(law, |us| below(us + 0.5)) < CRITICAL);
}

#[test]
fn samples_become_bins_of_equal_weight() {
    let measured = |samples: &[Micros], most| match Law::measured(samples, most) {
        Ok(Law::Shaped(curve)) => curve.shape().clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        measured(&[9, 1, 4, 3, 8, 2], 3),
        Shape::Histogram(vec![bin(1, 2, 2), bin(3, 4, 2), bin(8, 9, 2)])
    );
    // As many bins as samples: the samples themselves, equal ones together.
    assert_eq!(measured(&[7, 3, 7, 7], 100), Shape::Histogram(vec![bin(3, 3, 1), bin(7, 7, 3)]));
    // Numbers that are cut in the middle of equal ones may share an end, no more.
    assert_eq!(
        measured(&[1, 5, 5, 5, 5, 9], 2),
        Shape::Histogram(vec![bin(1, 5, 3), bin(5, 9, 3)])
    );
    assert_eq!(Law::measured(&[], 3), Err(Unfit::NoSamples));
    assert_eq!(Law::measured(&[1], 0), Err(Unfit::Bins(0)));
}

#[test]
fn draws_lie_between_the_ends_and_grow_with_the_share() {
    proptest!(ProptestConfig::with_cases(2_000), |(
        law in durations(),
        shares in prop::array::uniform4(prop_oneof![
            any::<u64>(),
            // Near the ends, and near where one cell of a table ends and another begins.
            (0_u32..64, 0_u64..4).prop_map(|(bits, by)| (1_u64 << bits).wrapping_sub(by)),
            (0_u32..64, 0_u64..4).prop_map(|(bits, by)| !(1_u64 << bits).wrapping_sub(by)),
        ]),
    )| {
        let mut shares = shares;
        shares.sort_unstable();
        let drawn = shares.map(|share| law.at(share));
        prop_assert!(drawn.is_sorted(), "{law:?} {shares:?} {drawn:?}");
        prop_assert!(law.shortest() <= drawn[0] && drawn[3] <= law.longest());
        prop_assert_eq!([law.at(0), law.at(u64::MAX)], [law.shortest(), law.longest()]);
        prop_assert_eq!(law.check(), Ok(()));
    });
}

#[test]
fn what_is_no_law_is_refused_with_what_is_allowed() {
    let some = vec![bin(1, 2, 1); 4_097];
    let rows: [(Result<Law, Unfit>, &str); 20] = [
        (Law::exponential(0), "a mean of 0 us: allowed are 1 to 86400000000 us"),
        (Law::exponential(DAY + 1), "a mean of 86400000001 us: allowed are 1 to 86400000000"),
        (Law::exponential(DAY), "quantile 1 - 2^-32 of this law is 1916413324812 us"),
        (Law::log_normal(0, 10), "a median of 0 us: allowed are 1 to"),
        (Law::log_normal(10, 10), "allowed is more than the median, and at most 10000 times it"),
        (Law::log_normal(10, 100_001), "99th percentile of 100001 us with a median of 10 us"),
        (Law::log_normal(DAY, 2 * DAY), "choose a smaller mean, median or 99th percentile"),
        (Law::gamma(99, 10), "a shape of 99 thousandths: allowed are 100 to 1000000 thousandths"),
        (Law::gamma(1_000_001, 10), "a shape of 1000001 thousandths"),
        (Law::gamma(1_000, 0), "a mean of 0 us"),
        (Law::gamma(u32::MAX, u64::MAX), "a shape of 4294967295 thousandths"),
        (Law::histogram(vec![]), "0 bins: allowed are 1 to 4096"),
        (Law::histogram(some), "4097 bins: allowed are 1 to 4096"),
        (Law::histogram(vec![bin(2, 1, 1)]), "from 2 us to 1 us: its first number must not exceed"),
        (Law::histogram(vec![bin(1, 2, 0)]), "from 1 us to 2 us has weight 0: allowed are weights"),
        (
            Law::histogram(vec![bin(1, 3, 1), bin(2, 4, 1)]),
            "ends at 3 us before one that begins at 2",
        ),
        (Law::histogram(vec![bin(0, DAY + 1, 1)]), "a duration of 86400000001 us"),
        (Law::histogram(vec![bin(0, 1, u64::MAX), bin(1, 2, 9)]), "allowed are at most 10000000"),
        (
            Shape::log_normal(10, 0).map(|_| Law::ZERO),
            "sigma of 0 thousandths: allowed are 1 to 3900",
        ),
        (Shape::log_normal(10, 3_901).map(|_| Law::ZERO), "a sigma of 3901 thousandths"),
    ];
    for (law, words) in rows {
        let said = law.map_err(|unfit| unfit.to_string());
        assert!(said.as_ref().is_err_and(|said| said.contains(words)), "{said:?}: {words}");
    }
    assert_eq!(Law::Uniform(3, 2).check(), Err(Unfit::Reversed(3, 2)));
    assert_eq!(Law::Fixed(DAY + 1).check(), Err(Unfit::Duration(DAY + 1)));
    assert_eq!(Law::Uniform(0, DAY).check(), Ok(()));
    // What is within the limits is one, at their very ends too.
    for law in [
        Law::gamma(100, 1),
        Law::gamma(1_000_000, DAY / 2),
        Law::log_normal(1, 10_000),
        Law::exponential(1),
        Law::histogram(vec![bin(0, DAY, 10_000_000)]),
        Shape::log_normal(1, 3_900).and_then(Curve::new).map(Law::Shaped),
    ] {
        assert_eq!(law.clone().and_then(Law::check), Ok(()), "{law:?}");
    }
}

#[test]
fn where_a_tail_is_cut_is_said() {
    assert_eq!([Law::ZERO.bound(), Law::Uniform(1, 2).bound()], [Bound::Own; 2]);
    assert_eq!(histogram(&[bin(1, 2, 3)]).bound(), Bound::Own);
    for law in [exponential(5), log_normal(5, 9), gamma(2_000, 5)] {
        assert_eq!(law.bound(), Bound::Cut);
    }
}

#[test]
fn a_law_is_three_words_and_a_value() {
    assert_eq!(size_of::<Law>(), 24);
    let laws = [
        Law::Fixed(4),
        Law::Uniform(1, 2),
        exponential(5),
        log_normal(5, 9),
        gamma(2_000, 5),
        histogram(&[bin(1, 2, 3), bin(2, 9, 1)]),
    ];
    for law in laws {
        let text = serde_json::to_string(&law).expect("plain numbers");
        let back: Law = serde_json::from_str(&text).expect(&text);
        assert_eq!(back, law, "{text}");
        assert_eq!(laws.iter().filter(|other| **other == law).count(), 1, "{law:?}");
    }
    let text = serde_json::to_string(&laws[5]).expect("plain numbers");
    let wanted =
        r#"{"Shaped":{"Histogram":[{"lo":1,"hi":2,"weight":3},{"lo":2,"hi":9,"weight":1}]}}"#;
    assert_eq!(text, wanted);
    let refused = serde_json::from_str::<Law>(r#"{"Shaped":{"Exponential":{"mean":0}}}"#);
    assert!(refused.is_err_and(|why| why.to_string().contains("allowed are 1 to")));
}

#[test]
fn a_scenario_s_hash_knows_what_is_in_its_histograms() {
    let hash = |law| {
        let close = server::named("close").expect("a strategy");
        let policy = client::named("read-after-error").expect("a policy");
        let of = (Variant::SmallRequest, Size::Full);
        let mut scenario = over_limit(of, close, policy, [&LINUX, &LINUX]).expect("a setup");
        scenario.setup.path = Path::RoundTrip(law);
        token::hash(&scenario)
    };
    let of = |weight| hash(histogram(&[bin(1, 2, 3), bin(3, 4, weight)]));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert_ne!(hash(exponential(millis(5))), hash(exponential(millis(6))));
}

/// The same bytes on every machine: a digest of draws over all of the shares, ends and tails.
#[test]
fn draws_are_pinned() {
    let digest = |law: Law| {
        let mut digest = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |share| {
            digest = (digest ^ law.at(share)).wrapping_mul(0x0000_0100_0000_01b3);
        };
        (0..10_000_u64).for_each(|n| add(n * (u64::MAX / 10_000)));
        (0..64).for_each(|bits| add(1 << bits));
        (0..64).for_each(|bits| add(!(1 << bits)));
        format!("{digest:016x}")
    };
    let pinned = [
        (exponential(12_345), "ef114aee1991f641"),
        (log_normal(12_345, 67_890), "01025f06707194c5"),
        (gamma(700, 12_345), "f6ee6916ecf97de7"),
        (gamma(12_500, 1_234_567), "0d1fd4257df0a265"),
        (histogram(&[bin(10, 99, 3), bin(100, 5_000, 7)]), "4bcfea324c786afd"),
    ];
    let found = pinned.map(|(law, _)| digest(law));
    assert_eq!(found, pinned.map(|(_, wanted)| wanted));
}
