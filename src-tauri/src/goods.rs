//! Products and stock: what the window may ask away from the counter.
//!
//! Each command is the facade's, under the same name.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a command's arguments arrive owned, and each command reads like the others"
)]

use app::dto::{
    Approval, NewProduct, ProductDetail, ProductEdit, StockAdjust, StockCard, StockCount,
    StockEntry, StockLevelDto,
};
use app::{AppError, Uuid};
use tauri::State;

use crate::Shell;

type Answer<T> = Result<T, AppError>;

#[tauri::command(async)]
pub(crate) fn product(shell: State<'_, Shell>, product_id: Uuid) -> Answer<ProductDetail> {
    shell.ask(|till| till.product(product_id))
}

#[tauri::command(async)]
pub(crate) fn edit_product(
    shell: State<'_, Shell>,
    edit: ProductEdit,
    approval: Option<Approval>,
) -> Answer<ProductDetail> {
    shell.ask(|till| till.edit_product(edit, approval))
}

#[tauri::command(async)]
pub(crate) fn new_product(
    shell: State<'_, Shell>,
    product: NewProduct,
    approval: Option<Approval>,
) -> Answer<ProductDetail> {
    shell.ask(|till| till.new_product(product, approval))
}

#[tauri::command(async)]
pub(crate) fn stock_levels(
    shell: State<'_, Shell>,
    words: String,
    limit: u32,
) -> Answer<Vec<StockLevelDto>> {
    shell.ask(|till| till.stock_levels(words, limit))
}

#[tauri::command(async)]
pub(crate) fn stock_of(shell: State<'_, Shell>, product_id: Uuid) -> Answer<StockCard> {
    shell.ask(|till| till.stock_of(product_id))
}

#[tauri::command(async)]
pub(crate) fn receive_stock(
    shell: State<'_, Shell>,
    entry: StockEntry,
    approval: Option<Approval>,
) -> Answer<Vec<StockLevelDto>> {
    shell.ask(|till| till.receive_stock(entry, approval))
}

#[tauri::command(async)]
pub(crate) fn adjust_stock(
    shell: State<'_, Shell>,
    adjust: StockAdjust,
    approval: Option<Approval>,
) -> Answer<StockLevelDto> {
    shell.ask(|till| till.adjust_stock(adjust, approval))
}

#[tauri::command(async)]
pub(crate) fn count_stock(
    shell: State<'_, Shell>,
    count: StockCount,
    approval: Option<Approval>,
) -> Answer<Vec<StockLevelDto>> {
    shell.ask(|till| till.count_stock(count, approval))
}
