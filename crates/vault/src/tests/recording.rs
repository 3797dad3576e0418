//! A sale is a fact: once, whole, unchanged, in order.

use domain::RefundLineRequest;
use protocol::{Envelope, OpBody};

use super::fixture::Till;
use crate::rows::sales::{self, SaleFact, SalesQuery};
use crate::rows::{cart, outbox, print_jobs, stock, tally};
use crate::{StartReport, VaultError};

#[test]
fn a_sale_is_in_the_vault_with_everything_it_did() {
    let till = Till::new();
    let (vault, report) = till.open();
    assert!(report.made_new, "the first start makes the vault");
    let cart = till.cart(3);
    let stored = cart.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    let recorded = till.pay(&vault, &cart).unwrap();
    assert_eq!((recorded.seq, recorded.already), (1, false));
    assert!(
        recorded.number.starts_with("LDN-1-1-"),
        "{}",
        recorded.number
    );
    let sale = till.sale_of(&cart);
    vault
        .read(|r| {
            let stored = sales::by_id(r, cart.sale_id)?.expect("the sale is there");
            let SaleFact::Sale(read) = stored.fact else {
                panic!("it is a sale")
            };
            assert_eq!((read.lines, read.tenders), (sale.lines, sale.tenders));
            assert_eq!(
                cart::load(r)?,
                None,
                "its cart ended in the same transaction"
            );
            assert_eq!(
                print_jobs::open(r, 10)?.len(),
                1,
                "the receipt waits to be printed"
            );
            let product = cart.lines[0].product_id;
            assert_eq!(
                stock::on_hand_milli(r, product)?,
                -1_000,
                "goods left the shelf"
            );
            let counts = tally::counts(r)?;
            assert_eq!((counts.ops, counts.sales, counts.lines), (1, 1, 3));
            assert_eq!(
                sales::count_untold(r)?,
                1,
                "nobody has said the cashier saw it"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn paying_the_same_cart_twice_is_the_same_sale() {
    let till = Till::new();
    let (vault, _) = till.open();
    let cart = till.cart(2);
    let first = till.pay(&vault, &cart).unwrap();
    let again = till.pay(&vault, &cart).unwrap();
    assert!(
        again.already,
        "the second answer says that it was recorded before"
    );
    assert_eq!(
        (again.seq, again.number, again.op_hash),
        (first.seq, first.number, first.op_hash),
        "and gives the first one's facts"
    );
    let counts = vault.read(tally::counts).unwrap();
    assert_eq!((counts.ops, counts.sales), (1, 1), "it counts once");
}

#[test]
fn a_told_sale_is_not_shown_again() {
    let till = Till::new();
    let (vault, _) = till.open();
    let id = till.sell(&vault, 1).sale_id;
    drop(vault);
    let (vault, report) = till.open();
    assert_eq!(report.untold, 1, "a start shows what nobody was told of");
    vault.transact(move |tx| sales::told(tx, id)).unwrap();
    vault.transact(move |tx| sales::told(tx, id)).unwrap();
    let milestones = vault.read(|r| sales::milestones(r, id)).unwrap();
    assert_eq!(milestones.len(), 1, "saying it twice is saying it once");
    drop(vault);
    assert_eq!(till.open().1.untold, 0);
}

#[test]
fn a_refusal_inside_a_transaction_leaves_nothing_behind() {
    let till = Till::new();
    let (vault, _) = till.open();
    let cart = till.cart(1);
    let (sale, recording) = (till.sale_of(&cart), Till::recording(cart.op_id));
    let refused = vault.transact(move |tx| {
        sales::record_sale(tx, &sale, &recording)?;
        Err::<(), _>(VaultError::Missing {
            what: "drawer",
            id: "1".into(),
        })
    });
    assert!(matches!(refused, Err(VaultError::Missing { .. })));
    assert_eq!(vault.read(tally::counts).unwrap().ops, 0, "no op");
    assert_eq!(till.sell(&vault, 1).seq, 1, "and no number used");
    assert!(
        vault.verify().unwrap().all_good(),
        "nor anything in the journal"
    );
}

#[test]
fn a_panic_inside_a_transaction_rolls_back_and_the_till_sells_on() {
    let till = Till::new();
    let (vault, _) = till.open();
    let cart = till.cart(1);
    let (sale, recording) = (till.sale_of(&cart), Till::recording(cart.op_id));
    let panicked = vault.transact::<()>(move |tx| {
        sales::record_sale(tx, &sale, &recording)?;
        panic!("a fault of ours");
    });
    assert!(
        matches!(panicked, Err(VaultError::Panicked { .. })),
        "{panicked:?}"
    );
    assert_eq!(
        till.sell(&vault, 1).seq,
        1,
        "the writer lives, nothing was kept"
    );
}

#[test]
fn the_callers_own_refusal_comes_back_as_it_was() {
    #[derive(Debug)]
    enum Mine {
        No(u32),
        Vault,
    }
    impl From<VaultError> for Mine {
        fn from(_: VaultError) -> Self {
            Self::Vault
        }
    }
    let (vault, _) = Till::new().open();
    let refused = vault.transact_or::<(), Mine>(|_| Err(Mine::No(7)));
    assert!(matches!(refused, Err(Mine::No(7))), "{refused:?}");
}

#[test]
fn seq_goes_on_over_restarts_and_each_run_has_its_own_segment() {
    let (till, recorded) = Till::with_sales(7);
    let seqs: Vec<u64> = recorded.iter().map(|sale| sale.seq).collect();
    assert_eq!(seqs, (1..=7).collect::<Vec<_>>(), "gapless cashier order");
    let (vault, report) = till.open();
    assert_eq!(
        report,
        StartReport {
            untold: 7,
            fully_checked: true,
            ..StartReport::default()
        }
    );
    let heads = vault.read(|r| outbox::own_heads(r, 100)).unwrap();
    assert_eq!(heads.len(), 3, "three runs of the program, three segments");
    assert_eq!(heads.iter().map(|h| h.seq).collect::<Vec<_>>(), [3, 5, 7]);
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!((verified.counts.ops, verified.counts.head_seq), (7, 7));
}

#[test]
fn facts_are_refused_to_be_changed_by_the_file_itself() {
    let till = Till::new();
    let (vault, _) = till.open();
    till.sell(&vault, 1);
    let statements = [
        "UPDATE op SET type = 'x'",
        "DELETE FROM op",
        "UPDATE sale SET net_minor = 0",
        "DELETE FROM sale",
        "UPDATE sale_line SET quantity_milli = 1",
        "DELETE FROM sale_line",
        "UPDATE tender SET amount_minor = 1",
        "DELETE FROM tender",
        "UPDATE stock_movement SET delta_milli = 1",
        "DELETE FROM stock_movement",
        "INSERT OR REPLACE INTO op SELECT * FROM op",
    ];
    for sql in statements {
        let refused = vault.transact(move |tx| {
            use crate::reads::sealed::Db;
            Ok(tx.db().execute(sql, []).map(|_| ())?)
        });
        let words = refused.expect_err(sql).to_string();
        assert!(words.contains("append-only"), "{sql}: {words}");
    }
    assert!(vault.verify().unwrap().all_good());
}

#[test]
fn a_refund_points_at_its_sale_and_goes_after_it() {
    let till = Till::new();
    let (vault, _) = till.open();
    let cart = till.cart(2);
    let sold = till.pay(&vault, &cart).unwrap();
    let sale = till.sale_of(&cart);
    let request = [RefundLineRequest {
        line_no: 1,
        quantity_milli: 1_000,
        back_to_stock: true,
    }];
    let lines = domain::plan_refund(&sale, &[], &request).unwrap();
    let gross = domain::refund_totals(&lines).gross_minor;
    let draft = domain::RefundDraft {
        refund_id: till.id(),
        of_sale: Some(sale.sale_id),
        operator_id: sale.operator_id,
        operator_name: "Ada".into(),
        approved_by: sale.operator_id,
        approved_by_name: "Ada".into(),
        reason: "torn".into(),
        completed_at_ms: 1,
        reference: None,
        price_mode: sale.price_mode,
        lines,
        tenders: vec![till.cash(gross)],
    };
    let refund = domain::complete_refund(draft, &Till::rules()).unwrap();
    let recording = Till::recording(till.id());
    let refunded = vault
        .transact(move |tx| sales::record_refund(tx, &refund, &recording))
        .unwrap();
    vault
        .read(|r| {
            let given = sales::given_back(r, sale.sale_id)?;
            assert_eq!(
                (given.len(), given[0].line_no, given[0].quantity_milli),
                (1, 1, 1_000)
            );
            let rows = sales::list(
                r,
                &SalesQuery {
                    before_seq: None,
                    limit: 10,
                },
            )?;
            assert_eq!(rows.len(), 2);
            assert_eq!(
                (rows[1].given_back_milli, rows[1].sold_milli),
                (1_000, 2_000)
            );
            assert_eq!(
                stock::on_hand_milli(r, sale.lines[0].product_id)?,
                0,
                "it is back"
            );
            let segment = outbox::own_heads(r, 1)?[0].segment;
            let ops = outbox::ops_after(r, segment, 0, 10, 1 << 20)?;
            let envelope = Envelope::read(&ops[1].bytes).expect("our own op reads");
            assert_eq!(
                envelope.after,
                [sold.op_id],
                "the refund comes after its sale everywhere"
            );
            assert!(matches!(envelope.body, OpBody::RefundRecordedV1(_)));
            assert_eq!(
                sales::refunds_of(r, sale.sale_id)?[0].sale_id,
                refunded.sale_id
            );
            Ok(())
        })
        .unwrap();
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!(verified.counts.refunds, 1);
}

#[test]
fn a_sale_is_found_by_number_words_and_amount() {
    let till = Till::new();
    let (vault, _) = till.open();
    let all: Vec<_> = (1..=4).map(|lines| till.sell(&vault, lines)).collect();
    let query = SalesQuery {
        before_seq: None,
        limit: 10,
    };
    let find = |text: &str, amount| {
        let found = vault
            .read(|r| sales::search(r, text, amount, &query))
            .unwrap();
        found.iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    assert_eq!(
        find(&all[1].number, None),
        [2],
        "by the number on the paper"
    );
    assert_eq!(
        find("article 3", None),
        [4],
        "by words of a line, whatever their case"
    );
    assert_eq!(find("1.99", Some(199)), [1], "by its amount");
    assert_eq!(find("nothing like it", None), Vec::<u64>::new());
}

#[test]
fn a_sale_of_1114_lines_is_recorded_and_listed() {
    let till = Till::new();
    let (vault, _) = till.open();
    till.sell(&vault, 1_114);
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!(
        verified.counts.lines, 1_114,
        "every line of the largest real cart"
    );
}
