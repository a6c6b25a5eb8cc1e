//! The state graph in the DOT language.

use crate::case::Scenario;
use crate::render::{short, step};
use sim_core::drive::explore::{Limits, Pulse, kept};
use sim_core::drive::space::Worlds;
use sim_core::report::census::Census;
use sim_core::report::graph::{StateGraph, dot as write_dot};
use sim_core::report::trace::Step;
use sim_core::wire::Side;
use sim_core::world::{self, World};

/// The most states that are drawn.
const SHOWN: u64 = 1000;

/// The first states of the graph that the census was taken of: each with both TCP states, each edge
/// with what happens.
///
/// States are numbered in the order of discovery, so a search for so many states finds the same
/// ones again without the rest.
pub(super) fn dot(scenario: &Scenario, census: &Census) -> String {
    let Scenario { setup, reply, .. } = scenario;
    let model = Worlds { setup, pace: census.pace };
    let limits = Limits { states: census.counts.states.min(SHOWN), depth: u32::MAX };
    let mut space = kept(&model, limits, &mut (), Pulse::silent());
    let mut graph = StateGraph::new();
    // The rest as bare nodes: they are counted, not drawn.
    let states = u32::try_from(census.counts.states).unwrap_or(u32::MAX);
    let nodes: Vec<_> = (0..states).map(|id| graph.add_node(id)).collect();
    for id in 0..space.len() {
        space.edges_from(id, |action, to| {
            let edge = (graph.edge_count(), action);
            graph.add_edge(nodes[id as usize], nodes[to as usize], edge);
        });
    }
    // What an edge shows depends on the state it leaves.
    let mut sources = vec![0; graph.edge_count()];
    for edge in graph.edge_indices() {
        if let Some((from, _)) = graph.edge_endpoints(edge) {
            sources[edge.index()] = graph[from];
        }
    }
    let keys: Vec<_> = (0..space.len()).map(|id| space.key(id)).collect();
    let store = space.into_store();
    let mut text = String::new();
    let state = |id: u32| names(&store.world(keys[id as usize]));
    let label = |(edge, action): &(usize, world::Action)| {
        let before = store.world(keys[sources[*edge] as usize]);
        let mut after = before.clone();
        let mut events = Vec::new();
        if world::apply(setup, &mut after, *action, &mut events).is_err() {
            return "halts".to_owned();
        }
        let step = Step { at: None, action: Some(*action), events, after };
        let who = step::actor(&step).map_or("", crate::render::Names::of);
        let shown = step::show(setup, Some(&before), &step, *reply);
        format!("{who}: {}", short::line(&shown))
    };
    // Writing to a string cannot fail.
    let _ = write_dot(&graph, SHOWN as usize, state, label, &mut text);
    text
}

/// Both sides' TCP states and bytes read.
fn names(world: &World) -> String {
    let side = |side: Side| {
        let host = &world.hosts[side.index()];
        let states: Vec<&str> = host
            .table
            .iter()
            .filter(|sock| sock.conn != sim_core::wire::ConnId::NONE)
            .map(|sock| sock.state().name())
            .collect();
        if states.is_empty() { "-".to_owned() } else { states.join("+") }
    };
    let read = world.hosts[0].app.account(crate::client::ID).read;
    format!("{} | {}\nread {read}", side(Side::A), side(Side::B))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Size;
    use crate::race::Race;
    use sim_core::drive::explore::Space;
    use sim_core::pace::PaceName;

    /// Edges among the first states.
    fn edges(space: &mut Space<'_, Worlds<'_>>) -> Vec<(u32, world::Action, u32)> {
        let mut edges = Vec::new();
        for from in 0..SHOWN as u32 {
            space.edges_from(from, |action, to| {
                if u64::from(to) < SHOWN {
                    edges.push((from, action, to));
                }
            });
        }
        edges
    }

    #[test]
    fn what_is_drawn_is_the_beginning_of_the_whole_graph() {
        let race = Race::founding().client("duplex/abort").expect("a policy");
        let scenario = race.scenario(Size::Small).expect("a scenario");
        let model = Worlds { setup: &scenario.setup, pace: PaceName::Racing };
        let [mut few, mut all] = [SHOWN, 3_000_000].map(|states| {
            kept(&model, Limits { states, depth: u32::MAX }, &mut (), Pulse::silent())
        });
        assert!(all.len() > few.len() && u64::from(few.len()) == SHOWN);
        assert_eq!(edges(&mut few), edges(&mut all));
    }
}
