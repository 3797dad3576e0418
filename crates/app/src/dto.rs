//! What the facade takes and answers, as JSON.
//!
//! Owns the shapes that the window and the command line see; `ts-rs` writes the same shapes to
//! `ui/src/bindings` when this crate's tests run. Money in minor units, quantities in thousandths,
//! times in UTC milliseconds. Texts for people are made from these in the UI.

pub mod cart;
pub mod conflicts;
pub mod frame;
pub mod printing;
pub mod products;
pub mod sales;
pub mod set_up;
pub mod stock;
pub mod sync;
pub mod sync_screen;
pub mod tender;
pub mod words;

pub use cart::{
    CartLineView, CartView, CategoryDto, PriceReason, ProductDto, ScanAnswer, ScannedBy,
    TaxClassDto,
};
pub use conflicts::{
    ChoiceView, ConflictQuery, ConflictView, FieldView, SettleRequest, SettledView, SideView,
};
pub use frame::{
    CurrencyDto, OperatorDto, PrinterKind, PrinterState, Safety, SafetyKind, TillStatus,
};
pub use printing::{
    PrintJobView, PrintState, PrinterConnection, PrinterProfileDto, PrinterSettings, ReceiptPreview,
};
pub use products::{NewProduct, ProductDetail, ProductEdit};
pub use sales::{
    GivenBack, RefundLineRequest, RefundQuote, RefundRequest, SaleDetail, SaleKind, SaleLineView,
    SaleRow, SalesQuery, TimeLineEntry, TimeLineWhat,
};
pub use set_up::{Approval, DemoHint, SetUp, SignIn};
pub use stock::{
    MovementView, StockAdjust, StockCard, StockCount, StockCountLine, StockEntry, StockEntryLine,
    StockLevelDto,
};
pub use sync::SyncState;
pub use sync_screen::{
    BundleMade, CountsView, LeaveRequest, LogLevel, LogLine, LogQuery, PathStep, PathStepName,
    ProgressWhat, ProofView, QueueItemView, QueueQuery, SentenceKind, SyncOverview, SyncProgress,
    ToolDone,
};
pub use tender::{Done, TaxView, TenderLineView, TenderView, TotalsView};
