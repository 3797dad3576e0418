/**
 * A till that exists only in tests and pictures: it answers commands from memory, well enough to
 * walk through every screen. It proves nothing about money; the real till is tested elsewhere.
 */
import type {
  AppError,
  CartLineView,
  CartView,
  CurrencyDto,
  Done,
  OperatorDto,
  ProductDto,
  SaleDetail,
  SaleRow,
  Safety,
  ScanAnswer,
  TenderView,
  TillStatus,
} from '../src/bindings';

export const pounds: CurrencyDto = { code: 'GBP', exponent: 2, symbol: '£' };
export const NOW = new Date('2026-11-20T14:02:09').getTime();

const safe: Safety = {
  kind: 'all_safe',
  sales_total: 412,
  sales_waiting: 0,
  ops_waiting: 0,
  needs_person: 0,
  since_at_ms: null,
  next_attempt_at_ms: null,
  last_answer: 'Accepted 1 sale at 14:01',
};

export const people: OperatorDto[] = [
  { operator_id: 'o1', name: 'Mara', role: 'cashier' },
  { operator_id: 'o2', name: 'Jonas', role: 'cashier' },
  { operator_id: 'o3', name: 'Aylin', role: 'supervisor' },
  { operator_id: 'o4', name: 'Ruth Okafor', role: 'manager' },
];

const shelf: [name: string, minor: number | null, category: string, stock: number | null][] = [
  ['Espresso, double', 240, 'Coffee', null],
  ['Flat white', 340, 'Coffee', null],
  ['Cappuccino, oat milk', 380, 'Coffee', null],
  ['Filter coffee, house blend', 280, 'Coffee', null],
  ['Butter croissant', 260, 'Bakery', 2000],
  ['Sourdough loaf, 800 g', 520, 'Bakery', 9000],
  ['Cinnamon bun', 310, 'Bakery', 0],
  ['Rye bread, sliced', 410, 'Bakery', 14000],
  ['Whole milk, 1 l', 165, 'Dairy', 40000],
  ['Greek yoghurt with honey', 215, 'Dairy', 3000],
  ['Farmhouse cheddar', 1890, 'Dairy', null],
  ['Free-range eggs, box of 6', 295, 'Dairy', 21000],
  ['Bananas', 149, 'Fruit & veg', null],
  ['Vine tomatoes', 389, 'Fruit & veg', null],
  ['Lemons, unwaxed', 55, 'Fruit & veg', 60000],
  ['Avocado, ripe', 125, 'Fruit & veg', 12000],
  ['Olive oil, extra virgin, 500 ml', 895, 'Pantry', 7000],
  ['Linguine No. 13', 189, 'Pantry', 30000],
  ['شاي أخضر بالنعناع', 425, 'Pantry', 5000],
  ['Гречка ядрица, 900 г', 279, 'Pantry', 8000],
  ['Soap, lavender', 450, 'Household', 6000],
  ['Beeswax candle', 780, 'Household', 4000],
  ['Gift wrapping', null, 'Services', null],
  ['Bunch of tulips', null, 'Services', null],
];

export const products: ProductDto[] = shelf.map(
  ([name, price_minor, category, stock_milli], at) => ({
    product_id: `p${at}`,
    code: `${100 + at}`,
    name,
    unit: category === 'Fruit & veg' && at < 14 ? 'kilogram' : 'piece',
    price_minor,
    category,
    tax_class: 'standard',
    tax_rate_bp: 2000,
    barcodes: [`50000000000${at.toString().padStart(2, '0')}`],
    stock_milli,
  }),
);

export class PretendTill {
  operator: OperatorDto | null = null;
  setUp = true;
  safety: Safety = { ...safe };
  untold: SaleRow[] = [];
  lines: CartLineView[] = [];
  tenders: TenderView['tenders'] = [];
  sold: SaleRow[] = [];
  asked: { command: string; args: Record<string, unknown> }[] = [];
  printTrouble: string | null = null;
  pngBase64 = '';
  /** Waits before answering, to show that order does not lean on speed. */
  delay: (command: string) => Promise<void> = () => Promise.resolve();
  /** Answers of a test's own, by command. */
  instead: Record<string, (args: Record<string, unknown>) => unknown> = {};

