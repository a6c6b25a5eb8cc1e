//! Every default claim can fail: for each there is a rule that is wrong on purpose, and the claim
//! notices it. With the rules as they are, none of them fails.

use sim_core::drive::explore::{Limits, Pulse, kept};
use sim_core::pace::PaceName;
use sim_core::profile::{ALL, LINUX};
use sim_core::report::claim::{Checked, ClaimName, Finding, Mutant, Tampered, Weight, findings};
use sim_core::tcp::{Note, Phase, Stage, Timer};
use sim_core::wire::{Flags, Side, State};
use sim_core::world::{Action, Event, World};
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::{client, server};

fn scenario(strategy: &str, policy: &str) -> Scenario {
    let strategy = server::named(strategy).expect("a strategy");
    let policy = client::named(policy).expect("a policy");
    let size = (Variant::Upload, Size::Small);
    over_limit(size, strategy, policy, [&LINUX, &LINUX]).expect("a setup")
}

const LIMITS: Limits = Limits { states: 200_000, depth: 400 };

fn broken(scenario: &Scenario, mutant: Wrong) -> Vec<ClaimName> {
    let model = Tampered { setup: &scenario.setup, pace: PaceName::Racing, mutant };
    let mut space = kept(&model, LIMITS, &mut (), Pulse::silent());
    counterexamples(findings(&mut space))
}

/// With the rules as they are.
fn honest(scenario: &Scenario) -> Vec<ClaimName> {
    let model = Checked { setup: &scenario.setup, pace: PaceName::Racing };
    let mut space = kept(&model, LIMITS, &mut (), Pulse::silent());
    counterexamples(findings(&mut space))
}

fn counterexamples(findings: Vec<Finding>) -> Vec<ClaimName> {
    findings
        .into_iter()
        .filter(|finding| finding.counterexample.is_some())
        .map(|finding| finding.claim)
        .collect()
}

/// A rule that is wrong on purpose.
struct Wrong(fn(&World, Action, &mut World, &mut Vec<Event>));

impl Mutant for Wrong {
    fn tamper(&self, before: &World, action: Action, after: &mut World, events: &mut Vec<Event>) {
        (self.0)(before, action, after, events);
    }
}

fn entered(events: &[Event], state: State) -> Option<(Side, sim_core::wire::ConnId)> {
    events.iter().find_map(|event| match *event {
        Event::Kernel(side, Note::Entered(conn, to)) if to == state => Some((side, conn)),
        Event::Arrived(..)
        | Event::Lost(..)
        | Event::Lane(..)
        | Event::Puppet(..)
        | Event::Kernel(..) => None,
    })
}

#[test]
fn no_claim_fails_with_the_rules_as_they_are() {
    for strategy in server::generic() {
        for policy in client::generic() {
            for stack in ALL {
                let size = (Variant::Upload, Size::Small);
                let scenario = over_limit(size, strategy, policy, [stack, stack]).expect("a setup");
                let failed: Vec<ClaimName> = honest(&scenario)
                    .into_iter()
                    .filter(|claim| claim.weight(&scenario.setup) == Weight::Failure)
                    .collect();
                assert_eq!(failed, [], "{} {} {}", strategy.name, policy.name, stack.name);
            }
        }
    }
}

#[test]
fn a_connection_that_goes_back_to_established_breaks_arrows() {
    let wrong = Wrong(|_, _, _, events| {
        if let Some((side, conn)) = entered(events, State::CloseWait) {
            events.push(Event::Kernel(side, Note::Entered(conn, State::Established)));
        }
    });
    assert!(broken(&scenario("drain", "read-after-error"), wrong).contains(&ClaimName::Arrows));
}

#[test]
fn acknowledging_what_was_never_sent_breaks_numbers() {
    let wrong = Wrong(|_, action, after, _| {
        if let Action::Deliver(Side::B, _) = action {
            for sock in &mut after.hosts[1].table {
                if let Phase::Open(conn) = &mut sock.phase {
                    conn.rcv.nxt += 1;
                }
            }
        }
    });
    let found = broken(&scenario("drain", "read-after-error"), wrong);
    assert!(found.contains(&ClaimName::Numbers));
}

