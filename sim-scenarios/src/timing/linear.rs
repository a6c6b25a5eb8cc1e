//! A case with forms where its open durations stood.

use super::durations;
use super::parameter::{Of, Parameter};
use crate::case::{Case, Impossible, Scenario};
use sim_core::exact::{Affine, Overflow, Polytope, Ratio};
use sim_core::pace::symbolic::Symbols;
use sim_core::report::outcome::Reply;
use sim_core::wire::Micros;
use sim_core::world::{LinkRules, Setup};

/// A case whose parameters are open.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The case; what it says of its parameters counts for nothing.
    pub case: Case,
    /// What is open. Variable n of every form is parameter n (microseconds).
    pub parameters: Vec<Parameter>,
    /// What the model runs: durations that depend on a parameter are names.
    pub setup: Setup,
    /// What the names stand for.
    pub symbols: Symbols,
    /// The values that the parameters may have.
    pub region: Polytope,
    /// The answer that is waited for.
    pub reply: Reply,
}

/// Why a case cannot be treated so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Crooked {
    /// It is no scenario.
    #[error(transparent)]
    Impossible(#[from] Impossible),
    /// Something other than a duration changes with a parameter.
    #[error("{0} decides about more than durations: it cannot be a range")]
    Decides(String),
    /// A duration is no linear form of a parameter.
    #[error("a duration of the scenario is no linear form of {0}: it cannot be a range")]
    Bent(String),
    /// Every segment takes a time of its own.
    #[error("every segment takes a time of its own (jitter): too many for a map")]
    Jitter,
    /// A number that is too large for exact arithmetic.
    #[error("the numbers of these ranges are too large for exact arithmetic")]
    TooLarge,
}

impl From<Overflow> for Crooked {
    fn from(_: Overflow) -> Crooked {
        Crooked::TooLarge
    }
}

impl Timing {
    /// Opens these parameters of a case. Which durations depend on which of them is found by
    /// building the scenario at the ends of the ranges: a duration is a form of the parameters, or
    /// it is refused. A parameter on which nothing depends is left out.
    ///
    /// # Errors
    /// A parameter that cannot be a range.
    pub fn new(case: &Case, parameters: &[Parameter]) -> Result<Timing, Crooked> {
        if case.links.iter().any(LinkRules::has_jitter) {
            return Err(Crooked::Jitter);
        }
        let low: Vec<Micros> = parameters.iter().map(|parameter| parameter.low).collect();
        let mut base = Built::at(case, parameters, &low)?;
        let mut slopes = Vec::new();
        for (n, parameter) in parameters.iter().enumerate() {
            let slope = base.slope(case, parameters, n)?;
            let matters = parameter.of == Of::Kilobyte
                || slope.iter().any(|slope| *slope != Ratio::from_integer(0));
            if matters {
                slopes.push((parameter.clone(), slope));
            }
        }
        let mut symbols = Symbols::default();
        let mut names = Vec::new();
        for (at, value) in base.durations.iter().enumerate() {
            let mut form = Affine::constant(i128::from(*value));
            for (n, (parameter, slope)) in slopes.iter().enumerate() {
                let beyond = Affine::variable(n)
                    .minus(&Affine::constant(i128::from(parameter.low)))?
                    .times(*slope[at].numer(), *slope[at].denom())?;
                form = form.plus(&beyond)?;
            }
            names.push(if form.is_constant() { *value } else { symbols.name(form) });
        }
        let parameters: Vec<Parameter> = slopes.into_iter().map(|(one, _)| one).collect();
        base.check_middle(case, &parameters, &symbols, &names)?;
        let mut named = names.into_iter();
        durations::each(&mut base.scenario.setup, |us| *us = named.next().unwrap_or(*us));
        if let Some(n) = parameters.iter().position(|one| one.of == Of::Kilobyte) {
            let byte = symbols.name(Affine::variable(n).times(1, 1_000)?);
            base.scenario.setup.links.iter_mut().for_each(|link| link.rate = Some(byte));
        }
        let ratio = |us: Micros| Ratio::from_integer(i128::from(us));
        let ranges: Vec<_> =
            parameters.iter().map(|one| (ratio(one.low), Some(ratio(one.high)))).collect();
        let Scenario { setup, reply, .. } = base.scenario;
        // A range's end is not before its beginning.
        let region = Polytope::boxed(&ranges)?.ok_or(Crooked::TooLarge)?;
        Ok(Timing { case: case.clone(), parameters, setup, symbols, region, reply })
    }

