//! A file of articles is read the same wherever it is handed in, and each "no" is one sentence.

use domain::catalogue_file::{ArticleRow, Columns, RowReason, is_blank, text_of};
use domain::{Currency, parse_milli, parse_minor, parse_rate_bp};

fn pounds() -> Currency {
    Currency::from_code("GBP").expect("pounds exist")
}

fn read(header: &str, line: &str) -> Result<ArticleRow, RowReason> {
    let columns = Columns::of(header).expect("a header");
    ArticleRow::read(line, &columns, Some(pounds()), Some("standard"))
}

#[test]
fn a_row_states_an_article() {
    let row = read(
        "barcodes;name;price;unit",
        "5012345678900|96385074;\"Tea; green\";1,234.50;KG",
    );
    let row = row.expect("an article");
    assert_eq!(row.name, "Tea; green", "quotes hold the separator");
    assert_eq!(row.price_minor, Some(123_450), "a price as people write it");
    assert_eq!(
        row.barcodes,
        ["5012345678900", "96385074"],
        "both of its codes"
    );
    assert_eq!(
        row.tax_class, "standard",
        "the class of rows that name none"
    );
}

#[test]
fn quotes_that_do_not_close_or_are_followed_by_text_are_a_broken_row() {
    for line in ["\"Tea,T1", "\"Tea\" green,T1"] {
        assert_eq!(
            read("name,code", line),
            Err(RowReason::Quotes { column: 1 }),
            "{line}: nobody can say what was meant"
        );
    }
}

#[test]
fn a_negative_price_is_refused_even_if_it_is_nothing() {
    for price in ["-1", "-0.00", "−2"] {
        let refused = read("name,code,price", &format!("Tea,T1,{price}"));
        assert!(
            matches!(refused, Err(RowReason::PriceNegative { .. })),
            "{price}: {refused:?}"
        );
    }
}

#[test]
fn a_header_names_columns_or_is_none() {
    assert!(Columns::of("product_name,code").is_none(), "not our words");
    assert!(Columns::of("name,price").is_none(), "nothing to find it by");
    let both = Columns::of("product_name,name,code,shelf").expect("ours");
    assert_eq!(
        both.ignored,
        ["product_name", "shelf"],
        "`name` is ours where both stand"
    );
}

#[test]
fn the_first_lines_mark_is_passed_over_and_other_encodings_are_named() {
    assert_eq!(text_of(b"\xef\xbb\xbfname\r\n", true), Ok("name"));
    assert_eq!(
        text_of(b"Caf\xe9", false),
        Err(RowReason::NotUtf8 { byte: 4 }),
        "the fourth byte"
    );
    assert!(is_blank(b" \t\r\n") && !is_blank(b" ;"), "blank lines");
}

#[test]
fn a_refused_text_is_told_in_a_sentence_however_long_it_is() {
    let book = "9".repeat(1_000_000);
    let words = [
        parse_minor(&book, pounds())
            .expect_err("too large")
            .to_string(),
        parse_minor(&format!("{book}x"), pounds())
            .expect_err("no number")
            .to_string(),
        parse_milli(&book).expect_err("too large").to_string(),
        parse_rate_bp(&book).expect_err("no rate").to_string(),
        read("name,code,price", &format!("Tea,T1,{book}"))
            .expect_err("no price")
            .to_string(),
        read("name,code,unit", &format!("Tea,T1,{book}"))
            .expect_err("no unit")
            .to_string(),
        read("name,code,tax_class", &format!("Tea,T1,{book}"))
            .expect_err("no class")
            .to_string(),
    ];
    for words in words {
        assert!(
            words.len() < 300,
            "{} bytes are no sentence: {}",
            words.len(),
            words.chars().take(80).collect::<String>()
        );
    }
}
