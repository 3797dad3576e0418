//! What may happen, and what comes of it.

use std::collections::BTreeMap;

use super::Sending;
use super::state::{Message, Move, Op, Segment, Till, Variant, World};

/// Everything that may happen next.
pub(super) fn possible(model: &Sending, world: &World, moves: &mut Vec<Move>) {
    for (at, till) in world
        .tills
        .iter()
        .enumerate()
        .filter(|(_, till)| till.alive)
    {
        of_till(model, world, at, till, moves);
    }
    let budget = &world.budget;
    if budget.pushes > 0 {
        moves.extend(world.host.keys().map(|segment| Move::HostForward(*segment)));
    }
    if budget.host_wipes > 0 && !world.host.is_empty() {
        moves.push(Move::HostWipe);
    }
    moves.extend(world.net.iter().cloned().map(Move::Deliver));
    if budget.cloud_backups > 0 && world.cloud_backup.is_none() {
        moves.push(Move::CloudBackup);
    }
    if budget.cloud_restores > 0 && world.cloud_backup.is_some() {
        moves.push(Move::CloudRestore);
    }
}

fn of_till(model: &Sending, world: &World, at: usize, till: &Till, moves: &mut Vec<Move>) {
    let budget = &world.budget;
    let sold = !till.vault.is_empty();
    let room_for_clone = at < model.tills && !world.tills[model.tills].alive;
    let maybe = [
        (budget.sells > 0, Move::Sell(at)),
        (budget.reboots > 0 && till.segment_open, Move::Reboot(at)),
        (budget.tail_losses > 0 && sold, Move::TailLoss(at)),
        (
            budget.restores > 0 && till.backup.is_none(),
            Move::TillBackup(at),
        ),
        (
            budget.restores > 0 && till.backup.is_some(),
            Move::TillRestore(at),
        ),
        (
            budget.live_reverts > 0 && till.live_snapshot.is_none(),
            Move::LiveSnapshot(at),
        ),
        (
            budget.live_reverts > 0 && till.live_snapshot.is_some(),
            Move::LiveRevert(at),
        ),
        (budget.clones > 0 && sold && room_for_clone, Move::Clone(at)),
        (budget.compactions > 0 && sold, Move::Compact(at)),
    ];
    moves.extend(maybe.into_iter().filter_map(|(may, it)| may.then_some(it)));
    if budget.pushes > 0 {
        for segment in till.segments() {
            moves.push(Move::PushCloud(at, segment));
            moves.push(Move::PushHost(at, segment));
        }
    }
}

/// Does it; `None` if nothing comes of it.
pub(super) fn apply(model: &Sending, world: &mut World, action: Move) -> Option<()> {
    match action {
        Move::Sell(till) => sell(world, till),
        Move::Reboot(till) => {
            world.budget.reboots -= 1;
            start(model, world, till);
        }
        Move::TailLoss(till) => lose_tail(model, world, till)?,
        Move::TillBackup(till) => {
            world.tills[till].backup = Some(Box::new(world.tills[till].alone()));
        }
        Move::TillRestore(till) => {
            world.budget.restores -= 1;
            world.tills[till] = *world.tills[till].backup.clone()?;
            start(model, world, till);
        }
        Move::LiveSnapshot(till) => {
            world.tills[till].live_snapshot = Some(Box::new(world.tills[till].alone()));
        }
        Move::LiveRevert(till) => {
            world.budget.live_reverts -= 1;
            world.tills[till] = *world.tills[till].live_snapshot.clone()?;
        }
        Move::Clone(till) => {
            world.budget.clones -= 1;
            world.tills[model.tills] = world.tills[till].alone();
            start(model, world, model.tills);
        }
        Move::PushCloud(till, segment) => push(model, world, till, segment)?,
        Move::PushHost(till, segment) => hand_to_host(world, till, segment)?,
        Move::HostForward(segment) => {
            world.budget.pushes -= 1;
            let run = world.host.get(&segment)?.clone();
            world.net.insert(Message::Push(run)).then_some(())?;
        }
        Move::HostWipe => {
            world.budget.host_wipes -= 1;
            world.host.clear();
        }
        Move::Deliver(message) => deliver(model, world, &message),
        Move::CloudBackup => {
            world.budget.cloud_backups -= 1;
            world.cloud_backup = Some(Box::new(world.cloud.clone()));
        }
        Move::CloudRestore => {
            world.budget.cloud_restores -= 1;
            let epoch = world.cloud.epoch + 1;
            world.cloud = *world.cloud_backup.clone()?;
            world.cloud.epoch = epoch;
        }
        Move::Compact(till) => compact(world, till)?,
    }
    Some(())
}

