/** Scenes of Products and Stock. */
import type { PretendTill } from '../pretend_till';
import { people, products } from '../samples';

export interface Hands {
  later: (ms: number) => Promise<unknown>;
  press: (id: string) => void;
  key: (name: string) => void;
}

export type Scenes = Record<string, () => Promise<unknown> | void>;

export function put(id: string, value: string): void {
  const box = document.querySelector<HTMLInputElement>(`[data-testid="${id}"]`);
  if (!box) return;
  box.value = value;
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

const pick = (css: string) => document.querySelector<HTMLElement>(css)?.click();

export function shopScenes(till: PretendTill, { later, press, key }: Hands): Scenes {
  const by = (at: number) => void (till.operator = people[at] ?? null);
  const go = async (item: string) => {
    await later(300);
    key('F9');
    await later(100);
    press(`menu-${item}`);
    await later(300);
  };
  const products_ = async () => {
    by(2);
    await go('products');
    pick('[data-product-id="p4"]');
    await later(200);
  };
  const stock = async () => {
    by(2);
    const bun = products[4];
    if (bun) till.shop.past(bun);
    await go('stock');
    pick('[data-product-id="p4"]');
    await later(200);
  };
  const count = async () => {
    await stock();
    press('stock-count');
    await later(200);
    for (const code of [4, 5, 5, 8, 4, 4]) {
      for (const n of products[code]?.barcodes[0] ?? '') key(n);
      key('Enter');
      await later(120);
    }
  };
  return {
    products: products_,
    productsbare: async () => {
      by(2);
      await go('products');
    },
    productedit: async () => {
      till.shop.conflicts.p4 = 'c-edit';
      await products_();
      put('product-price', '2.85');
      put('product-name', 'Butter croissant, large');
    },
    productnew: async () => {
      await products_();
      press('products-new');
    },
    productread: async () => {
      by(0);
      await go('products');
      pick('[data-product-id="p4"]');
    },
    producttaken: async () => {
      await products_();
      put('product-barcode-text', products[5]?.barcodes[0] ?? '');
      await later(50);
      press('product-barcode-add');
      await later(50);
      press('product-save');
    },
    stock,
    stockbare: async () => {
      by(0);
      await go('stock');
    },
    adjust: async () => {
      await stock();
      press('stock-adjust');
      await later(100);
      press('adjust-reason-1');
      press('key-2');
    },
    count,
    compare: async () => {
      await count();
      press('tally-compare');
    },
    counted: async () => {
      await count();
      press('tally-compare');
      await later(200);
      press('tally-confirm');
    },
    receive: async () => {
      await stock();
      press('stock-receive');
      await later(200);
      for (const n of '4006381333931') key(n);
      key('Enter');
      await later(200);
      put('tally-search', 'bread');
    },
  };
}
