/**
 * An article as it is being changed: what was typed, what of it differs, and what goes to the till.
 * The till judges every field; nothing is worked out here.
 */
import * as commands from '../../backend/commands';
import type {
  Approval,
  CurrencyDto,
  NewProduct,
  ProductDetail,
  ProductEdit,
  Unit,
} from '../../bindings';
import { typedAmount } from '$lib/money';

interface Typed {
  name: string;
  code: string;
  category: string;
  price: string;
  asks: 'fixed' | 'asks';
  taxClass: string;
  unit: Unit;
  barcodes: string[];
}

function typedOf(detail: ProductDetail | null, code: string, currency: CurrencyDto): Typed {
  const product = detail?.product;
  const price = product?.price_minor ?? null;
  return {
    name: product?.name ?? '',
    code: product?.code ?? '',
    category: product?.category ?? '',
    price: price === null ? '' : typedAmount(price, currency),
    asks: product && price === null ? 'asks' : 'fixed',
    taxClass: product?.tax_class ?? '',
    unit: product?.unit ?? 'piece',
    barcodes: detail ? [...detail.barcodes] : code === '' ? [] : [code],
  };
}

const NONE: CurrencyDto = { code: '', exponent: 2, symbol: '' };
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

export class Draft {
  now = $state<Typed>(typedOf(null, '', NONE));
  /** What was undone, to be brought back. */
  undone = $state.raw<Typed | null>(null);
  first: Typed = typedOf(null, '', NONE);

  nameChanged = $derived(this.now.name.trim() !== this.first.name);
  codeChanged = $derived(this.now.code.trim() !== this.first.code);
  categoryChanged = $derived(this.now.category.trim() !== this.first.category);
  priceChanged = $derived(
    this.now.asks !== this.first.asks ||
      (this.now.asks === 'fixed' && this.now.price !== this.first.price),
  );
  taxChanged = $derived(this.now.taxClass !== this.first.taxClass);
  barcodesChanged = $derived(!same(this.now.barcodes, this.first.barcodes));

  /** The names of what differs, for the button. */
  changes = $derived(
    (
      [
        ['name', this.nameChanged],
        ['code', this.codeChanged],
        ['category', this.categoryChanged],
        ['price', this.priceChanged],
        ['tax', this.taxChanged],
        ['barcodes', this.barcodesChanged],
      ] as const
    )
      .filter(([, changed]) => changed)
      .map(([name]) => name),
  );
  complete = $derived(
    this.now.name.trim() !== '' &&
      this.now.taxClass !== '' &&
      (this.now.asks === 'asks' || this.now.price.trim() !== ''),
  );

  constructor(
    readonly detail: ProductDetail | null,
    currency: CurrencyDto,
    code = '',
  ) {
    this.first = typedOf(detail, code, currency);
    this.now = typedOf(detail, code, currency);
  }

  /** Puts what was typed back; a second time brings it again. */
  undo(): void {
    if (this.changes.length > 0) {
      this.undone = $state.snapshot(this.now);
      this.now = structuredClone(this.first);
    } else if (this.undone !== null) {
      this.now = structuredClone(this.undone);
      this.undone = null;
    }
  }

  addBarcode(code: string): void {
    const clean = code.trim();
    if (clean !== '' && !this.now.barcodes.includes(clean)) this.now.barcodes.push(clean);
  }

  removeBarcode(code: string): void {
    this.now.barcodes = this.now.barcodes.filter((one) => one !== code);
  }

  async save(sure: boolean, approval: Approval | null): Promise<ProductDetail> {
    const price = this.now.asks === 'asks' ? null : await commands.parseAmount(this.now.price);
    return this.detail === null
      ? commands.newProduct(this.#made(price, sure), approval)
      : commands.editProduct(this.#edit(this.detail, price, sure), approval);
  }

  #edit(detail: ProductDetail, price: number | null, sure: boolean): ProductEdit {
    const { now } = this;
    return {
      product_id: detail.product.product_id,
      name: this.nameChanged ? now.name.trim() : null,
      code: this.codeChanged ? now.code.trim() : null,
      category: this.categoryChanged ? now.category.trim() : null,
      unit: null,
      price_minor: this.priceChanged ? price : null,
      price_asks: this.priceChanged ? now.asks === 'asks' : null,
      tax_class: this.taxChanged ? now.taxClass : null,
      barcodes: this.barcodesChanged ? [...now.barcodes] : null,
      versions: { ...detail.versions },
      sure,
    };
  }

  #made(price: number | null, sure: boolean): NewProduct {
    const { now } = this;
    return {
      code: orNull(now.code),
      name: now.name.trim(),
      unit: now.unit,
      price_minor: price,
      tax_class: now.taxClass,
      category: orNull(now.category),
      barcodes: [...now.barcodes],
      sure,
    };
  }
}
