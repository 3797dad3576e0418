/**
 * What needs a person: the list, the one looked at, and the decision being made. Nothing is settled
 * before the confirming button is pressed, and then by the till, with a new op.
 */
import * as commands from '../../../backend/commands';
import type { ConflictView, Decision, FieldView, ProductEdit } from '../../../bindings';
import { Attempt } from '../../../state/attempt.svelte';
import { Found } from '../../../state/found.svelte';
import { preferences } from '../../../state/preferences.svelte';
import { decisionLabel } from '$lib/conflicts';
import { route } from '../../../state/route.svelte';
import { approved } from '../../../state/vouching.svelte';

/** What of an article a person can put together; a rate follows from its class. */
const EDITABLE = ['name', 'code', 'category', 'unit', 'price_minor', 'tax_class', 'barcodes'];

export type Side = 'mine' | 'theirs';

export class Attention {
  settled = $state<'open' | 'settled'>('open');
  list = new Found<ConflictView>(
    (view) => view.conflict,
    (text, limit) =>
      commands.needsYou({
        text: text === '' ? null : text,
        settled: this.settled === 'settled',
        limit,
      }),
  );
  /** The one looked at, as last told: it stays in sight when it leaves the list. */
  shown = $state.raw<ConflictView | null>(null);
  decision = $state<Decision | null>(null);
  /** Field by field: whose value counts. */
  picks = $state<Record<string, Side>>({});
  note = $state('');
  asking = new Attempt();

  /** The choices are there to be made: open, told by the cloud, and none of ours is on its way. */
  decidable = $derived(
    this.shown !== null && this.shown.open && this.shown.told && !this.shown.settling,
  );
  /** A mix is whole once every differing field has its side. */
  ready = $derived(
    this.decision !== null &&
      (this.decision !== 'field_by_field' ||
        this.mixed(this.shown).every((f) => this.picks[f.name])),
  );

  async start(id: string | null): Promise<void> {
    if (id !== null) this.list.choose(id);
    await this.read(true);
  }

  async read(first = false): Promise<void> {
    await this.list.read(first);
    if (first && this.list.row === null) this.list.choose(this.list.rows[0]?.conflict ?? null);
    this.look();
    if (this.list.row === null && this.shown !== null) await this.#follow(this.shown);
  }

  /** The one looked at left the list: what became of it is told where it stands. */
  async #follow(left: ConflictView): Promise<void> {
    const settled = this.settled === 'open';
    try {
      const others = await commands.needsYou({ text: null, settled, limit: this.list.page });
      const found = others.find((view) => view.conflict === left.conflict);
      if (found && this.shown === left) this.shown = found;
    } catch {
      // It stays as it was last told; the list says by itself when it cannot be read.
    }
  }

  show(which: 'open' | 'settled'): void {
    this.settled = which;
    this.list.choose(null);
    this.shown = null;
    void this.read(true);
  }

  choose(id: string): void {
    this.list.choose(id);
    this.look();
  }

  step(by: number): void {
    this.list.step(by);
    this.look();
  }

  /** Takes what the list says of the chosen one; another one, or another version, begins anew. */
  look(): void {
    const row = this.list.row;
    if (row === null) return;
    if (row.conflict !== this.shown?.conflict || row.version !== this.shown.version) {
      this.decision = null;
      this.picks = {};
      this.note = '';
    }
    // That it changed meanwhile is said until something else is looked at.
    if (row.conflict !== this.shown?.conflict) this.asking.failed = null;
    this.shown = row;
  }

  /** The fields that a mix decides on, as the till wants them. */
  mixed(view: ConflictView | null): FieldView[] {
    const fields = view?.mine?.fields ?? [];
    return fields.filter(({ name }) => EDITABLE.includes(name) && view?.differing.includes(name));
  }

  decide(decision: Decision): void {
    this.decision = decision;
    if (decision !== 'field_by_field') return;
    for (const field of this.mixed(this.shown)) this.picks[field.name] ??= 'theirs';
  }

  async confirm(): Promise<void> {
    const { shown, decision } = this;
    if (shown === null || decision === null || !this.ready) return;
    if (decision === 'count_again' && shown.product_id !== null) {
      const again = { productId: shown.product_id, settles: shown.conflict, title: shown.title };
      return route.go({ at: 'stock', productId: null, count: again });
    }
    const request = {
      conflict: shown.conflict,
      version: shown.version,
      decision,
      product: decision === 'field_by_field' ? this.#mix(shown) : null,
      note: this.note.trim() === '' ? null : this.note.trim(),
    };
    const says = `Settling “${shown.title}” needs a supervisor: ${decisionLabel(decision, shown)}.`;
    const view = await this.asking.run(() =>
      approved(says, (approval) => commands.settle(request, approval)),
    );
    if (view !== null) {
      preferences.sound('found');
      this.shown = view;
      this.decision = null;
    }
    await this.read();
  }

  /** Every differing field goes along with the value that was picked, so that nothing is guessed. */
  #mix(view: ConflictView): ProductEdit | null {
    if (view.product_id === null) return null;
    const value = (name: string): unknown => {
      const side = this.picks[name];
      return side && view[side]?.fields.find((field) => field.name === name)?.value;
    };
    const differs = (name: string) => view.differing.includes(name);
    const text = (name: string) =>
      differs(name) ? `${(value(name) as string | null) ?? ''}` : null;
    const price = differs('price_minor') ? (value('price_minor') as number | null) : null;
    return {
      product_id: view.product_id,
      name: text('name'),
      code: text('code'),
      category: text('category'),
      unit: differs('unit') ? (value('unit') as ProductEdit['unit']) : null,
      price_minor: price,
      price_asks: differs('price_minor') ? price === null : null,
      tax_class: text('tax_class'),
      barcodes: differs('barcodes') ? ((value('barcodes') as string[] | null) ?? []) : null,
      versions: null,
      sure: true,
    };
  }
}
