/** Conflicts, queue, proof and log for tests and pictures. */
import type {
  ChoiceView,
  ConflictView,
  FieldView,
  LogLine,
  ProofView,
  QueueItemView,
  SideView,
} from '../src/bindings';
import { NOW } from './samples';

const field = (name: string, label: string, text: string, value: unknown = text): FieldView => ({
  name,
  label,
  text,
  value,
});

const side = (
  who: string,
  till: string,
  here: boolean,
  fields: FieldView[],
  ago = 0,
): SideView => ({
  who,
  till,
  here,
  at_ms: NOW - ago,
  fields,
});

const article = (name: string, price: number, category: string) => [
  field('name', 'Name', name),
  field('price_minor', 'Price', `£${(price / 100).toFixed(2)}`, price),
  field('category', 'Category', category),
  field('tax_class', 'Tax', 'VAT 20 %', 'standard'),
];

const choice = (decision: ChoiceView['decision'], consequence: string): ChoiceView => ({
  decision,
  consequence,
});

const bare: ConflictView = {
  conflict: '',
  kind: 'EDIT_CONFLICT',
  code: null,
  title: '',
  entity: '',
  open: true,
  version: 1,
  opened_at_ms: NOW - 900_000,
  mine: null,
  theirs: null,
  base: null,
  differing: [],
  choices: [],
  settled: null,
  settling: false,
  product_id: null,
  op_seq: null,
  words: '',
  told: true,
};

export const edited: ConflictView = {
  ...bare,
  conflict: 'c-edit',
  title: 'Butter croissant',
  entity: 'product:p4',
  product_id: 'p4',
  differing: ['name', 'price_minor'],
  base: side('', '', false, article('Butter croissant', 260, 'Bakery')),
  mine: side('Aylin', 'Till 2', true, article('Butter croissant, large', 280, 'Bakery'), 1_200_000),
  theirs: side(
    'Ruth Okafor',
    'Till 1',
    false,
    article('Croissant au beurre', 275, 'Bakery'),
    960_000,
  ),
  choices: [
    choice(
      'keep_theirs',
      'Every till sells it as “Croissant au beurre” for £2.75. What Aylin typed goes to history.',
    ),
    choice(
      'keep_mine',
      'Every till sells it as “Butter croissant, large” for £2.80. What Ruth typed goes to history.',
    ),
    choice('field_by_field', 'Pick a side for each marked field; every till gets that mix.'),
  ],
  words: 'Aylin changed name and price here while Ruth Okafor had changed them on Till 1.',
};

export const raced: ConflictView = {
  ...bare,
  conflict: 'c-count',
  kind: 'COUNT_RACE',
  code: 'COUNT_RACE',
  title: 'Sourdough loaf, 800 g',
  entity: 'stock:harbour/p5',
  product_id: 'p5',
  opened_at_ms: NOW - 400_000,
  differing: ['quantity_milli'],
  mine: side('Aylin', 'Till 2', true, [
    field('quantity_milli', 'On the shelf', '7', 7000),
    field('shown_milli', 'Shown before the count', '9', 9000),
  ]),
  theirs: side('Jonas', 'Till 1', false, [
    field('quantity_milli', 'On the shelf', '8', 8000),
    field('shown_milli', 'Shown before the count', '', null),
  ]),
  choices: [
    choice('count_again', 'Nothing moves until somebody has counted once more.'),
    choice('accept_count', 'Stock becomes 6: what was counted, less 1 sold since.'),
    choice('keep_computed', 'Stock stays 8; the count goes to history.'),
  ],
  words:
    'Aylin counted 7. Till 1 had sold 1 that this till did not know of, and nobody can say which came first.',
};

export const parked: ConflictView = {
  ...bare,
  conflict: 'c-parked',
  kind: 'PARKED',
  code: 'UNKNOWN_TYPE',
  title: 'Entry no. 388, a count',
  entity: 'op:388',
  op_seq: 388,
  opened_at_ms: NOW - 86_000_000,
  mine: side('Mara', 'Till 2', true, [field('kind', 'Entry', 'stock_counted_v1')]),
  choices: [
    choice('acknowledge', 'It stays kept at the cloud and is worked in once the cloud is newer.'),
  ],
};

const settledOne: ConflictView = {
  ...edited,
  conflict: 'c-old',
  title: 'Cinnamon bun',
  open: false,
  choices: [],
  settled: {
    decision: 'keep_theirs',
    who: 'Ruth Okafor',
    till: 'Till 1',
    at_ms: NOW - 7_200_000,
    note: 'Head office sets these prices',
  },
};

export const conflicts = (): ConflictView[] =>
  [edited, raced, parked, settledOne].map((view) => ({ ...view }));

export const queueItems = (count: number): QueueItemView[] =>
  Array.from({ length: count }, (_, at) => ({
    op_id: `op-${400 + at}`,
    seq: 400 + at,
    kind: at === 3 ? 'refund_recorded_v1' : 'sale_recorded_v1',
    words: at === 3 ? 'Refund HS2-000404' : `Sale HS2-00040${at}`,
    at_ms: NOW - (count - at) * 40_000,
    state: at === 0 ? 'retryable_error' : 'pending',
    attempts: at === 0 ? 4 : 0,
    next_attempt_at_ms: NOW + 28_000,
    last_answer: at === 0 ? 'The cloud did not answer within 10 seconds' : null,
    bytes: 412 + at,
    sale_id: `s${at + 1}`,
  }));

const counts = {
  ops: 431,
  sales: 405,
  refunds: 7,
  lines: 1290,
  net_minor: 812_345,
  head_seq: 431,
  head_hash: 'b1946ac92492d2347c6235b4d2611184f2ca1bb6c7d0e4a95b1f66b0d1c4e9aa',
};

export const proofOf = (some: Partial<ProofView> = {}): ProofView => ({
  checked_at_ms: NOW - 600_000,
  journal_verified_to: 431,
  journal_ok: true,
  till: counts,
  cloud: { ...counts },
  equal: true,
  differences: [],
  ...some,
});

export const unequal = proofOf({
  cloud: {
    ...counts,
    ops: 430,
    sales: 404,
    net_minor: 811_105,
    head_seq: 430,
    head_hash: 'c0ffee',
  },
  equal: false,
  differences: ['The cloud holds 1 entry less than this till: no. 431 is on its way.'],
});

export const logLines: LogLine[] = [
  { at_ms: NOW - 1000, level: 'good', words: 'The cloud has everything up to entry 431' },
  { at_ms: NOW - 2000, level: 'good', words: 'Sent 3 entries, all accepted' },
  {
    at_ms: NOW - 30_000,
    level: 'waiting',
    words: 'No answer within 10 seconds, trying again in 4',
  },
  {
    at_ms: NOW - 90_000,
    level: 'person',
    words: 'Entry 388 is parked: the cloud does not know its kind',
  },
  { at_ms: NOW - 96_000, level: 'good', words: 'Fetched 1 000 changed articles' },
];
