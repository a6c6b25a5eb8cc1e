use sim_core::drive::explore::{Limits, Pulse, kept};
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::profile;
use sim_scenarios::{catalogue::*, client, server};
fn main() {
    let sc = over_limit((Variant::LargeReply, Size::Small), server::ALL[0], client::ALL[3], [&profile::LINUX, &profile::LINUX]).unwrap();
    let w = Worlds { setup: &sc.setup, pace: PaceName::Racing };
    let s = kept(&w, Limits::NONE, &mut (), Pulse::silent());
    println!("{} {}", s.len(), s.counts().edges);
}
