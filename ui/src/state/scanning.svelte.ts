/**
 * The scan queue. Every scan gets a number and waits its turn; the till is asked about one at a
 * time, in order, and no scan is ever dropped: it becomes a line, or a question, or a refusal that
 * is heard and seen. A question never holds up the scans behind it.
 */
import * as commands from '../backend/commands';
import type { AppError, ProductDto, ScanAnswer } from '../bindings';
import { markLinePainted } from '$lib/frames';
import { asAppError } from '$lib/refusal';
import { cart } from './cart.svelte';
import { preferences } from './preferences.svelte';

export type Asked =
  | { what: 'unknown'; code: string }
  | { what: 'choose'; code: string; products: ProductDto[] }
  | { what: 'needs_price'; code: string | null; product: ProductDto }
  | { what: 'refused'; code: string | null; error: AppError };
export type Question = Asked & { number: number };

interface Waiting {
  number: number;
  code: string | null;
  sinceMs: number;
  ask: () => Promise<ScanAnswer>;
}

class Scanning {
  /** What was scanned last, shown in the search field. */
  last = $state<string | null>(null);
  questions = $state.raw<Question[]>([]);
  waiting = $state(0);
  #number = 0;
  #queue: Waiting[] = [];
  #running: Promise<void> | null = null;
  /** What must be finished before the next scan is asked about, such as telling the till. */
  #gate: Promise<unknown> = Promise.resolve();

  question = $derived<Question | null>(this.questions[0] ?? null);

  /** A code from the scanner or typed by hand. `sinceMs` is when its Enter was pressed. */
  scan(code: string, by: 'scanner' | 'typed', sinceMs: number): Promise<void> {
    this.last = code;
    return this.#add(code, sinceMs, () => commands.scan(code, by));
  }

  /** An article picked by hand: a tile, a search hit, a choice, a price that was asked. */
  add(product: ProductDto, code: string | null, priceMinor: number | null): Promise<void> {
    return this.#add(code, performance.now(), () =>
      commands.addProduct(product.product_id, 1000, priceMinor, code),
    );
  }

  /** Any other command that answers like a scan, in its turn. */
  run(code: string | null, ask: () => Promise<ScanAnswer>): Promise<void> {
    return this.#add(code, performance.now(), ask);
  }

  settle(question: Question): void {
    this.questions = this.questions.filter((q) => q.number !== question.number);
  }

  forgetQuestions(): void {
    this.questions = [];
    this.last = null;
  }

  /** Holds the queue, without losing anything, until this has ended either way. */
  holdFor(until: Promise<unknown>): void {
    this.#gate = until.catch(() => undefined);
  }

  #add(code: string | null, sinceMs: number, ask: () => Promise<ScanAnswer>): Promise<void> {
    this.#queue.push({ number: ++this.#number, code, sinceMs, ask });
    this.waiting = this.#queue.length;
    this.#running ??= this.#drain().finally(() => (this.#running = null));
    return this.#running;
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      await this.#gate;
      try {
        this.#take(next, await next.ask());
      } catch (thrown) {
        this.#ask(next, { what: 'refused', code: next.code, error: asAppError(thrown) });
      }
      this.#queue.shift();
      this.waiting = this.#queue.length;
    }
  }

  #take(waiting: Waiting, answer: ScanAnswer): void {
    switch (answer.outcome) {
      case 'added':
        cart.takeNew(answer.cart);
        preferences.sound('found');
        return markLinePainted(answer.line_no, waiting.sinceMs);
      case 'choose':
        return this.#ask(waiting, { what: 'choose', code: answer.code, products: answer.products });
      case 'needs_price':
        return this.#ask(waiting, {
          what: 'needs_price',
          code: answer.code,
          product: answer.product,
        });
      case 'unknown':
        return this.#ask(waiting, { what: 'unknown', code: answer.code });
      case 'refused':
        return this.#ask(waiting, { what: 'refused', code: waiting.code, error: answer.error });
    }
  }

  #ask(waiting: Waiting, asked: Asked): void {
    this.questions = [...this.questions, { ...asked, number: waiting.number }];
    preferences.sound(asked.what === 'unknown' ? 'unknown' : 'attention');
  }
}

export const scanning = new Scanning();
