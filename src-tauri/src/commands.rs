//! What the window may ask: each command is the facade's, under the same name.
//!
//! Commands run on Tauri's worker threads, never on the window's own: most of them end in a flush.

#![expect(
    clippy::needless_pass_by_value,
    clippy::redundant_closure_for_method_calls,
    reason = "a command's arguments arrive owned, and each command reads like the others"
)]

use app::dto::{
    Approval, CartView, CategoryDto, CurrencyDto, DemoHint, Done, OperatorDto, PrintJobView,
    PrinterProfileDto, PrinterSettings, PrinterState, ProductDto, ReceiptPreview, RefundQuote,
    RefundRequest, SaleDetail, SaleRow, SalesQuery, ScanAnswer, ScannedBy, SetUp, SignIn,
    TaxClassDto, TenderView, TillStatus,
};
use app::{AppError, TenderKind, Uuid};
use tauri::State;

use crate::Shell;

type Answer<T> = Result<T, AppError>;

#[tauri::command(async)]
pub(crate) fn status(shell: State<'_, Shell>) -> Answer<TillStatus> {
    shell.ask(|till| till.status())
}

#[tauri::command(async)]
pub(crate) fn set_up(shell: State<'_, Shell>, choice: SetUp) -> Answer<TillStatus> {
    shell.ask(|till| till.set_up(choice))
}

#[tauri::command(async)]
pub(crate) fn currencies(shell: State<'_, Shell>) -> Answer<Vec<CurrencyDto>> {
    shell.ask(|till| till.currencies())
}

#[tauri::command(async)]
pub(crate) fn operators(shell: State<'_, Shell>) -> Answer<Vec<OperatorDto>> {
    shell.ask(|till| till.operators())
}

#[tauri::command(async)]
pub(crate) fn sign_in(shell: State<'_, Shell>, operator_id: Uuid, pin: String) -> Answer<SignIn> {
    shell.ask(|till| till.sign_in(operator_id, pin))
}

#[tauri::command(async)]
pub(crate) fn sign_out(shell: State<'_, Shell>) -> Answer<TillStatus> {
    shell.ask(|till| till.sign_out())
}

#[tauri::command(async)]
pub(crate) fn demo_hint(shell: State<'_, Shell>) -> Answer<Vec<DemoHint>> {
    shell.ask(|till| till.demo_hint())
}

// ---- Sell

#[tauri::command(async)]
pub(crate) fn cart(shell: State<'_, Shell>) -> Answer<CartView> {
    shell.ask(|till| till.cart())
}

#[tauri::command(async)]
pub(crate) fn scan(shell: State<'_, Shell>, code: String, by: ScannedBy) -> Answer<ScanAnswer> {
    shell.ask(|till| till.scan(code, by))
}

#[tauri::command(async)]
pub(crate) fn add_product(
    shell: State<'_, Shell>,
    product_id: Uuid,
    quantity_milli: i64,
    unit_price_minor: Option<i64>,
    code: Option<String>,
) -> Answer<ScanAnswer> {
    shell.ask(|till| till.add_product(product_id, quantity_milli, unit_price_minor, code))
}

#[tauri::command(async)]
pub(crate) fn set_quantity(
    shell: State<'_, Shell>,
    line_no: u32,
    quantity_milli: i64,
) -> Answer<CartView> {
    shell.ask(|till| till.set_quantity(line_no, quantity_milli))
}

#[tauri::command(async)]
pub(crate) fn set_price(
    shell: State<'_, Shell>,
    line_no: u32,
    unit_price_minor: i64,
    approval: Option<Approval>,
) -> Answer<CartView> {
    shell.ask(|till| till.set_price(line_no, unit_price_minor, approval))
}

#[tauri::command(async)]
pub(crate) fn void_line(shell: State<'_, Shell>, line_no: u32) -> Answer<CartView> {
    shell.ask(|till| till.void_line(line_no))
}

#[tauri::command(async)]
pub(crate) fn restore_line(shell: State<'_, Shell>, line_no: u32) -> Answer<CartView> {
    shell.ask(|till| till.restore_line(line_no))
}

#[tauri::command(async)]
pub(crate) fn void_cart(shell: State<'_, Shell>) -> Answer<CartView> {
    shell.ask(|till| till.void_cart())
}

#[tauri::command(async)]
pub(crate) fn quick_article(
    shell: State<'_, Shell>,
    code: Option<String>,
    name: String,
    unit_price_minor: i64,
    tax_class: String,
    approval: Option<Approval>,
) -> Answer<ScanAnswer> {
    shell.ask(|till| till.quick_article(code, name, unit_price_minor, tax_class, approval))
}

#[tauri::command(async)]
pub(crate) fn tax_classes(shell: State<'_, Shell>) -> Answer<Vec<TaxClassDto>> {
    shell.ask(|till| till.tax_classes())
}

#[tauri::command(async)]
pub(crate) fn search(
    shell: State<'_, Shell>,
    words: String,
    limit: u32,
) -> Answer<Vec<ProductDto>> {
    shell.ask(|till| till.search(words, limit))
}

#[tauri::command(async)]
pub(crate) fn categories(shell: State<'_, Shell>) -> Answer<Vec<CategoryDto>> {
    shell.ask(|till| till.categories())
}

