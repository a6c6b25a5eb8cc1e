//! A law with a curve: its parameters and what they were worked out to.

use super::bins::Parts;
use super::knots::Knots;
use super::triangle::Triangle;
use super::{DAY, Micros, Shape, Unfit, quantile};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// A law with a curve. Equal parameters make equal curves; nothing else of it is ever seen.
///
/// What a curve was worked out to is kept for as long as the program runs, once for every set of
/// parameters, so that a law stays a value of three words that can be copied into every line of a
/// script and means the same in all of them.
#[derive(Clone, Copy)]
pub struct Curve(&'static Table);

struct Table {
    shape: Shape,
    form: Form,
    shortest: Micros,
    longest: Micros,
}

enum Form {
    Knots(Knots),
    Triangle(Triangle),
    Parts(Parts),
}

impl Form {
    fn of(shape: &Shape) -> Form {
        match *shape {
            Shape::Exponential { mean } => {
                Form::Knots(Knots::of(|half, shares| quantile::exponential(mean, half, shares)))
            }
            Shape::LogNormal { median, p99 } => Form::Knots(Knots::of(|half, shares| {
                quantile::log_normal(median, p99, half, shares)
            })),
            Shape::Gamma { shape_milli, mean } => Form::Knots(Knots::of(|half, shares| {
                quantile::gamma(shape_milli, mean, half, shares)
            })),
            Shape::Triangular { lo, mode, hi } => Form::Triangle(Triangle { lo, mode, hi }),
            Shape::Histogram(ref bins) => Form::Parts(Parts::of(bins)),
        }
    }

    fn at(&self, share: u64) -> Micros {
        match self {
            Form::Knots(knots) => knots.at(share),
            Form::Triangle(triangle) => triangle.at(share),
            Form::Parts(parts) => parts.at(share),
        }
    }
}

/// Every curve there is, by its parameters. Never iterated, and never part of a result.
static KNOWN: Mutex<BTreeMap<Shape, Curve>> = Mutex::new(BTreeMap::new());

impl Curve {
    /// Works a curve out, or finds it.
    ///
    /// # Errors
    /// Parameters that make no law, or one whose tail is longer than a day.
    pub fn new(shape: Shape) -> Result<Curve, Unfit> {
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(curve) = known().get(&shape) {
            return Ok(*curve);
        }
        shape.check()?;
        let form = Form::of(&shape);
        let (shortest, longest) = (form.at(0), form.at(u64::MAX));
        if longest > DAY {
            return Err(Unfit::Tail(longest));
        }
        let table = Table { shape: shape.clone(), form, shortest, longest };
        // Another thread may have been faster; its curve is the same, and one is enough.
        let mut known = known();
        Ok(*known.entry(shape).or_insert_with(|| Curve(Box::leak(Box::new(table)))))
    }

    /// The parameters.
    #[must_use]
    pub const fn shape(self) -> &'static Shape {
        &self.0.shape
    }

    pub(super) fn at(self, share: u64) -> Micros {
        self.0.form.at(share)
    }

    pub(super) const fn shortest(self) -> Micros {
        self.0.shortest
    }

    pub(super) const fn longest(self) -> Micros {
        self.0.longest
    }
}

impl PartialEq for Curve {
    fn eq(&self, other: &Curve) -> bool {
        self.0.shape == other.0.shape
    }
}

impl Eq for Curve {}

impl core::hash::Hash for Curve {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.0.shape.hash(state);
    }
}

impl core::fmt::Debug for Curve {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.shape.fmt(f)
    }
}

impl serde::Serialize for Curve {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.shape.serialize(to)
    }
}

impl<'de> serde::Deserialize<'de> for Curve {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Curve, D::Error> {
        Curve::new(Shape::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// A curve is written as its parameters.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Curve {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Shape::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Shape>()
    }
}
