use super::*;

#[test]
fn a_uniform_law_reaches_both_of_its_ends() {
    let law = Law::Uniform(10, 13);
    assert_eq!(law.at(0), 10);
    assert_eq!(law.at(u64::MAX), 13);
    assert_eq!(law.at(u64::MAX / 2), 11);
}

#[test]
fn backing_off_doubles_and_stops_at_the_cap() {
    let due =
        |backoff| Due::Rto { floor: 200, backoff, cap: 1000, growth: Growth::Whole }.instant(5, 60);
    assert_eq!([due(0), due(1), due(2), due(9)], [265, 525, 1005, 1005]);
}
