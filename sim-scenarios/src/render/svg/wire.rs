//! What crosses the wire, as strokes: an arrow a segment, a band for segments back to back.

use super::place::{Way, width};
use super::scale::{Scale, Tenths, Why};
use crate::render::flight::{End, Flight, Kind, burst_words, together};
use crate::render::run::{Run, Time};
use crate::render::words;
use sim_core::wire::Side;

/// Whether a stroke decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the segment that the chain of causes names.
    Decides,
    /// One like others.
    Plain,
}

/// How a stroke ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tip {
    /// With an arrow head at the other side.
    Arrives,
    /// With a cross in the middle.
    Lost,
    /// In the middle, when the story stops.
    UnderWay,
    /// At the edge of a stretch that is left out.
    Cut,
}

/// One arrow or band.
#[derive(Clone, Debug)]
pub(super) struct Stroke {
    /// Its middle line.
    pub way: Way,
    /// Height at its beginning and end: back to back segments take time to be sent, and to arrive.
    pub heights: [Tenths; 2],
    /// What it stands for.
    pub kind: Kind,
    /// How it ends.
    pub tip: Tip,
    /// Whether it decides.
    pub role: Role,
    /// How many segments it stands for.
    pub count: usize,
    /// Beside it.
    pub label: String,
    /// For those who point at it.
    pub title: String,
}

/// Segments that one stroke stands for.
struct Burst<'f> {
    flights: Vec<&'f Flight>,
    role: Role,
}

/// Instants of a story, the flights in it and the scale they are drawn to.
pub(super) struct Course<'a> {
    /// The run.
    pub run: &'a Run<'a>,
    /// The instant of each step.
    pub at: &'a [u64],
    /// Every segment.
    pub flights: &'a [Flight],
    /// The one that decides.
    pub deciding: Option<usize>,
    /// Where instants are.
    pub scale: &'a Scale,
    /// Where the two hosts are.
    pub hosts: [Tenths; 2],
}

/// How far apart, in pixels' tenths, segments of one burst may be sent, and may arrive.
const SENT_APART: Tenths = 12;
const ARRIVED_APART: Tenths = 140;
/// So many bursts that are no further apart than a label is high are drawn as one.
const MANY: usize = 5;
const DENSE: Tenths = 140;
/// The least height of a band.
const BAND: Tenths = 44;

