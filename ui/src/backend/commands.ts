/**
 * The commands of the till, one typed function each. This file owns the spelling of command names
 * and arguments; it decides nothing and catches nothing: every function may reject with an
 * `AppError`.
 */
import { invoke } from '@tauri-apps/api/core';
import type {
  Approval,
  BundleMade,
  CartView,
  CategoryDto,
  ConflictQuery,
  ConflictView,
  CurrencyDto,
  DemoHint,
  Done,
  LeaveRequest,
  LogLine,
  LogQuery,
  NewProduct,
  OperatorDto,
  PathStep,
  PrinterProfileDto,
  PrinterSettings,
  PrinterState,
  PrintJobView,
  ProductDetail,
  ProductDto,
  ProductEdit,
  ProofView,
  QueueItemView,
  QueueQuery,
  ReceiptPreview,
  RefundQuote,
  RefundRequest,
  SaleDetail,
  SaleRow,
  SalesQuery,
  ScanAnswer,
  SettleRequest,
  SetUp,
  SignIn,
  StockAdjust,
  StockCard,
  StockCount,
  StockEntry,
  StockLevelDto,
  SyncOverview,
  TaxClassDto,
  TenderView,
  TillStatus,
  ToolDone,
} from '../bindings';

// ---- set-up and signing in
export const status = () => invoke<TillStatus>('status');
export const setUp = (choice: SetUp) => invoke<TillStatus>('set_up', { choice });
export const currencies = () => invoke<CurrencyDto[]>('currencies');
export const operators = () => invoke<OperatorDto[]>('operators');
export const signIn = (operatorId: string, pin: string) =>
  invoke<SignIn>('sign_in', { operatorId, pin });
export const signOut = () => invoke<TillStatus>('sign_out');
export const demoHint = () => invoke<DemoHint[]>('demo_hint');

// ---- sell
export const cart = () => invoke<CartView>('cart');
export const scan = (code: string, by: 'scanner' | 'typed') =>
  invoke<ScanAnswer>('scan', { code, by });
export const addProduct = (
  productId: string,
  quantityMilli: number,
  unitPriceMinor: number | null,
  code: string | null,
) => invoke<ScanAnswer>('add_product', { productId, quantityMilli, unitPriceMinor, code });
export const setQuantity = (lineNo: number, quantityMilli: number) =>
  invoke<CartView>('set_quantity', { lineNo, quantityMilli });
export const setPrice = (lineNo: number, unitPriceMinor: number, approval: Approval | null) =>
  invoke<CartView>('set_price', { lineNo, unitPriceMinor, approval });
export const voidLine = (lineNo: number) => invoke<CartView>('void_line', { lineNo });
export const restoreLine = (lineNo: number) => invoke<CartView>('restore_line', { lineNo });
export const voidCart = () => invoke<CartView>('void_cart');
export const quickArticle = (
  code: string | null,
  name: string,
  unitPriceMinor: number,
  taxClass: string,
  approval: Approval | null,
) => invoke<ScanAnswer>('quick_article', { code, name, unitPriceMinor, taxClass, approval });
export const taxClasses = () => invoke<TaxClassDto[]>('tax_classes');
export const search = (words: string, limit: number) =>
  invoke<ProductDto[]>('search', { words, limit });
export const categories = () => invoke<CategoryDto[]>('categories');
export const productsIn = (category: string | null, after: string | null, limit: number) =>
  invoke<ProductDto[]>('products_in', { category, after, limit });
export const parseAmount = (text: string) => invoke<number>('parse_amount', { text });
export const parseQuantity = (text: string) => invoke<number>('parse_quantity', { text });

// ---- tender and what follows
export const tender = () => invoke<TenderView>('tender');
export const addTender = (kind: 'cash' | 'card', amountMinor: number, reference: string | null) =>
  invoke<TenderView>('add_tender', { kind, amountMinor, reference });
export const removeTender = (tenderId: string) => invoke<TenderView>('remove_tender', { tenderId });
export const complete = () => invoke<Done>('complete');
export const told = (saleId: string) => invoke<null>('told', { saleId });

