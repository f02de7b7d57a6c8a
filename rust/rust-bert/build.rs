//! Gives the binary the run path of the libtorch it was linked against.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Set by torch-sys when it found a libtorch: its `links` metadata `libtorch_lib`.
    println!("cargo::rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    match env::var("DEP_TCH_LIBTORCH_LIB") {
        Ok(folder) => println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}"),
        Err(_) => println!(
            "cargo::error=torch-sys named no libtorch: run cargo inside rust/ (its .cargo/config.toml \
             holds the recipe) with a python3 that has torch first on PATH"
        ),
    }
}
