use super::*;

fn whole(n: i128) -> Ratio {
    Ratio::from_integer(n)
}

fn fraction(numerator: i64, denominator: i64) -> Option<BigRational> {
    Some(BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
}

fn above(constant: i128, coefficients: &[i128]) -> Inequality {
    Inequality::above(Affine::of(constant, coefficients, 1).expect("small numbers"))
}

fn at_least(constant: i128, coefficients: &[i128]) -> Inequality {
    Inequality { kind: crate::exact::Kind::AtLeast, ..above(constant, coefficients) }
}

/// The weight of what the inequalities leave of the quarter where nothing is negative.
fn weight(laws: &[Law], by: &[Inequality]) -> Exact {
    let all = Polytope::boxed(&vec![(whole(0), None); laws.len()]);
    let all = all.expect("small numbers").expect("not empty");
    match all.cut_all(by).expect("small numbers") {
        Some(set) => measure(&set, laws).expect("small numbers"),
        None => Exact::zero(),
    }
}

fn uniform(from: i128, to: i128) -> Law {
    Law::uniform(whole(from), whole(to)).expect("a law")
}

fn exponential(mean: i128) -> Law {
    Law::exponential(whole(mean)).expect("a law")
}

#[test]
fn nothing_cut_off_weighs_one() {
    let bins = [(0, 2, 3), (2, 2, 4), (5, 9, 1)];
    let bins = bins.map(|(from, to, weight)| Bin { from: whole(from), to: whole(to), weight });
    let laws = [
        uniform(2, 7),
        uniform(3, 3),
        exponential(5),
        Law::erlang(3, whole(4)).expect("a law"),
        Law::triangular(whole(1), whole(2), whole(7)).expect("a law"),
        Law::triangular(whole(1), whole(7), whole(7)).expect("a law"),
        Law::histogram(&bins).expect("a law"),
    ];
    for law in &laws {
        let one = weight(std::slice::from_ref(law), &[]);
        assert_eq!(one, Exact::one(), "{law:?}");
    }
    assert_eq!(weight(&laws, &[]), Exact::one());
}

#[test]
fn uniform_laws_by_hand() {
    // Two of 0..1: the sum is below 1 in half, below 3/2 in 7/8 of the square.
    let two = [uniform(0, 1), uniform(0, 1)];
    assert_eq!(weight(&two, &[above(1, &[-1, -1])]).as_rational(), fraction(1, 2));
    assert_eq!(weight(&two, &[above(3, &[-2, -2])]).as_rational(), fraction(7, 8));
    // The smallest of four.
    let four = vec![uniform(0, 1); 4];
    let first = [above(0, &[-1, 1]), above(0, &[-1, 0, 1]), above(0, &[-1, 0, 0, 1])];
    assert_eq!(weight(&four, &first).as_rational(), fraction(1, 4));
    // A sum of four is below 1 in 1/24, below 2 in half of all cases.
    assert_eq!(weight(&four, &[above(1, &[-1; 4])]).as_rational(), fraction(1, 24));
    assert_eq!(weight(&four, &[above(2, &[-1; 4])]).as_rational(), fraction(1, 2));
}

#[test]
fn exponential_races_are_fractions() {
    let race = [exponential(3), exponential(5)];
    assert_eq!(weight(&race, &[above(0, &[-1, 1])]).as_rational(), fraction(5, 8));
    let three = [exponential(2), exponential(3), exponential(6)];
    let first = [above(0, &[-1, 1]), above(0, &[-1, 0, 1])];
    assert_eq!(weight(&three, &first).as_rational(), fraction(1, 2));
    // Two stages of rate 2 against one of rate 1: (2/3)^2.
    let stages = [Law::erlang(2, whole(1)).expect("a law"), exponential(1)];
    assert_eq!(weight(&stages, &[above(0, &[-1, 1])]).as_rational(), fraction(4, 9));
}

#[test]
fn exponential_tails_by_hand() {
    // The race with a head start of 2 for the first: 1 - 3/8 e^(-2/5) ... for means 3 and 5.
    let race = [exponential(3), exponential(5)];
    let late = weight(&race, &[above(-2, &[1, -1])]);
    assert_eq!(late.to_string(), "3/8 e^(-2/3)");
    assert_eq!(weight(&[exponential(4)], &[at_least(4, &[-1])]).to_string(), "1 - e^(-1)");
    // Two stages of mean 1: 1 - (1 + x) e^-x at 3.
    let stages = Law::erlang(2, whole(2)).expect("a law");
    let below = weight(std::slice::from_ref(&stages), &[at_least(3, &[-1])]);
    assert_eq!(below.to_string(), "1 - 4 e^(-3)");
    // The sum of two exponentials of mean 1 is the same law.
    let sum = weight(&[exponential(1), exponential(1)], &[at_least(3, &[-1, -1])]);
    assert_eq!(sum, below);
    assert_eq!(below.decimals(12), ("0.800851726528".into(), "0.800851726529".into()));
}

#[test]
fn uniform_against_exponential_by_hand() {
    // X of 0..2, Y of mean 1: P(Y > X) = (1 - e^-2) / 2.
    let laws = [uniform(0, 2), exponential(1)];
    assert_eq!(weight(&laws, &[above(0, &[-1, 1])]).to_string(), "1/2 - 1/2 e^(-2)");
}

#[test]
fn points_know_which_side_of_a_rim_they_are_on() {
    let point = [Law::constant(whole(2)), uniform(0, 4)];
    assert_eq!(weight(&point, &[above(0, &[1, -1])]).as_rational(), fraction(1, 2));
    let tie = [Law::constant(whole(2)), Law::constant(whole(2))];
    assert_eq!(weight(&tie, &[above(0, &[1, -1])]), Exact::zero());
    assert_eq!(weight(&tie, &[at_least(0, &[1, -1])]), Exact::one());
    let bins = [
        Bin { from: whole(1), to: whole(1), weight: 1 },
        Bin { from: whole(1), to: whole(3), weight: 1 },
    ];
    let mixed = vec![Law::histogram(&bins).expect("a law"); 2];
    // Both at 1 in a quarter of all cases; otherwise alike.
    assert_eq!(weight(&mixed, &[above(0, &[1, -1])]).as_rational(), fraction(3, 8));
    assert_eq!(weight(&mixed, &[at_least(0, &[1, -1])]).as_rational(), fraction(5, 8));
}

#[test]
fn numbers_that_make_no_law() {
    let (one, two) = (whole(1), whole(2));
    assert_eq!(Law::uniform(two, one), Err(Unfit::Reversed(two, one)));
    assert_eq!(
        Law::triangular(one, whole(3), two).err(),
        Some(Unfit::Mode { mode: whole(3), from: one, to: two })
    );
    assert_eq!(Law::exponential(whole(0)), Err(Unfit::Mean(whole(0))));
    assert_eq!(Law::erlang(0, one), Err(Unfit::Stages(0)));
    assert_eq!(Law::histogram(&[]), Err(Unfit::Weightless));
}
