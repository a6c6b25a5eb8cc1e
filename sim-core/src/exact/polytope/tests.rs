use super::*;
use crate::exact::{Affine, Inequality};
use num_bigint::BigInt;
use num_rational::BigRational;

fn whole(n: i128) -> Ratio {
    Ratio::from_integer(n)
}

fn volume(numerator: i64, denominator: i64) -> Option<BigRational> {
    Some(BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
}

fn form(constant: i128, coefficients: &[i128]) -> Affine {
    Affine::of(constant, coefficients, 1).expect("small numbers")
}

fn at_least(constant: i128, coefficients: &[i128]) -> Inequality {
    Inequality::at_least(form(constant, coefficients))
}

fn above(constant: i128, coefficients: &[i128]) -> Inequality {
    Inequality::above(form(constant, coefficients))
}

fn cube(sides: &[i128]) -> Polytope {
    let ends: Vec<_> = sides.iter().map(|side| (whole(0), Some(whole(*side)))).collect();
    Polytope::boxed(&ends).expect("small numbers").expect("not empty")
}

fn quarter(variables: usize) -> Polytope {
    let ends = vec![(whole(0), None); variables];
    Polytope::boxed(&ends).expect("small numbers").expect("not empty")
}

fn cut(it: &Polytope, by: &Inequality) -> Polytope {
    it.cut(by).expect("small numbers").expect("not empty")
}

fn is_empty(it: &Polytope, by: &Inequality) -> bool {
    it.cut(by).expect("small numbers").is_none()
}

#[test]
fn boxes_have_corners_volumes_and_twice_as_many_faces_as_variables() {
    let it = cube(&[2, 3, 5]);
    assert_eq!((it.vertices().len(), it.dimension()), (8, 3));
    assert_eq!(it.volume(), volume(30, 1));
    assert_eq!(it.irredundant().map(|all| all.len()), Ok(6));
    let flat = cube(&[2, 0]);
    assert_eq!((flat.vertices().len(), flat.dimension(), flat.volume()), (2, 1, volume(0, 1)));
    assert!(Polytope::boxed(&[(whole(1), Some(whole(0)))]).expect("small numbers").is_none());
}

#[test]
fn a_redundant_cut_shares_and_an_impossible_one_leaves_nothing() {
    let it = cube(&[2, 3]);
    let same = cut(&it, &at_least(1, &[1, 1]));
    assert!(Arc::ptr_eq(&it.0, &same.0));
    let same = cut(&it, &above(1, &[1, 1]));
    assert!(Arc::ptr_eq(&it.0, &same.0));
    assert!(is_empty(&it, &at_least(-6, &[1, 1])));
    assert!(is_empty(&it, &above(-5, &[1, 1])));
    assert_eq!(cut(&it, &at_least(-5, &[1, 1])).vertices(), [[whole(2), whole(3)]]);
}

#[test]
fn a_corner_cut_off() {
    // x + y <= 4 in a square of 3: a triangle with legs of 2 is missing.
    let it = cut(&cube(&[3, 3]), &at_least(4, &[-1, -1]));
    assert_eq!(it.volume(), volume(7, 1));
    assert_eq!(it.vertices().len(), 5);
    let simplex = cut(&cube(&[1, 1, 1, 1]), &at_least(1, &[-1, -1, -1, -1]));
    assert_eq!((simplex.volume(), simplex.vertices().len()), (volume(1, 24), 5));
    assert_eq!(simplex.irredundant().map(|all| all.len()), Ok(5));
}

#[test]
fn strict_cuts_take_faces_away() {
    let it = cut(&cube(&[1, 1]), &above(0, &[1, -1]));
    let range = it.range(&form(0, &[1, -1])).expect("small numbers");
    assert_eq!(range.least, Bound::Approached(whole(0)));
    assert_eq!(range.greatest, Bound::Attained(whole(1)));
    assert_eq!(it.contains(&[whole(1), whole(1)]), Ok(false));
    assert_eq!(it.contains(&[whole(1), whole(0)]), Ok(true));
    assert_eq!(it.holds_everywhere(&above(0, &[1])), Ok(true));
    assert!(is_empty(&it, &at_least(0, &[-1, 1])));
    assert_eq!(it.closure().contains(&[whole(1), whole(1)]), Ok(true));
}

#[test]
fn a_strict_inequality_may_take_a_corner_alone() {
    let it = cut(&cube(&[1, 1]), &above(0, &[1, 1]));
    assert_eq!(it.contains(&[whole(0), whole(0)]), Ok(false));
    assert_eq!(it.contains(&[whole(0), Ratio::new(1, 9)]), Ok(true));
    assert!(is_empty(&it, &at_least(0, &[-1, -1])));
    // The edge x = 0 has its other points still.
    let edge = cut(&it, &at_least(0, &[-1]));
    assert_eq!(edge.range(&form(0, &[0, 1])).expect("small").least, Bound::Approached(whole(0)));
    assert_eq!(it.irredundant().map(|all| all.len()), Ok(5));
    // What takes the whole edge away makes it superfluous.
    assert_eq!(cut(&it, &above(0, &[1])).irredundant().map(|all| all.len()), Ok(4));
    assert_eq!(it.closure().irredundant().map(|all| all.len()), Ok(4));
}

#[test]
fn sets_without_an_end() {
    let it = cut(&quarter(2), &at_least(1, &[1, -1]));
    let range = it.range(&form(0, &[1])).expect("small numbers");
    assert_eq!((range.least, range.greatest), (Bound::Attained(whole(0)), Bound::Unbounded));
    let range = it.range(&form(0, &[-1, 1])).expect("small numbers");
    assert_eq!(range.greatest, Bound::Attained(whole(1)));
    assert_eq!(it.rays().len(), 2);
    assert_eq!(it.volume(), None);
    // A strict face with no corner but with directions.
    let wedge = cut(&it, &above(1, &[1, -1]));
    assert_eq!(
        wedge.range(&form(0, &[-1, 1])).expect("small").greatest,
        Bound::Approached(whole(1))
    );
}

#[test]
fn points_inside_are_round_if_they_can_be() {
    let it = cut(&cube(&[1000, 1000]), &above(-10, &[1, -1]));
    let it = cut(&it, &above(13, &[-1, 1]));
    let inside = it.interior().expect("small numbers");
    assert_eq!(it.contains(&inside), Ok(true));
    let point = it.round_point(&[]).expect("small numbers");
    assert_eq!(it.contains(&point), Ok(true));
    assert!(point.iter().all(Ratio::is_integer), "{point:?}");
    let even = it.round_point(&[whole(2), whole(2)]).expect("small numbers");
    assert!(even.iter().all(|at| at.is_integer() && at.numer() % 2 == 0), "{even:?}");
    let line = cut(&cut(&it, &at_least(-11, &[1, -1])), &at_least(11, &[-1, 1]));
    assert_eq!(line.dimension(), 1);
    let point = line.round_point(&[]).expect("small numbers");
    assert_eq!(point[0] - point[1], whole(11));
}

#[test]
fn fine_grids_where_no_whole_number_fits() {
    let it = cut(&cube(&[1]), &above(-1, &[3]));
    // From 1/3 to 2/5: the middle is 0.3666...
    let it = cut(&it, &above(2, &[-5]));
    assert_eq!(it.round_point(&[]), Ok(vec![Ratio::new(37, 100)]));
    assert_eq!(cube(&[60_000]).round_point(&[]), Ok(vec![whole(30_000)]));
}

#[test]
fn a_polygon_goes_round_counter_clockwise() {
    let it = cut(&cube(&[2, 2]), &above(3, &[-1, -1]));
    let polygon = it.polygon().expect("small numbers").expect("an area");
    let corners: Vec<_> = polygon.edges.iter().map(|it| it.from.map(|at| *at.numer())).collect();
    assert_eq!(corners, [[0, 0], [2, 0], [2, 1], [1, 2], [0, 2]]);
    let open: Vec<_> = polygon.edges.iter().map(|it| (it.corner, it.inner)).collect();
    use Belonging::{Part, TakenAway};
    let part = (Part, Part);
    assert_eq!(open, [part, part, (TakenAway, TakenAway), (TakenAway, Part), part]);
    assert_eq!(polygon.edges[2].inequality, above(3, &[-1, -1]));
    assert_eq!(quarter(2).polygon(), Ok(None));
}

#[test]
fn slices_and_shadows() {
    // A pyramid: |x - 2|, |y - 2| <= 2 - z.
    let mut it = cube(&[4, 4, 2]);
    for side in [[1, 0, -1], [0, 1, -1]] {
        it = cut(&it, &at_least(0, &side));
    }
    for side in [[-1, 0, -1], [0, -1, -1]] {
        it = cut(&it, &above(4, &side));
    }
    assert_eq!(it.volume(), volume(32, 3));
    let half = it.slice(2, whole(1)).expect("small numbers").expect("not empty");
    assert_eq!((half.variables(), half.volume()), (2, volume(4, 1)));
    assert_eq!(half.contains(&[whole(1), whole(1)]), Ok(true));
    assert_eq!(half.contains(&[whole(3), whole(1)]), Ok(false));
    assert!(it.slice(2, whole(2)).expect("small numbers").is_none(), "the tip is taken away");
    let shadow = it.project(0).expect("small numbers");
    assert_eq!((shadow.variables(), shadow.volume()), (2, volume(4, 1)));
    assert_eq!(shadow.irredundant().map(|all| all.len()), Ok(3));
    assert_eq!(shadow.vertices().len(), 3);
    assert_eq!(shadow.contains(&[whole(0), whole(0)]), Ok(true));
    assert_eq!(shadow.contains(&[whole(4), whole(0)]), Ok(false));
    let length = shadow.project(1).expect("small numbers");
    assert_eq!(length.range(&form(0, &[1])).expect("small").greatest, Bound::Approached(whole(4)));
}

#[test]
fn equations_come_first_and_are_solved_for_the_last_variable() {
    let it = cut(&cut(&cube(&[9, 9]), &at_least(1, &[1, -2])), &at_least(-1, &[-1, 2]));
    let all = it.irredundant().expect("small numbers");
    assert_eq!(
        all,
        [at_least(-1, &[-1, 2]), at_least(1, &[1, -2]), at_least(0, &[1]), at_least(9, &[-1]),]
    );
}

#[test]
fn a_late_variable_is_a_product() {
    let triangle = cut(&cube(&[1, 1]), &above(1, &[-1, -1]));
    let prism = triangle.with_variable(Ratio::new(1, 2), Some(whole(2)));
    let prism = prism.expect("small numbers").expect("not empty");
    assert_eq!((prism.volume(), prism.vertices().len()), (volume(3, 4), 6));
    let without_end = triangle.with_variable(whole(1), None);
    let without_end = without_end.expect("small numbers").expect("not empty");
    assert_eq!((without_end.rays(), without_end.vertices().len()), (vec![vec![0, 0, 1]], 3));
    let cut = cut(&without_end, &at_least(0, &[3, 3, -1]));
    assert_eq!(
        cut.range(&form(0, &[0, 0, 1])).expect("small").greatest,
        Bound::Approached(whole(3))
    );
}
