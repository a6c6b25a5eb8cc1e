//! Fewer variables: slices and shadows.

use super::build::{Column, Set, needed, settle};
use super::{Face, Generator, Polytope};
use crate::exact::inequality::primitive;
use crate::exact::number::{self, Row};
use crate::exact::{Affine, Inequality, Overflow, Ratio};
use std::cmp::Ordering;

impl Polytope {
    /// The points where a variable has a value, without that variable: those behind it are
    /// numbered one lower. `None` if there are no such points.
    ///
    /// # Errors
    /// Numbers that do not fit.
    ///
    /// # Panics
    /// If the set has no such variable.
    pub fn slice(&self, n: usize, value: Ratio) -> Result<Option<Polytope>, Overflow> {
        assert!(n < self.variables(), "the set has no variable {n}");
        let Some(flat) = self.fix(n, value)? else { return Ok(None) };
        let shape = &*flat.0;
        let mut columns = shape.columns();
        for column in &mut columns {
            column.face.row = with_value(&column.face.row, n, value)?;
        }
        let generators = shape.generators.iter().map(|it| {
            let mut row = it.row.clone();
            row.remove(n + 1);
            number::reduce(&mut row)?;
            Ok(Generator { row, on: 0 })
        });
        let generators = generators.collect::<Result<Vec<_>, _>>()?;
        rebuilt(shape.variables - 1, generators, columns).map(Some)
    }

    /// The points where a variable has a value, with that variable.
    pub(super) fn fix(&self, n: usize, value: Ratio) -> Result<Option<Polytope>, Overflow> {
        let above = Affine::variable(n).minus(&Affine::ratio(value))?;
        let below = Inequality::at_least(above.negated()?);
        self.cut_all([&Inequality::at_least(above), &below])
    }

    /// The shadow along a variable: the points that some value of it completes, without that
    /// variable; those behind it are numbered one lower. (Fourier and Motzkin's elimination; what
    /// is redundant is seen at the generators.)
    ///
    /// # Errors
    /// Numbers that do not fit, and more than 127 faces.
    ///
    /// # Panics
    /// If the set has no such variable.
    pub fn project(&self, n: usize) -> Result<Polytope, Overflow> {
        assert!(n < self.variables(), "the set has no variable {n}");
        let shape = &*self.0;
        let mut generators: Vec<Generator> = Vec::with_capacity(shape.generators.len());
        for it in &shape.generators {
            let mut row = it.row.clone();
            row.remove(n + 1);
            number::reduce(&mut row)?;
            let is_point = row.iter().any(|number| *number != 0);
            if is_point && generators.iter().all(|other| other.row != row) {
                generators.push(Generator { row, on: 0 });
            }
        }
        let mut columns = Vec::new();
        for face in eliminated(&shape.faces, n)? {
            let mut on = Vec::with_capacity(generators.len());
            for it in &generators {
                on.push(number::dot(&face.row, &it.row)? == 0);
            }
            columns.push(Column { face, on: Set::of(on.into_iter()) });
        }
        rebuilt(shape.variables - 1, generators, columns)
    }
}

/// Keeps the columns and the generators that are needed.
fn rebuilt(
    variables: usize,
    generators: Vec<Generator>,
    columns: Vec<Column>,
) -> Result<Polytope, Overflow> {
    let is_void = |it: &Column| it.face.row[1..].iter().all(|number| *number == 0);
    let mut at = 0;
    let columns = columns.into_iter().filter(|it| {
        at += 1;
        at == 1 || !is_void(it)
    });
    let columns = needed(columns.collect(), generators.len());
    let shape = settle(variables, generators, &columns)?;
    let is_corner = |at: usize| {
        let on = shape.generators[at].on;
        let mut others = shape.generators.iter().enumerate().filter(|it| it.0 != at);
        others.all(|(_, other)| other.on & on != on)
    };
    let corners: Vec<bool> = (0..shape.generators.len()).map(is_corner).collect();
    if corners.iter().all(|it| *it) {
        return Ok(shape.into());
    }
    let kept = shape.generators.iter().zip(&corners).filter(|it| *it.1).map(|it| it.0.clone());
    let kept: Vec<Generator> = kept.collect();
    let mut columns = columns;
    for column in &mut columns {
        let on = column.on.clone();
        let left = corners.iter().enumerate().filter(|it| *it.1).map(|it| on.contains(it.0));
        column.on = Set::of(left);
    }
    settle(variables, kept, &columns).map(Polytope::from)
}

/// A row with the value in the place of a variable.
fn with_value(row: &Row, n: usize, value: Ratio) -> Result<Row, Overflow> {
    let Some(coefficient) = row.get(n + 1) else { return Ok(row.clone()) };
    let mut rest = Row::with_capacity(row.len());
    for (at, number) in row.iter().enumerate().filter(|it| it.0 != n + 1) {
        let scaled = number::mul(*number, *value.denom())?;
        let constant = if at == 0 { number::mul(*coefficient, *value.numer())? } else { 0 };
        rest.push(number::add(scaled, constant)?);
    }
    primitive(&rest)
}

/// Every pair of a face that bounds the variable from below and one that bounds it from above.
fn eliminated(faces: &[Face], n: usize) -> Result<Vec<Face>, Overflow> {
    let side =
        |face: &&Face, side: Ordering| face.row.get(n + 1).copied().unwrap_or(0).cmp(&0) == side;
    let mut rest = Vec::new();
    for face in faces.iter().filter(|face| side(face, Ordering::Equal)) {
        let mut row = face.row.clone();
        if row.len() > n + 1 {
            row.remove(n + 1);
        }
        rest.push(Face { row, kind: face.kind });
    }
    for lower in faces.iter().filter(|face| side(face, Ordering::Greater)) {
        for upper in faces.iter().filter(|face| side(face, Ordering::Less)) {
            let mut row = Row::new();
            let (of_upper, of_lower) = (lower.row[n + 1], upper.row[n + 1]);
            for at in (0..lower.row.len().max(upper.row.len())).filter(|at| *at != n + 1) {
                let number = |row: &Row| row.get(at).copied().unwrap_or(0);
                let left = number::mul(number(&upper.row), of_upper)?;
                let right = number::mul(number(&lower.row), of_lower)?;
                row.push(left.checked_sub(right).ok_or(Overflow)?);
            }
            rest.push(Face { row: primitive(&row)?, kind: lower.kind.stricter(upper.kind) });
        }
    }
    Ok(rest)
}
