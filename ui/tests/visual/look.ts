/**
 * Shows one scene of the window without a till behind it, for looking at by hand:
 * `npm run dev`, then `/tests/visual/index.html?scene=sell&theme=dark`. Never shipped.
 */
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import { PretendTill } from '../pretend_till';
import { people, products, saleRows } from '../samples';
import { syncScenes } from './look_sync';
import { shopScenes } from './look_shop';

const asked = new URLSearchParams(location.search);
const scene = asked.get('scene') ?? 'sell';
localStorage.setItem(
  'holdfast.preferences',
  JSON.stringify({ theme: asked.get('theme') ?? 'light', volume: 0, muted: true }),
);

const till = new PretendTill();
mockWindows('main');
mockIPC((command, args) => till.answer(command, args), { shouldMockEvents: true });

const later = (ms: number) => new Promise((done) => setTimeout(done, ms));
const press = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.click();
const key = (name: string) =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }),
  );

function fill(count: number) {
  for (let at = 0; at < count; at++) {
    const product = products[(at * 7 + 4) % 22];
    if (product) till.ring(product, product.unit === 'kilogram' ? 482 : at % 4 === 1 ? 3000 : 1000);
  }
}

const scenes: Record<string, () => Promise<unknown> | void> = {
  firstrun: () => {
    till.setUp = false;
  },
  alone: async () => {
    till.setUp = false;
    await later(300);
    press('firstrun-alone');
  },
  signin: () => undefined,
  wrongpin: async () => {
    await later(200);
    press('signin-operator-Mara');
    await later(50);
    for (const n of '1111') press(`key-${n}`);
    await later(50);
    press('pin-enter');
    await later(100);
    for (const n of '25') press(`key-${n}`);
  },
  empty: () => void (till.operator = people[0] ?? null),
  sell: () => {
    till.operator = people[0] ?? null;
    fill(7);
    const voided = till.lines[2];
    if (voided) voided.voided = true;
  },
  long: () => {
    till.operator = people[0] ?? null;
    fill(1114);
    till.safety = {
      ...till.safety,
      kind: 'offline',
      sales_waiting: 12,
      since_at_ms: Date.now() - 9e5,
    };
  },
  search: async () => {
    scenes.sell?.();
    await later(300);
    const box = document.querySelector<HTMLInputElement>('[data-testid="sell-search"]');
    if (!box) return;
    box.value = 'o';
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
  },
  unknown: async () => {
    scenes.sell?.();
    await later(300);
    for (const n of '4006381333931') key(n);
    key('Enter');
  },
  quantity: async () => {
    scenes.sell?.();
    await later(300);
    press('line-quantity');
  },
  choose: async () => {
    scenes.sell?.();
    till.instead.scan = ({ code }) => ({ outcome: 'choose', code, products: products.slice(4, 6) });
    await later(300);
    for (const n of '4006381333931') key(n);
    key('Enter');
  },
  quick: async () => {
    await scenes.unknown?.();
    await later(200);
    press('question-quick');
  },
  approve: async () => {
    scenes.sell?.();
    await later(300);
    press('line-price');
    await later(100);
    for (const n of ['key-1', 'key-point', 'key-5']) press(n);
    await later(50);
    press('entry-confirm');
  },
  tender: async () => {
    scenes.sell?.();
    await later(300);
    press('pay');
  },
  change: async () => {
    await scenes.tender?.();
    await later(200);
    press('quick-5000');
  },
  split: async () => {
    await scenes.tender?.();
    await later(200);
    for (const n of ['key-1', 'key-0']) press(n);
    await later(50);
    press('tender-cash');
    await later(100);
    press('tender-card');
  },
  done: async () => {
    await scenes.change?.();
    await later(200);
    press('tender-complete');
  },
  outofpaper: async () => {
    till.printTrouble = 'Printer out of paper';
    await scenes.done?.();
  },
  sales: async () => {
    till.sold = saleRows(40);
    scenes.sell?.();
    await later(300);
    key('F7');
  },
  refund: async () => {
    await scenes.sales?.();
    await later(300);
    press('sales-refund');
    await later(300);
    document.querySelectorAll<HTMLElement>('[data-testid="refund-more"]')[1]?.click();
  },
  untold: () => {
    till.untold = saleRows(1);
    till.operator = people[0] ?? null;
  },
  queue: async () => {
    till.printTrouble = 'Printer out of paper';
    scenes.sell?.();
    await later(300);
    press('frame-printer');
  },
  settings: async () => {
    scenes.sell?.();
    await later(300);
    key('F9');
    await later(100);
    press('menu-settings');
  },
  menu: async () => {
    scenes.sell?.();
    await later(300);
    key('F9');
  },
  help: async () => {
    scenes.sell?.();
    await later(300);
    key('F1');
  },
  safety: async () => {
    scenes.long?.();
    await later(300);
    press('safety-line');
  },
  enrol: async () => {
    scenes.sell?.();
    till.safety = { ...till.safety, kind: 'alone', last_answer: null };
    await later(300);
    press('safety-line');
  },
  person: () => {
    scenes.sell?.();
    till.safety = { ...till.safety, kind: 'needs_person', needs_person: 2 };
  },
  ...shopScenes(till, { later, press, key }),
  ...syncScenes(till, { later, press, key }),
};

const acted = scenes[scene]?.();
await import('../../src/main');
await acted;
