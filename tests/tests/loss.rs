//! `closerace loss`: the same bytes on any number of threads, what is read again, what is refused.

use serde_json::Value;
use sim_scenarios::cli::{Exit, main_with};
use std::path::PathBuf;

fn run(args: &str) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = args.split_whitespace().map(|word| word.replace("rtts.csv", &rtts()));
    let exit = main_with(args, &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

/// The recorded round trips of the sessions.
fn rtts() -> String {
    format!("{}/cli/rtts.csv", env!("CARGO_MANIFEST_DIR"))
}

fn json(args: &str) -> (Exit, Value) {
    let (exit, out, err) = run(&format!("closerace loss {args} --format json"));
    let value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{args}: {err}"));
    (exit, value)
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PAIR: &str = "--server close --client duplex/abort";

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    for options in [
        format!("{PAIR} --server linger0 --precision 1%"),
        format!("{PAIR} --trials 1030 --format json"),
        format!("{PAIR} --trials 99 --format csv --rtt-samples rtts.csv"),
    ] {
        let on = |threads: u32| run(&format!("closerace loss {options} --threads {threads}"));
        let one = on(1);
        assert_eq!(one.0, Exit::Done, "{}", one.2);
        for threads in [2, 7] {
            assert_eq!(on(threads), one, "{options}");
        }
    }
}

#[test]
fn what_is_for_programs_has_a_version_and_says_the_same_as_a_run() {
    let (exit, loss) = json(&format!("{PAIR} --trials 500 --seed 4"));
    assert_eq!(exit, Exit::Done);
    assert_eq!((&loss["schema_version"], &loss["kind"]), (&Value::from(1), &"loss".into()));
    assert_eq!((&loss["ended"], &loss["trials"]), (&"trials".into(), &500.into()));
    let server = &loss["servers"][0];
    let count = |list: &str| -> u64 {
        let list = server[list].as_array().expect("a list");
        list.iter().map(|entry| entry["count"].as_u64().expect("a count")).sum()
    };
    assert_eq!(count("words"), 500);
    assert_eq!(Some(count("causes")), server["lost"]["count"].as_u64());
    assert!(count("causes") > 0);
    let trial = server["first_lost_trial"].as_u64().expect("a trial");
    let options = server["options"].as_str().expect("options");
    let again = |args: &str| -> Value {
        serde_json::from_str(&run(&format!("closerace {args} --format json")).1).expect("json")
    };
    let run = again(&format!("run {options} --seed 4 --trial {trial}"));
    assert_eq!(run["scenario"]["hash"], server["scenario"]);
    assert_eq!(run["token"], server["token"]);
    assert_ne!(run["outcome"]["word"], "SEEN");
    let first = again(&format!("run {options} --seed 4 --lost"));
    assert_eq!(first["token"], server["token"], "no earlier trial loses it");
}

/// The law goes with the token, not the file.
#[test]
fn a_run_with_measured_round_trips_is_replayed_from_its_token() {
    let (exit, loss) = json(&format!("{PAIR} --trials 500 --rtt-samples rtts.csv"));
    assert_eq!(exit, Exit::Done);
    let samples = &loss["rtt_samples"];
    assert_eq!((&samples["count"], &samples["unit"]), (&120.into(), &"ms".into()));
    assert_eq!(samples["column"], "rtt_ms");
    let law = loss["laws"][0]["law"].as_str().expect("a law");
    assert!(law.starts_with("histogram:") && law.matches('x').count() == 64, "{law}");
    let server = &loss["servers"][0];
    let token = server["token"].as_str().expect("a trial that loses it");
    let plain = |c: char| c.is_ascii_alphanumeric() || "./-:=,+".contains(c);
    assert!(token.chars().all(plain), "{token}");
    let (exit, replayed, err) = run(&format!("closerace replay {token}"));
    assert_eq!(exit, Exit::Done, "{err}");
    let options = server["options"].as_str().expect("options");
    assert!(options.contains(&format!("--rtt {law}")) && !options.contains("rtts"), "{options}");
    let trial = &server["first_lost_trial"];
    assert_eq!(run(&format!("closerace run {options} --trial {trial}")).1, replayed);
    // The same law by its text is the same scenario.
    let by_text = json(&format!("{PAIR} --trials 500 --rtt {law}")).1;
    assert_eq!(by_text["servers"], loss["servers"]);
}

#[test]
fn measured_round_trips_move_the_share() {
    let lost = |options: &str| -> u64 {
        let loss = json(&format!("{PAIR} --trials 1000 {options}")).1;
        loss["servers"][0]["lost"]["count"].as_u64().expect("a count")
    };
    assert_ne!(lost(""), lost("--rtt-samples rtts.csv"));
}

#[test]
fn it_stops_where_it_is_precise_and_says_so() {
    let (exit, loss) = json(&format!("{PAIR} --precision 1%"));
    assert_eq!((exit, &loss["ended"]), (Exit::Done, &"precision".into()));
    let share = &loss["servers"][0]["lost"];
    let width = share["high"].as_f64().expect("high") - share["low"].as_f64().expect("low");
    assert!(width / 2.0 <= 0.01, "{width}");
    let (exit, out, _) = run(&format!("closerace loss {PAIR} --precision 0.1% --max-trials 1500"));
    assert_eq!(exit, Exit::Inconclusive);
    let out = flat(&out);
    assert!(out.contains("INCONCLUSIVE: after 1,500 trials, the most allowed, +-"), "{out}");
    assert!(out.contains("NOT as precise as asked"), "{out}");
}

#[test]
fn everything_it_holds_under_is_said() {
    let (_, out, _) = run(&format!(
        "closerace loss {PAIR} --server linger0 --trials 300 --seed 9 --rtt exponential:20ms"
    ));
    let out = flat(&out);
    for words in [
        "0 to 299 of seed 9, the same for every server",
        "Clopper-Pearson",
        "Pace clocked; horizon of a run: one hour or a million actions",
        "round trip exponential with mean 20ms, cut to",
        "Tails are cut at the quantiles 2^-32 and 1 - 2^-32",
        "Scenarios close ",
        "nothing is lost, repeated or overtaken",
    ] {
        assert!(out.contains(words), "{words} in\n{out}");
    }
}

#[test]
fn a_comparison_is_of_the_same_trials_and_has_its_own_interval() {
    let (exit, loss) = json(&format!(
        "{PAIR} --server close --server lingering-close --server linger0 --trials 2000"
    ));
    assert_eq!(exit, Exit::Done);
    let differences = loss["differences"].as_array().expect("a list");
    let [same, lingering, linger0] = &differences[..] else { panic!("three") };
    // The same server loses the same trials: nothing is between them.
    assert_eq!((&same["lost_here_only"], &same["lost_there_only"]), (&0.into(), &0.into()));
    assert_eq!((&same["significant"], &same["difference"]), (&false.into(), &0.0.into()));
    assert_eq!(
        (&lingering["significant"], &lingering["lost_here_only"]),
        (&true.into(), &0.into())
    );
    // Whether the server aborts or closes makes no difference to who comes too late here.
    assert_eq!(linger0["significant"], false);
    let lost = |n: usize| loss["servers"][n]["lost"]["count"].as_i64().expect("a count");
    for (n, it) in differences.iter().enumerate() {
        let count = |key: &str| it[key].as_i64().expect("a count");
        assert_eq!(count("lost_here_only") - count("lost_there_only"), lost(n + 1) - lost(0));
        let number = |key: &str| it[key].as_f64().expect("a number");
        assert!(number("low") <= number("difference") && number("difference") <= number("high"));
    }
    // As each server alone.
    let alone = json("--server linger0 --client duplex/abort --trials 2000").1;
    assert_eq!(alone["servers"][0], loss["servers"][3]);
}

#[test]
fn the_table_for_tables_has_as_many_fields_in_every_line() {
    let (exit, out, _) = run(&format!(
        "closerace loss {PAIR} --server lingering-close:idle=1s,total=2s --trials 200 --format csv"
    ));
    assert_eq!(exit, Exit::Done);
    assert!(out.contains("\"lingering-close:idle=1s,total=2s\",duplex/abort,"), "{out}");
    let fields = |line: &str| {
        let mut quoted = false;
        let separates = |c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        };
        line.split(separates).count()
    };
    assert!(out.lines().count() > 10);
    assert!(out.lines().all(|line| fields(line) == 11), "{out}");
}

