/**
 * A list that is asked for as the hand types, and the one of it that is looked at. An answer that
 * comes after its question was changed is dropped; the choice stays while its line is still there.
 */
import type { AppError } from '../bindings';
import { asAppError } from '$lib/refusal';

const PAUSE_MS = 60;

export class Found<T> {
  text = $state('');
  rows = $state.raw<T[]>([]);
  loaded = $state(false);
  chosen = $state<string | null>(null);
  failed = $state.raw<AppError | null>(null);

  at = $derived(this.rows.findIndex((row) => this.name(row) === this.chosen));
  row = $derived<T | null>(this.rows[this.at] ?? null);

  #asked = 0;
  #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly name: (row: T) => string,
    readonly ask: (text: string, limit: number) => Promise<T[]>,
    readonly page = 100,
  ) {
    this.#limit = page;
  }

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(true), PAUSE_MS);
  }

  clear(): void {
    this.text = '';
    this.typed();
  }

  choose(name: string | null): void {
    this.chosen = name;
  }

  step(by: number): void {
    const next = this.rows[Math.min(this.rows.length - 1, Math.max(0, this.at + by))];
    if (next !== undefined) this.chosen = this.name(next);
  }

  /** The end is near: asks for more, while there was as much as was asked for. */
  more(): void {
    if (this.rows.length < this.#limit) return;
    this.#limit += this.page;
    void this.read();
  }

  /** Asks anew, from the top if the words changed. */
  async read(fromTop = false): Promise<void> {
    if (fromTop) this.#limit = this.page;
    const asked = ++this.#asked;
    try {
      const rows = await this.ask(this.text.trim(), this.#limit);
      if (asked !== this.#asked) return;
      this.rows = rows;
      this.failed = null;
      this.loaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.failed = asAppError(thrown);
    }
  }
}