  answer = async (command: string, payload?: unknown): Promise<unknown> => {
    const args = (payload ?? {}) as Record<string, unknown>;
    this.asked.push({ command, args });
    await this.delay(command);
    const instead = this.instead[command];
    if (instead) return instead(args);
    const deed = (this.#deeds as Record<string, (a: Record<string, unknown>) => unknown>)[command];
    if (!deed) throw refused('internal', `no such command: ${command}`);
    return deed(args);
  };

  status(): TillStatus {
    return {
      set_up: this.setUp,
      branch_name: 'Harbour Street',
      till_name: 'Till 2',
      currency: pounds,
      price_mode: 'tax_included',
      operator: this.operator,
      safety: this.safety,
      printer: {
        kind: this.printTrouble ? 'waiting' : 'ready',
        name: 'Counter printer',
        trouble: this.printTrouble,
      },
      clock_at_ms: NOW,
      clock_wrong_by_ms: null,
      untold: this.untold.length,
      print_waiting: this.printTrouble ? 1 : 0,
      trouble: null,
    };
  }

  total(): number {
    return this.lines.filter((l) => !l.voided).reduce((sum, l) => sum + l.amount_minor, 0);
  }

  cart(): CartView {
    const live = this.lines.filter((l) => !l.voided);
    const gross = this.total();
    return {
      sale_id: live.length > 0 ? 'cart-1' : null,
      lines: [...this.lines],
      live_lines: live.length,
      pieces_milli: live.reduce(
        (sum, l) => sum + (l.unit === 'piece' ? l.quantity_milli : 1000),
        0,
      ),
      totals: totals(gross),
      newest_line: this.lines.at(-1)?.line_no ?? null,
      tendered: this.tenders.length > 0,
    };
  }

  ring(product: ProductDto, milli = 1000, price = product.price_minor ?? 0): ScanAnswer {
    const line_no = this.lines.length + 1;
    const kilograms = product.unit === 'kilogram';
    this.lines.push({
      line_no,
      name: product.name,
      code: product.barcodes[0] ?? null,
      unit: product.unit,
      quantity_milli: milli,
      quantity_text: `${milli / 1000}${kilograms ? ' kg' : ''}`,
      unit_price_minor: price,
      list_price_minor: product.price_minor,
      price_reason: product.price_minor === null ? 'asked' : null,
      discount_bp: 0,
      amount_minor: Math.round((price * milli) / 1000),
      voided: false,
    });
    return { outcome: 'added', line_no, cart: this.cart() };
  }

  tender(): TenderView {
    const due = this.total();
    const tendered = this.tenders.reduce((sum, t) => sum + t.amount_minor, 0);
    const remaining = Math.max(0, due - tendered);
    const notes = [500, 1000, 2000, 5000].map((n) => Math.ceil(remaining / n) * n);
    return {
      sale_id: 'cart-1',
      gross_minor: due,
      cash_rounding_minor: 0,
      to_pay_minor: due,
      tendered_minor: tendered,
      remaining_minor: remaining,
      change_minor: Math.max(0, tendered - due),
      quick_cash_minor: remaining === 0 ? [] : [...new Set([remaining, ...notes])].slice(0, 5),
      tenders: [...this.tenders],
    };
  }

  done(): Done {
    const view = this.tender();
    const job = {
      job_id: 'j1',
      sale_id: 'cart-1',
      number: 'HS2-000413',
      copy: false,
      state: 'waiting' as const,
      attempts: 0,
      trouble: this.printTrouble,
      made_at_ms: NOW,
    };
    return {
      sale_id: 'cart-1',
      number: 'HS2-000413',
      kind: 'sale',
      to_pay_minor: view.to_pay_minor,
      tendered_minor: view.tendered_minor,
      change_minor: view.change_minor,
      preview: this.preview(),
      print: this.printTrouble ? job : { ...job, state: 'printing' },
      tenders: view.tenders,
    };
  }

  preview() {
    const line = (left: string, right: string) => left.slice(0, 30).padEnd(32) + right.padStart(10);
    const text = [
      '             HARBOUR STREET               ',
      '     12 Harbour Street, Whitby YO21       ',
      '',
      ...this.lines.map((l) =>
        line(`${l.quantity_text} ${l.name}`, (l.amount_minor / 100).toFixed(2)),
      ),
      ''.padEnd(42, '-'),
      line('TOTAL GBP', (this.total() / 100).toFixed(2)),
      '',
      line('HS2-000413', '20/11 14:02'),
    ].join('\n');
    return { text, png_base64: this.pngBase64, columns: 42 };
  }

  #deeds = {
    status: () => this.status(),
    painted: () => null,
    currencies: () => [pounds, { code: 'EUR', exponent: 2, symbol: '€' }],
    operators: () => people,
    demo_hint: () => [
      { operator: 'Mara', pin: '2580' },
      { operator: 'Ruth Okafor', pin: '7391' },
    ],
    set_up: () => {
      this.setUp = true;
      return this.status();
    },
    sign_in: ({ operatorId, pin }: Record<string, unknown>) => {
      if (pin !== '2580') return { outcome: 'wrong_pin', attempts_left: 3 };
      this.operator = people.find((o) => o.operator_id === operatorId) ?? null;
      return { outcome: 'signed_in', status: this.status() };
    },
    sign_out: () => {
      this.operator = null;
      return this.status();
    },
    cart: () => this.cart(),
    scan: ({ code }: Record<string, unknown>): ScanAnswer => {
      const found = products.filter((p) => p.barcodes.includes(String(code)) || p.code === code);
      const [first] = found;
      if (!first) return { outcome: 'unknown', code: String(code) };
      if (first.price_minor === null)
        return { outcome: 'needs_price', code: String(code), product: first };
      return this.ring(first);
    },
    add_product: ({ productId, quantityMilli, unitPriceMinor }: Record<string, unknown>) => {
      const product = products.find((p) => p.product_id === productId);
      if (!product) throw refused('product_unknown', 'gone');
      if (product.price_minor === null && unitPriceMinor === null) {
        return { outcome: 'needs_price', code: null, product };
      }
      return this.ring(product, quantityMilli as number, (unitPriceMinor as number) ?? undefined);
    },
    set_quantity: ({ lineNo, quantityMilli }: Record<string, unknown>) => {
      const milli = quantityMilli as number;
      if (milli === 0) throw refused('quantity_zero', 'quantity 0', { value: '0' });
      if (milli > 1e9)
        throw refused('quantity_too_large', 'limit', {
          value: `${milli / 1000}`,
          limit: '1000000',
        });
      this.#change(lineNo, (l) => ({
        ...l,
        quantity_milli: milli,
        quantity_text: `${milli / 1000}`,
        amount_minor: Math.round((l.unit_price_minor * milli) / 1000),
      }));
      return this.cart();
    },
    set_price: ({ lineNo, unitPriceMinor }: Record<string, unknown>) => {
      this.#change(lineNo, (l) => ({
        ...l,
        unit_price_minor: unitPriceMinor as number,
        price_reason: 'overridden',
        amount_minor: Math.round(((unitPriceMinor as number) * l.quantity_milli) / 1000),
      }));
      return this.cart();
    },
    void_line: ({ lineNo }: Record<string, unknown>) => {
      this.#change(lineNo, (l) => ({ ...l, voided: true }));
      return this.cart();
    },
    restore_line: ({ lineNo }: Record<string, unknown>) => {
      this.#change(lineNo, (l) => ({ ...l, voided: false }));
      return this.cart();
    },
    void_cart: () => {
      this.lines = [];
      return this.cart();
    },
    tax_classes: () => [
      { code: 'standard', name: 'VAT', rate_bp: 2000 },
      { code: 'zero', name: 'Zero', rate_bp: 0 },
    ],
    search: ({ words }: Record<string, unknown>) =>
      products.filter((p) => p.name.toLowerCase().includes(String(words).toLowerCase().trim())),
    categories: () =>
      [...new Set(products.map((p) => p.category ?? ''))].map((name) => ({ name, products: 4 })),
    products_in: ({ category, after }: Record<string, unknown>) =>
      after === null ? products.filter((p) => category === null || p.category === category) : [],
    parse_amount: ({ text }: Record<string, unknown>) => {
      const value = Number(text);
      if (Number.isNaN(value))
        throw refused('amount_malformed', 'not a number', { value: String(text) });
      return Math.round(value * 100);
    },
    parse_quantity: ({ text }: Record<string, unknown>) => Math.round(Number(text) * 1000),
    tender: () => this.tender(),
    add_tender: ({ kind, amountMinor, reference }: Record<string, unknown>) => {
      this.tenders.push({
        tender_id: `t${this.tenders.length + 1}`,
        kind: kind as 'cash' | 'card',
        amount_minor: amountMinor as number,
        reference: reference as string | null,
      });
      return this.tender();
    },
    remove_tender: ({ tenderId }: Record<string, unknown>) => {
      this.tenders = this.tenders.filter((t) => t.tender_id !== tenderId);
      return this.tender();
    },
    complete: () => {
      const done = this.done();
      this.lines = [];
      this.tenders = [];
      return done;
    },
    told: () => null,
    untold_sales: () => this.untold,
    print_again: () => ({ ...this.done().print, copy: true, state: 'printed' }),
    print_queue: () => [this.done().print],
    printer: () => ({
      connection: { kind: 'network', address: '192.168.1.40:9100' },
      profile: 'epson-80',
      open_drawer: true,
    }),
    printer_profiles: () => [
      { id: 'epson-80', name: 'Epson TM, 80 mm', paper_mm: 80, columns: 48 },
      { id: 'generic-58', name: 'Generic, 58 mm', paper_mm: 58, columns: 32 },
    ],
    set_printer: () => this.status().printer,
    test_print: () => this.done().print,
    open_drawer: () => null,
    sales: () => this.sold,
    sale: ({ saleId }: Record<string, unknown>) =>
      detailOf(this.sold.find((r) => r.sale_id === saleId)),
    receipt: () => this.preview(),
    refund_quote: ({ request }: Record<string, unknown>) => {
      const { lines } = request as { lines: { quantity_milli: number }[] };
      const gross = lines.reduce((sum, l) => sum + Math.round((l.quantity_milli * 340) / 1000), 0);
      return { totals: totals(gross), cash_rounding_minor: 0, to_give_minor: gross };
    },
    refund: () => ({ ...this.done(), kind: 'refund', to_pay_minor: 680 }),
    sync_now: () => this.status(),
    enrol: () => this.status(),
  };

  #change(lineNo: unknown, to: (line: CartLineView) => CartLineView): void {
    this.lines = this.lines.map((line) => (line.line_no === lineNo ? to(line) : line));
  }
}

