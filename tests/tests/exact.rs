//! Laws of `sim_core::exact`: sets against their inequalities, measures against volumes, against
//! each other, against draws and against statrs.

use proptest::prelude::*;
use sim_core::drive::sample::Chance;
use sim_core::exact::measure::{Bin, Exact, Law, measure};
use sim_core::exact::union::{Apart, apart, difference, merged};
use sim_core::exact::{Affine, BigRational, Bound, Inequality, Kind, Polytope, Ratio};
use sim_core::pace::clocked::{Draw, Source};
use sim_core::wire;
use statrs::distribution::{ContinuousCDF, Exp, Gamma, Triangular, Uniform};

// --- what is drawn -------------------------------------------------------------------------------

fn ratios(range: std::ops::RangeInclusive<i128>) -> impl Strategy<Value = Ratio> {
    (range, 1..=3_i128).prop_map(|(numerator, denominator)| Ratio::new(numerator, denominator))
}

/// Boxes of some variables, a few of them without an upper end or of width 0.
fn boxes(variables: usize, with_end: bool) -> impl Strategy<Value = Vec<(Ratio, Option<Ratio>)>> {
    let width = prop_oneof![
        8 => ratios(1..=12).prop_map(Some),
        1 => Just(Some(Ratio::from(0))),
        1 => Just(with_end.then(|| Ratio::from(4))),
    ];
    let ends = (ratios(0..=6), width).prop_map(|(lo, width)| (lo, width.map(|width| lo + width)));
    prop::collection::vec(ends, variables)
}

fn inequalities(variables: usize) -> impl Strategy<Value = Inequality> {
    let kind = prop_oneof![Just(Kind::AtLeast), Just(Kind::Above)];
    let coefficients = prop::collection::vec(-3..=3_i128, variables);
    (-12..=12_i128, coefficients, 1..=2_i128, kind).prop_map(|(constant, list, divisor, kind)| {
        let form = Affine::of(constant, &list, divisor).expect("small numbers");
        Inequality { form, kind }
    })
}

type Drawn = (Vec<(Ratio, Option<Ratio>)>, Vec<Inequality>);

fn drawn(with_end: bool, most: usize) -> impl Strategy<Value = Drawn> {
    (1..=most)
        .prop_flat_map(move |n| (boxes(n, with_end), prop::collection::vec(inequalities(n), 0..=6)))
}

fn boxed(ends: &[(Ratio, Option<Ratio>)]) -> Polytope {
    Polytope::boxed(ends).expect("small numbers").expect("not empty")
}

fn cut(set: &Polytope, by: &[Inequality]) -> Option<Polytope> {
    set.cut_all(by).expect("small numbers")
}

/// Points on a grid with halves, the box's corners among them where they are on it.
fn grid(ends: &[(Ratio, Option<Ratio>)]) -> Vec<Vec<Ratio>> {
    let mut points = vec![Vec::new()];
    for (lo, hi) in ends {
        let hi = hi.unwrap_or(lo + 8);
        let steps = if ends.len() > 2 { 4 } else { 8 };
        let along: Vec<Ratio> = (0..=steps).map(|at| lo + (hi - lo) * at / steps).collect();
        points = points
            .iter()
            .flat_map(|point| {
                along.iter().map(move |at| point.iter().copied().chain([*at]).collect())
            })
            .collect();
    }
    points
}

fn holds(what: &Inequality, point: &[Ratio]) -> bool {
    let value = what.form.at(point).expect("small numbers");
    match what.kind {
        Kind::AtLeast => value >= Ratio::from(0),
        Kind::Above => value > Ratio::from(0),
    }
}

fn big(ratio: Ratio) -> BigRational {
    BigRational::new((*ratio.numer()).into(), (*ratio.denom()).into())
}

