//! The site: the page's files, the module, and the JavaScript that lets the page call it.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

/// The name that the page imports the module by.
const NAME: &str = "chainrule_playground";

/// What a module may contain: what every browser of the last years runs. Without these, wasm-opt takes no module of today's compilers.
const FEATURES: [&str; 8] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Writes the site into a folder, which is made if it is not there.
pub(crate) fn write(wasm: &Path, page: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    if !wasm.is_file() {
        return Err(format!("there is no file {}", wasm.display()).into());
    }
    fs::create_dir_all(out)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(NAME)
        .typescript(false)
        // the page finds the module itself, packed
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)?
        .generate(out)
        .map_err(|error| format!("wasm-bindgen refuses {}: {error:#}", wasm.display()))?;
    for entry in fs::read_dir(page)? {
        let file = entry?.path();
        if let (true, Some(name)) = (file.is_file(), file.file_name()) {
            fs::copy(&file, out.join(name))?;
        }
    }
    let script = out.join(format!("{NAME}.js"));
    fs::write(&script, compact(&fs::read_to_string(&script)?))?;
    let module = out.join(format!("{NAME}_bg.wasm"));
    optimize(&module)?;
    pack(&module, &out.join(format!("{NAME}.wasm.packed")))?;
    Ok(())
}

/// Compresses the module by gzip, which the page undoes: it is sent small by every host, also by those that compress nothing. The name does
/// not end as compressed files do, since some hosts undo these themselves.
fn pack(module: &Path, packed: &Path) -> std::io::Result<()> {
    let mut encoder = GzEncoder::new(fs::File::create(packed)?, Compression::best());
    encoder.write_all(&fs::read(module)?)?;
    encoder.finish()?;
    fs::remove_file(module)
}

/// wasm-bindgen's JavaScript without its indentation, and without the comments that it makes of documentation: that can be read in
/// `src/page`.
fn compact(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim_start) {
        in_comment |= line.starts_with("/**");
        if !in_comment {
            kept.push_str(line);
            kept.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    kept
}

/// Makes the module smaller if wasm-opt is installed. One that is too old for the module leaves it as it is.
fn optimize(module: &Path) -> std::io::Result<()> {
    let smaller = module.with_extension("smaller");
    let tried = Command::new("wasm-opt")
        .args(["-Oz", "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&smaller)
        .output();
    match tried {
        Ok(output) if output.status.success() && smaller.is_file() => fs::rename(&smaller, module),
        Ok(output) => {
            eprintln!("wasm-opt could not make the module smaller: {}", String::from_utf8_lossy(&output.stderr).trim());
            Ok(())
        }
        // It is not installed: the module is larger and does the same.
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn comments_and_indentation_are_dropped() {
        let script = "a();\n    /**\n     * What b does.\n     */\n    b(\"/** c\");\n/**\n * d\n */\nd();\n";
        assert_eq!(compact(script), "a();\nb(\"/** c\");\nd();\n");
    }
}
