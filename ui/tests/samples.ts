/** What the pretend till knows: a shelf of articles, people, and a few sales. */
import type {
  AppError,
  CartView,
  CurrencyDto,
  OperatorDto,
  ProductDto,
  SaleDetail,
  SaleRow,
  Safety,
} from '../src/bindings';

export const pounds: CurrencyDto = { code: 'GBP', exponent: 2, symbol: '£' };
export const NOW = new Date('2026-11-20T14:02:09').getTime();

export const safe: Safety = {
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

export function refused(
  code: AppError['code'],
  detail: string,
  more: Partial<AppError> = {},
): AppError {
  return { code, detail, field: null, value: null, limit: null, ...more };
}

export function totals(gross_minor: number): CartView['totals'] {
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

export function detailOf(row: SaleRow | undefined): SaleDetail {
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
    why_waiting:
      row.sync === 'pending'
        ? 'It is first in line; the cloud has not answered since 14:02.'
        : null,
  };
}
