//! The network driver against a printer that behaves, and against every way in which one does not.

use std::time::Duration;

use printing::{
    Paper, Patience, PrintOutcome, PrinterAddress, PrinterDriver, PrinterProfile, PrinterTrouble,
    open_with,
};
use testkit::virtual_printer::{Mode, VirtualPrinter};

const SOON: Patience = Patience {
    connect: Duration::from_secs(2),
    idle: Duration::from_millis(400),
    answer: Duration::from_secs(2),
};
/// For printers that must be waited for; how long does not matter to the test.
const LATER: Patience = Patience {
    connect: Duration::from_secs(10),
    idle: Duration::from_mins(1),
    answer: Duration::from_mins(1),
};
const JOB: &[u8] = b"\x1b@Tea 3.20\nTOTAL 3.20\n\x1dV\x00";

fn started(mode: Mode) -> VirtualPrinter {
    VirtualPrinter::start_in(mode).expect("a free port on the loopback address")
}

fn driver(printer: &VirtualPrinter, asks: bool, patience: Patience) -> Box<dyn PrinterDriver> {
    let address = PrinterAddress::Network {
        host: printer.address().ip().to_string(),
        port: printer.address().port(),
    };
    let profile = PrinterProfile {
        answers_status: asks,
        ..PrinterProfile::generic_80()
    };
    open_with(&address, &profile, patience)
}

#[test]
fn a_healthy_printer_gets_every_byte_once_and_says_printed() {
    let printer = started(Mode::Healthy);
    let outcome = driver(&printer, true, LATER).print(JOB);
    assert_eq!(outcome, Ok(PrintOutcome::Printed));
    assert!(
        printer.wait_for_jobs(1, Duration::from_secs(30)),
        "the connection must be ended"
    );
    assert_eq!(printer.jobs(), [JOB], "neither more nor less than the job");
}

#[test]
fn a_printer_without_paper_gets_nothing() {
    let printer = started(Mode::OutOfPaper);
    let trouble = driver(&printer, true, LATER)
        .print(JOB)
        .expect_err("there is no paper");
    assert!(
        matches!(trouble, PrinterTrouble::OutOfPaper { sent: 0, .. }),
        "{trouble:?}"
    );
    assert!(!trouble.may_have_printed(), "so the next print is no copy");
    assert!(trouble.words().contains("paper"), "{}", trouble.words());
    assert_eq!(
        printer.bytes(),
        b"",
        "half a receipt would be worse than none"
    );
}

#[test]
fn paper_put_in_is_noticed_by_the_next_job() {
    let printer = started(Mode::OutOfPaper);
    let mut driver = driver(&printer, true, LATER);
    assert_eq!(driver.status().map(|status| status.paper), Ok(Paper::Out));
    printer.set_mode(Mode::Healthy);
    assert_eq!(driver.print(JOB), Ok(PrintOutcome::Printed));
}

#[test]
fn the_drawer_opens_also_when_the_paper_is_out() {
    let pulse = PrinterProfile::generic_80().drawer.expect("a drawer");
    let printer = started(Mode::OutOfPaper);
    assert_eq!(driver(&printer, true, LATER).open_drawer(pulse), Ok(()));
    printer.set_mode(Mode::Healthy);
    assert_eq!(driver(&printer, true, LATER).open_drawer(pulse), Ok(()));
    assert!(
        printer.wait_for_jobs(2, Duration::from_secs(30)),
        "the connections must be ended"
    );
    let (at_once, in_turn) = (
        b"\x10\x14\x01\x00\x01".to_vec(),
        b"\x1bp\x00\x19\xfa".to_vec(),
    );
    assert_eq!(
        printer.jobs(),
        [at_once, in_turn],
        "each by the command that it obeys then"
    );
}

#[test]
fn an_open_cover_is_named() {
    let printer = started(Mode::CoverOpen);
    let trouble = driver(&printer, true, LATER)
        .print(JOB)
        .expect_err("the cover is open");
    assert_eq!(trouble.code(), "cover_open");
}

