//! Stories that once broke a law, as data: every law is asked about them first.

use sim_core::arbitrary::{CONN, Story};
use sim_core::profile::{LINUX, Profile, RFC9293};
use sim_core::script::{Line, Look, Op, Script};
use sim_core::socket::{Call, Fd, Which};
use sim_core::tcp::tuning::{AckPolicy, Tuning};
use sim_core::wire::{Law, millis};
use sim_core::world::{End, Path, Setup};

/// All of them, with what they were about.
#[must_use]
pub fn all() -> Vec<(&'static str, Story)> {
    vec![
        (
            "bytes unread before SHUT_RD, and one that came after it, were lost to the books",
            story(
                [&LINUX, &RFC9293],
                vec![write(CLIENT, 96), close(CLIENT)],
                vec![shut(SERVER, Which::Rd), close(SERVER)],
                |[client, _]| client.snd_buf = 1,
            ),
        ),
        (
            "the quiet pace let a retransmission go before a delayed ACK",
            story([&LINUX, &LINUX], vec![], vec![close(SERVER)], |[client, _]| {
                client.ack = AckPolicy::Delayed { quick: 0 };
            }),
        ),
    ]
}

const CLIENT: Fd = Fd(0);
const SERVER: Fd = Fd(1);

/// The client connects, the server accepts; then these lines. Small numbers, as in drawn stories.
fn story(
    stacks: [&'static Profile; 2],
    client: Vec<Line>,
    server: Vec<Line>,
    tune: fn(&mut [Tuning; 2]),
) -> Story {
    let connect = Line::new(Op::Call(Call::Connect(CLIENT, CONN)));
    let listen = Line::new(Op::Call(Call::Listen(Fd(0), 4)));
    let accept = Line::new(Op::Call(Call::Accept(Fd(0), SERVER)));
    let a = Script::single([vec![connect], client].concat());
    let b = Script::single([vec![listen, accept], server].concat());
    let path = Path::RoundTrip(Law::Fixed(millis(1)));
    let ends = [End::Script(a), End::Script(b)];
    let mut setup = Setup::new(ends, stacks, path).expect("every profile has its numbers");
    for tuning in &mut setup.tuning {
        tuning.mss = 100;
        tuning.snd_buf = 1_000;
        tuning.rcv_buf = 1_000;
        tuning.syn_wnd = 1_000;
        tuning.retries = 1;
        tuning.retries_orphan = 1;
        tuning.retries_syn = 1;
        tuning.retries_syn_ack = 1;
        tuning.ack = AckPolicy::Every;
    }
    tune(&mut setup.tuning);
    Story { setup }
}

fn write(fd: Fd, total: u32) -> Line {
    Line::new(Op::Write { fd, total, chunk: total, look: Look::Never })
}

fn shut(fd: Fd, which: Which) -> Line {
    Line::new(Op::Call(Call::Shutdown(fd, which)))
}

fn close(fd: Fd) -> Line {
    Line::new(Op::Call(Call::Close(fd)))
}
