//! Writes the seeds: `seeds FOLDER` makes `FOLDER/<target>/<name>`.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("name the folder for the seeds"))?;
    for seed in fuzzed::seeds::all() {
        let place = folder.join(seed.target);
        fs::create_dir_all(&place)?;
        fs::write(place.join(seed.name), seed.bytes)?;
    }
    Ok(())
}
