//! The conversation with `GradBench`: one JSON object a line, a question on the way in and an answer on the way out.
//!
//! Source: `CONTRIBUTING.md` of `GradBench`, "Protocol".

use super::{Evaluation, Module};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What answers: a name, and what it can be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// What the tool says it is.
    pub name: &'static str,
    /// The modules that it defines.
    pub modules: &'static [Module],
}

/// How often an evaluation is to be repeated. An input that says nothing about it is evaluated once.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Runs {
    min_runs: usize,
    min_seconds: f64,
}

/// Answers every line of `questions`. What cannot be answered gets an answer that says so, and a line on standard error.
///
/// # Errors
/// When reading or writing fails.
pub fn serve(tool: &Tool, mut questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while questions.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            serde_json::to_writer(&mut answers, &answer(tool, &line))?;
            answers.write_all(b"\n")?;
            answers.flush()?;
        }
        line.clear();
    }
    Ok(())
}

/// The answer to one line.
fn answer(tool: &Tool, line: &[u8]) -> Value {
    let (id, answer) = match serde_json::from_slice::<Map<String, Value>>(line) {
        Err(error) => (Value::Null, Err(format!("not a message: {error}"))),
        Ok(mut message) => {
            let id = message.remove("id").unwrap_or_default();
            (id, reply(tool, message))
        }
    };
    let mut answer = answer.unwrap_or_else(|error| {
        eprintln!("gradbench: {error}");
        Map::from_iter([("success".to_owned(), json!(false)), ("error".to_owned(), json!(error))])
    });
    answer.insert("id".to_owned(), id);
    Value::Object(answer)
}

/// What is to be said to a message, beside its number; or why it cannot be answered.
fn reply(tool: &Tool, mut message: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let answer = match text(&message, "kind")? {
        "start" => json!({ "tool": tool.name }),
        "define" => {
            tool.module(text(&message, "module")?)?;
            json!({ "success": true })
        }
        "evaluate" => {
            let input = message.remove("input").ok_or("the message has no `input`")?;
            tool.evaluate(text(&message, "module")?, text(&message, "function")?, input)?
        }
        "analysis" => json!({}),
        kind => return Err(format!("unknown kind of message `{kind}`")),
    };
    let Value::Object(answer) = answer else { unreachable!("all of these are objects") };
    Ok(answer)
}

fn text<'m>(message: &'m Map<String, Value>, field: &str) -> Result<&'m str, String> {
    let value = message.get(field).ok_or_else(|| format!("the message has no `{field}`"))?;
    value.as_str().ok_or_else(|| format!("`{field}` is no text, but {value}"))
}

impl Tool {
    fn module(&self, name: &str) -> Result<&Module, String> {
        self.modules.iter().find(|module| module.name == name).ok_or_else(|| {
            let known: Vec<_> = self.modules.iter().map(|module| module.name).collect();
            format!("unknown module `{name}`; there are {}", known.join(", "))
        })
    }

    fn evaluate(&self, module: &str, function: &str, input: Value) -> Result<Value, String> {
        let module = self.module(module)?;
        let &(_, prepare) = module.functions.iter().find(|(name, _)| *name == function).ok_or_else(|| {
            let known: Vec<_> = module.functions.iter().map(|&(name, _)| name).collect();
            format!("unknown function `{function}` of module `{}`; there are {}", module.name, known.join(", "))
        })?;
        let within = |error| format!("{} of {}: {error}", function, module.name);
        let runs = Runs::read(&input).map_err(within)?;
        // a panic, as from a tape that is full, is an answer like other failures; its message went to standard error
        let evaluated = catch_unwind(AssertUnwindSafe(|| {
            let start = Instant::now();
            let evaluation = prepare(input)?;
            Ok(runs.evaluate(evaluation, start))
        }));
        evaluated.unwrap_or_else(|_| Err("it panicked".to_owned())).map_err(within)
    }
}

