/** Products and stock of the pretend till: what is edited, received, corrected and counted. */
import type {
  MovementView,
  NewProduct,
  ProductDetail,
  ProductDto,
  ProductEdit,
  StockAdjust,
  StockCard,
  StockCount,
  StockEntry,
  StockLevelDto,
} from '../src/bindings';
import { NOW, products, refused } from './samples';

const text = (milli: number) => `${milli < 0 ? '−' : ''}${Math.abs(milli) / 1000}`;

export class PretendShop {
  products: ProductDto[] = products.map((p) => ({ ...p, barcodes: [...p.barcodes] }));
  unsent = new Set<string>();
  conflicts: Record<string, string> = {};
  movements: Record<string, MovementView[]> = {};

  #find(productId: unknown): ProductDto {
    const product = this.products.find((p) => p.product_id === productId);
    if (!product) throw refused('product_unknown', 'gone');
    return product;
  }

  #detail(product: ProductDto): ProductDetail {
    return {
      product: { ...product },
      barcodes: [...product.barcodes],
      versions: { names: 7, price: 9, tax: 7, barcodes: 7 },
      unsent: this.unsent.has(product.product_id),
      on_hand_milli: product.stock_milli ?? 0,
      on_hand_text: text(product.stock_milli ?? 0),
      conflict: this.conflicts[product.product_id] ?? null,
      remarks: [],
    };
  }

  #level(product: ProductDto): StockLevelDto {
    return {
      product: { ...product },
      on_hand_milli: product.stock_milli ?? 0,
      on_hand_text: text(product.stock_milli ?? 0),
      counted_at_ms: product.stock_milli === null ? null : NOW - 86_400_000,
      remark: null,
    };
  }

  #move(product: ProductDto, kind: MovementView['kind'], delta: number, words: string): void {
    const balance = (product.stock_milli ?? 0) + delta;
    product.stock_milli = balance;
    const before = this.movements[product.product_id] ?? [];
    this.movements[product.product_id] = [
      {
        at_ms: NOW,
        kind,
        delta_milli: delta,
        delta_text: `${delta > 0 ? '+' : ''}${text(delta)}`,
        balance_milli: balance,
        balance_text: text(balance),
        reason: null,
        words,
        sync: 'pending',
        here: true,
      },
      ...before,
    ];
  }

  #free(code: string, sure: boolean, own: string | null): void {
    const other = this.products.find((p) => p.barcodes.includes(code) && p.product_id !== own);
    if (other && !sure) throw refused('barcode_taken', 'taken', { field: 'barcodes', value: code });
  }

  /** A past that explains the figure. */
  past(product: ProductDto): MovementView[] {
    const here = this.#find(product.product_id);
    here.stock_milli = 0;
    this.#move(here, 'restock', 12_000, 'Received, delivery note 4711, by Ruth Okafor');
    for (let at = 0; at < 3; at++) {
      this.#move(here, 'sale', -1000, `Sold by Mara, HS2-00040${at}`);
    }
    this.#move(here, 'adjustment', -2000, 'Corrected by Aylin: Damaged');
    this.#move(here, 'sale', -1000, 'Sold on Till 1 by Jonas');
    this.#move(here, 'count', 1000, 'Counted by Aylin: 7');
    const moved = this.movements[product.product_id] ?? [];
    this.movements[product.product_id] = moved.map((one, at) => ({
      ...one,
      at_ms: NOW - at * 3_500_000,
      sync: at === 0 ? 'pending' : 'synced',
      here: at !== 1,
    }));
    return this.movements[product.product_id] ?? [];
  }

  deeds: Record<string, (args: Record<string, unknown>) => unknown> = {
    product: ({ productId }) => this.#detail(this.#find(productId)),
    edit_product: (args) => {
      const edit = args.edit as ProductEdit;
      const product = this.#find(edit.product_id);
      edit.barcodes?.forEach((code) => this.#free(code, edit.sure, product.product_id));
      if (edit.name !== null) product.name = edit.name;
      if (edit.code !== null) product.code = edit.code || null;
      if (edit.category !== null) product.category = edit.category || null;
      if (edit.price_minor !== null) product.price_minor = edit.price_minor;
      if (edit.price_asks === true) product.price_minor = null;
      if (edit.tax_class !== null) product.tax_class = edit.tax_class;
      if (edit.barcodes !== null) product.barcodes = edit.barcodes;
      this.unsent.add(product.product_id);
      return this.#detail(product);
    },
    new_product: (args) => {
      const made = args.product as NewProduct;
      made.barcodes.forEach((code) => this.#free(code, made.sure, null));
      const product: ProductDto = {
        ...made,
        product_id: `new-${this.products.length}`,
        tax_rate_bp: 2000,
        stock_milli: null,
      };
      this.products.unshift(product);
      this.unsent.add(product.product_id);
      return this.#detail(product);
    },
    stock_levels: ({ words, limit }) =>
      this.products
        .filter((p) => words !== '' || p.stock_milli !== null)
        .filter((p) => `${p.name} ${p.barcodes}`.toLowerCase().includes(`${words}`.toLowerCase()))
        .slice(0, limit as number)
        .map((p) => this.#level(p)),
    stock_of: ({ productId }): StockCard => {
      const product = this.#find(productId);
      return {
        level: this.#level(product),
        movements: this.movements[product.product_id] ?? [],
        cloud_included_at_ms: NOW - 60_000,
      };
    },
    receive_stock: (args) =>
      (args.entry as StockEntry).lines.map((line) => {
        this.#move(
          this.#find(line.product_id),
          'restock',
          line.quantity_milli,
          'Received by Aylin',
        );
        return this.#level(this.#find(line.product_id));
      }),
    adjust_stock: (args) => {
      const adjust = args.adjust as StockAdjust;
      const product = this.#find(adjust.product_id);
      this.#move(product, 'adjustment', adjust.delta_milli, `Corrected: ${adjust.reason}`);
      return this.#level(product);
    },
    count_stock: (args) =>
      (args.count as StockCount).lines.map((line) => {
        const product = this.#find(line.product_id);
        const delta = line.counted_milli - (product.stock_milli ?? 0);
        this.#move(product, 'count', delta, `Counted by Aylin: ${text(line.counted_milli)}`);
        return this.#level(product);
      }),
  };
}
