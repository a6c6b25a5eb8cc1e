//! Timed rows of `lab.jsonl`: two stacks, applications as scripts, fixed delays.

use super::Verdict;
use super::lab_app;
use super::lab_rules::{Fate, Rule};
use super::lab_told::{self, Sent};
use super::lab_watch::{Events, Watch, place};
use super::numbers::{self, Environment};
use super::rows::Row;
use serde_json::Value;
use sim_core::drive::run::{Runner, lanes_ended};
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::tcp::tuning::Switchable;
use sim_core::wire::{Law, Micros, Segment, Side, millis};
use sim_core::world::{Action, End, Path, Setup, Start};

/// The smallest retransmission timeout; the round trip comes on top.
pub(super) const RTO_MIN: Micros = millis(200);
/// What a segment holds on `stock`, where timestamps take 12 bytes.
pub(super) const STOCK_MSS: u16 = 1448;
/// How long the recorder listened after both applications had ended and nothing was on its way.
pub(super) const TAIL: Micros = millis(400);
/// With window scaling on both sides windows are multiples of this.
pub(super) const WINDOW_UNIT: u32 = 1024;
/// The default receive buffer, once the kernel knows how much memory a segment takes.
pub(super) const RECEIVE: u32 = 82_944;

/// Of that, in percent, what a SYN offers: 128 of 162.
pub(super) const SYN_SHARE: u8 = 79;
/// The recorder's wire and hosts took a little longer than asked, so that an application's clock
/// is ahead of a segment that is due at the same instant.
pub(super) const HANDLING: Micros = 50;

/// Checks a row.
pub(super) fn check(row: &Row) -> Verdict {
    Verdict::of(row, || difference(&row.value))
}

/// A setup for two stacks as a row's case has them.
pub(super) fn setup(
    case: &Value,
    ends: [End; 2],
    (rto_min, round_trip): (Micros, Micros),
    one_way: [Micros; 2],
) -> Result<Setup, String> {
    let environment = match case["profile"].as_str() {
        None | Some("plain") => Environment::Plain,
        Some("stock") => Environment::Stock { mss: STOCK_MSS, sack: Switchable::On },
        Some(other) => return Err(format!("unsupported profile {other:?}")),
    };
    let path = Path::OneWay(Law::Fixed(one_way[0]), Law::Fixed(one_way[1]));
    let mut setup = Setup::new(ends, [&LINUX, &LINUX], path).map_err(|halt| halt.to_string())?;
    for (at, name) in ["c", "s"].into_iter().enumerate() {
        let sysctl = numbers::sysctls(&case["sysctl"][name]);
        let tuning = numbers::tuning(environment, &sysctl, rto_min, round_trip)?;
        setup.tuning[at] = tuning;
        setup.tuning[at].wnd_unit = WINDOW_UNIT;
        setup.tuning[at].rcv_buf = RECEIVE;
        setup.tuning[at].syn_share = SYN_SHARE;
    }
    setup.start = Start::Fresh;
    Ok(setup)
}

fn difference(row: &Value) -> Result<Option<String>, String> {
    let case = &row["case"];
    let delay =
        |name: &str| case["delay_us"][name].as_u64().ok_or_else(|| format!("no delay_us.{name}"));
    let one_way = [delay("c2s")? + HANDLING, delay("s2c")? + HANDLING];
    let apps = [lab_app::app(&case["app"]["c"])?, lab_app::app(&case["app"]["s"])?];
    let ends = [0, 1].map(|at: usize| End::Script(apps[at].script.clone()));
    let setup = setup(case, ends, (RTO_MIN, one_way[0] + one_way[1]), one_way)?;
    let rules = case["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let rules = rules.iter().map(Rule::read).collect::<Result<Vec<Rule>, String>>()?;
    let mut watch = Watch::new(&apps);
    run(&setup, case, rules, &mut watch)?;
    Ok(lab_told::difference(row, &watch.told, &watch.sent))
}

struct Late(Micros, Side, Segment);

fn run(
    setup: &Setup,
    case: &Value,
    mut rules: Vec<Rule>,
    watch: &mut Watch<'_>,
) -> Result<(), String> {
    let mut runner = Runner::new(setup, Always(0), &mut ());
    let longest = lab_app::time(&case["max_ms"]).unwrap_or(lab_app::LONGEST);
    let tail = lab_app::time(&case["tail_ms"]).unwrap_or(TAIL);
    let mut late: Vec<Late> = Vec::new();
    let mut nth = [0u64; 2];
    let mut until = longest;
    for _ in 0..1_000_000 {
        let flying = runner.world.links.iter().any(|link| !link.flight.is_empty());
        if !lanes_ended(&runner.world) || flying || !late.is_empty() {
            until = longest;
        } else if until == longest {
            until = longest.min(runner.clocks.now + tail);
        }
        let due = runner.clocks.next();
        let first_late = late.iter().enumerate().min_by_key(|(n, Late(at, _, _))| (*at, *n));
        let copy = first_late
            .filter(|(_, Late(at, _, _))| due.is_none_or(|(when, _)| *at <= when))
            .map(|(n, _)| n);
        let action = match (copy, due) {
            (Some(n), _) => {
                let Late(at, side, segment) = late.remove(n);
                runner.clocks.now = at;
                Action::Inject(side, segment)
            }
            (None, Some((at, action))) if at <= until => {
                runner.clocks.advance((at, action));
                action
            }
            (None, Some(_) | None) => break,
        };
        let now = runner.clocks.now;
        watch.before(&runner, action);
        let at = place(&runner, action);
        let mut events = Events::default();
        runner.apply(setup, action, &mut events).map_err(|halt| halt.to_string())?;
        watch.after(&runner, &events, at, now);
        let fates = events.sent.iter().map(|(side, segment)| {
            nth[side.index()] += 1;
            let n = nth[side.index()];
            rules.iter_mut().find_map(|rule| rule.fate(*side, segment, n, now))
        });
        let fates: Vec<Option<Fate>> = fates.collect();
        decide(setup, &mut runner, &events, &fates, watch, &mut late)?;
    }
    Ok(())
}

/// Carries out what the rules say about segments that have just been sent. All of one action come
/// from one side, and lie at the end of its link.
fn decide(
    setup: &Setup,
    runner: &mut Runner<Always>,
    events: &Events,
    fates: &[Option<Fate>],
    watch: &mut Watch<'_>,
    late: &mut Vec<Late>,
) -> Result<(), String> {
    for (n, ((side, segment), fate)) in events.sent.iter().zip(fates).enumerate() {
        let arrives = runner.clocks.now + runner.clocks.one_way[side.index()];
        let dropped = *fate == Some(Fate::Drop);
        watch.sent.push(Sent { side: *side, segment: *segment, dropped });
        match fate {
            None => continue,
            Some(Fate::Drop) => {}
            Some(Fate::Repeat(us)) => {
                late.push(Late(arrives + us, side.peer(), *segment));
                continue;
            }
            Some(Fate::Delay(us)) => late.push(Late(arrives + us, side.peer(), *segment)),
        }
        let behind = events.sent.len() - n;
        let at = runner.world.links[side.index()].flight.len().saturating_sub(behind);
        let action = Action::Lose(side.peer(), u16::try_from(at).unwrap_or(0));
        runner.clocks.taken(action);
        runner.apply(setup, action, &mut ()).map_err(|halt| halt.to_string())?;
    }
    Ok(())
}
