//! What must hold in every state, and what must be seen in some.

use std::collections::{BTreeMap, BTreeSet};

use stateright::Property;

use super::Sending;
use super::state::{Message, Op, OpId, Segment, Variant, World};

/// The names of what must be reached somewhere, or the bounds are too small to say anything.
pub const SOMETIMES: [&str; 3] = [
    "a fork was quarantined",
    "two segments share a parent",
    "the cloud was restored with less than the tills hold",
];

pub(super) fn all() -> Vec<Property<Sending>> {
    vec![
        Property::always("no sale is counted twice", |_, world: &World| {
            world.cloud.counted.values().all(|times| *times <= 1)
        }),
        Property::always(
            "streams are gapless, in order, causally closed",
            |_, world: &World| in_order(world),
        ),
        Property::always("every surviving sale is in the cloud once", every_survivor),
        Property::always("quarantine holds only what lacks its parent", only_orphans),
        Property::always("bytes that reached the cloud are kept", kept_bytes),
        Property::sometimes(SOMETIMES[0], |_, world: &World| {
            !world.cloud.quarantine.is_empty()
        }),
        Property::sometimes(SOMETIMES[1], |_, world: &World| shared_parent(world)),
        Property::sometimes(SOMETIMES[2], |_, world: &World| {
            let held = |op: &Op| !world.cloud.counted.contains_key(&op.id);
            let tills = world.tills.iter().filter(|till| till.alive);
            world.cloud.epoch > 1 && tills.flat_map(|till| &till.vault).any(held)
        }),
    ]
}

fn in_order(world: &World) -> bool {
    let closed = |op: &Op| op.prev == 0 || world.cloud.counted.contains_key(&op.prev);
    let follows = |pair: &[Op]| pair[1].seq == pair[0].seq + 1 && pair[1].prev == pair[0].id;
    let logs = || world.cloud.log.values();
    logs().all(|log| log.windows(2).all(follows))
        && logs().all(|log| log.first().is_none_or(closed))
}

/// After healing, what was not physically destroyed is counted once, or kept in quarantine.
fn every_survivor(model: &Sending, world: &World) -> bool {
    let healed = model.healed(world);
    let mut survivors: BTreeSet<OpId> = world.cloud.counted.keys().copied().collect();
    for till in world.tills.iter().filter(|till| till.alive) {
        survivors.extend(&till.physical);
    }
    survivors.extend(world.host.values().flatten().map(|op| op.id));
    survivors.extend(world.cloud.quarantine.iter().map(|op| op.id));
    survivors.iter().all(|id| is_kept(&healed, *id))
}

fn is_kept(healed: &World, id: OpId) -> bool {
    healed.cloud.counted.get(&id) == Some(&1)
        || healed.cloud.quarantine.iter().any(|op| op.id == id)
}

/// With honest disks and no memory turned back, only an entry whose parent exists nowhere stays aside.
fn only_orphans(model: &Sending, world: &World) -> bool {
    if model.budget.live_reverts > 0 {
        return true;
    }
    let healed = model.healed(world);
    let lacks = |op: &Op| op.prev != 0 && !healed.cloud.counted.contains_key(&op.prev);
    healed.cloud.quarantine.iter().all(lacks)
}

/// A run on the wire that contradicts the record: let it arrive now, heal, and it is still there.
fn kept_bytes(model: &Sending, world: &World) -> bool {
    if !matches!(model.variant, Variant::Right | Variant::NoQuarantine) {
        return true;
    }
    let runs = world.net.iter().filter_map(|message| match message {
        Message::Push(run) => Some(run),
        Message::Ack { .. } | Message::Fork { .. } => None,
    });
    let mut runs = runs;
    runs.all(|run| {
        let mut after = world.clone();
        after.cloud.take(model.variant, run, &mut BTreeSet::new());
        let healed = model.healed(&after);
        let Some(first) = run.first() else {
            return true;
        };
        let contradicts = |op: &Op| op.seq == first.seq && op.id != first.id;
        let log = after.cloud.log.get(&first.segment);
        let judged = (first.prev == 0 || healed.cloud.counted.contains_key(&first.prev))
            && log.is_some_and(|log| log.iter().any(contradicts));
        !judged || is_kept(&healed, first.id)
    })
}

fn shared_parent(world: &World) -> bool {
    let mut children: BTreeMap<(OpId, Segment), u8> = BTreeMap::new();
    for first in world.cloud.log.values().filter_map(|log| log.first()) {
        *children
            .entry((first.prev, first.prev_segment))
            .or_default() += 1;
    }
    children
        .iter()
        .any(|((prev, _), times)| *prev != 0 && *times > 1)
}
