//! The same random words to both stores: cuts, repeats, forks, rewinds, poison, things nobody can
//! read. Equal answers, and equal rows in every table.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::both::{Both, job};
use common::dice::Dice;
use common::{Till, body};
use protocol::OpBody;
use protocol::wire::PushRequest;
use uuid::Uuid;

const TENANT: u128 = 0xacce;
const STEPS: usize = 30;
const NAMES: [&str; 3] = ["Tea", "Käse 茶", "Tea \"green\""];

/// A till whose stream is made by throws, with what it sent last.
struct Player {
    till: Till,
    /// Where the current segment begins in the till's ops.
    begins: usize,
    sales: Vec<Uuid>,
    last: Option<(Uuid, PushRequest)>,
    segments: u8,
    /// After a rewind: how many ops are the same in the cloud.
    common: Option<usize>,
}

impl Player {
    fn new(n: u8) -> Self {
        Self {
            till: Till::new(n),
            begins: 0,
            sales: Vec::new(),
            last: None,
            segments: n,
            common: None,
        }
    }

    /// One more op of some kind.
    fn act(&mut self, dice: &mut Dice) {
        let product = 1 + dice.below(4) as u128;
        let till = &mut self.till;
        match dice.below(14) {
            0..=4 => {
                let sale_id = till.mint();
                self.sales.push(sale_id);
                till.record(body::sale(sale_id, product));
            }
            5 | 6 => {
                till.restock(product, 1_000 * dice.below(5) as i64 - 1_000);
            }
            7 => {
                let (refund, sale) = (till.mint(), self.sales.get(dice.below(self.sales.len())));
                let of_sale = sale.copied().unwrap_or(refund);
                till.record(body::refund(
                    refund,
                    of_sale,
                    product,
                    1 + dice.below(2) as i64,
                ));
            }
            8 => {
                till.record(body::product(product, NAMES[dice.below(3)]));
            }
            9 => self.poison(dice),
            10 => self.unreadable(dice),
            11 => self.said_before(dice),
            12 => {
                // A sale id that is taken, here or at the other till.
                let sale_id = self.sales.get(dice.below(self.sales.len()));
                let sale_id = sale_id.copied().unwrap_or(Uuid::from_u128(0x5a1e));
                till.record(body::sale(sale_id, product));
            }
            _ => {
                till.restock(product, [i64::MAX, i64::MIN, 0, 1][dice.below(4)]);
            }
        }
    }

    /// Well-formed, and refused by the tables.
    fn poison(&mut self, dice: &mut Dice) {
        let sale_id = self.till.mint();
        let OpBody::SaleRecordedV1(mut sale) = body::sale(sale_id, 9) else {
            unreachable!("a sale is a sale")
        };
        let beyond = [i64::MAX, i64::MIN + 1, i64::MIN][dice.below(3)];
        match dice.below(2) {
            0 => sale.totals.net_minor = beyond,
            _ => sale.totals.gross_minor = beyond,
        }
        self.till.record(OpBody::SaleRecordedV1(sale));
    }

    /// A type of tomorrow, or no op at all.
    fn unreadable(&mut self, dice: &mut Dice) {
        let op_id = self.till.mint();
        let bytes = self.till.seal(op_id, body::moved(op_id, 1, 1));
        let text = String::from_utf8(bytes).expect("JSON is text");
        let text = match dice.below(5) {
            0 => text.replace("stock_moved_v1", "stock_moved_v9"),
            1 => text.replace("stock_moved_v1", "stock\\u0000moved"),
            2 => text.replace("\"v\":1", "\"v\":2"),
            3 => {
                let longest = format!("\"touches\":[\"{}\",", "x".repeat(20_000));
                text.replace("stock_moved_v1", "later_v1")
                    .replace("\"touches\":[", &longest)
            }
            _ => format!("[\"nothing that is an op\", {}]", dice.below(1000)),
        };
        self.till.append(op_id, text.into_bytes());
    }

    /// An op of before at a new place; or its id over other bytes.
    fn said_before(&mut self, dice: &mut Dice) {
        let Some(old) = self.till.ops.get(dice.below(self.till.ops.len())).cloned() else {
            return;
        };
        let bytes = if dice.once_in(2) {
            old.bytes
        } else {
            self.till.seal(old.op_id, body::moved(old.op_id, 3, 1_000))
        };
        self.till.append(old.op_id, bytes);
    }

