//! The kept graph as a graph: export, components, and what goes on for ever.

use std::fmt::{self, Write};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::drive::explore::{Model, Space};

/// A state graph for analysis: node weights are state numbers, and node `n` is state `n`.
pub type StateGraph<A> = DiGraph<u32, A>;

/// The whole graph, with every edge. Takes 12 bytes a state and 16 an edge, and its action.
pub fn digraph<M: Model>(space: &mut Space<'_, M>) -> StateGraph<M::Action> {
    let states = space.len();
    let edges = usize::try_from(space.counts().edges).unwrap_or(0);
    let mut graph = DiGraph::with_capacity(states as usize, edges);
    for id in 0..states {
        graph.add_node(id);
    }
    space.edges(|from, action, to| {
        graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), action);
    });
    graph
}

/// A strongly connected component: states that reach each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its states, in order of their numbers.
    pub states: Vec<u32>,
    /// Whether it can be left.
    pub exit: Exit,
    /// Whether one can stay in it.
    pub stay: Stay,
}

/// Whether an edge leads out of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Some edge leads out.
    Open,
    /// No edge leads out: what enters stays.
    Bottom,
}

/// Whether a component has an edge of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// At least one cycle, possibly of one state.
    Cycle,
    /// A single state without an edge to itself.
    Single,
}

/// All components, ordered by their first states.
///
/// The crate's Kosaraju, not its Tarjan: the same components, and its stack is on the heap, so
/// deep graphs cannot overflow the thread's.
#[must_use]
pub fn components<A>(graph: &StateGraph<A>) -> Vec<Component> {
    let groups = kosaraju_scc(graph);
    let mut home = vec![0_usize; graph.node_count()];
    for (number, group) in groups.iter().enumerate() {
        for node in group {
            home[node.index()] = number;
        }
    }
    let mut components: Vec<Component> =
        groups.iter().map(|group| component(graph, &home, group)).collect();
    components.sort_unstable_by_key(|component| component.states[0]);
    components
}

/// Components that run for ever: no way out, and a cycle inside.
#[must_use]
pub fn for_ever<A>(graph: &StateGraph<A>) -> Vec<Component> {
    let mut all = components(graph);
    all.retain(|one| (one.exit, one.stay) == (Exit::Bottom, Stay::Cycle));
    all
}

fn component<A>(graph: &StateGraph<A>, home: &[usize], group: &[NodeIndex]) -> Component {
    let mut found = Component { states: Vec::new(), exit: Exit::Bottom, stay: Stay::Single };
    for &node in group {
        found.states.push(graph[node]);
        for next in graph.neighbors(node) {
            if home[next.index()] == home[node.index()] {
                found.stay = Stay::Cycle;
            } else {
                found.exit = Exit::Open;
            }
        }
    }
    found.states.sort_unstable();
    found
}

/// Writes the first `limit` states and the edges among them in the DOT language.
///
/// Labels come from the closures; a last node says how many states were left out.
///
/// # Errors
/// When the writer fails.
pub fn dot<A>(
    graph: &StateGraph<A>,
    limit: usize,
    state: impl Fn(u32) -> String,
    action: impl Fn(&A) -> String,
    out: &mut impl Write,
) -> fmt::Result {
    writeln!(out, "digraph states {{")?;
    let shown = limit.min(graph.node_count());
    for node in graph.node_indices().take(shown) {
        writeln!(out, "  {} [label=\"{}\"];", node.index(), escaped(&state(graph[node])))?;
    }
    for node in graph.node_indices().take(shown) {
        // Adjacency lists run backwards; the states' own order reads better.
        let mut edges: Vec<_> = graph.edges(node).collect();
        edges.reverse();
        for edge in edges.iter().filter(|edge| edge.target().index() < shown) {
            let (to, label) = (edge.target().index(), escaped(&action(edge.weight())));
            writeln!(out, "  {} -> {to} [label=\"{label}\"];", node.index())?;
        }
    }
    if shown < graph.node_count() {
        let rest = graph.node_count() - shown;
        writeln!(out, "  rest [shape=plaintext, label=\"{rest} more states\"];")?;
    }
    writeln!(out, "}}")
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
