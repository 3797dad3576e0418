/**
 * Giving back: which lines, how much of each, back to stock or not. The till says what may be given
 * back and what it comes to; here are only the choices and the till's quote for them.
 */
import * as commands from '../../backend/commands';
import type {
  AppError,
  Approval,
  Done,
  RefundQuote,
  RefundRequest,
  SaleDetail,
  SaleLineView,
} from '../../bindings';
import { asAppError } from '$lib/refusal';
import { preferences } from '../../state/preferences.svelte';

const WHOLE = 1000;

export class Refunding {
  detail = $state.raw<SaleDetail | null>(null);
  taken = $state<Record<number, number>>({});
  toStock = $state<Record<number, boolean>>({});
  reason = $state('');
  tender = $state<'cash' | 'card'>('cash');
  reference = $state('');
  quote = $state.raw<RefundQuote | null>(null);
  busy = $state(false);
  failed = $state.raw<AppError | null>(null);

  lines = $derived(this.detail?.lines ?? []);
  request = $derived<RefundRequest | null>(this.#request());
  ready = $derived(this.quote !== null && this.reason.trim() !== '');
  #asked = 0;

  async read(saleId: string): Promise<void> {
    try {
      this.detail = await commands.sale(saleId);
      for (const line of this.detail.lines) this.toStock[line.line_no] = true;
      if (this.detail.tenders.every((t) => t.kind === 'card')) this.tender = 'card';
    } catch (thrown) {
      this.failed = asAppError(thrown);
    }
  }

  /** One piece more or less; of a weight, all of it or none. */
  change(line: SaleLineView, by: 1 | -1): void {
    const now = this.taken[line.line_no] ?? 0;
    const step = line.unit === 'piece' ? WHOLE : line.may_give_back_milli;
    const next = now + by * step;
    this.taken[line.line_no] = Math.min(line.may_give_back_milli, Math.max(0, next));
  }

  all(): void {
    for (const line of this.lines) this.taken[line.line_no] = line.may_give_back_milli;
  }

  /** Asks the till what the choice comes to; the answer to an older choice is dropped. */
  async ask(): Promise<void> {
    const asked = ++this.#asked;
    const { request } = this;
    if (request === null) {
      this.quote = null;
      return;
    }
    try {
      const quote = await commands.refundQuote(request);
      if (asked !== this.#asked) return;
      this.quote = quote;
      this.failed = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.quote = null;
      this.failed = asAppError(thrown);
    }
  }

  async confirm(approval: Approval | null): Promise<Done | null> {
    if (this.busy || this.request === null) return null;
    this.busy = true;
    this.failed = null;
    try {
      // The quote's id: asked again after a lost answer, it is still the same refund.
      const refund_id = this.quote?.refund_id ?? null;
      return await commands.refund({ ...this.request, refund_id }, approval);
    } catch (thrown) {
      this.failed = asAppError(thrown);
      preferences.sound('attention');
      return null;
    } finally {
      this.busy = false;
    }
  }

  #request(): RefundRequest | null {
    const lines = this.lines
      .filter((line) => (this.taken[line.line_no] ?? 0) > 0)
      .map((line) => ({
        line_no: line.line_no,
        quantity_milli: this.taken[line.line_no] ?? 0,
        back_to_stock: this.toStock[line.line_no] ?? true,
      }));
    if (this.detail === null || lines.length === 0) return null;
    const reference = this.tender === 'card' ? this.reference.trim() || null : null;
    return {
      refund_id: null,
      sale_id: this.detail.row.sale_id,
      lines,
      reason: this.reason.trim(),
      tender: this.tender,
      reference,
    };
  }
}
