//! The receiving half: read, readable, out of order, and what has been promised to the peer.

use super::memory::{Admits, Memory, SegmentMemory, Space};
use super::sock::{Off, On, Switch};
use super::tuning::{Controls, Switchable, Tuning};
use crate::wire::Span;
use smallvec::SmallVec;

/// Everything counted from IRS: the SYN is 0, the first byte 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecvHalf {
    /// RCV.NXT.
    pub nxt: u32,
    /// The last ACK sent (RCV.WUP, `last_ack_sent`).
    pub acked: u32,
    /// Right edge that has been offered to the peer; it never moves left.
    pub edge: u32,
    /// First number that the application has not read.
    pub read: u32,
    /// Text behind a hole.
    pub ooo: SmallVec<[Span; 1]>,
    /// Number of a FIN behind a hole, 0 for none.
    pub ooo_fin: u32,
    /// The peer's FIN has been received in order.
    pub fin: Switch,
    /// What is owed to the peer.
    pub acks: Acks,
    /// What the text takes of the memory, where that is counted.
    pub memory: Option<Box<Memory>>,
}

/// How the next ACK will go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Acks {
    /// Whether an ACK is owed.
    pub owed: Owed,
    /// ACKs that still go out at once before delaying begins.
    pub quick: u8,
    /// Data has gone the other way since: answers are expected to carry the ACKs.
    pub interactive: Switch,
}

/// Whether an ACK is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owed {
    /// No.
    No,
    /// Yes, when the policy says.
    Usual,
    /// Yes, at once: a hole, what fills one, or what came before.
    Now,
}

/// Whether text that waited is in order now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Released {
    /// Some is.
    Some,
    /// There was none.
    Nothing,
}

impl RecvHalf {
    /// After the peer's SYN, with this much offered.
    #[must_use]
    pub fn opened(wnd: u32, quick: u8) -> RecvHalf {
        RecvHalf {
            nxt: 1,
            acked: 1,
            edge: 1 + wnd,
            read: 1,
            ooo: SmallVec::new(),
            ooo_fin: 0,
            fin: Off,
            acks: Acks { owed: Owed::No, quick, interactive: Off },
            memory: None,
        }
    }

    /// Text that waited behind what has come by now is in order.
    pub(super) fn release(&mut self) -> Released {
        let mut released = Released::Nothing;
        while let Some(run) = self.ooo.first().copied().filter(|run| run.start <= self.nxt) {
            self.nxt = self.nxt.max(run.end);
            self.ooo.remove(0);
            released = Released::Some;
        }
        self.edge = self.edge.max(self.nxt);
        released
    }

    /// One past the last byte that is readable (a FIN is not text).
    #[must_use]
    pub const fn text_end(&self) -> u32 {
        match self.fin {
            On => self.nxt - 1,
            Off => self.nxt,
        }
    }

    /// Readable bytes, as numbers.
    #[must_use]
    pub const fn unread(&self) -> Span {
        Span::new(self.read, self.text_end())
    }

    /// One past everything received, where there is a hole before it.
    #[must_use]
    pub fn behind_hole(&self) -> Option<i64> {
        let text = self.ooo.last().map_or(0, |run| run.end);
        let end = if self.ooo_fin > 0 { self.ooo_fin + 1 } else { text };
        (end.max(text) > self.nxt).then(|| i64::from(end.max(text)))
    }

    /// RCV.WND as the peer knows it.
    #[must_use]
    pub const fn wnd(&self) -> u32 {
        self.edge.saturating_sub(self.nxt)
    }

    /// Everything before `number` has been read, or will not be.
    #[inline]
    pub(crate) fn read_up_to(&mut self, number: u32) {
        self.read = number;
        if let Some(memory) = &mut self.memory {
            memory.read(number);
        }
    }

