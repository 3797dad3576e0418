//! The wait between attempts grows with failures and falls back with progress alone.

mod common;

use common::ModelTill;
use common::link::Steady;
use common::world::{World, api};
use protocol::error::ApiCode;
use sync::till::Event;

const HOUR: u64 = 3_600_000;

#[test]
fn a_mere_connect_does_not_take_the_wait_back_to_its_beginning() {
    let mut till = ModelTill::new(1);
    till.sell(common::bodies::product(1), 1);
    let mut world = World::new(till, Steady, 11);
    world.refuses_push = Some(Box::new(|_| Some(api(ApiCode::Internal))));
    world.now(Event::Started);
    world.run_until(HOUR);
    assert!(
        (60..=250).contains(&world.pushes.len()),
        "each hello got through and no push: {} pushes in an hour",
        world.pushes.len()
    );
    assert_eq!(
        world.hellos.len(),
        world.pushes.len(),
        "and one hello before each"
    );
}
