use super::*;

/// From the closed forms: with no hit in n trials the upper end is 1 - 0.025^(1/n).
#[test]
fn the_interval_is_exact_at_its_ends() {
    let (low, high) = interval(0, 1000);
    assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(1e-3))).abs() < 1e-9);
    let (low, high) = interval(1000, 1000);
    assert!(high == 1.0 && (low - 0.025_f64.powf(1e-3)).abs() < 1e-9);
}

/// R: binom.test(10, 100)$conf.int is 0.04900469 0.17622260.
#[test]
fn the_interval_agrees_with_a_textbook_row() {
    let (low, high) = interval(10, 100);
    assert!((low - 0.049_004_69).abs() < 1e-6 && (high - 0.176_222_60).abs() < 1e-6);
}

/// log(n!), up to this n.
fn log_factorials(n: u64) -> Vec<f64> {
    let mut sum = 0.0;
    let more = (1..=n).map(|k| {
        sum += (k as f64).ln();
        sum
    });
    std::iter::once(0.0).chain(more).collect()
}

/// x log y, where 0 log 0 is 0.
fn times_log(x: u64, y: f64) -> f64 {
    if x == 0 { 0.0 } else { x as f64 * y.ln() }
}

/// The probability that the interval of a difference holds the true one, summed over everything
/// that so many trials can show.
fn coverage(of: u64, [here, there]: [f64; 2], seen: &mut Vec<(Pairs, (f64, f64))>) -> f64 {
    let logs = log_factorials(of);
    let log = |n: u64| logs[usize::try_from(n).expect("small")];
    let mut sum = 0.0;
    for only_here in 0..=of {
        for only_there in 0..=of - only_here {
            let alike = of - only_here - only_there;
            let ways = log(of) - log(only_here) - log(only_there) - log(alike);
            let weight = (ways
                + times_log(only_here, here)
                + times_log(only_there, there)
                + times_log(alike, 1.0 - here - there))
            .exp();
            if weight < 1e-12 {
                continue;
            }
            let pairs = Pairs { only_here, only_there, of };
            let known = seen.iter().find(|(known, _)| *known == pairs).map(|(_, it)| *it);
            let (low, high) = known.unwrap_or_else(|| {
                let interval = pairs.interval(Sure::Fixed);
                seen.push((pairs, interval));
                interval
            });
            if (low..=high).contains(&(here - there)) {
                sum += weight;
            }
        }
    }
    sum
}

#[test]
fn the_interval_of_a_difference_holds_it_in_95_percent_and_more() {
    for of in [5, 20, 40] {
        let mut seen = Vec::new();
        for truth in [
            [0.0, 0.0],
            [0.01, 0.0],
            [0.01, 0.01],
            [0.05, 0.01],
            [0.0, 0.1],
            [0.1, 0.1],
            [0.2, 0.05],
            [0.3, 0.3],
            [0.5, 0.5],
            [0.9, 0.05],
            [1.0, 0.0],
        ] {
            let covered = coverage(of, truth, &mut seen);
            assert!(covered >= 0.95, "{covered} of {of} at {truth:?}");
        }
    }
}

/// What the two shares alone say of their difference, with the error shared out between them.
fn unpaired([here, there]: [u64; 2], of: u64) -> (f64, f64) {
    let [a, b] = [here, there].map(|count| clopper_pearson(count, of, Sure::Fixed.error() / 2.0));
    (a.0 - b.1, a.1 - b.0)
}

#[test]
fn a_difference_on_the_same_trials_is_known_better_where_most_end_alike() {
    // Trials, lost by both, by here alone, by there alone.
    for (of, both, only_here, only_there) in
        [(1_000, 20, 0, 0), (1_000, 500, 30, 0), (10_000, 300, 12, 15), (40_000, 900, 60, 4)]
    {
        let paired = Pairs { only_here, only_there, of }.interval(Sure::Fixed);
        let apart = unpaired([both + only_here, both + only_there], of);
        let width = |(low, high): (f64, f64)| high - low;
        assert!(width(paired) * 1.5 < width(apart), "{paired:?} {apart:?}");
        let difference = Pairs { only_here, only_there, of }.difference();
        assert!(paired.0 <= difference && difference <= paired.1);
    }
}

/// With six trials apart, all to one side, the exact test of a half has p = 2/64 = 0.031 and is
/// above 0.025; with seven it is 0.016.
#[test]
fn a_difference_is_shown_where_the_exact_test_says_so() {
    let leaves_out_zero = |pairs: Pairs| {
        let (low, high) = pairs.interval(Sure::Fixed);
        low > 0.0 || high < 0.0
    };
    let pairs = |only_here, only_there| Pairs { only_here, only_there, of: 1_000 };
    assert!(!leaves_out_zero(pairs(6, 0)) && leaves_out_zero(pairs(7, 0)));
    assert!(!leaves_out_zero(pairs(0, 6)) && leaves_out_zero(pairs(0, 7)));
    assert!(!leaves_out_zero(pairs(0, 0)) && !leaves_out_zero(pairs(50, 45)));
    assert_eq!(Pairs { only_here: 0, only_there: 0, of: 0 }.interval(Sure::Fixed), (-1.0, 1.0));
}