// --- sets ----------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_set_is_what_its_inequalities_say((ends, by) in drawn(false, 4)) {
        let all = boxed(&ends);
        let said = |point: &[Ratio]| by.iter().all(|it| holds(it, point));
        let set = cut(&all, &by);
        for point in grid(&ends) {
            let inside = set.as_ref().is_some_and(|it| it.contains(&point).expect("small numbers"));
            prop_assert_eq!(inside, said(&point), "{:?}", point);
        }
        let Some(set) = set else { return Ok(()) };
        let inside = set.interior().expect("small numbers");
        prop_assert!(said(&inside) && set.contains(&inside).expect("small numbers"));
        let round = set.round_point(&[]).expect("small numbers");
        prop_assert!(said(&round), "{:?}", round);
        for corner in set.vertices() {
            prop_assert!(set.closure().contains(&corner).expect("small numbers"));
        }
    }

    #[test]
    fn the_order_of_cuts_says_nothing((ends, by) in drawn(false, 4)) {
        let all = boxed(&ends);
        let backwards: Vec<Inequality> = by.iter().rev().cloned().collect();
        let (one, other) = (cut(&all, &by), cut(&all, &backwards));
        prop_assert_eq!(one.is_some(), other.is_some());
        let (Some(one), Some(other)) = (one, other) else { return Ok(()) };
        prop_assert_eq!(one.irredundant(), other.irredundant());
        prop_assert_eq!(one.dimension(), other.dimension());
        let sorted = |it: &Polytope| { let mut all = it.vertices(); all.sort(); all };
        prop_assert_eq!(sorted(&one), sorted(&other));
    }

    #[test]
    fn none_of_the_fewest_inequalities_can_be_missed((ends, by) in drawn(false, 3)) {
        let Some(set) = cut(&boxed(&ends), &by) else { return Ok(()) };
        let fewest = set.irredundant().expect("small numbers");
        let far = vec![(Ratio::from(-90), Some(Ratio::from(90))); ends.len()];
        let far = boxed(&far);
        let here = set.cut_all(&far.irredundant().expect("small numbers"));
        let here = here.expect("small numbers").expect("not empty");
        let again = cut(&far, &fewest).expect("not empty");
        prop_assert_eq!(apart(&[here], std::slice::from_ref(&again)), Ok(Apart::Nowhere));
        for missed in 0..fewest.len() {
            let mut rest = fewest.clone();
            rest.remove(missed);
            let larger = cut(&far, &rest).expect("not empty");
            let more = difference(&larger, std::slice::from_ref(&again)).expect("small numbers");
            prop_assert!(!more.is_empty(), "{:?} of {:?}", fewest[missed], fewest);
        }
    }

    #[test]
    fn ranges_are_where_opposites_become_impossible(
        (ends, by) in drawn(false, 4),
        form in inequalities(4),
    ) {
        let Some(set) = cut(&boxed(&ends), &by) else { return Ok(()) };
        let coefficients: Vec<i128> = (0..ends.len()).map(|n| {
            let (numerator, denominator) = form.form.coefficient(n);
            numerator * 2 / denominator
        }).collect();
        let form = Affine::of(5, &coefficients, 2).expect("small numbers");
        let range = set.range(&form).expect("small numbers");
        for (bound, sign) in [(range.least, 1), (range.greatest, -1)] {
            let Some(value) = bound.value() else { continue };
            let form = form.minus(&Affine::ratio(value)).expect("small numbers");
            let form = form.times(sign, 1).expect("small numbers");
            prop_assert!(set.holds_everywhere(&Inequality::at_least(form.clone())).expect("small"));
            let there = set.cut(&Inequality::at_least(form.negated().expect("small numbers")));
            let attained = matches!(bound, Bound::Attained(_));
            prop_assert_eq!(there.expect("small numbers").is_some(), attained);
            let never = set.holds_everywhere(&Inequality::above(form)).expect("small numbers");
            prop_assert_eq!(never, !attained);
        }
    }

    #[test]
    fn a_shadow_is_where_a_slice_is_not_empty((ends, by) in drawn(false, 3)) {
        let Some(set) = cut(&boxed(&ends), &by) else { return Ok(()) };
        for n in 0..ends.len() {
            let shadow = set.project(n).expect("small numbers");
            let mut others = ends.clone();
            others.remove(n);
            for point in grid(&others) {
                let mut line = Some(set.clone());
                // From behind, so that the numbers of those before stay.
                for m in (0..ends.len()).rev().filter(|m| *m != n) {
                    let value = point[if m > n { m - 1 } else { m }];
                    line = line.and_then(|it| it.slice(m, value).expect("small numbers"));
                }
                prop_assert_eq!(shadow.contains(&point).expect("small numbers"), line.is_some());
            }
        }
    }

    #[test]
    fn the_parts_of_a_box_have_its_volume_and_can_be_put_together((ends, by) in drawn(true, 3)) {
        let all = boxed(&ends);
        let mut leaves = vec![all.clone()];
        for by in by.iter().take(4) {
            let opposite = by.opposite().expect("small numbers");
            let both = [by, &opposite];
            let halves = |it: &Polytope| both.map(|by| it.cut(by).expect("small numbers"));
            leaves = leaves.iter().flat_map(halves).flatten().collect();
        }
        let volume = |it: &Polytope| it.volume().expect("bounded");
        prop_assert_eq!(leaves.iter().map(volume).sum::<BigRational>(), volume(&all));
        prop_assert_eq!(apart(&leaves, std::slice::from_ref(&all)), Ok(Apart::Nowhere));
        let fewer = merged(&leaves, &all).expect("small numbers");
        prop_assert!(fewer.len() <= leaves.len());
        prop_assert_eq!(apart(&leaves, &fewer), Ok(Apart::Nowhere));
        prop_assert_eq!(fewer.iter().map(volume).sum::<BigRational>(), volume(&all));
    }

    #[test]
    fn a_polygon_has_the_area_of_its_set(
        ends in boxes(2, true),
        by in prop::collection::vec(inequalities(2), 0..=6),
    ) {
        let Some(set) = cut(&boxed(&ends), &by) else { return Ok(()) };
        let polygon = set.polygon().expect("small numbers");
        prop_assert_eq!(polygon.is_some(), set.dimension() == 2);
        let Some(polygon) = polygon else { return Ok(()) };
        prop_assert_eq!(polygon.edges.len(), set.vertices().len());
        let next = polygon.edges.iter().cycle().skip(1);
        let twice = polygon.edges.iter().zip(next).map(|(one, other)| {
            let [x, y] = one.from.map(big);
            let [u, v] = other.from.map(big);
            x * v - u * y
        });
        let two = BigRational::from_integer(2.into());
        prop_assert_eq!(Some(twice.sum::<BigRational>() / two), set.volume());
    }
}