    /// What it sends: some cut of its current segment, a repetition, or something that contradicts.
    fn request(&mut self, dice: &mut Dice) -> Option<PushRequest> {
        let ops = &self.till.ops[self.begins..];
        if ops.is_empty() {
            return None;
        }
        let from = dice.below(ops.len());
        let to = from + 1 + dice.below(ops.len() - from);
        let mut request = self.till.push_request(&ops[from.min(2)..to]);
        match dice.below(20) {
            0 => request.runs[0].orphan = true,
            1 => request.runs[0].items[0].chain.0[0] ^= 1,
            2 => request.runs.push(request.runs[0].clone()),
            _ => {}
        }
        Some(request)
    }

    /// All of the current segment.
    fn everything(&self) -> Option<PushRequest> {
        let ops = &self.till.ops[self.begins..];
        (!ops.is_empty()).then(|| self.till.push_request(ops))
    }

    /// The program starts again, or is put back to an older state; or notices that it was, and says
    /// what it said since then under a segment of its own.
    fn disturb(&mut self, dice: &mut Dice) {
        let length = self.till.ops.len();
        if length < 3 || self.begins + 1 >= length {
            return;
        }
        if let Some(common) = self.common.take() {
            let beyond = self.till.ops.split_off(common);
            let last = &self.till.ops[common - 1];
            (self.till.next.seq, self.till.next.prev) = (last.seq + 1, last.chain);
            self.new_segment();
            for op in beyond {
                self.till.append(op.op_id, op.bytes);
            }
        } else if dice.once_in(2) {
            self.new_segment();
        } else {
            let keep = self.begins + 1 + dice.below(length - self.begins - 1);
            let last = &self.till.ops[keep - 1];
            (self.till.next.seq, self.till.next.prev) = (last.seq + 1, last.chain);
            self.till.ops.truncate(keep);
            self.common = Some(keep);
        }
    }

    fn new_segment(&mut self) {
        self.segments += 4;
        self.till.restart(self.segments);
        self.begins = self.till.ops.len();
    }
}

/// Tells both the same, and holds their answers against each other.
async fn tell(
    both: &Both,
    player: &mut Player,
    key: Uuid,
    now_ms: i64,
    request: Option<PushRequest>,
) {
    let Some(request) = request else { return };
    player.last = Some((key, request.clone()));
    let [sqlite, postgres] = both.push(&job(&player.till, key, now_ms, request)).await;
    assert_eq!(sqlite, postgres, "the same answer to {key}");
}

/// One history of two tills of one branch and one of another, told to both stores.
async fn play(seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let both = Both::start().await;
    let mut players: Vec<Player> = (1..=3).map(Player::new).collect();
    for (player, branch) in players.iter_mut().zip([1, 1, 2]) {
        both.enrol(&mut player.till, TENANT, branch).await;
    }
    for step in 0..STEPS {
        let which = dice.below(players.len());
        let player = &mut players[which];
        for _ in 0..=dice.below(6) {
            player.act(&mut dice);
        }
        // Several batches of one millisecond, now and then.
        let now_ms = 1_795_132_800_000 + (step as i64) / 3;
        let key = Uuid::from_u128(2 * step as u128 + 1);
        if dice.once_in(4) {
            let everything = player.everything();
            tell(&both, player, key, now_ms, everything).await;
            player.disturb(&mut dice);
        }
        let again = dice.once_in(5);
        let sent = player.last.clone().filter(|_| again);
        let key = Uuid::from_u128(2 * step as u128 + 2);
        let (key, request) = sent.map_or_else(
            || (key, player.request(&mut dice)),
            |(key, request)| (key, Some(request)),
        );
        tell(&both, player, key, now_ms, request).await;
    }
    let [sqlite, postgres] = both.books().await;
    for (table, rows) in &sqlite {
        let other = &postgres[table];
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let these = these.iter().filter(|row| !those.contains(row));
            these.cloned().collect()
        };
        assert_eq!(
            (only(rows, other), only(other, rows)),
            (Vec::new(), Vec::new()),
            "seed {seed}: the same rows in {table}"
        );
        assert_eq!(
            rows.len(),
            other.len(),
            "seed {seed}: as many rows in {table}"
        );
    }
    sqlite["op_log"].len()
}

#[tokio::test]
async fn the_same_words_make_the_same_books() {
    let mut recorded = 0;
    for seed in 1..=8 {
        recorded += play(seed).await;
    }
    assert!(
        recorded > 400,
        "much was recorded, not {recorded} ops alone"
    );
}
