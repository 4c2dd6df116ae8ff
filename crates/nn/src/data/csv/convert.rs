//! Text to numbers and classes.

use super::rows::{Rows, shown};
use super::{Csv, Fitted, FittedColumn, Missing, Role, Table};
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
    /// Learns what each column holds, and converts the rows by it.
    pub(super) fn fit<T: Element>(&self, mut rows: Rows) -> Result<Table<T>, String> {
        let roles = self.roles_of(&rows)?;
        let used: Vec<usize> = (0..roles.len()).filter(|&place| roles[place] != Role::Without).collect();
        self.drop_rows(&mut rows, &used)?;
        let mut columns = Vec::with_capacity(roles.len());
        for (place, role) in roles.into_iter().enumerate() {
            let fields = self.fields(&rows, place);
            let name = fields.name.to_owned();
            let (mut fill, mut categories) = (None, Vec::new());
            match role {
                Role::Without | Role::TargetValues => {}
                Role::Number => fill = fields.fill::<T>(self.missing)?,
                Role::OneHot | Role::Ordinal | Role::TargetClasses => categories = fields.categories()?,
            }
            columns.push(FittedColumn { name, role, fill, categories });
        }
        Fitted { csv: self.clone(), columns }.table(rows)
    }

    /// Leaves out the rows in which one of the used columns misses its value, if that was asked for.
    fn drop_rows(&self, rows: &mut Rows, used: &[usize]) -> Result<(), String> {
        if self.missing == Missing::DropRow {
            rows.rows.retain(|(_, row)| !used.iter().any(|&place| self.is_missing(&row[place])));
        }
        if rows.rows.is_empty() {
            return Err("misses a value in every row, so that none is left".into());
        }
        Ok(())
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

impl Fitted {
    pub(super) fn table<T: Element>(&self, mut rows: Rows) -> Result<Table<T>, String> {
        let columns = self.places(&rows)?;
        let used: Vec<usize> = columns.iter().map(|(_, place)| *place).collect();
        self.csv.drop_rows(&mut rows, &used)?;
        let (mut examples, mut targets, mut classes) = (Vec::new(), None, Vec::new());
        for (FittedColumn { name, role, fill, categories }, place) in columns {
            let fields = self.csv.fields(&rows, place);
            match role {
                Role::Without => {}
                Role::Number => examples.push((name.clone(), fields.numbers(*fill)?)),
                Role::OneHot => {
                    let labels = fields.labels(categories)?;
                    for (at, category) in categories.iter().enumerate() {
                        let there = labels.iter().map(|&label| if label == at { T::one() } else { T::zero() });
                        examples.push((format!("{name}={category}"), there.collect()));
                    }
                }
                Role::Ordinal => {
                    let number = |label: usize| T::literal(label as f64);
                    examples.push((name.clone(), fields.labels(categories)?.into_iter().map(number).collect()));
                }
                Role::TargetValues => targets = Some(Targets::from(Tensor::<T>::from(fields.numbers(None)?))),
                Role::TargetClasses => {
                    targets = Some(Targets::from(Tensor::from(fields.labels(categories)?)));
                    classes.clone_from(categories);
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
        Ok(Table { data: Dataset { x, y }, columns, classes, fitted: self.clone() })
    }

    /// The columns that are used, and where they stand in this file. Of several with one name, the first stands for the first.
    fn places(&self, rows: &Rows) -> Result<Vec<(&FittedColumn, usize)>, String> {
        let mut others: Vec<usize> = (0..rows.names.len()).collect();
        let (mut used, mut lacks) = (Vec::new(), Vec::new());
        for column in &self.columns {
            match others.iter().position(|&place| rows.names[place] == column.name) {
                Some(at) => {
                    let place = others.remove(at);
                    if column.role != Role::Without {
                        used.push((column, place));
                    }
                }
                // a place, as any name is where there is no header, says nothing once one is left out
                None if column.role == Role::Without && self.csv.header => {}
                None => lacks.push(column.name.as_str()),
            }
        }
        let others: Vec<&str> = others.into_iter().map(|place| rows.names[place].as_str()).collect();
        let told = |names: &[&str]| shown(&format!("`{}`", names.join("`, `")));
        let problem = match (&lacks[..], &others[..]) {
            ([], []) => return Ok(used),
            (lacks, []) => format!("lacks {}", told(lacks)),
            ([], others) => format!("has {} besides; remove what the model does not know", told(others)),
            (lacks, others) => format!("lacks {}, and has {} instead", told(lacks), told(others)),
        };
        Err(format!("has other columns than the file that was read first: it {problem}"))
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

    /// What stands for missing numbers of this column, here and in further files.
    fn fill<T: Element>(&self, missing: Missing) -> Result<Option<f64>, String> {
        let of_all = match missing {
            Missing::Refuse | Missing::DropRow => return Ok(None),
            Missing::Constant(number) => return Ok(Some(number)),
            Missing::Mean => mean,
            Missing::Median => median,
        };
        let mut known = Vec::with_capacity(self.fields.len());
        for &(line, field) in &self.fields {
            if let Some(field) = field {
                known.push(self.number::<T>(line, field)?);
            }
        }
        if known.is_empty() {
            return Err(self.problem(self.fields[0].0, "the value is missing, as all others of this column"));
        }
        Ok(Some(of_all(known)))
    }

    fn numbers<T: Element>(&self, fill: Option<f64>) -> Result<Vec<T>, String> {
        let number = |&(line, field): &(usize, Option<&str>)| match (field, fill) {
            (Some(field), _) => self.number::<T>(line, field).map(T::literal),
            (None, Some(fill)) if T::literal(fill).is_finite() => Ok(T::literal(fill)),
            (None, Some(fill)) => {
                Err(self.problem(line, &format!("the value is missing, and {fill} is no finite number for it")))
            }
            (None, None) => Err(self.is_missing_in(line)),
        };
        self.fields.iter().map(number).collect()
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

    /// The categories in ascending order.
    fn categories(&self) -> Result<Vec<String>, String> {
        let mut categories = BTreeSet::new();
        for &(line, field) in &self.fields {
            categories.insert(field.ok_or_else(|| self.is_missing_in(line))?);
        }
        let mut categories: Vec<&str> = categories.into_iter().collect();
        let number = |category: &str| category.parse::<f64>().ok().filter(|number| number.is_finite());
        if categories.iter().all(|category| number(category).is_some()) {
            categories.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal));
        }
        Ok(categories.into_iter().map(String::from).collect())
    }

    /// The number of each field's category.
    fn labels(&self, categories: &[String]) -> Result<Vec<usize>, String> {
        let labels: HashMap<&str, usize> = categories.iter().map(String::as_str).zip(0..).collect();
        let label = |&(line, field): &(usize, Option<&str>)| {
            let field = field.ok_or_else(|| self.is_missing_in(line))?;
            labels.get(field).copied().ok_or_else(|| {
                let (field, known) = (shown(field), shown(&categories.join(", ")));
                let problem = format!("`{field}` is no category of the file that was read first, which has: {known}");
                self.problem(line, &problem)
            })
        };
        self.fields.iter().map(label).collect()
    }
}

fn mean(numbers: Vec<f64>) -> f64 {
    let count = numbers.len() as f64;
    numbers.into_iter().map(|number| number / count).sum()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 { numbers[middle] } else { f64::midpoint(numbers[middle - 1], numbers[middle]) }
}