#[tauri::command(async)]
pub(crate) fn products_in(
    shell: State<'_, Shell>,
    category: Option<String>,
    after: Option<Uuid>,
    limit: u32,
) -> Answer<Vec<ProductDto>> {
    shell.ask(|till| till.products_in(category, after, limit))
}

#[tauri::command(async)]
pub(crate) fn parse_amount(shell: State<'_, Shell>, text: String) -> Answer<i64> {
    shell.ask(|till| till.parse_amount(text))
}

#[tauri::command(async)]
pub(crate) fn parse_quantity(shell: State<'_, Shell>, text: String) -> Answer<i64> {
    shell.ask(|till| till.parse_quantity(text))
}

// ---- Tender and Done

#[tauri::command(async)]
pub(crate) fn tender(shell: State<'_, Shell>) -> Answer<TenderView> {
    shell.ask(|till| till.tender())
}

#[tauri::command(async)]
pub(crate) fn add_tender(
    shell: State<'_, Shell>,
    kind: TenderKind,
    amount_minor: i64,
    reference: Option<String>,
) -> Answer<TenderView> {
    shell.ask(|till| till.add_tender(kind, amount_minor, reference))
}

#[tauri::command(async)]
pub(crate) fn remove_tender(shell: State<'_, Shell>, tender_id: Uuid) -> Answer<TenderView> {
    shell.ask(|till| till.remove_tender(tender_id))
}

#[tauri::command(async)]
pub(crate) fn complete(shell: State<'_, Shell>) -> Answer<Done> {
    shell.ask(|till| till.complete())
}

#[tauri::command(async)]
pub(crate) fn told(shell: State<'_, Shell>, sale_id: Uuid) -> Answer<()> {
    shell.ask(|till| till.told(sale_id))
}

// ---- Receipts and printers

#[tauri::command(async)]
pub(crate) fn print_again(shell: State<'_, Shell>, sale_id: Uuid) -> Answer<PrintJobView> {
    shell.ask(|till| till.print_again(sale_id))
}

#[tauri::command(async)]
pub(crate) fn print_queue(shell: State<'_, Shell>) -> Answer<Vec<PrintJobView>> {
    shell.ask(|till| till.print_queue())
}

#[tauri::command(async)]
pub(crate) fn print_retry(shell: State<'_, Shell>, job_id: Uuid) -> Answer<Vec<PrintJobView>> {
    shell.ask(|till| till.print_retry(job_id))
}

#[tauri::command(async)]
pub(crate) fn print_drop(shell: State<'_, Shell>, job_id: Uuid) -> Answer<Vec<PrintJobView>> {
    shell.ask(|till| till.print_drop(job_id))
}

#[tauri::command(async)]
pub(crate) fn printer(shell: State<'_, Shell>) -> Answer<PrinterSettings> {
    shell.ask(|till| till.printer())
}

#[tauri::command(async)]
pub(crate) fn set_printer(
    shell: State<'_, Shell>,
    settings: PrinterSettings,
) -> Answer<PrinterState> {
    shell.ask(|till| till.set_printer(settings))
}

#[tauri::command(async)]
pub(crate) fn test_print(shell: State<'_, Shell>) -> Answer<PrintJobView> {
    shell.ask(|till| till.test_print())
}

#[tauri::command(async)]
pub(crate) fn printer_profiles(shell: State<'_, Shell>) -> Answer<Vec<PrinterProfileDto>> {
    shell.ask(|till| till.printer_profiles())
}

#[tauri::command(async)]
pub(crate) fn open_drawer(shell: State<'_, Shell>) -> Answer<()> {
    shell.ask(|till| till.open_drawer())
}

#[tauri::command(async)]
pub(crate) fn receipt(shell: State<'_, Shell>, sale_id: Uuid) -> Answer<ReceiptPreview> {
    shell.ask(|till| till.receipt(sale_id))
}

// ---- This till's sales

#[tauri::command(async)]
pub(crate) fn untold_sales(shell: State<'_, Shell>) -> Answer<Vec<SaleRow>> {
    shell.ask(|till| till.untold_sales())
}

#[tauri::command(async)]
pub(crate) fn sales(shell: State<'_, Shell>, query: SalesQuery) -> Answer<Vec<SaleRow>> {
    shell.ask(|till| till.sales(query))
}

#[tauri::command(async)]
pub(crate) fn sale(shell: State<'_, Shell>, sale_id: Uuid) -> Answer<SaleDetail> {
    shell.ask(|till| till.sale(sale_id))
}

#[tauri::command(async)]
pub(crate) fn refund_quote(shell: State<'_, Shell>, request: RefundRequest) -> Answer<RefundQuote> {
    shell.ask(|till| till.refund_quote(request))
}

#[tauri::command(async)]
pub(crate) fn refund(
    shell: State<'_, Shell>,
    request: RefundRequest,
    approval: Option<Approval>,
) -> Answer<Done> {
    shell.ask(|till| till.refund(request, approval))
}

/// The page tells when something has been painted; the first time answers how long a cold start took.
#[tauri::command(async)]
pub(crate) fn painted(shell: State<'_, Shell>, what: String) -> u64 {
    let ms = shell.since_start_ms();
    tracing::info!(what, ms, "painted");
    ms
}
