/**
 * The Products screen: the articles found, the one looked at, and its draft. A draft with changes
 * is kept while other articles are looked at, and is there again when its article is.
 */
import * as commands from '../../backend/commands';
import type { ProductDetail, TaxClassDto } from '../../bindings';
import { asAppError } from '$lib/refusal';
import { Attempt } from '../../state/attempt.svelte';
import { byCode } from '../../state/by_code';
import { Catalogue } from '../../state/catalogue.svelte';
import { preferences } from '../../state/preferences.svelte';
import { till } from '../../state/till.svelte';
import { approved } from '../../state/vouching.svelte';
import { Draft } from './draft.svelte';

const HITS = 200;

export class Shelf {
  catalogue = new Catalogue(HITS);
  chosen = $state<string | null>(null);
  draft = $state.raw<Draft | null>(null);
  classes = $state.raw<TaxClassDto[]>([]);
  /** The next scan is added to the draft's barcodes. */
  listening = $state(false);
  /** A code that no article carries. */
  unknown = $state<string | null>(null);
  said = $state('');
  /** A cashier prepares a change; somebody approves it on saving. */
  unlocked = $state(false);
  asking = new Attempt();

  at = $derived(this.catalogue.shown.findIndex((p) => p.product_id === this.chosen));
  #kept: Record<string, Draft> = {};

  start(productId: string | null): void {
    this.catalogue.start();
    commands.taxClasses().then(
      (all) => (this.classes = all),
      (thrown) => (this.asking.failed = asAppError(thrown)),
    );
    if (productId !== null) void this.open(productId);
  }

  step(by: number): void {
    const { shown } = this.catalogue;
    const next = shown[Math.min(shown.length - 1, Math.max(0, this.at + by))];
    if (next) void this.open(next.product_id);
  }

  async open(productId: string): Promise<void> {
    this.#keep();
    this.#fresh();
    this.chosen = productId;
    const kept = this.#kept[productId];
    if (kept) {
      this.draft = kept;
      return;
    }
    try {
      const detail = await commands.product(productId);
      if (this.chosen === productId) this.draft = new Draft(detail, till.currency);
    } catch (thrown) {
      if (this.chosen === productId) this.draft = null;
      this.asking.failed = asAppError(thrown);
    }
  }

  make(code = ''): void {
    this.#keep();
    this.#fresh();
    this.chosen = null;
    this.draft = new Draft(null, till.currency, code);
    this.draft.now.taxClass = this.classes[0]?.code ?? '';
  }

  async scanned(code: string): Promise<void> {
    if (this.listening && this.draft !== null) {
      this.draft.addBarcode(code);
      this.listening = false;
      preferences.sound('found');
      return;
    }
    const found = await this.asking.run(() => byCode(code));
    if (found === null) return;
    const [first] = found;
    preferences.sound(first ? 'found' : 'unknown');
    if (first && found.length === 1) return this.open(first.product_id);
    this.unknown = first ? null : code;
    this.catalogue.words = code;
    this.catalogue.typed();
  }

  async save(sure: boolean): Promise<void> {
    const { draft } = this;
    if (draft === null || !draft.complete) return;
    const says =
      draft.detail === null
        ? `Making the article “${draft.now.name.trim()}” needs a supervisor.`
        : `Changing ${draft.changes.join(', ')} of ${draft.detail.product.name} needs a supervisor.`;
    const detail = await this.asking.run(() =>
      approved(says, (approval) => draft.save(sure, approval)),
    );
    if (detail === null) return;
    preferences.sound('found');
    this.#take(draft, detail);
  }

  #take(draft: Draft, detail: ProductDetail): void {
    const id = detail.product.product_id;
    delete this.#kept[id];
    if (this.draft !== draft) return;
    this.#fresh();
    this.chosen = id;
    this.draft = new Draft(detail, till.currency);
    const done = draft.detail === null ? 'The article is on this till.' : 'Saved on this till.';
    this.said = [done, ...detail.remarks].join(' ');
    void this.catalogue.again();
  }

  #keep(): void {
    const { draft } = this;
    if (draft?.detail && draft.changes.length > 0) {
      this.#kept[draft.detail.product.product_id] = draft;
    }
  }

  #fresh(): void {
    this.said = '';
    this.unknown = null;
    this.listening = false;
    this.unlocked = false;
    this.asking.failed = null;
  }
}
