//! What needs a person stays said until it is mended.

mod common;

use common::bodies::product;
use common::link::Steady;
use common::world::World;
use common::{ModelCloud, ModelTill};
use sync::till::{Event, SyncKind};

const MINUTE: u64 = 60_000;

#[test]
fn a_tail_that_cannot_be_fetched_is_said_while_the_engine_rests() {
    let mut old = ModelTill::new(1);
    for _ in 0..3 {
        old.sell(product(1), 1);
    }
    let backup = old.clone();
    old.sell(product(1), 1);
    let mut cloud = ModelCloud::default();
    cloud.push(&old.all(), &old.till_key());
    let mut restored = backup.twin();
    restored.restart();
    let mut world = World::new(restored, Steady, 11);
    world.cloud = cloud;
    world.heals = false;
    world.now(Event::Started);
    world.run_until(10 * MINUTE);
    let view = world.view();
    assert_eq!(view.kind, SyncKind::Resting, "nothing of its own waits");
    let said = view.needs_person.as_deref();
    assert_eq!(said, Some("call support"), "rest does not unsay it");
    world.heals = true;
    world.now(Event::SyncNow);
    world.run_until(world.now + MINUTE);
    assert_eq!(world.view().needs_person, None, "mended, so unsaid");
}
