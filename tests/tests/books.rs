//! Links and books by hand: what may happen to segments, and where every byte is.

use sim_core::profile::LINUX;
use sim_core::script::{Account, Told};
use sim_core::tcp::Gone;
use sim_core::wire::{ConnId, Flags, Law, Segment, Seq, Side, Span};
use sim_core::world::ledger::{Ledger, ledger};
use sim_core::world::{self, Action, Budget, End, Host, Link, Path, Setup, World};

const HERE: ConnId = ConnId(0);
const ELSEWHERE: ConnId = ConnId(1);

fn segment(conn: ConnId, start: u32, end: u32) -> Segment {
    Segment {
        conn,
        flags: Flags::NONE,
        mss: None,
        seq: Seq::new(start + 1),
        ack: Some(Seq::new(1)),
        text: Span::new(start, end),
        wnd: 1_000,
    }
}

fn world(flight: &[Segment], budget: Budget) -> World {
    let link = Link { flight: flight.iter().copied().collect(), budget, ..Link::default() };
    World { hosts: [Host::default(), Host::default()], links: [link, Link::default()] }
}

fn setup(budget: Budget) -> Setup {
    let path = Path::RoundTrip(Law::ZERO);
    let mut setup = Setup::new([End::Wire, End::Wire], [&LINUX, &LINUX], path).expect("numbers");
    setup.links[0].budget = budget;
    setup
}

/// What a link with this budget may do to so many segments on their way to B.
fn may(segments: u32, loss: u8, repeat: u8, reorder: u8) -> Vec<Action> {
    let budget = Budget { loss, repeat, reorder };
    let flight: Vec<Segment> = (0..segments).map(|n| segment(HERE, n, n + 1)).collect();
    let mut actions = Vec::new();
    world::enabled(&setup(budget), &world(&flight, budget), &mut actions);
    actions
}

#[test]
fn a_link_does_what_its_budget_allows() {
    let deliver = |n| Action::Deliver(Side::B, n);
    let lose = |n| Action::Lose(Side::B, n);
    let repeat = |n| Action::Repeat(Side::B, n);
    assert_eq!(may(0, 1, 1, 1), []);
    assert_eq!(may(2, 0, 0, 0), [deliver(0)]);
    assert_eq!(may(2, 1, 0, 0), [deliver(0), lose(0)]);
    assert_eq!(may(2, 0, 1, 0), [deliver(0), repeat(0)]);
    assert_eq!(may(2, 0, 0, 1), [deliver(0), deliver(1)]);
    let all = [deliver(0), deliver(1), lose(0), lose(1), repeat(0), repeat(1)];
    assert_eq!(may(2, 1, 1, 1), all);
}

#[test]
fn a_world_begins_with_the_budget_of_its_setup() {
    let budget = Budget { loss: 3, repeat: 2, reorder: 1 };
    let world = world::start(&setup(budget), &mut ());
    assert_eq!([world.links[0].budget, world.links[1].budget], [budget, Budget::default()]);
}

/// 100 bytes of which 10 are read, 20 on their way, and some gone for two reasons.
#[test]
fn every_byte_is_counted_once_where_it_has_come_furthest() {
    let told = Told::Nothing;
    let mut world = world(&[segment(HERE, 10, 30), segment(ELSEWHERE, 30, 90)], Budget::default());
    let account = |conn, wrote, read| Account { conn, wrote, read, told };
    world.hosts[0].app.accounts.push(account(HERE, 100, 0));
    world.hosts[1].app.accounts.push(account(HERE, 0, 10));
    let gone = [
        (HERE, 5, 35, Gone::DeadSocket),
        (HERE, 40, 50, Gone::LostOnLink),
        (HERE, 60, 67, Gone::DeadSocket),
        (ELSEWHERE, 70, 90, Gone::DeadSocket),
    ];
    for (conn, start, end, why) in gone {
        let lost = world_lost(conn, start, end, why);
        world.links[0].gone.push(lost);
    }
    let books = ledger(&world, Side::A, HERE);
    let mut expected = Ledger { written: 100, read: 10, in_flight: 20, ..Ledger::default() };
    expected.gone.push((Gone::DeadSocket, 12));
    expected.gone.push((Gone::LostOnLink, 10));
    expected.gone.sort_unstable();
    expected.missing = 48;
    assert_eq!(books, expected);
    assert_eq!(books.gone_total(), 22);
    assert_eq!(ledger(&world, Side::B, HERE).written, 0);
}

fn world_lost(conn: ConnId, start: u32, end: u32, why: Gone) -> world::Lost {
    world::Lost { conn, span: Span::new(start, end), why }
}