impl Course<'_> {
    /// From when to when a flight is on its way.
    pub(super) fn span(&self, flight: &Flight) -> (u64, u64) {
        let last = self.at.last().copied().unwrap_or(0);
        let end = flight.end.step().map_or(last, |step| self.at[step]);
        (self.at[flight.sent], end)
    }

    /// Every stroke, in the order of sending.
    pub(super) fn strokes(&self) -> Vec<Stroke> {
        let mut strokes: Vec<Stroke> =
            self.bursts().iter().filter_map(|burst| self.stroke(burst)).collect();
        side_by_side(&mut strokes);
        strokes
    }

    fn bursts(&self) -> Vec<Burst<'_>> {
        self.joined(self.back_to_back())
    }

    /// Where bursts follow each other so closely that nobody could read their labels, all of them
    /// are one.
    fn joined<'f>(&self, bursts: Vec<Burst<'f>>) -> Vec<Burst<'f>> {
        let mut chains: Vec<Vec<Burst<'f>>> = Vec::new();
        let mut newest: [Option<usize>; 2] = [None, None];
        for burst in bursts {
            let Some(first) = burst.flights.first() else { continue };
            let side = first.from.index();
            let joins = newest[side].filter(|at| {
                let last = chains[*at].last();
                let plain = |burst: &Burst<'_>| burst.role == Role::Plain;
                last.is_some_and(|last| {
                    plain(last) && plain(&burst) && self.joins(last, first, DENSE)
                })
            });
            match joins {
                Some(at) => chains[at].push(burst),
                None => {
                    newest[side] = Some(chains.len());
                    chains.push(vec![burst]);
                }
            }
        }
        let one = |mut chain: Vec<Burst<'f>>| {
            if chain.len() < MANY {
                return chain;
            }
            let flights = chain.drain(..).flat_map(|burst| burst.flights).collect();
            vec![Burst { flights, role: Role::Plain }]
        };
        let mut bursts: Vec<Burst<'f>> = chains.into_iter().flat_map(one).collect();
        bursts.sort_by_key(|burst| burst.flights.first().map(|flight| flight.sent));
        bursts
    }

    fn back_to_back(&self) -> Vec<Burst<'_>> {
        let mut bursts: Vec<Burst<'_>> = Vec::new();
        // The newest burst of each side that may still grow.
        let mut newest: [Option<usize>; 2] = [None, None];
        for (n, flight) in self.flights.iter().enumerate() {
            let decides = self.deciding == Some(n);
            let role = if decides { Role::Decides } else { Role::Plain };
            let side = flight.from.index();
            let joins = newest[side].filter(|at| {
                let burst: &Burst<'_> = &bursts[*at];
                burst.role == Role::Plain
                    && role == Role::Plain
                    && self.joins(burst, flight, SENT_APART)
            });
            match joins {
                Some(at) => bursts[at].flights.push(flight),
                None => {
                    newest[side] = Some(bursts.len());
                    bursts.push(Burst { flights: vec![flight], role });
                }
            }
        }
        bursts
    }

    /// Whether a segment goes on where a burst stands.
    fn joins(&self, burst: &Burst<'_>, next: &Flight, sent_apart: Tenths) -> bool {
        let Some(last) = burst.flights.last() else { return false };
        let arrived =
            |flight: &Flight| matches!(flight.end, End::Arrived(_)) && flight.end.step().is_some();
        if !arrived(last) || !arrived(next) || !together(&last.segment, &next.segment) {
            return false;
        }
        let [(sent, end), (next_sent, next_end)] = [self.span(last), self.span(next)];
        let cut = |span| self.scale.routine(span);
        if cut((sent, end)) != cut((next_sent, next_end)) || next_end < end {
            return false;
        }
        let distance = |from: u64, to: u64| self.scale.y(to) - self.scale.y(from);
        let apart = match self.scale.time {
            Time::Micros => ARRIVED_APART,
            // Steps of the receiver follow each other, and mean no distance in time.
            Time::Steps => Tenths::MAX,
        };
        distance(sent, next_sent) <= sent_apart && distance(end, next_end) <= apart
    }

    fn stroke(&self, burst: &Burst<'_>) -> Option<Stroke> {
        let (first, last) = (*burst.flights.first()?, *burst.flights.last()?);
        let [(sent, end), (sent_last, end_last)] = [self.span(first), self.span(last)];
        let y = |at: u64| self.scale.y(at);
        let (from_x, to_x) = match first.from {
            Side::A => (self.hosts[0], self.hosts[1]),
            Side::B => (self.hosts[1], self.hosts[0]),
        };
        let middle = |a: Tenths, b: Tenths| a + (b - a) / 2;
        let mut from = (from_x, middle(y(sent), y(sent_last)));
        let mut to = (to_x, middle(y(end), y(end_last)));
        let mut tip = match first.end {
            End::Arrived(_) => Tip::Arrives,
            End::Lost(_) => Tip::Lost,
            End::UnderWay => Tip::UnderWay,
        };
        if tip != Tip::Arrives {
            to.0 = middle(from_x, to_x);
        }
        let cuts = self.scale.routine((sent, end)).map(|cut| (cut.from, cut.to));
        if let Some((cut_from, cut_to)) = cuts {
            // The slope of a way, not of the stretch that is left out: where it meets the edge.
            let share = |at: u64| {
                let part = i128::from(at.saturating_sub(sent)) * i128::from(to.0 - from.0);
                Tenths::try_from(part / i128::from((end - sent).max(1))).unwrap_or(0)
            };
            if sent < cut_from {
                (to, tip) = ((from.0 + share(cut_from), y(cut_from)), Tip::Cut);
            } else if end > cut_to {
                from = (from.0 + share(cut_to), y(cut_to));
            } else {
                return None;
            }
        }
        let count = burst.flights.len();
        let mut heights = [y(sent_last) - y(sent), y(end_last) - y(end)];
        if cuts.is_some() || count == 1 {
            heights = [0, 0];
        }
        if count > 1 {
            heights = heights.map(|height| height.max(BAND));
        }
        // Too short beside a break for its label; the title has it.
        let label = label(burst);
        let short = cuts.is_some() && (to.0 - from.0).abs() < width(&label) + 300;
        let label = if short { String::new() } else { label };
        let half = heights.map(|height| height / 2);
        Some(Stroke {
            way: Way { from, to, half },
            heights,
            kind: Kind::of(&first.segment),
            tip,
            role: burst.role,
            count,
            label,
            title: self.title(burst),
        })
    }

    fn title(&self, burst: &Burst<'_>) -> String {
        let decides = match burst.role {
            Role::Decides => ". This segment decided it",
            Role::Plain => "",
        };
        match burst.flights.as_slice() {
            [] => String::new(),
            [one] => format!("{}{decides}", one.sentence(self.run)),
            [first, .., last] => format!(
                "{} in one burst: {} to {}",
                words::count(burst.flights.len() as u64, "segment"),
                first.sentence(self.run),
                last.sentence(self.run),
            ),
        }
    }

    /// What a stretch of routine stands for, in two lines.
    pub(super) fn left_out(&self, from: u64, to: u64, why: Why) -> [String; 2] {
        let long = format!("{} ms", words::ms(to - from));
        match why {
            Why::Idle => [format!("break: {long} left out"), "nothing happens".to_owned()],
            Why::Routine => {
                let inside = |flight: &&Flight| {
                    let (sent, end) = self.span(flight);
                    from <= sent && end <= to
                };
                let side = |side: Side| {
                    let all = self.flights.iter().filter(inside).filter(|f| f.from == side);
                    let count = all.clone().count() as u64;
                    let bytes: u64 = all.map(|f| u64::from(f.segment.text.len())).sum();
                    let bytes = match bytes {
                        0 => String::new(),
                        bytes => format!(" with {}", words::count(bytes, "byte")),
                    };
                    format!("{}{bytes}", words::count(count, "segment"))
                };
                [
                    format!("break: {long} of the same left out"),
                    format!("{} to the server, {} back", side(Side::A), side(Side::B)),
                ]
            }
        }
    }
}

