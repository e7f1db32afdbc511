//! Makes sure that there is a folder to embed the browser bundle from: it is
//! empty until the bundle is built.

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=bundle");
    std::fs::create_dir_all("bundle")
}