/// A file of this test alone.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file that can be written");
    path
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let wrong = file("wrong.csv", "rtt_ms\n12\n# a gap\nfast\n-1\n");
    let wrong = wrong.display();
    let empty = file("empty.csv", "");
    let empty = empty.display();
    for (args, says) in [
        (format!("{PAIR} --precision 0.5"), "as in 0.5%".to_owned()),
        (format!("{PAIR} --precision 0%"), "from 0.05% to 50%".to_owned()),
        (format!("{PAIR} --precision -1%"), "from 0.05% to 50%".to_owned()),
        (format!("{PAIR} --precision nan%"), "from 0.05% to 50%".to_owned()),
        (format!("{PAIR} --trials 0"), "0 is not in 1..=10000000".to_owned()),
        (format!("{PAIR} --trials 5 --precision 1%"), "cannot be used with".to_owned()),
        (format!("{PAIR} --threads 0"), "a number from 1 to 256".to_owned()),
        (format!("{PAIR} --column x"), "--rtt-samples".to_owned()),
        (format!("{PAIR} --rtt 1ms --rtt-samples rtts.csv"), "cannot be used with".to_owned()),
        (format!("{PAIR} --rtt-samples rtts.csv --unit us"), "rtts.csv:2: the column".to_owned()),
        (
            format!("{PAIR} --rtt-samples rtts.csv --column a"),
            "\"at\", \"rtt_ms\", \"host\"".into(),
        ),
        (format!("{PAIR} --rtt-samples no/such.csv"), "cannot read no/such.csv".to_owned()),
        (format!("{PAIR} --rtt-samples {wrong}"), format!("{wrong}:4: \"fast\" is not a number")),
        (format!("{PAIR} --rtt-samples {wrong}"), format!("{wrong}:5: \"-1\" is negative")),
        (format!("{PAIR} --rtt-samples {empty}"), "there are no samples in it".to_owned()),
        ("--server clsoe --client duplex/abort".to_owned(), "did you mean close?".to_owned()),
    ] {
        let (exit, out, err) = run(&format!("closerace loss {args}"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}");
        assert!(err.contains(&says), "{args}: {err}");
    }
}

#[test]
fn text_for_people_is_at_most_a_hundred_columns_wide() {
    for options in [
        PAIR.to_owned(),
        format!("{PAIR} --server lingering-close:idle=1s --rtt-samples rtts.csv"),
        format!("{PAIR} --server linger0 --server drain --server-stack freebsd --rtt gamma:2,9ms"),
    ] {
        let (exit, out, err) = run(&format!("closerace loss {options} --trials 500"));
        assert_eq!(exit, Exit::Done, "{err}");
        // Lines to type stay whole, and so does the name of a file.
        let whole = |line: &&str| line.starts_with("  closerace") || line.contains("rtts.csv");
        for line in out.lines().filter(|line| !whole(line)) {
            assert!(line.chars().count() <= 100, "{options}: {line}");
        }
    }
}
