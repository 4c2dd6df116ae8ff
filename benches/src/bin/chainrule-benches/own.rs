//! The program started again, for a measurement in a process of its own.

use std::process::{Command, Stdio};

/// What the program prints when it is called with `arguments`.
pub(crate) fn output<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|problem| format!("the program does not find itself: {problem}"))?;
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|problem| format!("the program does not start itself: {problem}"))?;
    if !output.status.success() {
        return Err(format!("a measurement ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "a measurement printed something strange".to_owned())
}
