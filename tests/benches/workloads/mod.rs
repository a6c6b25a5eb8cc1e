//! What is measured, once for the clock and once for the instruction counter.

pub mod timing;

use sim_core::drive::compiled::Compiled;
use sim_core::drive::explore::{Limits, Pulse, kept};
use sim_core::drive::run::{HORIZON, Runner};
use sim_core::drive::sample::Tried;
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::report::odds::odds_known;
use sim_core::report::outcome::{Outcome, outcome};
use sim_core::script::{Line, Look, Op, Script, Until};
use sim_core::socket::{Call, Fd};
use sim_core::wire::{ConnId, Law, Side, millis};
use sim_core::world::{self, End, Path, Setup};
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::{client, server};

/// The founding case for `close` against `read-after-error`, Linux to Linux.
///
/// # Panics
/// Never: the profile gives every number.
#[must_use]
pub fn founding(variant: Variant, size: Size) -> Scenario {
    let close = server::named("close").expect("a strategy");
    let policy = client::named("read-after-error").expect("a policy");
    over_limit((variant, size), close, policy, [&LINUX, &LINUX]).expect("a setup")
}

/// The founding case of a variant, or a story as it is told.
///
/// # Panics
/// Where there is none.
#[must_use]
fn tried(story: &str) -> Scenario {
    match Variant::named(story) {
        Some(variant) => founding(variant, Size::Full),
        None => {
            let case = sim_scenarios::catalogue::story(story).expect("a story");
            case.scenario().expect("a setup")
        }
    }
}

/// Seeded trials of a story, step by step.
#[must_use]
pub fn trials(story: &str, count: u64) -> u64 {
    looked_up(&(tried(story), Compiled::stepping()), count)
}

/// A scenario with what is known of its trials' ends beforehand.
#[must_use]
pub fn compiled(story: &str, trials: u64) -> (Scenario, Compiled<Outcome>) {
    let scenario = tried(story);
    let read = |world: &_, ended| outcome(world, scenario.reply, ended);
    let known = Compiled::for_trials(&scenario.setup, HORIZON, trials, read);
    (scenario, known)
}

/// The same trials, looked up.
#[must_use]
pub fn looked_up((scenario, known): &(Scenario, Compiled<Outcome>), count: u64) -> u64 {
    let tried = Tried { setup: &scenario.setup, known };
    odds_known(tried, scenario.reply, HORIZON, 1, 0..count).trials
}

/// One run in which ten megabytes are written and read.
///
/// # Panics
/// Where a byte did not arrive.
#[must_use]
pub fn upload() -> u64 {
    const BYTES: u32 = 10_000_000;
    let (fd, listener) = (Fd(0), Fd(1));
    let sender = Script::single(vec![
        Line::new(Op::Call(Call::Connect(fd, ConnId(0)))),
        Line::new(Op::Write { fd, total: BYTES, chunk: 65_536, look: Look::Never }),
        Line::new(Op::Call(Call::Close(fd))),
    ]);
    let receiver = Script::single(vec![
        Line::new(Op::Call(Call::Listen(listener, 1))),
        Line::new(Op::Call(Call::Accept(listener, fd))),
        Line::new(Op::Read { fd, chunk: 65_536, until: Until::Eof }),
        Line::new(Op::Call(Call::Close(fd))),
    ]);
    let ends = [End::Script(sender), End::Script(receiver)];
    let path = Path::RoundTrip(Law::Fixed(millis(20)));
    let setup = Setup::new(ends, [&LINUX, &LINUX], path).expect("a setup");
    let mut runner = Runner::new(&setup, Always(0), &mut ());
    let mut actions = 0;
    runner.finish(&setup, HORIZON, &mut (), |_, _| actions += 1).expect("no bound is met");
    assert_eq!(runner.world.hosts[Side::B.index()].app.account(ConnId(0)).read, BYTES);
    actions
}

/// All orderings of the small founding case.
#[must_use]
pub fn explored(variant: Variant) -> u64 {
    let scenario = founding(variant, Size::Small);
    let worlds = Worlds { setup: &scenario.setup, pace: PaceName::Racing };
    let space = kept(&worlds, Limits::NONE, &mut (), Pulse::silent());
    u64::from(space.len())
}

/// Steps along one run, over and over: `enabled` and `apply` and nothing else.
///
/// # Panics
/// Never: the run meets no bound.
#[must_use]
pub fn steps(times: u64) -> u64 {
    let scenario = founding(Variant::Upload, Size::Full);
    let mut actions = Vec::new();
    let mut runner = Runner::new(&scenario.setup, Always(u64::MAX / 2), &mut ());
    runner
        .finish(&scenario.setup, HORIZON, &mut (), |_, action| actions.push(action))
        .expect("no bound is met");
    let mut enabled = world::Actions::new();
    let mut count = 0;
    for _ in 0..times {
        let mut world = world::start(&scenario.setup, &mut ());
        for action in actions.iter().copied() {
            world::enabled(&scenario.setup, &world, &mut enabled);
            world::apply(&scenario.setup, &mut world, action, &mut ()).expect("as before");
            count += 1;
        }
    }
    count
}