// --- measures ------------------------------------------------------------------------------------

/// A law that reaches over a box of small numbers, of any kind.
fn laws() -> impl Strategy<Value = Law> {
    let width = || ratios(0..=9);
    let uniform = (ratios(0..=5), width()).prop_map(|(lo, width)| Law::uniform(lo, lo + width));
    let triangular = (ratios(0..=5), width(), width())
        .prop_map(|(lo, up, down)| Law::triangular(lo, lo + up, lo + up + down));
    let bin = (ratios(0..=9), prop_oneof![Just(Ratio::from(0)), ratios(1..=4)], 0..5_u64)
        .prop_map(|(from, width, weight)| Bin { from, to: from + width, weight });
    let histogram = prop::collection::vec(bin, 1..4).prop_map(|mut bins| {
        bins[0].weight += 1;
        Law::histogram(&bins)
    });
    let erlang = (1..=3_u32, ratios(1..=9)).prop_map(|(stages, mean)| Law::erlang(stages, mean));
    prop_oneof![
        2 => uniform.prop_map(|it| it.expect("a law")),
        1 => triangular.prop_map(|it| it.expect("a law")),
        1 => histogram.prop_map(|it| it.expect("a law")),
        1 => erlang.prop_map(|it| it.expect("a law")),
    ]
}

fn weight(set: Option<&Polytope>, laws: &[Law]) -> Exact {
    set.map_or_else(Exact::zero, |set| measure(set, laws).expect("small numbers"))
}

fn everything(variables: usize) -> Polytope {
    boxed(&vec![(Ratio::from(0), None); variables])
}