    /// Text in order takes memory, where that is counted.
    #[inline]
    pub(crate) fn hold(&mut self, controls: &Controls, text: [u32; 2]) {
        let (Some(of), Some(memory)) = (&controls.memory, &mut self.memory) else { return };
        let wnd = self.edge - self.acked;
        let quick = &mut self.acks.quick;
        if controls.acks.lull == Switchable::On {
            *quick = memory.quick_acks(wnd).max(*quick);
        }
        memory.take(of, text, (wnd, quick));
    }

    /// Whether there is memory for a FIN without text, where memory is counted. Text that finds
    /// none finds no window either, but for what is pruned then (not here).
    #[inline]
    pub(crate) fn admits(&mut self, of: Option<&SegmentMemory>) -> Admits {
        let (Some(of), Some(memory)) = (of, &mut self.memory) else { return Admits::Freely };
        memory.admits(of)
    }

    /// Text behind a hole takes memory, where that is counted.
    #[inline]
    pub(crate) fn hold_beyond(&mut self, tuning: &Tuning, text: [u32; 2]) {
        let (Some(of), Some(memory)) = (&tuning.controls.memory, &mut self.memory) else { return };
        let wnd = self.edge - self.acked;
        memory.take_beyond(of, text, (wnd, &mut self.acks.quick), tuning.sack);
    }

    /// The peer seems to miss ACKs: the next ones go out at once (tcp_enter_quickack_mode).
    pub(crate) fn hurry_acks(&mut self) {
        let wnd = self.edge - self.acked;
        let quick = match &mut self.memory {
            Some(memory) => {
                memory.begin_anew();
                memory.quick_acks(wnd)
            }
            None => 2,
        };
        self.acks.quick = self.acks.quick.max(quick);
    }

    /// Nothing follows a FIN: text behind a hole is dropped.
    #[inline]
    pub(crate) fn drop_beyond(&mut self) {
        self.ooo.clear();
        if let Some(memory) = &mut self.memory {
            memory.drop_beyond();
        }
    }

    /// The window that the free memory is worth, where memory is counted.
    #[inline]
    pub(crate) fn worth(&mut self, of: Option<&SegmentMemory>, unit: u32) -> Option<u32> {
        let (Some(of), Some(memory)) = (of, &self.memory) else { return None };
        let worth = memory.window(of, self.edge - self.acked, unit);
        if worth.space == Space::Scarce {
            self.acks.quick = 0;
        }
        Some(worth.wnd)
    }

    pub(super) fn check(&self) {
        assert!(self.read >= 1 && self.read <= self.text_end(), "read up to RCV.NXT at most");
        assert!(self.acked <= self.nxt, "no ACK beyond RCV.NXT");
        // What came on a SYN that crossed ours waits at RCV.NXT itself.
        let least = if self.nxt == 1 { 1 } else { self.nxt + 1 };
        assert!(self.ooo.iter().all(|run| run.start >= least && !run.is_empty()));
        assert!(self.fin == Off || (self.ooo.is_empty() && self.ooo_fin == 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of numbers that contradict each other.
    #[test]
    fn contradictions_are_noticed() {
        let sound = || {
            let mut rcv = RecvHalf::opened(1_000, 0);
            (rcv.nxt, rcv.acked, rcv.read) = (301, 201, 101);
            rcv.ooo.push(Span::new(401, 501));
            rcv
        };
        sound().check();
        let spoilers: [fn(&mut RecvHalf); 7] = [
            |rcv| rcv.read = 302,
            |rcv| rcv.read = 0,
            |rcv| rcv.acked = 302,
            |rcv| rcv.nxt = 401,
            |rcv| rcv.ooo[0] = Span::new(401, 401),
            |rcv| rcv.fin = On,
            |rcv| (rcv.ooo, rcv.ooo_fin, rcv.fin) = (SmallVec::new(), 301, On),
        ];
        for (n, spoil) in spoilers.into_iter().enumerate() {
            let mut rcv = sound();
            spoil(&mut rcv);
            let noticed = std::panic::catch_unwind(|| rcv.check());
            assert!(noticed.is_err(), "spoiler {n}: {rcv:?}");
        }
    }
}