fn start(model: &Sending, world: &mut World, till: usize) {
    let segment = world.fresh_segment(model.variant, till);
    world.tills[till].start(segment);
}

fn sell(world: &mut World, till: usize) {
    world.budget.sells -= 1;
    world.last_op += 1;
    let till = &mut world.tills[till];
    let op = Op {
        id: world.last_op,
        segment: till.segment,
        seq: till.base.2 + 1,
        prev: till.base.0,
        prev_segment: till.base.1,
    };
    till.segment_open = true;
    till.vault.push(op);
    till.base = (op.id, op.segment, op.seq);
    till.physical.insert(op.id);
}

fn lose_tail(model: &Sending, world: &mut World, at: usize) -> Option<()> {
    world.budget.tail_losses -= 1;
    let till = &mut world.tills[at];
    let lost = till.vault.pop()?;
    till.physical.remove(&lost.id);
    till.base = (lost.prev, lost.prev_segment, lost.seq - 1);
    start(model, world, at);
    Some(())
}

fn push(model: &Sending, world: &mut World, till: usize, segment: Segment) -> Option<()> {
    world.budget.pushes -= 1;
    let till = &world.tills[till];
    let told = till.acked.get(&segment).map_or(0, |acked| acked + 1);
    let from = if model.variant.counts_only() { told } else { 0 };
    let run = till.run(segment, from);
    if run.is_empty() {
        return None;
    }
    world.net.insert(Message::Push(run)).then_some(())
}

fn hand_to_host(world: &mut World, till: usize, segment: Segment) -> Option<()> {
    world.budget.pushes -= 1;
    let run = world.tills[till].run(segment, 0);
    let held = world.host.entry(segment).or_default();
    let news: Vec<Op> = run.into_iter().filter(|op| !held.contains(op)).collect();
    let any = !news.is_empty();
    held.extend(news);
    any.then_some(())
}

fn deliver(model: &Sending, world: &mut World, message: &Message) {
    match message {
        // It stays on the wire: repeated, late, out of order.
        Message::Push(run) => world.cloud.take(model.variant, run, &mut world.net),
        Message::Ack { segment, head } => {
            for till in world.tills.iter_mut().filter(|till| till.alive) {
                acknowledge(model.variant, till, *segment, *head);
            }
            world.net.remove(message);
        }
        Message::Fork { segment, at } => {
            for till in 0..world.tills.len() {
                if world.tills[till].alive {
                    model.on_fork(world, till, *segment, *at);
                }
            }
            world.net.remove(message);
        }
    }
}

fn acknowledge(variant: Variant, till: &mut Till, segment: Segment, head: u8) {
    if !till.segments().contains(&segment) {
        return;
    }
    let acked = till.acked.entry(segment).or_default();
    *acked = head.max(*acked);
    if variant == Variant::DeleteOnAck {
        till.vault
            .retain(|op| op.segment != segment || op.seq > head);
    }
}

/// Deletes only what the oldest copy that the cloud may be restored from holds.
fn compact(world: &mut World, till: usize) -> Option<()> {
    world.budget.compactions -= 1;
    let secured: BTreeMap<Segment, u8> = world
        .cloud_backup
        .iter()
        .flat_map(|backup| &backup.log)
        .filter_map(|(segment, log)| Some((*segment, log.last()?.seq)))
        .collect();
    let vault = &mut world.tills[till].vault;
    let before = vault.len();
    vault.retain(|op| secured.get(&op.segment).is_none_or(|upto| op.seq > *upto));
    (vault.len() < before).then_some(())
}
