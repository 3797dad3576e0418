/**
 * Paying: what is due, what was handed over, what remains. Every figure is the till's. `complete`
 * holds until vault and journal have confirmed; only its answer leads to Done.
 */
import * as commands from '../../backend/commands';
import type { AppError, Done, TenderView } from '../../bindings';
import { asAppError } from '$lib/refusal';
import { preferences } from '../../state/preferences.svelte';

export class Tendering {
  view = $state.raw<TenderView | null>(null);
  /** What the keypad holds; empty means all that remains. */
  typed = $state('');
  /** Quick cash, kept in place when nothing remains, so that no button vanishes under a finger. */
  offers = $state.raw<number[]>([]);
  busy = $state(false);
  completing = $state(false);
  failed = $state.raw<AppError | null>(null);

  due = $derived(this.view?.to_pay_minor ?? 0);
  remaining = $derived(this.view?.remaining_minor ?? 0);
  change = $derived(this.view?.change_minor ?? 0);
  tendered = $derived((this.view?.tenders.length ?? 0) > 0);
  settled = $derived(this.view !== null && this.remaining === 0);
  /** What exact cash is: all that remains, as the till rounds it for cash. */
  exact = $derived(this.offers[0] ?? this.remaining);

  #asking: Promise<unknown> = Promise.resolve();

  /** Resolves once nothing is being asked: a hand may be faster than an answer. */
  async idle(): Promise<void> {
    for (let last; last !== this.#asking;) {
      last = this.#asking;
      await last;
    }
  }

  read = () => this.#ask(() => commands.tender());

  /** Adds what the keypad says, or all that remains. */
  add = (kind: 'cash' | 'card', reference: string | null) =>
    this.#ask(async () => {
      const all = kind === 'cash' ? this.exact : this.remaining;
      const amount = this.typed === '' ? all : await commands.parseAmount(this.typed);
      return commands.addTender(kind, amount, reference);
    });

  addCash = (minor: number) => this.#ask(() => commands.addTender('cash', minor, null));
  remove = (tenderId: string) => this.#ask(() => commands.removeTender(tenderId));

  /** Completes the sale; exact cash is tendered first where nothing was. Null when refused. */
  async complete(): Promise<Done | null> {
    if (this.completing) return null;
    this.completing = true;
    try {
      await this.idle();
      if (this.view === null || (this.tendered && !this.settled)) return null;
      if (!this.tendered && this.remaining > 0 && !(await this.addCash(this.exact))) return null;
      return await commands.complete();
    } catch (thrown) {
      this.#refuse(thrown);
      return null;
    } finally {
      this.completing = false;
    }
  }

  /** One thing is asked at a time; a second touch meanwhile is no second tender. */
  #ask(ask: () => Promise<TenderView>): Promise<boolean> {
    if (this.busy) return Promise.resolve(false);
    this.busy = true;
    const answer = this.#answered(ask);
    this.#asking = answer;
    return answer;
  }

  async #answered(ask: () => Promise<TenderView>): Promise<boolean> {
    try {
      this.view = await ask();
      if (this.remaining > 0) this.offers = this.view.quick_cash_minor;
      this.typed = '';
      this.failed = null;
      return true;
    } catch (thrown) {
      this.#refuse(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #refuse(thrown: unknown): void {
    this.failed = asAppError(thrown);
    preferences.sound('attention');
  }
}
