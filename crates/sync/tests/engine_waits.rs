//! Waits: they grow with failures and fall back with progress alone, and what comes after them is nobody's.

mod common;

use common::ModelTill;
use common::link::Steady;
use common::world::{World, api};
use protocol::error::ApiCode;
use protocol::wire::HelloAnswer;
use sync::till::{CallId, Effect, Event, HeldAt, Hello, TillSync, TillSyncConfig, TimerId};

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

/// The calls and the timer that a step asks for.
fn step(engine: &mut TillSync, now: u64, event: Event) -> (Vec<Effect>, Option<(TimerId, u64)>) {
    let mut effects = Vec::new();
    engine.step(now, event, &mut effects);
    let mut timer = None;
    for effect in &effects {
        if let Effect::SetTimer { id, at } = effect {
            timer = Some((*id, *at));
        }
    }
    effects.retain(Effect::is_call);
    (effects, timer)
}

#[test]
fn the_answer_to_a_call_that_was_given_up_is_not_the_next_ones() {
    let mut engine = TillSync::new(TillSyncConfig::default());
    let (_, timer) = step(&mut engine, 0, Event::Started);
    let (lost, given_up) = timer.expect("the call is watched");
    let (_, timer) = step(&mut engine, given_up, Event::TimerFired(lost));
    let (wait, again) = timer.expect("it waits");
    let (calls, _) = step(&mut engine, again, Event::TimerFired(wait));
    assert!(
        matches!(
            calls[..],
            [Effect::SendHello {
                call: CallId(2),
                ..
            }]
        ),
        "{calls:?}"
    );
    let late = |call| Event::HelloDone {
        call: CallId(call),
        result: Ok(hello()),
    };
    let (calls, _) = step(&mut engine, again + 1, late(1));
    assert!(calls.is_empty(), "too late: {calls:?}");
    let (calls, _) = step(&mut engine, again + 2, late(2));
    assert!(
        matches!(calls[..], [Effect::CutBatch { .. }]),
        "this one is awaited: {calls:?}"
    );
}

/// A cloud that holds nothing.
fn hello() -> Hello {
    let answer: HelloAnswer = common::ModelCloud::default().hello(uuid::Uuid::nil());
    let held: Vec<HeldAt> = Vec::new();
    Hello { held, answer }
}