// ---- printing
export const printAgain = (saleId: string) => invoke<PrintJobView>('print_again', { saleId });
export const printQueue = () => invoke<PrintJobView[]>('print_queue');
export const printRetry = (jobId: string) => invoke<PrintJobView[]>('print_retry', { jobId });
export const printDrop = (jobId: string) => invoke<PrintJobView[]>('print_drop', { jobId });
export const printer = () => invoke<PrinterSettings>('printer');
export const setPrinter = (settings: PrinterSettings) =>
  invoke<PrinterState>('set_printer', { settings });
export const testPrint = () => invoke<PrintJobView>('test_print');
export const printerProfiles = () => invoke<PrinterProfileDto[]>('printer_profiles');
export const openDrawer = () => invoke<null>('open_drawer');

// ---- this till's sales
export const untoldSales = () => invoke<SaleRow[]>('untold_sales');
export const sales = (query: SalesQuery) => invoke<SaleRow[]>('sales', { query });
export const sale = (saleId: string) => invoke<SaleDetail>('sale', { saleId });
export const receipt = (saleId: string) => invoke<ReceiptPreview>('receipt', { saleId });
export const refundQuote = (request: RefundRequest) =>
  invoke<RefundQuote>('refund_quote', { request });
export const refund = (request: RefundRequest, approval: Approval | null) =>
  invoke<Done>('refund', { request, approval });

// ---- products
export const product = (productId: string) => invoke<ProductDetail>('product', { productId });
export const editProduct = (edit: ProductEdit, approval: Approval | null) =>
  invoke<ProductDetail>('edit_product', { edit, approval });
export const newProduct = (product: NewProduct, approval: Approval | null) =>
  invoke<ProductDetail>('new_product', { product, approval });

// ---- stock
export const stockLevels = (words: string, limit: number) =>
  invoke<StockLevelDto[]>('stock_levels', { words, limit });
export const stockOf = (productId: string) => invoke<StockCard>('stock_of', { productId });
export const receiveStock = (entry: StockEntry, approval: Approval | null) =>
  invoke<StockLevelDto[]>('receive_stock', { entry, approval });
export const adjustStock = (adjust: StockAdjust, approval: Approval | null) =>
  invoke<StockLevelDto>('adjust_stock', { adjust, approval });
export const countStock = (count: StockCount, approval: Approval | null) =>
  invoke<StockLevelDto[]>('count_stock', { count, approval });

// ---- the cloud
export const syncOverview = () => invoke<SyncOverview>('sync_overview');
export const needsYou = (query: ConflictQuery) => invoke<ConflictView[]>('needs_you', { query });
export const settle = (request: SettleRequest, approval: Approval | null) =>
  invoke<ConflictView>('settle', { request, approval });
export const queue = (query: QueueQuery) => invoke<QueueItemView[]>('queue', { query });
export const pauseSync = (paused: boolean) => invoke<TillStatus>('pause_sync', { paused });
export const retryOp = (opId: string) => invoke<TillStatus>('retry_op', { opId });
export const findSale = (text: string) => invoke<SaleRow[]>('find_sale', { text });
export const proof = () => invoke<ProofView>('proof');
export const checkProof = () => invoke<ProofView>('check_proof');
export const syncLog = (query: LogQuery) => invoke<LogLine[]>('sync_log', { query });
export const supportBundle = () => invoke<BundleMade>('support_bundle', { path: null });
export const rebuildOutbox = () => invoke<ToolDone>('rebuild_outbox');
export const rereadCatalogue = () => invoke<ToolDone>('reread_catalogue');
export const exportVault = (path: string) => invoke<ToolDone>('export_vault', { path });
export const salvageFile = (path: string) => invoke<ToolDone>('salvage_file', { path });
export const testPath = () => invoke<PathStep[]>('test_path');
export const leaveCloud = (request: LeaveRequest) => invoke<ToolDone>('leave_cloud', { request });
export const syncNow = () => invoke<TillStatus>('sync_now');
export const enrol = (cloudUrl: string, code: string) =>
  invoke<TillStatus>('enrol', { cloudUrl, code });

/** Tells the shell that a screen has been painted. Nothing depends on it, so failures are quiet. */
export const painted = (what: string) => {
  invoke('painted', { what }).catch(() => undefined);
};