#[test]
fn a_printer_that_never_reads_is_never_called_printed() {
    let printer = started(Mode::NeverReads);
    let asked = driver(&printer, true, SOON)
        .print(JOB)
        .expect_err("nothing can have been printed");
    assert_eq!(asked.code(), "silent", "asked first, it got nothing");
    assert!(!asked.may_have_printed());
    let long = vec![b'.'; 64 << 20];
    let stalled = driver(&printer, false, SOON)
        .print(&long)
        .expect_err("its buffers are full");
    assert_eq!(
        stalled.code(),
        "stalled",
        "a job that is not taken is not printed"
    );
}

#[test]
fn a_printer_that_falls_silent_during_the_job_is_stalled() {
    // Answers the three questions before the job, then takes bytes and says nothing.
    let printer = started(Mode::SilentAfter(1));
    let trouble = driver(&printer, true, SOON)
        .print(JOB)
        .expect_err("nobody knows");
    assert!(
        matches!(trouble, PrinterTrouble::Stalled { .. }),
        "{trouble:?}"
    );
    assert!(trouble.may_have_printed(), "so the next print says COPY");
}

#[test]
fn a_printer_that_is_off_is_unreachable() {
    let printer = started(Mode::Refuses);
    let trouble = driver(&printer, true, SOON)
        .print(JOB)
        .expect_err("nobody listens");
    assert_eq!(trouble.code(), "unreachable");
    assert!(!trouble.may_have_printed());
}

#[test]
fn a_printer_that_dies_in_the_middle_may_have_printed() {
    let printer = started(Mode::DiesAfter(10_000));
    let trouble = driver(&printer, true, SOON)
        .print(&vec![b'.'; 8 << 20])
        .expect_err("it died");
    assert!(
        matches!(
            trouble,
            PrinterTrouble::Broken { .. } | PrinterTrouble::Stalled { .. }
        ),
        "{trouble:?}"
    );
    assert!(trouble.may_have_printed());
}

#[test]
fn a_slow_printer_is_waited_for() {
    let printer = started(Mode::Slow(16));
    let job = vec![b'.'; 4_000];
    assert_eq!(
        driver(&printer, true, LATER).print(&job),
        Ok(PrintOutcome::Printed)
    );
    assert_eq!(printer.bytes(), job);
}

#[test]
fn a_printer_that_cannot_answer_is_unconfirmed_and_gets_the_whole_job() {
    let printer = started(Mode::Mute);
    assert_eq!(
        driver(&printer, false, LATER).print(JOB),
        Ok(PrintOutcome::Unconfirmed)
    );
    assert!(
        printer.wait_for_jobs(1, Duration::from_secs(30)),
        "the connection must be ended"
    );
    assert_eq!(printer.bytes(), JOB);
}

#[test]
fn a_file_gets_one_job_after_the_other() {
    let folder = tempfile::tempdir().expect("a folder of the test's own");
    let path = folder.path().join("printer.bin");
    let address = PrinterAddress::File { path: path.clone() };
    let mut driver = open_with(&address, &PrinterProfile::generic_80(), SOON);
    assert_eq!(driver.print(b"one"), Ok(PrintOutcome::Unconfirmed));
    assert_eq!(driver.print(b"two"), Ok(PrintOutcome::Unconfirmed));
    assert_eq!(std::fs::read(&path).expect("the file"), b"onetwo");
}

#[test]
fn a_port_or_device_that_is_not_there_is_said_so() {
    for address in [
        "serial:/dev/no-such-port@9600",
        "usb:ffff:fffe",
        "file:/no-such-folder/lp0",
    ] {
        let address: PrinterAddress = address.parse().expect("an address");
        let trouble = open_with(&address, &PrinterProfile::generic_80(), SOON).print(JOB);
        let trouble = trouble.expect_err("there is no such device");
        assert_eq!(trouble.code(), "unreachable", "{trouble:?}");
        assert!(
            trouble.words().contains(&address.to_string()),
            "must name it: {}",
            trouble.words()
        );
    }
}
