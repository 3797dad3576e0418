/**
 * Every `data-testid` that a test outside the window may lean on. The values are part of the
 * window's promises: change one here and nowhere else. A function takes what the name ends in.
 */
export const testids = {
  // the frame
  safetyLine: 'safety-line', // the sentence in the header; tap opens the safety panel. data-kind = Safety.kind
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
  menuItem: (name: string) => `menu-${name}`, // sell, sales, queue, settings, drawer, help, lock

  // the safety panel
  safetyPanel: 'safety-panel',
  syncNow: 'sync-now',
  enrolUrl: 'enrol-url',
  enrolCode: 'enrol-code',
  enrolGo: 'enrol-go',
} as const;
