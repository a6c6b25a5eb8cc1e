//! A map for programs.

use super::{Mapped, Problem};
use crate::cli::output::{self, ScenarioId};
use crate::timing::words::{equation, inequality};
use crate::timing::{Area, Ending, Parameter, Plane};
use crate::token;
use num_traits::ToPrimitive;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::exact::{Belonging, Overflow, Polygon, Polytope};
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;

/// For which timings the answer is lost.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    scenario: ScenarioId,
    pace: &'static str,
    server: String,
    client: String,
    server_stack: &'static str,
    client_stack: &'static str,
    parameters: Vec<Range>,
    /// Whether the areas make up the whole.
    whole: bool,
    /// Orders of events that were told apart.
    orders: usize,
    steps: u64,
    /// A question that nobody has answered, where one was asked.
    undetermined: Option<String>,
    areas: Vec<AreaForm>,
    /// The map in the plane of two parameters.
    plane: Option<PlaneForm>,
    /// Where the plane is not exact: what it is made of.
    sampled: Option<SampledForm>,
}

/// A plane from runs in virtual time.
#[derive(Debug, Serialize, JsonSchema)]
struct SampledForm {
    runs: u64,
    /// The smallest cells along each axis.
    resolution_us: [u64; 2],
}

impl output::Document for Document {
    const KIND: &'static str = "race";
}

/// What is open.
#[derive(Debug, Serialize, JsonSchema)]
struct Range {
    name: String,
    low_us: u64,
    high_us: u64,
}

/// Everything that ends in one way.
#[derive(Debug, Serialize, JsonSchema)]
struct AreaForm {
    /// Absent where a stack has no answer.
    word: Option<Word>,
    cause: Option<Gone>,
    /// Its part of the whole volume, as a fraction and as a number.
    share_exact: String,
    share: f64,
    orders: usize,
    /// Disjoint convex parts: everything in one of the lists holds there.
    parts: Vec<Part>,
    /// Values inside, and the run there.
    witness: Option<Witness>,
}

/// A convex part.
#[derive(Debug, Serialize, JsonSchema)]
struct Part {
    /// In words; ranges included where they bound it.
    conditions: Vec<String>,
    /// Each: the constant in microseconds, then a factor a parameter; their sum is at least zero
    /// (or above it, where `strict`).
    inequalities: Vec<Sum>,
}

/// An inequality in whole numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct Sum {
    constant: String,
    factors: Vec<String>,
    strict: bool,
}

/// A run inside.
#[derive(Debug, Serialize, JsonSchema)]
struct Witness {
    us: Vec<u64>,
    /// What `replay` takes.
    token: Option<String>,
}

/// A plane.
#[derive(Debug, Serialize, JsonSchema)]
struct PlaneForm {
    x: String,
    y: String,
    /// Where the other parameters are held.
    held: Vec<Held>,
    polygons: Vec<PolygonForm>,
}

/// A parameter with one value.
#[derive(Debug, Serialize, JsonSchema)]
struct Held {
    name: String,
    us: u64,
}

/// A convex polygon.
#[derive(Debug, Serialize, JsonSchema)]
struct PolygonForm {
    word: Option<Word>,
    cause: Option<Gone>,
    /// Counter-clockwise, in microseconds.
    corners: Vec<[f64; 2]>,
    /// The line through each corner and the next, and whether it belongs to the polygon.
    edges: Vec<EdgeForm>,
}

/// An edge of a polygon.
#[derive(Debug, Serialize, JsonSchema)]
struct EdgeForm {
    line: String,
    part_of_it: bool,
}

pub(super) fn document(mapped: &Mapped) -> Result<Document, Problem> {
    let large = |why: Overflow| Problem::Usage(why.to_string());
    let Mapped { case, map, .. } = mapped;
    let areas = map.areas.iter().map(|area| area_form(mapped, area)).collect::<Result<_, _>>();
    let range =
        |one: &Parameter| Range { name: one.of.to_string(), low_us: one.low, high_us: one.high };
    Ok(Document {
        scenario: ScenarioId { name: case.story.clone(), hash: token::hash(&case.scenario()?) },
        pace: "symbolic",
        server: case.server.to_string(),
        client: case.client.to_string(),
        server_stack: case.stacks[1].name,
        client_stack: case.stacks[0].name,
        parameters: map.parameters().iter().map(range).collect(),
        whole: map.is_whole(),
        orders: map.orders,
        steps: map.steps,
        undetermined: map.undetermined.map(|halt| halt.to_string()),
        areas: areas.map_err(large)?,
        plane: mapped.shown()?.as_ref().map(plane_form),
        sampled: mapped
            .sampled
            .as_ref()
            .map(|one| SampledForm { runs: one.runs, resolution_us: one.resolution }),
    })
}

const fn parts_of(ending: Ending) -> (Option<Word>, Option<Gone>) {
    match ending {
        Ending::Known(word, cause) => (Some(word), cause),
        Ending::Undetermined => (None, None),
    }
}

fn area_form(mapped: &Mapped, area: &Area) -> Result<AreaForm, Overflow> {
    let (word, cause) = parts_of(area.ending);
    let parameters = mapped.map.parameters();
    let parts: Result<_, _> = area.pieces.iter().map(|piece| part(piece, parameters)).collect();
    Ok(AreaForm {
        word,
        cause,
        share_exact: area.share.to_string(),
        share: area.share.to_f64().unwrap_or(f64::NAN),
        orders: area.orders,
        parts: parts?,
        witness: area
            .witness
            .as_ref()
            .map(|us| Witness { us: us.clone(), token: mapped.token(us) }),
    })
}

fn part(piece: &Polytope, parameters: &[Parameter]) -> Result<Part, Overflow> {
    let all = piece.irredundant()?;
    let sum = |one: &sim_core::exact::Inequality| Sum {
        constant: one.form.constant_term().0.to_string(),
        factors: (0..parameters.len()).map(|n| one.form.coefficient(n).0.to_string()).collect(),
        strict: one.kind == sim_core::exact::Kind::Above,
    };
    Ok(Part {
        conditions: all.iter().map(|one| inequality(one, parameters)).collect(),
        inequalities: all.iter().map(sum).collect(),
    })
}

fn plane_form(plane: &Plane) -> PlaneForm {
    let axes: Vec<Parameter> = plane
        .axes
        .iter()
        .map(|axis| Parameter { of: axis.of.clone(), low: axis.low, high: axis.high })
        .collect();
    let patches = plane.patches.iter();
    let polygons = patches.flat_map(|patch| {
        patch.polygons.iter().map(|polygon| polygon_form(patch.ending, polygon, &axes))
    });
    PlaneForm {
        x: axes[0].of.to_string(),
        y: axes[1].of.to_string(),
        held: plane
            .held
            .iter()
            .map(|(one, us)| Held { name: one.of.to_string(), us: *us })
            .collect(),
        polygons: polygons.collect(),
    }
}

fn polygon_form(ending: Ending, polygon: &Polygon, axes: &[Parameter]) -> PolygonForm {
    let (word, cause) = parts_of(ending);
    let corner = |at: &[sim_core::exact::Ratio; 2]| at.map(|x| x.to_f64().unwrap_or(f64::NAN));
    PolygonForm {
        word,
        cause,
        corners: polygon.edges.iter().map(|edge| corner(&edge.from)).collect(),
        edges: polygon
            .edges
            .iter()
            .map(|edge| EdgeForm {
                line: equation(&edge.inequality.form, axes),
                part_of_it: edge.inner == Belonging::Part,
            })
            .collect(),
    }
}