export function refused(
  code: AppError['code'],
  detail: string,
  more: Partial<AppError> = {},
): AppError {
  return { code, detail, ...more };
}

function totals(gross_minor: number): CartView['totals'] {
  const tax_minor = Math.round(gross_minor / 6);
  return { net_minor: gross_minor - tax_minor, tax_minor, gross_minor, taxes: [] };
}

export function saleRows(count: number): SaleRow[] {
  return Array.from({ length: count }, (_, at) => ({
    sale_id: `s${count - at}`,
    seq: count - at,
    number: `HS2-${(412 - at).toString().padStart(6, '0')}`,
    kind: at === 3 ? 'refund' : 'sale',
    completed_at_ms: NOW - at * 260_000,
    operator_name: at % 3 === 0 ? 'Mara' : 'Jonas',
    lines: (at % 5) + 1,
    total_minor: at === 3 ? -680 : 1240 + at * 317,
    sync: at < 2 ? 'pending' : at === 9 ? 'conflict' : 'synced',
    given_back: at === 5 ? 'part' : 'none',
  }));
}

function detailOf(row: SaleRow | undefined): SaleDetail {
  if (!row) throw refused('sale_unknown', 'none');
  return {
    row,
    of_sale: null,
    lines: products.slice(0, 4).map((p, at) => ({
      line_no: at + 1,
      name: p.name,
      code: p.code,
      unit: 'piece',
      quantity_milli: (at + 1) * 1000,
      quantity_text: `${at + 1}`,
      unit_price_minor: p.price_minor ?? 0,
      amount_minor: (p.price_minor ?? 0) * (at + 1),
      given_back_milli: at === 2 ? 1000 : 0,
      may_give_back_milli: at === 2 ? 2000 : (at + 1) * 1000,
    })),
    tenders: [{ tender_id: 't1', kind: 'cash', amount_minor: 5000, reference: null }],
    totals: totals(3180),
    cash_rounding_minor: 0,
    to_pay_minor: 3180,
    change_minor: 1820,
    reason: null,
    approved_by: null,
    time_line: [
      { what: 'scanned', at_ms: NOW - 60_000, words: 'First article scanned' },
      { what: 'vaulted', at_ms: NOW - 20_000, words: 'On this till’s disk, in vault and journal' },
      { what: 'printed', at_ms: NOW - 18_000, words: 'Receipt printed' },
      { what: 'sent', at_ms: NOW - 17_000, words: 'Sent to the cloud' },
      { what: 'in_cloud', at_ms: NOW - 16_500, words: 'In the cloud' },
    ],
    op_hash: 'b1946ac92492d2347c6235b4d2611184f2ca1bb6',
    refunds: [],
  };
}
