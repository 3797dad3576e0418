/**
 * The articles a screen shows: the articles of a category, or those that match what is typed. Pages
 * are fetched as they are reached, so that 800,000 articles feel like 80. An answer that comes after
 * its question was changed is dropped.
 */
import * as commands from '../backend/commands';
import type { AppError, CategoryDto, ProductDto } from '../bindings';
import { spreadHues } from '$lib/marks';
import { asAppError } from '$lib/refusal';

const PAGE = 60;
const PAUSE_MS = 40;

export class Catalogue {
  words = $state('');
  category = $state<string | null>(null);
  categories = $state.raw<CategoryDto[]>([]);
  shown = $state.raw<ProductDto[]>([]);
  /** Which hit Enter would ring. */
  at = $state(0);
  failed = $state.raw<AppError | null>(null);
  loaded = $state(false);
  searching = $derived(this.words.trim() !== '');

  readonly #hits: number;
  #asked = 0;
  #ended = false;
  #fetching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How many hits a search shows at most. */
  constructor(hits = 50) {
    this.#hits = hits;
  }

  start(): void {
    commands.categories().then(
      (all) => {
        spreadHues(all.map((c) => c.name));
        this.categories = all;
      },
      (thrown) => (this.failed = asAppError(thrown)),
    );
    void this.#first();
  }

  /** The words changed: ask again once the hand pauses. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#first(), this.searching ? PAUSE_MS : 0);
  }

  /** Asks the same again, as after an article was changed; the mark stays where it is. */
  async again(): Promise<void> {
    const { at } = this;
    await this.#first();
    this.at = Math.min(at, Math.max(0, this.shown.length - 1));
  }

  clear(): void {
    if (this.words === '') return;
    this.words = '';
    this.typed();
  }

  show(category: string | null): void {
    this.category = category;
    this.words = '';
    void this.#first();
  }

  /** The category before or after the one shown; all articles come first. */
  step(by: number): void {
    const names = [null, ...this.categories.map((c) => c.name)];
    const next = (names.indexOf(this.category) + by + names.length) % names.length;
    this.show(names[next] ?? null);
  }

  move(by: number): void {
    this.at = Math.min(this.shown.length - 1, Math.max(0, this.at + by));
  }

  /** The next page of a category. Searches have one page. */
  async more(): Promise<void> {
    const last = this.shown.at(-1);
    if (this.searching || this.#ended || this.#fetching || last === undefined) return;
    this.#fetching = true;
    const asked = this.#asked;
    try {
      const page = await commands.productsIn(this.category, last.product_id, PAGE);
      if (asked !== this.#asked) return;
      this.#ended = page.length < PAGE;
      this.shown = [...this.shown, ...page];
    } catch (thrown) {
      this.failed = asAppError(thrown);
      this.#ended = true;
    } finally {
      this.#fetching = false;
    }
  }

  async #first(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const found = this.searching
        ? await commands.search(this.words, this.#hits)
        : await commands.productsIn(this.category, null, PAGE);
      if (asked !== this.#asked) return;
      this.shown = found;
      this.#ended = found.length < PAGE;
      this.at = 0;
      this.failed = null;
      this.loaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.failed = asAppError(thrown);
    }
  }
}