/// The value as a float, from its decimals.
fn float(value: &Exact) -> f64 {
    value.decimals(17).0.parse().expect("a decimal")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn under_uniform_laws_a_weight_is_a_share_of_the_volume((ends, by) in drawn(true, 4)) {
        let all = boxed(&ends);
        let volume = all.volume().expect("bounded");
        prop_assume!(all.dimension() == ends.len());
        let uniform = |it: &(Ratio, Option<Ratio>)| Law::uniform(it.0, it.1.expect("an end"));
        let laws: Vec<Law> = ends.iter().map(|it| uniform(it).expect("a law")).collect();
        let set = cut(&all, &by);
        let of = |it: &Polytope| it.volume().expect("bounded");
        let share = set.as_ref().map_or_else(|| &volume - &volume, of);
        prop_assert_eq!(weight(set.as_ref(), &laws).as_rational(), Some(share / volume));
    }

    #[test]
    fn the_parts_of_everything_weigh_one(
        (laws, by) in (1..=3_usize).prop_flat_map(|n| (
            prop::collection::vec(laws(), n),
            prop::collection::vec(inequalities(n), 0..=2),
        )),
    ) {
        let mut leaves = vec![everything(laws.len())];
        for by in &by {
            let opposite = by.opposite().expect("small numbers");
            let both = [by, &opposite];
            let halves = |it: &Polytope| both.map(|by| it.cut(by).expect("small numbers"));
            leaves = leaves.iter().flat_map(halves).flatten().collect();
        }
        let weights: Vec<Exact> = leaves.iter().map(|it| weight(Some(it), &laws)).collect();
        let sum = weights.iter().fold(Exact::zero(), |sum, it| sum.plus(it));
        prop_assert_eq!(sum, Exact::one());
        for it in weights {
            let (from, to) = it.interval(50);
            let zero = BigRational::from_integer(0.into());
            prop_assert!(to >= zero && from <= BigRational::from_integer(1.into()), "{}", it);
        }
    }

    #[test]
    fn the_order_of_variables_says_nothing(
        laws in prop::collection::vec(laws(), 3),
        by in inequalities(3),
    ) {
        let one = weight(cut(&everything(3), std::slice::from_ref(&by)).as_ref(), &laws);
        let turned: Vec<Law> = [1, 2, 0].iter().map(|n| laws[*n].clone()).collect();
        let numbers = [1, 2, 0].map(|n| { let (p, q) = by.form.coefficient(n); 2 * p / q });
        let (p, q) = by.form.constant_term();
        let form = Affine::of(2 * p / q, &numbers, 2).expect("small numbers");
        let by = Inequality { form, kind: by.kind };
        let other = weight(cut(&everything(3), &[by]).as_ref(), &turned);
        prop_assert_eq!(one, other);
    }
}

/// One draw, from shares of 0..1; the laws are those of the test below.
fn draws(shares: [f64; 5]) -> [f64; 4] {
    let [a, b, c, d, e] = shares;
    let uniform = 2.0 + 5.0 * a;
    let rises = if b < 0.25 { 4.0 * b.sqrt() } else { 8.0 - (48.0 * (1.0 - b)).sqrt() };
    let stages = -(c.ln() + d.ln()) * 1.5;
    let bins = if e < 0.5 { 2.0 } else { 3.0 + 4.0 * (e - 0.5) };
    [uniform, rises, stages, bins]
}

