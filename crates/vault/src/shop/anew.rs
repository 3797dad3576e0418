//! Opening the catalogue's file, or making it: the first time, and anew after damage.
//!
//! Promises: what is no sound catalogue (damaged, of another program's version, under another key) goes to
//! `quarantine/` whole and is never deleted; a disk that refuses is an error and sets nothing aside. That a
//! file was made anew is remembered on disk until the caller has put its articles again, so that a power cut
//! in between forgets nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::doors::Doors;
use super::error::ShopError;
use super::{ShopKey, ShopOpened};

/// The catalogue's file in the data folder.
pub(super) const FILE: &str = "shop.db";
/// Where the next one is built.
pub(super) const NEXT: &str = "shop-next.db";
/// What SQLite may leave beside a file.
pub(super) const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];
/// Written when damage is met while selling; the next start sets the file aside.
const DAMAGED_MARK: &str = "shop.db-damaged";
/// There from before a file is made until the caller has put its articles again.
const ANEW_MARK: &str = "shop.db-anew";

/// Opens the file; what is no sound catalogue is set aside and an empty one made.
pub(super) fn open_or_make(
    dir: &Path,
    key: Option<&ShopKey>,
) -> Result<(Doors, ShopOpened), ShopError> {
    let file = dir.join(FILE);
    let damaged = dir.join(DAMAGED_MARK);
    let anew = dir.join(ANEW_MARK);
    remove_with_sides(&dir.join(NEXT));
    if !file.exists() {
        mark(&anew, "the file was missing")?;
    }
    let mut opened = ShopOpened {
        made_anew: anew.exists(),
        ..ShopOpened::default()
    };
    let met_before = fs::read_to_string(&damaged).ok();
    let why = match (met_before, Doors::open(&file, key)) {
        (None, Ok(doors)) => return Ok((doors, opened)),
        (Some(why), Ok(_)) => why,
        (_, Err(error)) if error.is_damage() => error.to_string(),
        (_, Err(error)) => return Err(error),
    };
    mark(&anew, &why)?;
    opened.made_anew = true;
    opened.set_aside = Some(set_aside(dir)?);
    opened.why = Some(why);
    remove_quietly(&damaged);
    Ok((Doors::open(&file, key)?, opened))
}

/// Remembers damage met while selling.
pub(super) fn mark_damaged(dir: &Path, error: &ShopError) {
    if let Err(trouble) = mark(&dir.join(DAMAGED_MARK), &error.to_string()) {
        tracing::error!(%trouble, "the catalogue is damaged and the next start cannot be told");
    }
}

/// The caller has put its articles again.
pub(super) fn forget_anew(dir: &Path) {
    remove_quietly(&dir.join(ANEW_MARK));
}

fn mark(path: &Path, why: &str) -> Result<(), ShopError> {
    fs::write(path, why).map_err(ShopError::disk(path))
}

/// Moves the file and what lies beside it to `quarantine/shop-N/`.
fn set_aside(dir: &Path) -> Result<PathBuf, ShopError> {
    let quarantine = dir.join("quarantine");
    fs::create_dir_all(&quarantine).map_err(ShopError::disk(&quarantine))?;
    let mut number = 1_u32;
    let target = loop {
        let target = quarantine.join(format!("shop-{number}"));
        match fs::create_dir(&target) {
            Ok(()) => break target,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(ShopError::disk(&target)(error)),
        }
    };
    for name in SIDES
        .iter()
        .map(|side| format!("{FILE}{side}"))
        .chain([FILE.to_owned()])
    {
        let from = dir.join(&name);
        if from.exists() {
            fs::rename(&from, target.join(&name)).map_err(ShopError::disk(&from))?;
        }
    }
    Ok(target)
}

/// Removes a file and what SQLite left beside it.
pub(super) fn remove_with_sides(file: &Path) {
    remove_quietly(file);
    for side in SIDES {
        let mut name = file.as_os_str().to_owned();
        name.push(side);
        remove_quietly(Path::new(&name));
    }
}

/// Removes what may not be there.
pub(super) fn remove_quietly(file: &Path) {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(file = %file.display(), %error, "a left-over of an import could not be removed");
        }
        Ok(()) | Err(_) => {}
    }
}
