/** This till's sales, newest first, a page at a time, and the one that is looked at. */
import * as commands from '../../backend/commands';
import type { AppError, ReceiptPreview, SaleDetail, SaleRow } from '../../bindings';
import { asAppError } from '$lib/refusal';

const PAGE = 50;
const PAUSE_MS = 80;

export class Book {
  text = $state('');
  rows = $state.raw<SaleRow[]>([]);
  loaded = $state(false);
  chosen = $state<string | null>(null);
  detail = $state.raw<SaleDetail | null>(null);
  preview = $state.raw<ReceiptPreview | null>(null);
  failed = $state.raw<AppError | null>(null);

  #asked = 0;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(saleId: string | null): void {
    void this.#page(null).then(() => {
      const first = saleId ?? this.rows[0]?.sale_id;
      if (first) void this.choose(first);
    });
  }

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#page(null), PAUSE_MS);
  }

  more(): void {
    const last = this.rows.at(-1);
    if (last && !this.#ended) void this.#page(last.seq);
  }

  step(by: number): void {
    const at = this.rows.findIndex((row) => row.sale_id === this.chosen);
    const next = this.rows[Math.min(this.rows.length - 1, Math.max(0, at + by))];
    if (next) void this.choose(next.sale_id);
  }

  async choose(saleId: string): Promise<void> {
    this.chosen = saleId;
    try {
      const [detail, preview] = await Promise.all([
        commands.sale(saleId),
        commands.receipt(saleId),
      ]);
      if (this.chosen !== saleId) return;
      this.detail = detail;
      this.preview = preview;
      this.failed = null;
    } catch (thrown) {
      this.failed = asAppError(thrown);
    }
  }

  async #page(beforeSeq: number | null): Promise<void> {
    const asked = ++this.#asked;
    const text = this.text.trim() === '' ? null : this.text.trim();
    try {
      const page = await commands.sales({ text, before_seq: beforeSeq, limit: PAGE });
      if (asked !== this.#asked) return;
      this.rows = beforeSeq === null ? page : [...this.rows, ...page];
      this.#ended = page.length < PAGE;
      this.loaded = true;
    } catch (thrown) {
      this.failed = asAppError(thrown);
    }
  }
}
