use sim_core::drive::explore::*;
use sim_core::pace::PaceName;
use sim_core::profile;
use sim_core::report::{census::census, explain::explain, trace};
use sim_scenarios::{catalogue::*, client, server};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let v = match a[1].as_str() { "u" => Variant::Upload, "s" => Variant::SmallRequest, _ => Variant::LargeReply };
    let p = profile::Profile::named(&a[2]).unwrap();
    let q = profile::Profile::named(&a[3]).unwrap();
    for s in server::ALL { for c in client::ALL {
        let sc = over_limit((v, Size::Small), s, c, [p, q]).unwrap();
        let t0 = std::time::Instant::now();
        let cs = census(&sc.setup, sc.reply, PaceName::Racing, Limits { states: 3_000_000, depth: 10_000 }, Pulse::silent());
        print!("{:16} {:18} {:?} {} {:?} ", s.name, c.name, cs.words(), cs.counts.states, t0.elapsed());
        for f in &cs.findings { if let Some(t) = &f.counterexample { print!("{:?}@{} {:?} ", f.claim, t.len(), if a.len()>4 {Some(t)} else {None}); } }
        println!();
        if a.len() > 4 { for e in &cs.entries {
            println!("   {:?} x{} in {}", e.outcome, e.terminals, e.trace.len());
            let st = trace::story(&sc.setup, &e.trace).unwrap();
            for l in explain(&st, sc.reply).links { println!("       {} {:?} {:?} {:?} {:?}", l.step, l.side, l.by, l.effect, l.rules.iter().map(|r| r.id).collect::<Vec<_>>()); }
        } }
    }}
}
