//! Text to numbers and classes.

use super::rows::{Rows, shown};
use super::{Csv, Missing, Role, Table};
use crate::data::Dataset;
use chainrule::{Element, Targets, Tensor};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// A column of the file: its name, and each field with its line; none where the value is missing.
struct Fields<'a> {
    name: &'a str,
    fields: Vec<(usize, Option<&'a str>)>,
}

impl Csv {
    pub(super) fn table<T: Element>(&self, mut rows: Rows) -> Result<Table<T>, String> {
        let roles = self.roles_of(&rows)?;
        if self.missing == Missing::DropRow {
            let used = |place: &usize| roles[*place] != Role::Without;
            rows.rows.retain(|(_, row)| !(0..roles.len()).filter(used).any(|place| self.is_missing(&row[place])));
        }
        if rows.rows.is_empty() {
            return Err("misses a value in every row, so that none is left".into());
        }
        let (mut examples, mut targets, mut classes) = (Vec::new(), None, Vec::new());
        for (place, role) in roles.into_iter().enumerate() {
            let fields = self.fields(&rows, place);
            match role {
                Role::Without => {}
                Role::Number => examples.push((fields.name.to_owned(), fields.numbers(self.missing)?)),
                Role::OneHot => {
                    let (categories, labels) = fields.categories()?;
                    for (at, category) in categories.iter().enumerate() {
                        let there = labels.iter().map(|&label| if label == at { T::one() } else { T::zero() });
                        examples.push((format!("{}={category}", fields.name), there.collect()));
                    }
                }
                Role::Ordinal => {
                    let number = |label: usize| T::literal(label as f64);
                    let labels = fields.categories()?.1.into_iter().map(number).collect();
                    examples.push((fields.name.to_owned(), labels));
                }
                Role::TargetValues => {
                    targets = Some(Targets::from(Tensor::<T>::from(fields.numbers(Missing::Refuse)?)));
                }
                Role::TargetClasses => {
                    let labels;
                    (classes, labels) = fields.categories()?;
                    targets = Some(Targets::from(Tensor::from(labels)));
                }
            }
        }
        let Some(y) = targets else {
            return Err("has no target yet: choose it with `target_values` or `target_classes`".into());
        };
        if examples.is_empty() {
            return Err("has no column beside the target to learn from".into());
        }
        let (columns, examples): (Vec<String>, Vec<Vec<T>>) = examples.into_iter().unzip();
        let x = Tensor::from_fn([rows.rows.len(), columns.len()], |index| examples[index[1]][index[0]]);
        Ok(Table { data: Dataset { x, y }, columns, classes })
    }

    /// What becomes of each column.
    fn roles_of(&self, rows: &Rows) -> Result<Vec<Role>, String> {
        let mut roles = vec![Role::Number; rows.names.len()];
        for (column, role) in &self.roles {
            let place = rows.place(column)?;
            if roles[place] != Role::Number {
                return Err(format!("column `{}` is chosen twice", rows.names[place]));
            }
            if role.is_target() && roles.iter().any(|role| role.is_target()) {
                return Err(format!("column `{}` is chosen as a second target", rows.names[place]));
            }
            roles[place] = *role;
        }
        Ok(roles)
    }

    fn is_missing(&self, field: &str) -> bool {
        self.marks.iter().any(|mark| mark == field)
    }

    fn fields<'a>(&self, rows: &'a Rows, place: usize) -> Fields<'a> {
        let known = |field: &'a str| Some(field).filter(|field| !self.is_missing(field));
        Fields {
            name: &rows.names[place],
            fields: rows.rows.iter().map(|(line, row)| (*line, known(&row[place]))).collect(),
        }
    }
}

impl Fields<'_> {
    fn problem(&self, line: usize, problem: &str) -> String {
        format!("line {line}, column `{}`: {problem}", shown(self.name))
    }

    fn is_missing_in(&self, line: usize) -> String {
        self.problem(
            line,
            "the value is missing; fill it in, or choose what to do with `missing` (for targets and words: `DropRow`)",
        )
    }

    fn numbers<T: Element>(&self, missing: Missing) -> Result<Vec<T>, String> {
        let mut numbers = Vec::with_capacity(self.fields.len());
        for &(line, field) in &self.fields {
            numbers.push(match field {
                Some(field) => Some(self.number::<T>(line, field)?),
                None => None,
            });
        }
        let Some(gap) = numbers.iter().position(Option::is_none) else {
            return Ok(numbers.into_iter().flatten().map(T::literal).collect());
        };
        let line = self.fields[gap].0;
        let known: Vec<f64> = numbers.iter().copied().flatten().collect();
        let substitute = match missing {
            Missing::Constant(number) => number,
            Missing::Mean | Missing::Median if known.is_empty() => {
                return Err(self.problem(line, "the value is missing, as all others of this column"));
            }
            Missing::Mean => mean(&known),
            Missing::Median => median(known),
            Missing::Refuse | Missing::DropRow => return Err(self.is_missing_in(line)),
        };
        if !T::literal(substitute).is_finite() {
            return Err(
                self.problem(line, &format!("the value is missing, and {substitute} is no finite number for it"))
            );
        }
        Ok(numbers.into_iter().map(|number| T::literal(number.unwrap_or(substitute))).collect())
    }

    /// The number that a field holds, which must be one in `T`.
    fn number<T: Element>(&self, line: usize, field: &str) -> Result<f64, String> {
        match field.parse::<f64>() {
            Ok(number) if T::literal(number).is_finite() => Ok(number),
            Ok(_) => Err(self.problem(line, &format!("`{}` is not a finite number of this type", shown(field)))),
            Err(_) => {
                let told = format!(
                    "`{}` is not a number; words are for `one_hot`, `ordinal`, `target_classes` or `without`",
                    shown(field)
                );
                Err(self.problem(line, &told))
            }
        }
    }

    /// The categories in ascending order, and the number of each field's.
    fn categories(&self) -> Result<(Vec<String>, Vec<usize>), String> {
        let mut fields = Vec::with_capacity(self.fields.len());
        for &(line, field) in &self.fields {
            fields.push(field.ok_or_else(|| self.is_missing_in(line))?);
        }
        let mut categories: Vec<&str> = fields.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let number = |category: &str| category.parse::<f64>().ok().filter(|number| number.is_finite());
        if categories.iter().all(|category| number(category).is_some()) {
            categories.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal));
        }
        let place: HashMap<&str, usize> = categories.iter().copied().zip(0..).collect();
        let labels = fields.iter().map(|field| place[field]).collect();
        Ok((categories.into_iter().map(String::from).collect(), labels))
    }
}

fn mean(numbers: &[f64]) -> f64 {
    let count = numbers.len() as f64;
    numbers.iter().map(|number| number / count).sum()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 { numbers[middle] } else { f64::midpoint(numbers[middle - 1], numbers[middle]) }
}
