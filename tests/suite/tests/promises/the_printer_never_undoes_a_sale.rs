//! A printer that is off, out of paper or stuck: the sale is done, the receipt waits.

use app::dto::{PrintState, PrinterConnection, PrinterKind, PrinterSettings};
use suite::{Shop, until};
use testkit::virtual_printer::{Mode, VirtualPrinter};

/// Nobody listens there.
const OFF: &str = "127.0.0.1:1";

fn connect(shop: &Shop, address: &str) {
    let settings = PrinterSettings {
        connection: PrinterConnection::Network {
            address: address.to_owned(),
        },
        profile: "generic-80".into(),
        open_drawer: false,
    };
    shop.till().set_printer(settings).unwrap();
}

fn shop_with(address: &str) -> Shop {
    let mut shop = Shop::alone("GBP");
    connect(&shop, address);
    shop.close();
    shop.open_window();
    shop
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn a_printer_that_is_off_prints_when_it_is_back_and_only_once() {
    let printer = VirtualPrinter::start().unwrap();
    let mut shop = shop_with(OFF);
    shop.scan("TEA");
    let done = shop.pay_cash();
    assert!(done.print.is_some(), "the receipt is in the queue");
    let waits = || {
        let status = shop.till().status().unwrap();
        status.printer.kind == PrinterKind::Waiting && status.printer.trouble.is_some()
    };
    assert!(until(waits), "the header says that it waits, and why");
    shop.till().told(done.sale_id).unwrap();
    shop.scan("CAKE");
    shop.till().void_cart().unwrap();
    connect(&shop, &printer.address().to_string());
    assert!(
        until(|| shop.till().print_queue().unwrap().is_empty()),
        "it is printed by itself"
    );
    assert_eq!(printer.jobs().len(), 1, "once");
    let paper = printer.bytes();
    assert!(holds(&paper, &done.number), "the receipt is that sale's");
    assert!(
        !holds(&paper, "COPY"),
        "what never was on paper is no copy, however often it was tried"
    );
    shop.till().print_again(done.sale_id).unwrap();
    assert!(until(|| printer.jobs().len() == 2), "printed again");
    assert!(holds(&printer.jobs()[1], "COPY"), "and it says so");
    let words: Vec<_> = shop
        .till()
        .sale(done.sale_id)
        .unwrap()
        .time_line
        .into_iter()
        .map(|entry| entry.words)
        .collect();
    assert!(
        words.iter().any(|words| words.contains("Receipt printed")),
        "{words:?}"
    );
    shop.close();
}

#[test]
fn a_printer_out_of_paper_holds_the_receipt_not_the_sale() {
    let printer = VirtualPrinter::start_in(Mode::OutOfPaper).unwrap();
    let mut shop = shop_with(&printer.address().to_string());
    shop.scan("TEA");
    let done = shop.pay_cash();
    let trouble = || shop.till().status().unwrap().printer.trouble;
    assert!(
        until(|| trouble().is_some_and(|words| words.contains("paper"))),
        "{:?}",
        trouble()
    );
    assert_eq!(
        shop.till().status().unwrap().safety.sales_total,
        1,
        "the sale is done"
    );
    printer.set_mode(Mode::Healthy);
    let job = shop.till().print_queue().unwrap().remove(0);
    shop.till().print_retry(job.job_id).unwrap();
    assert!(
        until(|| shop.till().print_queue().unwrap().is_empty()),
        "printed: {:?}",
        shop.till().print_queue()
    );
    assert!(holds(&printer.bytes(), &done.number));
    shop.close();
}

#[test]
fn a_printer_that_never_reads_does_not_stop_the_next_sale() {
    let printer = VirtualPrinter::start_in(Mode::NeverReads).unwrap();
    let mut shop = shop_with(&printer.address().to_string());
    for _ in 0..3 {
        shop.sell(&["TEA"]);
    }
    assert_eq!(
        shop.till().status().unwrap().safety.sales_total,
        3,
        "three customers served"
    );
    let queue = shop.till().print_queue().unwrap();
    assert_eq!(queue.len(), 3, "three receipts wait");
    assert!(queue.iter().all(|job| job.state != PrintState::Printed));
    shop.close();
    shop.open();
    assert_eq!(
        shop.till().print_queue().unwrap().len(),
        3,
        "also after a restart"
    );
}
