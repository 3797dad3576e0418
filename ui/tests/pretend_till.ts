/**
 * A till that exists only in tests and pictures: it answers commands from memory, well enough to
 * walk through every screen. It proves nothing about money; the real till is tested elsewhere.
 */
import type {
  CartLineView,
  CartView,
  Done,
  OperatorDto,
  ProductDto,
  SaleRow,
  Safety,
  ScanAnswer,
  TenderView,
  TillStatus,
} from '../src/bindings';
import { PretendCloud } from './pretend_cloud';
import { PretendShop } from './pretend_shop';
import { detailOf, NOW, people, pounds, products, refused, safe, totals } from './samples';

/** Over all pretend tills: the window outlives each of them. */
let revision = 0;

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
  shop = new PretendShop();
  cloud = new PretendCloud(this);
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
    const deed = { ...this.#deeds, ...this.shop.deeds, ...this.cloud.deeds }[command] as
      ((a: Record<string, unknown>) => unknown) | undefined;
    if (!deed) throw refused('internal', `no such command: ${command}`);
    return deed(args);
  };

  status(): TillStatus {
    return {
      revision: ++revision,
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
      this.shop.products.filter((p) =>
        `${p.name} ${p.code} ${p.barcodes}`.toLowerCase().includes(`${words}`.toLowerCase().trim()),
      ),
    categories: () =>
      [...new Set(products.map((p) => p.category ?? ''))].map((name) => ({ name, products: 4 })),
    products_in: ({ category, after }: Record<string, unknown>) =>
      after === null
        ? this.shop.products.filter((p) => category === null || p.category === category)
        : [],
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
      return {
        refund_id: 'refund-1',
        totals: totals(gross),
        cash_rounding_minor: 0,
        to_give_minor: gross,
      };
    },
    refund: () => ({ ...this.done(), kind: 'refund', to_pay_minor: 680 }),
    sync_now: () => this.status(),
    enrol: () => this.status(),
  };

  #change(lineNo: unknown, to: (line: CartLineView) => CartLineView): void {
    this.lines = this.lines.map((line) => (line.line_no === lineNo ? to(line) : line));
  }
}
