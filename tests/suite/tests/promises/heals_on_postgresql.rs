//! The program as an operator starts it on PostgreSQL, with real tills: what is promised of one file holds there.

use crate::heals_room::{Proof, Room, drain};

const SALES: &str = "SELECT count(*) FROM sale";
const TWICE: &str = "SELECT count(*) - count(DISTINCT sale_id) FROM sale";

#[test]
fn tills_drain_into_the_program_on_postgresql_and_both_sides_count_the_same() {
    let mut room = Room::on_postgresql();
    let tills = [room.till("one"), room.till("two")];
    for till in &tills {
        room.ring(till, 20);
        drain(till);
    }
    room.copy("one", "backup");
    // The program dies and is started again on the same tables; a till is put back to before that.
    room.stop();
    for till in &tills {
        room.ring(till, 15);
    }
    room.run();
    for till in &tills {
        drain(till);
    }
    room.put_back("one", "backup");
    drain(&tills[0]);
    for till in &tills {
        let proof = Proof::of(till);
        assert!(proof.holds() && proof.equal(), "{proof:?}");
        assert_eq!(proof.sales(), 35, "{proof:?}");
    }
    assert_eq!((room.count(SALES), room.count(TWICE)), (70, 0), "each once");
    let listed = room.office(&["tills", "list"]);
    assert_eq!(listed.lines().count(), 2, "head office sees both: {listed}");
}
