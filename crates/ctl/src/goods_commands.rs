//! Articles and stock: changed, received, corrected, counted, explained.

use std::fmt::Write as _;

use app::dto::{
    ProductEdit, StockAdjust, StockCard, StockCount, StockCountLine, StockEntry, StockEntryLine,
    StockLevelDto,
};
use app::{AppError, Code, Till, Uuid};

use crate::commands::{Answer, open};
use crate::forms::{Command, EditProduct, Forms};
use crate::print;

/// Does what the command line says; the rest of the commands is in `commands`.
pub(crate) fn run(forms: &Forms) -> Answer {
    let json = forms.json;
    match &forms.command {
        Command::Receive { line, reference } => {
            let till = open(forms)?;
            let lines = read_lines(&till, line)?.into_iter();
            let entry = StockEntry {
                lines: lines
                    .map(|(product_id, quantity_milli)| StockEntryLine {
                        product_id,
                        quantity_milli,
                    })
                    .collect(),
                reference: reference.clone(),
            };
            let levels = till.receive_stock(entry, None)?;
            print::answer(json, &levels, |levels| level_lines(levels))
        }
        Command::Count {
            line,
            reason,
            settles,
        } => {
            let till = open(forms)?;
            let lines = read_lines(&till, line)?.into_iter();
            let count = StockCount {
                lines: lines
                    .map(|(product_id, counted_milli)| StockCountLine {
                        product_id,
                        counted_milli,
                    })
                    .collect(),
                reason: reason.clone(),
                settles: *settles,
            };
            let levels = till.count_stock(count, None)?;
            print::answer(json, &levels, |levels| level_lines(levels))
        }
        Command::Adjust { line, reason } => {
            let till = open(forms)?;
            let (product_id, delta_milli) = read_line(&till, line)?;
            let adjust = StockAdjust {
                product_id,
                delta_milli,
                reason: reason.clone(),
            };
            let level = till.adjust_stock(adjust, None)?;
            print::answer(json, &level, |level| {
                level_lines(std::slice::from_ref(level))
            })
        }
        Command::EditProduct(edit) => edit_product(forms, edit),
        Command::Stock { article, limit } => {
            let till = open(forms)?;
            if let Some(article) = article {
                let card = till.stock_of(till.article_named(article)?)?;
                return print::answer(json, &card, card_lines);
            }
            let levels = till.stock_levels(String::new(), *limit)?;
            print::answer(json, &levels, |levels| level_lines(levels))
        }
        Command::Init(_)
        | Command::Enrol { .. }
        | Command::Catalogue { .. }
        | Command::Sell { .. }
        | Command::Scan { .. }
        | Command::Search { .. }
        | Command::Replay { .. }
        | Command::Sync { .. }
        | Command::Verify { .. }
        | Command::Queue { .. }
        | Command::Receipt { .. }
        | Command::Doctor
        | Command::Conflicts { .. }
        | Command::Settle(_)
        | Command::Proof
        | Command::SupportBundle { .. }
        | Command::Export { .. }
        | Command::SalvageFile { .. }
        | Command::TestPath
        | Command::Leave { .. } => crate::commands::run(forms),
    }
}

fn edit_product(forms: &Forms, wish: &EditProduct) -> Answer {
    let till = open(forms)?;
    let asks = wish.price.as_deref() == Some("ask");
    let price_minor = match wish.price.as_ref().filter(|_| !asks) {
        Some(price) => Some(till.parse_amount(price.clone())?),
        None => None,
    };
    let edit = ProductEdit {
        product_id: till.article_named(&wish.article)?,
        name: wish.name.clone(),
        code: wish.code.clone(),
        category: wish.category.clone(),
        unit: None,
        price_minor,
        price_asks: asks.then_some(true),
        tax_class: wish.tax_class.clone(),
        barcodes: (!wish.barcode.is_empty()).then(|| wish.barcode.clone()),
        versions: None,
        sure: wish.sure,
    };
    let detail = till.edit_product(edit, None)?;
    print::answer(forms.json, &detail, |detail| {
        let mut words = till.product_lines(std::slice::from_ref(&detail.product));
        for remark in &detail.remarks {
            words.push('\n');
            words.push_str(remark);
        }
        words
    })
}

fn read_lines(till: &Till, lines: &[String]) -> Result<Vec<(Uuid, i64)>, AppError> {
    lines.iter().map(|line| read_line(till, line)).collect()
}

/// `TEA=3`: the article and the quantity in thousandths.
fn read_line(till: &Till, line: &str) -> Result<(Uuid, i64), AppError> {
    let (article, quantity) = line.rsplit_once('=').ok_or_else(|| {
        AppError::new(
            Code::AmountMalformed,
            format!("{line:?} is not ARTICLE=QUANTITY, such as TEA=3"),
        )
        .field("line", line)
    })?;
    let quantity_milli = till.parse_quantity(quantity.to_owned())?;
    Ok((till.article_named(article)?, quantity_milli))
}

fn level_lines(levels: &[StockLevelDto]) -> String {
    let line = |level: &StockLevelDto| {
        let remark = level
            .remark
            .as_ref()
            .map_or_else(String::new, |words| format!("\n{words}"));
        format!("{:>12}  {}{remark}", level.on_hand_text, level.product.name)
    };
    levels.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn card_lines(card: &StockCard) -> String {
    let mut text = level_lines(std::slice::from_ref(&card.level));
    for line in &card.movements {
        let _ = write!(text, "\n{:>12}  {}", line.balance_text, line.words);
    }
    text
}
