//! Columns of the sheet, from left to right: time axis; the client's texts, threads, buffers,
//! state; the wire; the same of the server in a mirror.

use super::scale::Tenths;
use sim_core::wire::Side;

/// Characters in a line of a host's texts.
pub(super) const COLUMNS: usize = 34;

const MARGIN: Tenths = 140;
const AXIS: Tenths = 520;
const TEXT: Tenths = 2240;
const LANE: Tenths = 90;
const LANE_GAP: Tenths = 60;
const BUFFER: Tenths = 340;
const GAP: Tenths = 70;
const STATE: Tenths = 170;
const WIRE: Tenths = 4000;

/// A stretch from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its left edge.
    pub left: Tenths,
    /// How wide it is.
    pub wide: Tenths,
}

impl Column {
    pub(super) const fn right(self) -> Tenths {
        self.left + self.wide
    }

    pub(super) const fn middle(self) -> Tenths {
        self.left + self.wide / 2
    }
}

/// A host's columns.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// Which host.
    pub side: Side,
    /// Its texts.
    pub text: Column,
    /// Its threads, one each.
    pub lanes: Vec<Column>,
    /// What it has written and not seen acknowledged.
    pub held: Column,
    /// What it has not read.
    pub unread: Column,
    /// The connection's state.
    pub state: Column,
    /// Where the wire ends.
    pub line: Tenths,
}

/// All columns.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Right edge of the time axis.
    pub axis: Tenths,
    /// By side.
    pub hosts: [Host; 2],
    /// Of the sheet.
    pub width: Tenths,
    /// Left and right margin.
    pub margin: Tenths,
}

impl Layout {
    /// For so many threads a side.
    pub(super) fn new(lanes: [usize; 2]) -> Layout {
        let axis = MARGIN + AXIS;
        let client = host(Side::A, axis + GAP, lanes[0]);
        let start = client.line + WIRE;
        // The server's columns as if they went to the left, then turned around.
        let turned = host(Side::B, 0, lanes[1]);
        let turn = |c: Column| Column { left: start + turned.line - c.right(), wide: c.wide };
        let server = Host {
            side: Side::B,
            text: turn(turned.text),
            lanes: turned.lanes.iter().copied().map(turn).collect(),
            held: turn(turned.held),
            unread: turn(turned.unread),
            state: turn(turned.state),
            line: start,
        };
        let width = server.text.right() + MARGIN;
        Layout { axis, hosts: [client, server], width, margin: MARGIN }
    }
}

/// The columns of a host whose wire is on the right.
fn host(side: Side, left: Tenths, lanes: usize) -> Host {
    let mut x = left;
    let mut next = |wide: Tenths, gap: Tenths| {
        let column = Column { left: x, wide };
        x += wide + gap;
        column
    };
    let text = next(TEXT, 2 * GAP);
    let lanes = (0..lanes).map(|_| next(LANE, LANE_GAP)).collect();
    let held = next(BUFFER, GAP);
    let unread = next(BUFFER, GAP);
    let state = next(STATE, 0);
    Host { side, text, lanes, held, unread, state, line: state.right() }
}