/// How far apart strokes of one instant are drawn, and how far one may be moved for that.
const BESIDE: Tenths = 34;
const MOVED: Tenths = 170;

/// Segments that one host sends at one instant would lie on each other: the later ones are moved a
/// little downwards.
fn side_by_side(strokes: &mut [Stroke]) {
    for n in 1..strokes.len() {
        let (before, rest) = strokes.split_at_mut(n);
        let stroke = &mut rest[0];
        let same_way = |other: &&Stroke| {
            other.way.from.0 == stroke.way.from.0 && other.way.to.0 == stroke.way.to.0
        };
        let Some(last) = before.iter().rev().find(same_way) else { continue };
        let least = |end: usize| last.way.half[end] + stroke.way.half[end] + BESIDE;
        // What is missing at either end; a stroke is moved as a whole, its slope is its delay.
        let missing = (least(0) - (stroke.way.from.1 - last.way.from.1))
            .max(least(1) - (stroke.way.to.1 - last.way.to.1));
        if (1..MOVED).contains(&missing) {
            stroke.way.from.1 += missing;
            stroke.way.to.1 += missing;
        }
    }
}

fn label(burst: &Burst<'_>) -> String {
    let decides = match burst.role {
        Role::Decides => " \u{25c6} decides",
        Role::Plain => "",
    };
    match burst.flights.as_slice() {
        [one] => format!("{}{decides}", words::segment(&one.segment)),
        all => burst_words(all),
    }
}
