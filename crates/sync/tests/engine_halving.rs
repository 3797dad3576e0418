//! A batch that fails again and again is halved until the op is known by its number, which is never
//! skipped.

mod common;

use common::ModelTill;
use common::bodies::product;
use common::link::Steady;
use common::world::{World, api};
use protocol::error::ApiCode;
use sync::till::Event;

const HOUR: u64 = 3_600_000;

#[test]
fn whichever_op_the_cloud_stumbles_over_is_known_by_number_and_never_skipped() {
    for (ops, poison) in [
        (1_u64, 1_u64),
        (2, 1),
        (2, 2),
        (40, 7),
        (40, 40),
        (600, 333),
    ] {
        let mut till = ModelTill::new(1);
        for _ in 0..ops {
            till.sell(product(1), 1);
        }
        let mut world = World::new(till, Steady, 11);
        world.refuses_push = Some(Box::new(move |batch| {
            let mut items = batch.request.runs.iter().flat_map(|run| &run.items);
            items
                .any(|item| item.seq == poison)
                .then(|| api(ApiCode::Internal))
        }));
        world.now(Event::Started);
        world.run_until(2 * HOUR);
        let arrived = world.cloud.bytes_of(world.till.identity.till).len() as u64;
        assert_eq!(arrived, poison - 1, "{ops}: what lies before it is in");
        let view = world.view();
        let words = view.last_words.unwrap_or_default();
        assert!(
            words.starts_with(&format!("op {poison}, alone")),
            "{ops}: known by its number: {words:?}"
        );
        assert!(view.failures > 10, "and tried again and again");
        world.refuses_push = None;
        world
            .run_until_drained(4 * HOUR)
            .expect("once the cloud can, everything arrives");
        world.assert_all_arrived();
    }
}

#[test]
fn a_crowded_cloud_is_no_reason_to_send_less() {
    for code in [ApiCode::Busy, ApiCode::IdempotencyKeyBusy] {
        let mut till = ModelTill::new(1);
        for _ in 0..40 {
            till.sell(product(1), 1);
        }
        let mut world = World::new(till, Steady, 11);
        world.refuses_push = Some(Box::new(move |_| Some(api(code))));
        world.now(Event::Started);
        world.run_until(HOUR / 2);
        world.refuses_push = None;
        world.run_until_drained(2 * HOUR).expect("drained");
        let whole = world.pushes.iter().all(|(_, ops, _)| *ops == 40);
        assert!(whole, "{code:?}: the same batch each time");
        world.assert_all_arrived();
    }
}