#[test]
fn a_rst_that_answers_a_rst_breaks_rst_cause() {
    let wrong = Wrong(|before, action, after, events| {
        let Action::Deliver(side, n) = action else { return };
        let arrived = before.links[side.peer().index()].flight.get(usize::from(n)).copied();
        if let Some(mut rst) = arrived.filter(|segment| segment.flags.rst()) {
            rst.ack = None;
            after.links[side.index()].flight.push_back(rst);
            events.push(Event::Kernel(side, Note::Sent(rst)));
        }
    });
    assert!(broken(&scenario("close", "read-after-error"), wrong).contains(&ClaimName::RstCause));
}

#[test]
fn closing_a_drained_connection_with_a_rst_breaks_close_fin() {
    let wrong = Wrong(|_, _, after, events| {
        let fin = events.iter_mut().find_map(|event| match event {
            Event::Kernel(Side::B, Note::Sent(segment)) if segment.flags.fin() => Some(segment),
            Event::Arrived(..)
            | Event::Lost(..)
            | Event::Lane(..)
            | Event::Puppet(..)
            | Event::Kernel(..) => None,
        });
        if let Some(segment) = fin {
            segment.flags = Flags::RST;
            if let Some(last) = after.links[1].flight.back_mut() {
                last.flags = Flags::RST;
            }
        }
    });
    assert!(broken(&scenario("drain", "read-after-error"), wrong).contains(&ClaimName::CloseFin));
}

#[test]
fn reading_what_nobody_wrote_breaks_prefix() {
    let wrong = Wrong(|_, _, after, _| {
        for account in &mut after.hosts[0].app.accounts {
            if account.read > 0 {
                account.read = 600;
            }
        }
    });
    assert!(broken(&scenario("drain", "read-after-error"), wrong).contains(&ClaimName::Prefix));
}

#[test]
fn a_fin_that_throws_the_queue_away_breaks_whole_eof() {
    let wrong = Wrong(|_, _, after, events| {
        let Some((side, conn)) = entered(events, State::CloseWait) else { return };
        for sock in &mut after.hosts[side.index()].table {
            match &mut sock.phase {
                Phase::Open(open) if sock.conn == conn => open.rcv.read = open.rcv.text_end(),
                Phase::Open(_)
                | Phase::Closed(_)
                | Phase::Listen(_)
                | Phase::Opening(_)
                | Phase::Waiting(_) => {}
            }
        }
    });
    assert!(broken(&scenario("drain", "read-after-error"), wrong).contains(&ClaimName::WholeEof));
}

#[test]
fn a_server_that_swallows_its_rst_leaves_a_half_open_pair_and_a_stuck_reader() {
    let wrong = Wrong(|_, _, after, _| {
        after.links[1].flight.retain(|segment| !segment.flags.rst());
    });
    let found = broken(&scenario("linger0", "read-after-error"), wrong);
    assert!(found.contains(&ClaimName::NoHalfOpen), "{found:?}");
    assert!(found.contains(&ClaimName::NobodyStuck), "{found:?}");
}

#[test]
fn a_time_wait_without_an_end_breaks_both_closed() {
    let wrong = Wrong(|before, action, after, _| {
        if let Action::Fire(side, conn, Timer::TimeWait) = action {
            let was = before.hosts[side.index()].table.iter().find(|sock| sock.conn == conn);
            if let Some(sock) = was.filter(|sock| matches!(sock.phase, Phase::Waiting(_))) {
                let mut stays = sock.clone();
                stays.timers = sim_core::tcp::Timers::NONE;
                after.hosts[side.index()].table.push(stays);
            }
        }
    });
    assert!(broken(&scenario("drain", "read-after-error"), wrong).contains(&ClaimName::BothClosed));
}

#[test]
fn a_mutant_that_changes_nothing_is_not_noticed() {
    let honest = honest(&scenario("drain", "read-after-error"));
    let idle = Wrong(|_, _, after, _| {
        let established = |sock: &sim_core::tcp::Sock| {
            sock.conn().is_some_and(|conn| conn.stage == Stage::Established)
        };
        assert!(
            after.hosts.iter().all(|host| host.table.iter().filter(|s| established(s)).count() < 2)
        );
    });
    assert_eq!(broken(&scenario("drain", "read-after-error"), idle), honest);
}
