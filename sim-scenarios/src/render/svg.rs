//! A run as a picture, with time to scale: two hosts, segments slanted from the instant of sending
//! to the instant of arrival, so that those which cross can be seen to cross.
//!
//! Beside each host: the connection's state, what its two buffers hold, what its threads are doing,
//! what they call and are told. The segment that decided is marked. Lengths are whole tenths of a
//! pixel: the same run gives the same bytes.

pub(in crate::render) mod canvas;
mod frame;
mod layout;
mod legend;
mod notes;
mod place;
mod scale;
mod sides;
mod style;
mod wire;

use super::flight::{Flight, Kind, deciding, flights};
use super::run::{Run, Time};
use canvas::{Anchor, Canvas, Point, Slant, escaped, px};
use layout::{COLUMNS, Host, Layout};
use notes::Saying;
use place::{LINE, Labels, Way};
use scale::{Busy, STEP_UNITS, Scale, Tenths};
use sides::{Doing, Level, Queue};
use sim_core::report::trace::Step;
use sim_core::script::LaneEvent;
use sim_core::socket::{Call, Return};
use sim_core::tcp::{Note, Timer};
use sim_core::wire::Side;
use sim_core::world::{Action, Event};
use wire::{Course, Role, Stroke, Tip};

/// The picture of a run, as an SVG document.
#[must_use]
pub fn svg(run: &Run<'_>) -> String {
    let at = instants(run);
    let flights = flights(run.story);
    let deciding = deciding(run, &flights);
    let lanes = Side::BOTH.map(|side| run.setup.script(side).map_or(0, |it| it.lanes.len()));
    let layout = Layout::new(lanes);
    let mut head = Canvas::default();
    let top = frame::heading(&mut head, run, &layout) + 1250;
    let scale = Scale::new(&busy(run, &at, &flights), run.time(), top);
    let hosts = [layout.hosts[0].line, layout.hosts[1].line];
    let course = Course { run, at: &at, flights: &flights, deciding, scale: &scale, hosts };
    let mut body = Canvas::default();
    frame::axis(&mut body, &scale, &layout, top);
    let mut foot = scale.bottom();
    let mut said = Vec::new();
    for host in &layout.hosts {
        let says = notes::sayings(run, host.side, (&at, &scale), COLUMNS, top - 40);
        let ends = says.iter().map(|saying| saying.middle + LINE * saying.lines.len() as Tenths);
        foot = foot.max(ends.max().unwrap_or(0));
        beside(&mut body, &course, host, top);
        said.push((host, says));
    }
    let strokes = course.strokes();
    across(&mut body, &course, &strokes);
    frame::breaks(&mut body, &course, &layout);
    for (host, says) in &said {
        says.iter().for_each(|saying| say(&mut body, host, saying));
    }
    let mut foot = legend::legend(&mut body, &layout, (&strokes, &scale), foot + 200) + 60;
    for line in frame::lines(&run.again, frame::SMALL_PRINT) {
        foot += 160;
        body.text("small", (layout.margin, foot), Anchor::Start, &line);
    }
    document(run, &head.body, &body.body, (layout.width, foot + 150))
}

fn document(run: &Run<'_>, head: &str, body: &str, (width, height): Point) -> String {
    let (width, height) = (px(width), px(height));
    let (title, verdict) = (escaped(&run.title), escaped(&run.verdict.replace('\n', " ")));
    let subject = escaped(&run.subject.replace('\n', " "));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         aria-labelledby=\"closerace-title closerace-desc\" class=\"sheet\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title id=\"closerace-title\">{title}</title>\n\
         <desc id=\"closerace-desc\">{verdict} {subject}</desc>\n\
         <style>\n{}</style>\n<defs>\n{}</defs>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{head}{body}</svg>\n",
        style::CSS,
        style::markers(),
    )
}

/// The instant of each step.
fn instants(run: &Run<'_>) -> Vec<u64> {
    let steps = run.story.steps.iter().enumerate();
    steps
        .map(|(n, step)| match run.time() {
            Time::Micros => step.at.unwrap_or(0),
            Time::Steps => n as u64 * STEP_UNITS,
        })
        .collect()
}

