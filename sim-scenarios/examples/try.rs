use sim_core::drive::{explore::*, run::HORIZON, sample::sample, space::Worlds};
use sim_core::pace::PaceName;
use sim_core::profile;
use sim_scenarios::{catalogue::*, client, server};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let v = match a[1].as_str() { "u" => Variant::Upload, "s" => Variant::SmallRequest, _ => Variant::LargeReply };
    let p = profile::Profile::named(&a[2]).unwrap();
    let q = profile::Profile::named(&a[3]).unwrap();
    for s in server::ALL { for c in client::ALL {
        let sc = over_limit((v, Size::Full), s, c, [p, q]).unwrap();
        let t = sample(&sc.setup, sc.reply, HORIZON, 1, 0..4000);
        let mut by = std::collections::BTreeMap::new();
        for (o, n, _) in &t.counts { *by.entry((o.word, o.cause)).or_insert(0) += n; }
        print!("{:16} {:18} {:?} halted {}", s.name, c.name, by, t.halted);
        let sc = over_limit((v, Size::Small), s, c, [p, q]).unwrap();
        let m = Worlds { setup: &sc.setup, pace: PaceName::Racing };
        if a.len() > 4 {
        struct W<'a>(std::collections::BTreeMap<String, u32>, &'a Scenario);
        impl Watch<Worlds<'_>> for W<'_> {
            fn terminal(&mut self, seen: Seen<'_, Worlds<'_>>) -> Flow {
                let w = seen.store.world(seen.key);
                let e = if sim_core::drive::run::lanes_ended(&w) { sim_core::drive::run::Ended::Done } else { sim_core::drive::run::Ended::Stuck };
                let o = sim_core::report::outcome::outcome(&w, self.1.reply, e);
                *self.0.entry(format!("{:?} {:?}", o.word, o.cause)).or_insert(0) += 1;
                std::ops::ControlFlow::Continue(())
            }
            fn state(&mut self, seen: Seen<'_, Worlds<'_>>) -> Flow {
                let w = seen.store.world(seen.key);
                sim_core::world::ledger::check(&self.1.setup, &w);
                std::ops::ControlFlow::Continue(())
            }
        }
        let mut w = W(Default::default(), &sc);
        let t0 = std::time::Instant::now();
        let sp = kept(&m, Limits { states: 3_000_000, depth: 10_000 }, &mut w, Pulse::silent());
        print!(" | {:?} states {} {:?}", sp.end(), sp.counts().states, t0.elapsed());
        print!(" {:?}", w.0);
        }
        println!();
    }}
}
