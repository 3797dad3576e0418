//! The job's bytes, command by command where it matters.

mod samples;

use printing::{JobOptions, PrinterProfile, ReceiptDocument, drawer_pulse, lay_out, to_escpos};

fn profile(id: &str) -> PrinterProfile {
    PrinterProfile::by_id(id).expect("a bundled printer")
}

fn bytes(document: &ReceiptDocument, id: &str, options: JobOptions) -> Vec<u8> {
    let profile = profile(id);
    to_escpos(&lay_out(document, &profile), &profile, options)
}

fn count(bytes: &[u8], command: &[u8]) -> usize {
    bytes
        .windows(command.len())
        .filter(|window| *window == command)
        .count()
}

fn ascii(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                '~'
            }
        })
        .collect()
}

#[test]
fn the_drawer_pulse_is_five_bytes_and_comes_before_the_first_line() {
    assert_eq!(
        drawer_pulse(&profile("generic-80")),
        [0x1B, b'p', 0, 25, 250]
    );
    let job = bytes(
        &samples::corner_shop(),
        "generic-80",
        JobOptions {
            drawer: true,
            cut: false,
        },
    );
    let pulse = ascii(&job).find("\u{1b}p").expect("a pulse");
    assert!(
        pulse < ascii(&job).find("Harbour").expect("the shop"),
        "the cashier waits for the drawer"
    );
    assert_eq!(count(&job, &[0x1B, b'p']), 1);
}

#[test]
fn without_asking_the_drawer_stays_shut_and_the_paper_whole() {
    let job = bytes(&samples::corner_shop(), "generic-80", JobOptions::default());
    assert_eq!((count(&job, b"\x1bp"), count(&job, b"\x1dV")), (0, 0));
}

#[test]
fn the_paper_is_fed_to_the_blade_and_cut_once_at_the_end() {
    let job = bytes(
        &samples::corner_shop(),
        "generic-80",
        JobOptions {
            drawer: false,
            cut: true,
        },
    );
    assert!(
        job.ends_with(b"\n\n\n\n\x1dV\x01"),
        "partial cut after four lines: {:?}",
        &job[job.len() - 12..]
    );
    let job = bytes(
        &samples::corner_shop(),
        "basic-80",
        JobOptions {
            drawer: false,
            cut: true,
        },
    );
    assert!(job.ends_with(b"\n\x1dV\x00"), "this printer cuts through");
}

#[test]
fn a_printer_without_a_blade_is_never_told_to_cut() {
    let job = bytes(
        &samples::corner_shop(),
        "generic-58",
        JobOptions {
            drawer: false,
            cut: true,
        },
    );
    assert_eq!(count(&job, b"\x1dV"), 0);
    assert!(
        job.ends_with(b"\n\n\n\n"),
        "but the end is fed out to be torn"
    );
}

#[test]
fn letters_the_printer_holds_are_sent_as_letters() {
    let mut document = samples::corner_shop();
    document.head.name = "Café Olé £5 €".to_owned();
    let job = bytes(&document, "generic-80", JobOptions::default());
    let expected = b"Caf\x82 Ol\x82 \x9C5 \xD5";
    assert_eq!(
        count(&job, expected),
        1,
        "code page 858, as it was selected"
    );
    assert_eq!(count(&job, &[0x1B, b't', 19]), 1, "selected once");
    assert_eq!(count(&job, b"\x1dv0"), 0, "nothing needs dots here");
}

#[test]
fn russian_switches_the_code_page_and_goes_back() {
    let document = ReceiptDocument {
        lines: vec![
            samples::piece("Чай", 1, 100),
            samples::piece("Thé £", 1, 100),
        ],
        ..samples::corner_shop()
    };
    let job = bytes(&document, "generic-80", JobOptions::default());
    assert_eq!(
        count(&job, b"\x1bt\x11\x97\xA0\xA9 "),
        1,
        "page 866, then the word"
    );
    assert_eq!(
        count(&job, b"Th\x82 \x9C"),
        1,
        "and French on its own page again"
    );
}

#[test]
fn what_no_code_page_holds_is_drawn_and_its_price_with_it() {
    for name in ["شاي أخضر", "抹茶ラテ", "ชาเขียว", "חלב"] {
        let document = ReceiptDocument {
            lines: vec![samples::piece(name, 1, 250)],
            ..samples::corner_shop()
        };
        let plain = ReceiptDocument {
            lines: vec![samples::piece("x", 1, 250)],
            ..samples::corner_shop()
        };
        let job = bytes(&document, "generic-80", JobOptions::default());
        assert_eq!(count(&job, b"\x1dv0\0"), 1, "{name}: one row of dots");
        let other = bytes(&plain, "generic-80", JobOptions::default());
        assert_eq!(count(&other, b"\x1dv0\0"), 0, "and none where letters do");
    }
}

#[test]
fn the_euro_on_a_printer_without_one_is_drawn_not_replaced() {
    let document = ReceiptDocument {
        lines: vec![samples::piece("Voucher 5 €", 1, 500)],
        chain_link: None,
        ..samples::corner_shop()
    };
    let job = bytes(&document, "basic-80", JobOptions::default());
    assert_eq!(count(&job, b"\x1dv0\0"), 1, "as dots");
    assert!(!ascii(&job).contains("Voucher"), "not half in letters");
}

#[test]
fn the_chain_link_is_the_qr_codes_text() {
    let document = samples::corner_shop();
    let link = document.chain_link.clone().expect("a link");
    let native = bytes(&document, "generic-80", JobOptions::default());
    let length = u8::try_from(link.len() + 3).expect("short");
    let store = [&[0x1D, b'(', b'k', length, 0, 49, 80, 48], link.as_bytes()].concat();
    assert_eq!(count(&native, &store), 1, "the printer draws it");
    let raster = bytes(&document, "generic-58", JobOptions::default());
    assert_eq!(count(&raster, link.as_bytes()), 0);
    assert_eq!(count(&raster, b"\x1dv0\0"), 1, "the till draws it");
}

#[test]
fn a_logo_is_sent_as_dots_above_the_name() {
    let mut document = samples::corner_shop();
    document.head.logo_png = Some(logo());
    let job = bytes(&document, "generic-80", JobOptions::default());
    let text = ascii(&job);
    let picture = text.find("\u{1d}v0").expect("a picture");
    assert!(picture < text.find("Harbour").expect("the shop"));
    assert_eq!(
        job[picture + 4..picture + 8],
        [8, 0, 64, 0],
        "64 dots across and down"
    );
}

fn logo() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header into memory");
    writer
        .write_image_data(&[0; 64 * 64])
        .expect("pixels into memory");
    drop(writer);
    out
}

#[test]
fn the_longest_receipt_is_all_there_and_goes_out_in_one_piece() {
    let document = samples::longest();
    let text = ascii(&bytes(
        &document,
        "generic-58",
        JobOptions {
            cut: true,
            drawer: true,
        },
    ));
    let mut from = 0;
    for line in &document.lines {
        let at = text[from..].find(&format!("\n{} WHITE", &line.name[..4]));
        from += at.unwrap_or_else(|| panic!("{} is missing or out of order", &line.name[..4]));
    }
    assert_eq!(text.matches("\u{1b}@").count(), 1, "one job, one reset");
}