/// What happens when, for the scale.
fn busy(run: &Run<'_>, at: &[u64], flights: &[Flight]) -> Busy {
    let shows = |step: &Step| {
        run.time() == Time::Steps
            || step.action.is_none()
            || step.events.iter().any(|event| match event {
                Event::Kernel(_, note) => match note {
                    Note::Sent(_) | Note::Entered(..) | Note::Failed(..) | Note::Gone { .. } => {
                        true
                    }
                    Note::Applied(_) | Note::Asked(..) | Note::Armed(..) | Note::Disarmed(..) => {
                        false
                    }
                },
                Event::Lane(_, LaneEvent::Called(..) | LaneEvent::Returned(..)) => true,
                Event::Lane(
                    _,
                    LaneEvent::Armed(..)
                    | LaneEvent::Disarmed(..)
                    | LaneEvent::Limited(..)
                    | LaneEvent::Ended(_),
                ) => false,
                Event::Arrived(..) | Event::Lost(..) | Event::Puppet(..) => true,
            })
    };
    let steps = || run.story.steps.iter().zip(at);
    let mut marks: Vec<u64> = steps().filter(|(step, _)| shows(step)).map(|(_, at)| *at).collect();
    marks.dedup();
    let mut special: Vec<u64> =
        steps().filter(|(step, _)| is_special(step)).map(|(_, at)| *at).collect();
    special.extend(marks.last());
    special.dedup();
    let ways = flights.iter().filter_map(|flight| Some((at[flight.sent], at[flight.end.step()?])));
    Busy { marks, ways: ways.collect(), special }
}

/// Whether a step is more than data going to and fro.
fn is_special(step: &Step) -> bool {
    let fires = match step.action {
        Some(Action::Fire(_, _, Timer::DelayedAck | Timer::Challenge)) => false,
        Some(Action::Fire(..) | Action::Wake(..) | Action::Lose(..) | Action::Inject(..)) => true,
        Some(Action::Turn(..) | Action::Deliver(..) | Action::Repeat(..) | Action::Call(..)) => {
            false
        }
        None => true,
    };
    let routine = |call: Call| matches!(call, Call::Read(..) | Call::Write(..) | Call::Poll(_));
    fires
        || step.events.iter().any(|event| match *event {
            Event::Kernel(_, Note::Sent(segment)) | Event::Arrived(_, segment) => {
                !matches!(Kind::of(&segment), Kind::Data | Kind::Ack)
            }
            Event::Kernel(_, Note::Entered(..) | Note::Failed(..) | Note::Gone { .. }) => true,
            Event::Kernel(
                _,
                Note::Applied(_) | Note::Asked(..) | Note::Armed(..) | Note::Disarmed(..),
            ) => false,
            Event::Lane(_, LaneEvent::Called(_, call)) => !routine(call),
            Event::Lane(_, LaneEvent::Returned(_, call, returned)) => {
                !routine(call) || matches!(returned, Return::Error(_) | Return::Eof)
            }
            Event::Lane(_, LaneEvent::Limited(..) | LaneEvent::Ended(_)) => true,
            Event::Lane(_, LaneEvent::Armed(..) | LaneEvent::Disarmed(..)) => false,
            Event::Lost(..) | Event::Puppet(..) => true,
        })
}

/// State, buffers and threads of a host.
fn beside(canvas: &mut Canvas, course: &Course<'_>, host: &Host, top: Tenths) {
    let Course { run, at, flights: _, deciding: _, scale, hosts: _ } = course;
    let side = host.side;
    let levels =
        [Queue::Held, Queue::Unread].map(|queue| sides::level(run, (side, queue), at, scale));
    frame::heads(canvas, run, host, [&levels[0], &levels[1]], top);
    for (column, level, class) in
        [(host.held, &levels[0], "held"), (host.unread, &levels[1], "unread")]
    {
        buffer(canvas, (column, side), level, class, (top, scale.bottom()));
    }
    for (n, column) in host.lanes.iter().enumerate() {
        for stretch in sides::stretches(run, (side, n), at, scale) {
            let class = match stretch.doing {
                Doing::Goes => "lane-goes",
                Doing::Waits => "lane-waits",
            };
            let wide = match stretch.doing {
                Doing::Goes => 40,
                Doing::Waits => column.wide,
            };
            let corner = (column.middle() - wide / 2, stretch.top);
            canvas.rect(class, corner, (wide, stretch.bottom - stretch.top));
        }
    }
    for band in sides::bands(run, side, at, scale) {
        let name = band.state.name();
        let height = band.bottom - band.top;
        canvas.open("", &format!("{name} from {} on", run.when(band.step)));
        canvas.rect(
            &format!("band {name}"),
            (host.state.left, band.top),
            (host.state.wide, height),
        );
        // Once a screen, so that it can be read wherever one looks.
        for n in 0..(height / 6000).max(1) {
            let room = height / (height / 6000).max(1);
            if room > band.name_height() + 40 {
                let middle = (host.state.middle() + 32, band.top + room * n + room / 2);
                canvas.slanted("state", middle, Slant::UPWARDS, name);
            }
        }
        canvas.close();
    }
    canvas.line("host-line", (host.line, top), (host.line, scale.bottom()), "");
}

