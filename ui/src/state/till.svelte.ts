/**
 * What the frame shows: the till's status, as last told. The newest status wins, whether it came as
 * an answer or unasked. Times that count up or down read `now`, which ticks once a second.
 */
import * as commands from '../backend/commands';
import { onStatus } from '../backend/events';
import type { AppError, CurrencyDto, OperatorDto, TillStatus } from '../bindings';
import { asAppError } from '$lib/refusal';

const NO_CURRENCY: CurrencyDto = { code: '', exponent: 2, symbol: '' };

class Till {
  status = $state.raw<TillStatus | null>(null);
  failed = $state.raw<AppError | null>(null);
  now = $state(Date.now());

  currency = $derived(this.status?.currency ?? NO_CURRENCY);
  operator = $derived<OperatorDto | null>(this.status?.operator ?? null);

  /** Reads the status once and follows it from then on. Answers a way to stop. */
  start(): () => void {
    const stop = onStatus((status) => this.take(status));
    const tick = setInterval(() => (this.now = Date.now()), 1000);
    void this.read();
    return () => {
      stop();
      clearInterval(tick);
    };
  }

  async read(): Promise<void> {
    try {
      this.take(await commands.status());
    } catch (thrown) {
      this.failed = asAppError(thrown);
    }
  }

  take(status: TillStatus): void {
    if (this.status !== null && status.revision < this.status.revision) return;
    this.status = status;
    this.failed = null;
    this.now = Date.now();
  }
}

export const till = new Till();
