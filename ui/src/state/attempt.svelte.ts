/** One thing asked of the till at a time: whether it runs, and what was refused. */
import type { AppError } from '../bindings';
import { asAppError } from '$lib/refusal';
import { preferences } from './preferences.svelte';

export class Attempt {
  busy = $state(false);
  failed = $state.raw<AppError | null>(null);

  /** Asks; `null` when it was refused (see `failed`) or something else is still being asked. */
  async run<T>(ask: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failed = null;
    try {
      return await ask();
    } catch (thrown) {
      this.failed = asAppError(thrown);
      preferences.sound('attention');
      return null;
    } finally {
      this.busy = false;
    }
  }
}
