/**
 * Goods on a list: what came in, or what was counted. A scan is one more; scans wait their turn and
 * none is dropped. A list is kept while other screens are looked at, until it is recorded.
 *
 * A count is blind: what the till shows is asked for once all is counted. A figure that stands
 * beside the empty field is confirmed rather than counted.
 */
import * as commands from '../../backend/commands';
import type { Approval, ProductDto, StockLevelDto } from '../../bindings';
import { counted } from '$lib/safety';
import { Attempt } from '../../state/attempt.svelte';
import { byCode } from '../../state/by_code';
import { preferences } from '../../state/preferences.svelte';
import type { CountAgain } from '../../state/route.svelte';
import { approved } from '../../state/vouching.svelte';

const ONE = 1000;

export interface Line {
  product: ProductDto;
  milli: number;
}

export class Tally {
  lines = $state<Line[]>([]);
  /** Delivery note, or why it was counted. */
  words = $state('');
  /** The article whose quantity is being typed. */
  typing = $state.raw<ProductDto | null>(null);
  /** Codes that two articles carry: which one is it? */
  questions = $state.raw<{ code: string; products: ProductDto[] }[]>([]);
  /** Scans that counted nothing. */
  refused = $state.raw<string[]>([]);
  /** The line taken off last, to be brought back. */
  removed = $state.raw<Line | null>(null);
  /** What the till shows, by article; only once the count is compared. */
  shown = $state.raw<Record<string, StockLevelDto> | null>(null);
  /** What it came to, once recorded. */
  done = $state.raw<StockLevelDto[] | null>(null);
  newest = $state<string | null>(null);
  asking = new Attempt();

  ready = $derived(this.lines.length > 0 && this.questions.length === 0);
  comparing = $derived(this.shown !== null);
  #chain: Promise<void> = Promise.resolve();

  constructor(
    readonly what: 'receive' | 'count',
    readonly again: CountAgain | null = null,
  ) {}

  milliOf(productId: string): number {
    return this.lines.find((l) => l.product.product_id === productId)?.milli ?? 0;
  }

  scanned(code: string): Promise<void> {
    this.#chain = this.#chain.then(() => this.#one(code));
    return this.#chain;
  }

  /** One more; of what is weighed, the quantity is typed. */
  more(product: ProductDto): void {
    preferences.sound('found');
    if (product.unit !== 'piece') this.typing = product;
    else this.set(product, this.milliOf(product.product_id) + ONE);
  }

  less(product: ProductDto): void {
    this.set(product, Math.max(0, this.milliOf(product.product_id) - ONE));
  }

  set(product: ProductDto, milli: number): void {
    const line = this.lines.find((l) => l.product.product_id === product.product_id);
    if (line) line.milli = milli;
    else this.lines.unshift({ product, milli });
    this.newest = product.product_id;
    this.typing = null;
    this.shown = null;
    this.done = null;
  }

  remove(line: Line): void {
    this.removed = { product: line.product, milli: line.milli };
    this.lines = this.lines.filter((l) => l.product.product_id !== line.product.product_id);
    this.shown = null;
  }

  bringBack(): void {
    const { removed } = this;
    if (removed !== null) this.set(removed.product, removed.milli);
    this.removed = null;
  }

  answer(product: ProductDto | null): void {
    this.questions = this.questions.slice(1);
    if (product !== null) this.more(product);
  }

  /** Asks for what the till shows, to stand beside what was counted. */
  async compare(): Promise<void> {
    const ids = this.lines.map((l) => l.product.product_id);
    const cards = await this.asking.run(() => Promise.all(ids.map((id) => commands.stockOf(id))));
    if (cards === null) return;
    this.shown = Object.fromEntries(cards.map((c) => [c.level.product.product_id, c.level]));
  }

  async record(): Promise<void> {
    const many = counted(this.lines.length, 'article');
    const says =
      this.what === 'receive'
        ? `Booking in ${many} needs a supervisor.`
        : `Recording the count of ${many} needs a supervisor.`;
    const levels = await this.asking.run(() => approved(says, (approval) => this.#send(approval)));
    if (levels === null) return;
    preferences.sound('found');
    this.lines = [];
    this.words = '';
    this.shown = null;
    this.removed = null;
    this.refused = [];
    this.done = levels;
  }

  #send(approval: Approval | null): Promise<StockLevelDto[]> {
    const words = this.words.trim() === '' ? null : this.words.trim();
    const one = (l: Line) => ({ product_id: l.product.product_id });
    if (this.what === 'receive') {
      const lines = this.lines.map((l) => ({ ...one(l), quantity_milli: l.milli }));
      return commands.receiveStock({ lines, reference: words }, approval);
    }
    const lines = this.lines.map((l) => ({ ...one(l), counted_milli: l.milli }));
    return commands.countStock(
      { lines, reason: words, settles: this.again?.settles ?? null },
      approval,
    );
  }

  async #one(code: string): Promise<void> {
    try {
      const products = await byCode(code);
      const [first] = products;
      if (first && products.length === 1) return this.more(first);
      preferences.sound(first ? 'attention' : 'unknown');
      if (first) this.questions = [...this.questions, { code, products }];
      else this.refused = [code, ...this.refused];
    } catch {
      // The till could not say: the scan is told as not counted, never dropped.
      preferences.sound('attention');
      this.refused = [code, ...this.refused];
    }
  }
}

const kept: Record<'receive' | 'count', Tally | null> = { receive: null, count: null };

/** The list that was begun, or a new one. */
export function tallyOf(what: 'receive' | 'count'): Tally {
  const begun = kept[what];
  const tally = begun === null || begun.done !== null ? new Tally(what) : begun;
  kept[what] = tally;
  return tally;
}

/** Whether a list was begun and not recorded. */
export const begun = (what: 'receive' | 'count') => kept[what]?.lines.length ?? 0;

/** Forgets lists that were begun: for tests, the window outlives them. */
export function forgetTallies(): void {
  kept.receive = null;
  kept.count = null;
}