#[test]
fn draws_fall_as_often_as_computed() {
    let whole = Ratio::from_integer;
    let bins =
        [(2, 2), (3, 5)].map(|(from, to)| Bin { from: whole(from), to: whole(to), weight: 1 });
    let laws = [
        Law::uniform(whole(2), whole(7)).expect("a law"),
        Law::triangular(whole(0), whole(2), whole(8)).expect("a law"),
        Law::erlang(2, whole(3)).expect("a law"),
        Law::histogram(&bins).expect("a law"),
    ];
    let form = |constant: i128, list: [i128; 4]| Affine::of(constant, &list, 1).expect("small");
    let sets = [
        vec![
            Inequality::above(form(0, [-1, 1, 1, 0])),
            Inequality::at_least(form(1, [1, 0, -1, 0])),
        ],
        vec![
            Inequality::above(form(-1, [1, -1, -1, 1])),
            Inequality::above(form(0, [0, 2, -1, 0])),
        ],
        vec![Inequality::at_least(form(9, [-1, -1, -1, -1]))],
    ];
    let mut chance = Chance::of(7, 1);
    let most = f64::from(u32::MAX);
    let mut share = || {
        let drawn = chance.draw(Source::Path, wire::Law::Uniform(0, u32::MAX.into()));
        (drawn as f64 + 0.5) / (most + 1.0)
    };
    let trials = 200_000_u32;
    let mut counts = [0_u32; 3];
    for _ in 0..trials {
        let shares = [(); 5].map(|()| share());
        let point = draws(shares);
        for (count, set) in counts.iter_mut().zip(&sets) {
            let value = |form: &Affine| {
                let part = |n: usize| form.coefficient(n).0 as f64 * point[n];
                form.constant_term().0 as f64 + (0..4).map(part).sum::<f64>()
            };
            let inside = set.iter().all(|it| value(&it.form) > 0.0);
            *count += u32::from(inside);
        }
    }
    for (count, set) in counts.iter().zip(&sets) {
        let computed = float(&weight(cut(&everything(4), set).as_ref(), &laws));
        let seen = f64::from(*count) / f64::from(trials);
        // Five standard deviations of a share of a half.
        assert!((computed - seen).abs() < 2.5 / f64::from(trials).sqrt(), "{computed} {seen}");
        assert!(computed > 0.05 && computed < 0.95, "a test that tells: {computed}");
    }
}

/// What lies below a value, to fourteen digits.
fn below(law: &Law, value: Ratio, wanted: f64) {
    let form = Affine::ratio(value).minus(&Affine::variable(0)).expect("small numbers");
    let set = cut(&everything(1), &[Inequality::at_least(form)]);
    let found = float(&weight(set.as_ref(), std::slice::from_ref(law)));
    assert!(
        (found - wanted).abs() <= 1e-14 * wanted.max(1e-3),
        "{law:?} {value}: {found} {wanted}"
    );
}

#[test]
fn one_variable_agrees_with_statrs() {
    for numerator in 1..=40 {
        let value = Ratio::new(numerator, 3);
        let x = numerator as f64 / 3.0;
        let whole = |n: i128| Ratio::from_integer(n);
        let uniform = Uniform::new(2.0, 11.0).expect("a law");
        below(&Law::uniform(whole(2), whole(11)).expect("a law"), value, uniform.cdf(x));
        let exponential = Exp::new(0.25).expect("a law");
        below(&Law::exponential(whole(4)).expect("a law"), value, exponential.cdf(x));
        let triangular = Triangular::new(1.0, 9.0, 4.0).expect("a law");
        let law = Law::triangular(whole(1), whole(4), whole(9)).expect("a law");
        below(&law, value, triangular.cdf(x));
        for stages in [1, 2, 5, 12] {
            let gamma = Gamma::new(f64::from(stages), f64::from(stages) / 6.0).expect("a law");
            let law = Law::erlang(stages, whole(6)).expect("a law");
            below(&law, value, gamma.cdf(x));
        }
    }
}

#[test]
fn durations_as_scenarios_have_them() {
    let of = |law: wire::Law| Law::of_durations(law);
    let whole = Ratio::from_integer;
    assert_eq!(of(wire::Law::Fixed(7)), Some(Law::constant(whole(7))));
    assert_eq!(of(wire::Law::Uniform(3, 9)), Law::uniform(whole(3), whole(9)).ok());
    let exponential = wire::Law::exponential(500).expect("a law");
    assert_eq!(of(exponential), Law::exponential(whole(500)).ok());
    let stages = |milli: u32| of(wire::Law::gamma(milli, 60).expect("a law"));
    assert_eq!(stages(3_000), Law::erlang(3, whole(60)).ok());
    assert_eq!(stages(2_500), None, "no whole number of stages");
    assert_eq!(of(wire::Law::log_normal(10, 50).expect("a law")), None);
    let bins = [(1, 4, 5), (6, 6, 2)];
    let measured = bins.map(|(lo, hi, weight)| wire::law::Bin { lo, hi, weight }).to_vec();
    let bins =
        bins.map(|(lo, hi, weight)| Bin { from: whole(lo.into()), to: whole(hi.into()), weight });
    let law = of(wire::Law::histogram(measured).expect("a law"));
    assert_eq!(law.as_ref().map(Law::pieces), Some(2));
    assert_eq!(law, Law::histogram(&bins).ok());
}