/// A buffer's bytes as a bar that grows outwards.
fn buffer(
    canvas: &mut Canvas,
    (column, side): (layout::Column, Side),
    level: &Level,
    class: &str,
    (top, bottom): (Tenths, Tenths),
) {
    let (base, out) = match side {
        Side::A => (column.right(), -1),
        Side::B => (column.left, 1),
    };
    if level.most > 0 {
        let x = |n: u32| {
            let wide = i64::from(n) * column.wide / i64::from(level.most);
            // Few bytes beside many are still some.
            base + out * if n > 0 { wide.max(8) } else { 0 }
        };
        let mut points: Vec<Point> = vec![(base, top)];
        let mut last = base;
        for (y, n) in &level.steps {
            points.push((last, *y));
            last = x(*n);
            points.push((last, *y));
        }
        points.extend([(last, bottom), (base, bottom)]);
        canvas.polygon(class, &points);
    }
    canvas.line("base", (base, top), (base, bottom), "");
}

/// A host's text with a line to its instant.
fn say(canvas: &mut Canvas, host: &Host, saying: &Saying) {
    let (edge, anchor, out) = match host.side {
        Side::A => (host.text.right(), Anchor::End, 1),
        Side::B => (host.text.left, Anchor::Start, -1),
    };
    let lane = saying.lane.and_then(|lane| host.lanes.get(lane.0 as usize));
    let pin = lane.map_or(edge + out * 110, |lane| lane.middle());
    let lines = Tenths::try_from(saying.lines.len()).unwrap_or(1);
    canvas.polyline(
        "leader",
        &[(edge + out * 20, saying.middle), (edge + out * 100, saying.y), (pin, saying.y)],
    );
    if lane.is_some() {
        canvas.dot("pin", (pin, saying.y), 22);
    }
    let first = saying.middle - lines * LINE / 2 + 95;
    for (n, line) in saying.lines.iter().enumerate() {
        let y = first + n as Tenths * LINE;
        canvas.text(saying.tone.class(), (edge, y), anchor, line.trim_end());
    }
}

/// Arrows and bands, then their labels above all of them.
fn across(canvas: &mut Canvas, course: &Course<'_>, strokes: &[Stroke]) {
    let ways: Vec<Way> = strokes.iter().map(|stroke| stroke.way).collect();
    let limits = (course.hosts[0] + 30, course.hosts[1] - 30);
    let mut labels = Labels::default();
    // The one that matters chooses first.
    let mut order: Vec<usize> = (0..strokes.len()).collect();
    order.sort_by_key(|n| (strokes[*n].role != Role::Decides, *n));
    let mut spots = vec![None; strokes.len()];
    order.retain(|n| !strokes[*n].label.is_empty());
    for n in order {
        spots[n] = Some(labels.put(&strokes[n].label, (n, &ways), limits));
    }
    for stroke in strokes.iter().filter(|stroke| stroke.role == Role::Decides) {
        canvas.line("halo", stroke.way.from, stroke.way.to, "");
    }
    for stroke in strokes {
        arrow(canvas, stroke);
    }
    for (stroke, spot) in strokes.iter().zip(spots) {
        let Some(spot) = spot else { continue };
        canvas.open(&class(stroke), &stroke.title);
        if let Some(on) = spot.leader {
            canvas.line("leader", on, spot.base, "");
        }
        canvas.slanted("wire", spot.base, spot.slant, &stroke.label);
        canvas.close();
    }
}

fn class(stroke: &Stroke) -> String {
    match stroke.role {
        Role::Decides => format!("{} decides", stroke.kind.word()),
        Role::Plain => stroke.kind.word().to_owned(),
    }
}

fn arrow(canvas: &mut Canvas, stroke: &Stroke) {
    let Stroke { way, heights, kind, tip, role: _, count, label: _, title: _ } = stroke;
    canvas.open(&class(stroke), &stroke.title);
    let edge = |(x, y): Point, height: Tenths, sign: i64| (x, y + sign * height / 2);
    if *count > 1 {
        canvas.polygon(
            "burst",
            &[
                edge(way.from, heights[0], -1),
                edge(way.to, heights[1], -1),
                edge(way.to, heights[1], 1),
                edge(way.from, heights[0], 1),
            ],
        );
    }
    let marker = match tip {
        Tip::Arrives => format!(" marker-end=\"url(#tip-{})\"", kind.word()),
        Tip::Lost | Tip::UnderWay | Tip::Cut => String::new(),
    };
    canvas.line("stroke", way.from, way.to, &marker);
    canvas.close();
    if *tip == Tip::Lost {
        legend::cross(canvas, way.to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_arrow_head_and_a_colour() {
        for kind in [Kind::Syn, Kind::Data, Kind::Ack, Kind::Fin, Kind::Rst] {
            assert!(style::markers().contains(&format!("id=\"tip-{}\"", kind.word())));
            assert!(style::CSS.contains(&format!(".{} .stroke", kind.word())));
        }
    }

    #[test]
    fn every_state_has_a_colour() {
        for state in sim_core::wire::State::ALL {
            assert!(style::CSS.contains(&format!(".{}", state.name())), "{state}");
        }
    }
}