    /// The first delay that is drawn from a law of the scenario's own, anew each time.
    #[must_use]
    pub fn drawn(&self) -> Option<String> {
        durations::drawn(&self.setup)
    }

    /// The case with these values of the parameters (microseconds).
    #[must_use]
    pub fn at(&self, point: &[Micros]) -> Case {
        at(&self.case, &self.parameters, point)
    }
}

fn at(case: &Case, parameters: &[Parameter], point: &[Micros]) -> Case {
    let mut case = case.clone();
    for (parameter, us) in parameters.iter().zip(point) {
        parameter.of.set(&mut case, *us);
    }
    case
}

/// A scenario at one point of the parameters.
struct Built {
    scenario: Scenario,
    durations: Vec<Micros>,
    /// Everything but durations.
    rest: String,
}

impl Built {
    fn at(case: &Case, parameters: &[Parameter], point: &[Micros]) -> Result<Built, Crooked> {
        let scenario = at(case, parameters, point).scenario()?;
        let mut durations = Vec::new();
        let mut bare = scenario.setup.clone();
        durations::each(&mut bare, |us| durations.push(std::mem::take(us)));
        // Where the setup stands for a larger one, what that takes longer is no concern of clocks.
        bare.slack = 0;
        if parameters.iter().any(|one| one.of == Of::Kilobyte) {
            bare.links.iter_mut().for_each(|link| link.rate = None);
        }
        Ok(Built { scenario, durations, rest: format!("{bare:?}") })
    }

    /// By how much each duration grows with a parameter.
    fn slope(
        &self,
        case: &Case,
        parameters: &[Parameter],
        n: usize,
    ) -> Result<Vec<Ratio>, Crooked> {
        let mut point: Vec<Micros> = parameters.iter().map(|parameter| parameter.low).collect();
        let Parameter { of, low, high } = &parameters[n];
        point[n] = *high;
        let far = Built::at(case, parameters, &point)?;
        if far.rest != self.rest {
            return Err(Crooked::Decides(of.to_string()));
        }
        let width = i128::from(*high) - i128::from(*low);
        let pairs = self.durations.iter().zip(&far.durations);
        Ok(pairs
            .map(|(near, far)| Ratio::new(i128::from(*far) - i128::from(*near), width.max(1)))
            .collect())
    }

    /// Whether the forms say the same as the scenario where every parameter is about in the middle.
    fn check_middle(
        &self,
        case: &Case,
        parameters: &[Parameter],
        symbols: &Symbols,
        names: &[Micros],
    ) -> Result<(), Crooked> {
        let point: Vec<Micros> =
            parameters.iter().map(|one| one.low + (one.high - one.low) / 3).collect();
        let middle = Built::at(case, parameters, &point)?;
        let all = || parameters.iter().map(|p| p.of.to_string()).collect::<Vec<_>>().join(", ");
        if middle.rest != self.rest {
            return Err(Crooked::Decides(all()));
        }
        let values: Vec<Ratio> =
            point.iter().map(|us| Ratio::from_integer(i128::from(*us))).collect();
        for (name, us) in names.iter().zip(&middle.durations) {
            let form = symbols.form(*name);
            if form.at(&values)? != Ratio::from_integer(i128::from(*us)) {
                return Err(Crooked::Bent(all()));
            }
        }
        Ok(())
    }
}
