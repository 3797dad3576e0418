//! Seeds of receipts: the scripts in which `receipt` reads a document.

use super::{Seed, seed};

/// Bytes as the target bites them off.
#[derive(Default)]
struct Script(Vec<u8>);

impl Script {
    fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// A number, shifted right by so much when it is read.
    fn amount(mut self, number: i64, shift: u8) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self.byte(shift)
    }

    fn text(mut self, text: &str) -> Self {
        self.0.push(u8::try_from(text.len()).expect("a short text"));
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn texts(self, texts: &[&str]) -> Self {
        texts.iter().fold(self, |script, text| script.text(text))
    }
}

const NAMES: [&str; 12] = [
    "Earl Grey tea, 50 bags",
    "Żółty ser, Łódź – 5 € off",
    "שלום חלב טרי 3%",
    "抹茶ラテ アイス（大）",
    "Чай чёрный байховый, 100 г",
    "ชาเขียวมะลิ",
    "Crème brûlée “maison” ×2",
    "Tea\u{1b}p\0\u{19}\u{fa}\u{1d}V\0",
    "İğneli çay Şekersiz",
    "Πορτοκάλια Άργους",
    "👨‍👩‍👧 ﷺ e\u{301}",
    "Šķiņķis ąžuolas",
];

pub(super) fn put(seeds: &mut Vec<Seed>) {
    for (at, name) in NAMES.iter().enumerate() {
        let printer = u8::try_from(at % 8).unwrap_or(0);
        let other = NAMES[(at + 5) % NAMES.len()];
        let plain = Script::default()
            .byte(printer)
            .byte(3)
            .amount(3_260, 0)
            .byte(11)
            .texts(&[
                "Harbour Stores",
                "12 Quay Street",
                "Front 1",
                "Anna",
                "1-000412",
            ])
            .byte(2)
            .text(name)
            .amount(320, 4)
            .text(other)
            .amount(1_485, 5)
            .amount(2_000, 0)
            .byte(0)
            .amount(740, 0)
            .text("Thank you, and mind the step.");
        seeds.push(seed("receipt", format!("sale-{at:02}"), plain.0));
        // A refund with every text that may be there, in the branch's own words.
        let full = Script::default()
            .byte(printer)
            .byte(0b1101_1110)
            .amount(-452, 0)
            .texts(&[other, name, "VAT"])
            .byte(10)
            .texts(&[
                name, other, "Front 1", "Anna", "1-000413", name, other, name,
            ])
            .byte(1)
            .text(other)
            .amount(i64::MAX, 7)
            .amount(2_000, 0)
            .byte(2)
            .text(name)
            .amount(0, 0)
            .text("holdfast:1/412/9f86d081884c7d65")
            .text(name);
        seeds.push(seed("receipt", format!("refund-{at:02}"), full.0));
    }
}