impl Runs {
    fn read(input: &Value) -> Result<Self, String> {
        if input.is_object() {
            Self::deserialize(input).map_err(|error| error.to_string())
        } else {
            Ok(Self::default())
        }
    }

    /// Repeats and times the evaluation, whose preparation began at `start`.
    fn evaluate(self, mut evaluation: Box<dyn Evaluation>, start: Instant) -> Value {
        let mut timings = vec![timing("prepare", start.elapsed())];
        let mut seconds = 0.0;
        let mut runs = 0;
        while runs == 0 || runs < self.min_runs || seconds < self.min_seconds {
            let start = Instant::now();
            evaluation.run();
            let elapsed = start.elapsed();
            timings.push(timing("evaluate", elapsed));
            seconds += elapsed.as_secs_f64();
            runs += 1;
        }
        json!({ "success": true, "output": evaluation.output(), "timings": timings })
    }
}

fn timing(name: &str, elapsed: Duration) -> Value {
    let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
    json!({ "name": name, "nanoseconds": nanoseconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradbench::{MODULES, NARY_MODULES, Prepare};

    const TOOL: Tool = Tool { name: "under test", modules: MODULES };

    /// What `tool` answers to these lines.
    fn converse(tool: &Tool, questions: &[u8]) -> Vec<Value> {
        let mut answers = Vec::new();
        serve(tool, questions, &mut answers).unwrap();
        answers.split_inclusive(|&byte| byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    /// The answer to one message, which must be a failure with a reason.
    fn error(question: &str) -> String {
        let [answer] = &converse(&TOOL, question.as_bytes())[..] else { panic!("one line, one answer") };
        assert_eq!(answer["success"], json!(false), "{answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_session() {
        let questions = concat!(
            r#"{ "id": 0, "kind": "start", "eval": "hello", "config": { "n": 3 } }"#,
            "\n",
            r#"{ "id": 1, "kind": "define", "module": "hello" }"#,
            "\n",
            r#"{ "id": 2, "kind": "evaluate", "module": "hello", "function": "double", "input": 4.5 }"#,
            "\n\n",
            r#"{ "id": 3, "kind": "analysis", "of": 2, "valid": true }"#,
            "\r\n",
            r#"{ "id": 4, "kind": "evaluate", "module": "llsq", "function": "gradient", "description": "m = 1", "#,
            r#""input": { "x": [0.5], "n": 2, "min_runs": 3, "min_seconds": 0 } }"#,
        );
        let mut answers = converse(&TOOL, questions.as_bytes());
        let timings: Vec<Value> = answers.iter_mut().map(|answer| answer["timings"].take()).collect();
        let names = |at: usize| -> Vec<&str> {
            let timings = timings[at].as_array().unwrap().iter();
            timings
                .inspect(|timing| assert!(timing["nanoseconds"].is_u64()))
                .map(|timing| timing["name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(names(2), ["prepare", "evaluate"]);
        assert_eq!(names(4), ["prepare", "evaluate", "evaluate", "evaluate"]);
        let untimed = |answer: Value| {
            let mut answer = answer;
            answer["timings"] = Value::Null;
            answer
        };
        // at t = -1 and 1 the errors are -3/2 and 1/2, and the slope is what they sum to, negated
        let expected = [
            json!({ "id": 0, "tool": "under test" }),
            json!({ "id": 1, "success": true }),
            json!({ "id": 2, "success": true, "output": 9.0 }),
            json!({ "id": 3 }),
            json!({ "id": 4, "success": true, "output": [1.0] }),
        ];
        assert_eq!(answers, expected.map(untimed));
    }

    #[test]
    fn a_session_goes_on_after_errors() {
        let questions = b"{ \"id\": 7\n\xff\xfe\n[1, 2]\n{ \"id\": \"eight\", \"kind\": \"start\" }\n";
        let answers = converse(&TOOL, questions);
        for answer in &answers[..3] {
            assert_eq!(answer["id"], Value::Null);
            assert_eq!(answer["success"], json!(false));
            assert!(answer["error"].as_str().unwrap().starts_with("not a message: "), "{answer}");
        }
        assert_eq!(answers[3..], [json!({ "id": "eight", "tool": "under test" })]);
    }

    #[test]
    fn what_cannot_be_answered() {
        assert_eq!(error("{}"), "the message has no `kind`");
        assert_eq!(error(r#"{ "kind": 3 }"#), "`kind` is no text, but 3");
        assert_eq!(error(r#"{ "kind": "end" }"#), "unknown kind of message `end`");
        assert_eq!(error(r#"{ "kind": "define" }"#), "the message has no `module`");
        let unknown = error(r#"{ "kind": "define", "module": "goodbye" }"#);
        assert!(unknown.starts_with("unknown module `goodbye`; there are ba, det, "), "{unknown}");
        let evaluate = |rest: &str| error(&format!(r#"{{ "kind": "evaluate", "module": "hello", {rest} }}"#));
        assert_eq!(evaluate(r#""function": "square""#), "the message has no `input`");
        assert_eq!(evaluate(r#""input": 1"#), "the message has no `function`");
        assert_eq!(
            evaluate(r#""function": "cube", "input": 1"#),
            "unknown function `cube` of module `hello`; there are square, double"
        );
        assert!(
            evaluate(r#""function": "square", "input": []"#).starts_with("square of hello: invalid type: sequence")
        );
        let runs = evaluate(r#""function": "square", "input": { "min_runs": -1 }"#);
        assert!(runs.contains("expected usize"), "{runs}");
    }

    #[test]
    fn every_function_refuses_what_is_no_input() {
        for module in MODULES.iter().chain(NARY_MODULES) {
            for (function, _) in module.functions {
                for input in ["null", "true", "[]", "{}", r#"{ "min_runs": 1, "min_seconds": 0.5 }"#] {
                    let (name, kind) = (module.name, r#""kind": "evaluate""#);
                    error(&format!(r#"{{ {kind}, "module": "{name}", "function": "{function}", "input": {input} }}"#));
                }
            }
        }
    }

    #[test]
    fn it_runs_for_as_long_as_it_is_asked_to() {
        let question = concat!(
            r#"{ "id": 1, "kind": "evaluate", "module": "llsq", "function": "primal", "#,
            r#""input": { "x": [0.5], "n": 2, "min_seconds": 0.01 } }"#,
        );
        let answers = converse(&TOOL, question.as_bytes());
        let timings = answers[0]["timings"].as_array().unwrap();
        let nanoseconds: u64 = timings[1..].iter().map(|timing| timing["nanoseconds"].as_u64().unwrap()).sum();
        assert!(nanoseconds + timings.len() as u64 > 10_000_000, "{nanoseconds}");
    }

    #[test]
    fn a_panic_is_an_answer() {
        const FAILS: Prepare = |_| panic!("as a full tape does");
        const MODULES: &[Module] = &[Module { name: "fragile", functions: &[("run", FAILS)] }];
        let tool = Tool { name: "under test", modules: MODULES };
        let question = r#"{ "id": 1, "kind": "evaluate", "module": "fragile", "function": "run", "input": 1 }"#;
        let answers = converse(&tool, question.as_bytes());
        assert_eq!(answers, [json!({ "id": 1, "success": false, "error": "run of fragile: it panicked" })]);
    }

    #[test]
    fn both_variants_answer_alike() {
        // those that GradBench has; and the second variants are of evals that exist
        let names: Vec<_> = MODULES.iter().map(|module| module.name).collect();
        let all = ["ba", "det", "gmm", "hello", "ht", "kmeans", "llsq", "lse", "lstm", "ode", "particle", "saddle"];
        assert_eq!(names, all);
        for module in NARY_MODULES {
            let plain = MODULES.iter().find(|plain| plain.name == module.name).unwrap();
            let functions = |module: &Module| module.functions.iter().map(|&(name, _)| name).collect::<Vec<_>>();
            assert_eq!(functions(module), functions(plain));
        }
    }
}
