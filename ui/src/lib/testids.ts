/**
 * Every `data-testid` that a test outside the window may lean on. The values are part of the
 * window's promises: change one here and nowhere else. A function takes what the name ends in.
 */
export const testids = {
  // the frame
  safetyLine: 'safety-line', // the sentence in the header; tap opens Sync. data-kind = Safety.kind
  frameWho: 'frame-who', // branch · till · operator; tap locks
  framePrinter: 'frame-printer', // printer state; tap opens the print queue
  frameClock: 'frame-clock',
  frameMenu: 'frame-menu',
  scanRefused: 'scan-refused', // "not here": a scan on a screen where scanning means nothing
  trouble: 'trouble', // the till refuses to sell, and why

  // first run
  firstrunTry: 'firstrun-try', // sets up a demo branch at once
  firstrunJoin: 'firstrun-join', // opens the form
  firstrunAlone: 'firstrun-alone', // opens the form
  firstrunField: (name: string) => `firstrun-${name}`, // cloud-url, code, branch-name, till-name, currency, tax-name, tax-rate, manager-name, manager-pin
  firstrunGo: 'firstrun-go', // sends the form

  // sign-in
  signinOperator: 'signin-operator', // prefix: signin-operator-<name>
  pinPad: 'pin-pad', // the pad; its keys are key-0 … key-9, key-clear, key-erase
  pinEnter: 'pin-enter',
  signinProblem: 'signin-problem', // wrong PIN, or locked with a count-down
  signinHint: 'signin-hint', // the demo branch's PINs

  // keypads everywhere: key-0 … key-9, key-00, key-point, key-erase

  // sell
  sell: 'sell', // the screen
  sellSearch: 'sell-search',
  sellResult: 'sell-result', // each tile or search hit; data-product-id
  category: (name: string) => `category-${name}`,
  cart: 'cart',
  cartLine: 'cart-line', // each visible line; data-line-no, data-newest, data-voided
  cartTotal: 'cart-total',
  cartCount: 'cart-count',
  lineQuantity: 'line-quantity',
  linePrice: 'line-price',
  lineVoid: 'line-void', // voids or restores the selected line
  cartVoid: 'cart-void',
  cartVoidConfirm: 'cart-void-confirm',
  pay: 'pay',
  question: 'question', // the open question; data-what = unknown | choose | needs_price | refused
  questionSearch: 'question-search',
  questionQuick: 'question-quick',
  questionIgnore: 'question-ignore',
  questionChoice: (at: number) => `question-choice-${at}`, // from 1
  entryValue: 'entry-value', // the text of the keypad panel
  entryConfirm: 'entry-confirm',
  entryProblem: 'entry-problem',
  quickName: 'quick-name',
  quickConfirm: 'quick-confirm',
  approver: 'approver', // prefix: approver-<name>
  vouching: 'vouching', // the sheet for a second person's PIN (approver-<name>, then the pad)

  // tender
  tender: 'tender',
  tenderDue: 'tender-due',
  tenderRemaining: 'tender-remaining', // what remains, or the change
  tenderLine: 'tender-line',
  tenderRemove: 'tender-remove',
  tenderAmount: 'tender-amount', // the keypad's text
  quickExact: 'quick-exact', // tenders the exact sum in cash
  quickCash: (minor: number) => `quick-${minor}`,
  tenderCash: 'tender-cash', // the keypad's amount in cash
  tenderCard: 'tender-card', // opens the card panel
  cardReference: 'card-reference',
  cardConfirm: 'card-confirm',
  tenderComplete: 'tender-complete', // completes; with nothing tendered, exact cash first
  tenderProblem: 'tender-problem',
  tenderBack: 'tender-back',

  // done
  done: 'done',
  doneChange: 'done-change', // the figure: change due, or what is handed back
  doneNumber: 'done-number',
  doneReceiptState: 'done-receipt-state',
  receiptPreview: 'receipt-preview',
  donePrintAgain: 'done-print-again',
  doneRefund: 'done-refund',
  doneDrawer: 'done-drawer',
  doneNext: 'done-next',

  // untold sales
  untold: 'untold',
  untoldRow: 'untold-row',
  untoldPrint: 'untold-print',
  untoldVoid: 'untold-void',

  // sales and refund
  sales: 'sales',
  salesSearch: 'sales-search',
  salesRow: 'sales-row', // data-sale-id, data-number
  salesDetail: 'sales-detail',
  salesReprint: 'sales-reprint',
  salesRefund: 'sales-refund',
  timeLine: 'time-line',
  refund: 'refund',
  refundLine: 'refund-line', // data-line-no
  refundMore: 'refund-more',
  refundLess: 'refund-less',
  refundStock: 'refund-stock',
  refundAll: 'refund-all',
  refundReason: 'refund-reason',
  refundTotal: 'refund-total',
  refundConfirm: 'refund-confirm',
  refundProblem: 'refund-problem',

  // print queue, settings, help, menu
  printQueue: 'print-queue',
  printJob: 'print-job',
  printRetry: 'print-retry',
  printDrop: 'print-drop',
  settings: 'settings',
  printerSave: 'printer-save',
  printerTest: 'printer-test',
  settingsTheme: 'theme', // prefix: theme-light, theme-dark, theme-system
  settingsMute: 'sound-mute',
  settingsVolume: 'sound-volume',
  help: 'help',
  menu: 'menu',
  menuItem: (name: string) => `menu-${name}`, // sell, sales, products, stock, sync, queue, settings, drawer, help, lock

  // products
  products: 'products', // the screen
  productsSearch: 'products-search',
  productsRow: 'products-row', // data-product-id
  productsNew: 'products-new', // opens the form for a new one
  productsReadOnly: 'products-read-only', // why nothing can be changed
  productUnlock: 'product-unlock', // a cashier prepares a change, to be approved on saving
  product: 'product', // the card; data-product-id, data-unsent
  productField: (name: string) => `product-${name}`, // name, code, category, price
  productAsks: 'product-asks', // prefix: product-asks-fixed, product-asks-asks
  productTax: 'product-tax', // prefix: product-tax-<tax class code>
  productUnit: 'product-unit', // prefix: product-unit-piece …; only on a new one
  productBarcode: 'product-barcode', // each code; data-code
  productBarcodeRemove: 'product-barcode-remove', // data-code
  productBarcodeText: 'product-barcode-text', // type one …
  productBarcodeAdd: 'product-barcode-add', // … and add it
  productBarcodeScan: 'product-barcode-scan', // the next scan is added
  productSave: 'product-save',
  productSaveSure: 'product-save-sure', // a barcode for two articles, after being asked
  productUndo: 'product-undo', // what was typed is put back
  productRestore: 'product-restore', // and brought back again
  productProblem: 'product-problem',
  productSaid: 'product-said', // what saving came to
  productConflict: 'product-conflict', // to the conflict about it
  productStock: 'product-stock', // to its stock card

  // stock
  stock: 'stock', // the screen
  stockSearch: 'stock-search',
  stockRow: 'stock-row', // data-product-id, data-on-hand (thousandths)
  stockReadOnly: 'stock-read-only', // a cashier is told who approves at the end
  stockReceive: 'stock-receive', // opens receiving
  stockCount: 'stock-count', // opens counting
  stockAdjust: 'stock-adjust', // opens the correction of the chosen article
  stockCard: 'stock-card', // data-product-id
  stockOnHand: 'stock-on-hand', // the figure
  stockMovement: 'stock-movement', // each line of the ledger; data-kind, data-here, data-sync
  stockProduct: 'stock-product', // to the article itself
  adjustKind: 'adjust-kind', // prefix: adjust-kind-more, adjust-kind-less
  adjustReason: 'adjust-reason',
  adjustReasonPick: (at: number) => `adjust-reason-${at}`, // from 1
  tally: 'tally', // receiving or counting; data-what = receive | count
  tallySearch: 'tally-search', // type to find an article
  tallyHit: 'tally-hit', // data-product-id
  tallyLine: 'tally-line', // data-product-id, data-milli
  tallyLess: 'tally-less',
  tallyMore: 'tally-more',
  tallyQuantity: 'tally-quantity', // opens the keypad for the line (entry-value, entry-confirm)
  tallyRemove: 'tally-remove',
  tallyShown: 'tally-shown', // after comparing: what the till shows
  tallyReference: 'tally-reference', // the delivery note, or why it was counted
  tallyCompare: 'tally-compare', // shows the till's figures beside the count
  tallyConfirm: 'tally-confirm',
  tallyProblem: 'tally-problem',
  tallyRefused: 'tally-refused', // a scan that counted nothing, and why
  tallyDone: 'tally-done', // what was recorded
  tallyRemark: 'tally-remark', // that the count came too late to settle

  // sync
  sync: 'sync', // the screen; data-kind = SyncOverview.sentence_kind
  syncSentence: 'sync-sentence', // data-meaning = safe | waiting | person
  syncTab: 'sync-tab', // prefix: sync-tab-needs_you, -queue, -sale_line, -proof, -log, -tools
  syncNow: 'sync-now',
  syncPause: 'sync-pause', // pauses or goes on
  syncProgress: 'sync-progress',
  syncJoin: 'sync-join', // opens the form for joining a cloud
  needsPersonBadge: 'needs-person-badge', // the count in the header; tap opens Needs you

  // sync: needs you
  needsYou: 'needs-you',
  needsYouSearch: 'needs-you-search',
  needsYouShow: 'needs-you-show', // prefix: needs-you-show-open, needs-you-show-settled
  needsYouRow: (conflict: string) => `needs-you-${conflict}`, // data-kind, data-open
  needsYouEmpty: 'needs-you-empty',
  conflict: 'conflict', // the detail; data-conflict, data-kind, data-open, data-settling
  conflictField: (name: string) => `conflict-field-${name}`, // data-differs
  conflictPick: (name: string, side: 'mine' | 'theirs') => `conflict-pick-${name}-${side}`,
  choice: (decision: string) => `choice-${decision}`,
  settleNote: 'settle-note',
  settleConfirm: 'settle-confirm',
  settleProblem: 'settle-problem',
  settledBy: 'settled-by', // how it ended, and who
  settling: 'settling', // this till's decision is on its way
  conflictProduct: 'conflict-product', // to the article

  // sync: queue, sale time line, proof, log, tools
  queue: 'sync-queue',
  queueSearch: 'queue-search',
  queueRow: 'queue-row', // data-op-id, data-seq, data-state
  queueDetail: 'queue-detail', // data-op-id, data-state
  queueRetry: 'queue-retry',
  queueSale: 'queue-sale', // to the sale's time line
  queueEmpty: 'queue-empty',
  saleLine: 'sale-line',
  saleLineSearch: 'sale-line-search',
  saleLineRow: 'sale-line-row', // data-sale-id, data-number, data-sync
  saleLineWhy: 'sale-line-why', // why it is not in the cloud yet, or that it is
  saleLineOpen: 'sale-line-open', // to the sale
  proof: 'proof',
  proofEqual: 'proof-equal', // data-equal = true | false | unknown
  proofCheck: 'proof-check',
  proofRow: (name: string) => `proof-${name}`, // data-same = true | false | unknown
  proofDifference: 'proof-difference',
  log: 'sync-log',
  logSearch: 'log-search',
  logLine: 'log-line', // data-level
  logCopy: 'log-copy',
  logCopied: 'log-copied',
  logBundle: 'log-bundle',
  logBundleMade: 'log-bundle-made',
  tools: 'sync-tools',
  toolsNoRight: 'tools-no-right',
  tool: (name: string) => `tool-${name}`, // rebuild_outbox, reread_catalogue, export_vault, salvage_file, test_path, leave_cloud
  toolPath: 'tool-path', // where the export goes
  toolDone: 'tool-done',
  toolProblem: 'tool-problem',
  pathStep: (name: string) => `path-step-${name}`, // data-ok
  leavePath: 'leave-path', // where what waits is exported to
  leaveConfirm: 'leave-confirm',

  // before anybody signed in
  safetyPanel: 'safety-panel',
  enrolUrl: 'enrol-url',
  enrolCode: 'enrol-code',
  enrolGo: 'enrol-go',
} as const;
