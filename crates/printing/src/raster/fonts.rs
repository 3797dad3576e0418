//! The fonts compiled into the program, and which script is drawn with which.
//!
//! Promises: the same picture on every till: no font of the machine is ever looked at. Licences lie
//! beside the files in `assets/fonts/receipt`.

use std::sync::Arc;

use cosmic_text::{Fallback, FontSystem, fontdb};
use unicode_script::Script;

/// The family of everything Latin, Greek and Cyrillic; one cell wide.
pub(super) const FAMILY: &str = "Noto Sans Mono";

const FILES: [&[u8]; 13] = [
    include_bytes!("../../../../assets/fonts/receipt/NotoSansMono-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansMono-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansArabic-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansHebrew-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansThai-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansThai-Bold.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansArmenian-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansGeorgian-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/NotoSansSymbols2-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/receipt/DroidSansFallback.ttf"),
];

/// A font system that knows these files and nothing else.
pub(super) fn system() -> FontSystem {
    let mut database = fontdb::Database::new();
    for file in FILES {
        database.load_font_source(fontdb::Source::Binary(Arc::new(file)));
    }
    database.set_monospace_family(FAMILY);
    database.set_sans_serif_family(FAMILY);
    FontSystem::new_with_locale_and_db_and_fallback("en".to_owned(), database, ByScript)
}

struct ByScript;

impl Fallback for ByScript {
    fn common_fallback(&self) -> &[&'static str] {
        &[FAMILY, "Noto Sans Symbols2", "Droid Sans Fallback"]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "there are 170 scripts")]
    fn script_fallback(&self, script: Script, _locale: &str) -> &[&'static str] {
        match script {
            Script::Arabic => &["Noto Sans Arabic"],
            Script::Hebrew => &["Noto Sans Hebrew"],
            Script::Thai => &["Noto Sans Thai"],
            Script::Devanagari => &["Noto Sans Devanagari"],
            Script::Armenian => &["Noto Sans Armenian"],
            Script::Georgian => &["Noto Sans Georgian"],
            Script::Han
            | Script::Hangul
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo => &["Droid Sans Fallback"],
            _ => &[],
        }
    }
}
