use sim_core::drive::{run::HORIZON, sample::sample};
use sim_core::profile;
use sim_scenarios::{catalogue::*, client, server};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: u64 = a[2].parse().unwrap();
    let v = match a[1].as_str() { "u" => Variant::Upload, "s" => Variant::SmallRequest, _ => Variant::LargeReply };
    let sc = over_limit((v, Size::Full), server::ALL[0], client::ALL[3], [&profile::LINUX, &profile::LINUX]).unwrap();
    let t0 = std::time::Instant::now();
    let t = sample(&sc.setup, sc.reply, HORIZON, 1, 0..n);
    let e = t0.elapsed();
    println!("{:?} {:.0}/s", t.counts.len(), n as f64 / e.as_secs_f64());
}
