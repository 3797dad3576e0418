/** The top of the Sync screen: what is safe where, what is under way, and what a person asks for. */
import * as commands from '../../backend/commands';
import { onSyncProgress } from '../../backend/events';
import type { AppError, SyncOverview, SyncProgress, TillStatus } from '../../bindings';
import { asAppError } from '$lib/refusal';
import { Attempt } from '../../state/attempt.svelte';
import { till } from '../../state/till.svelte';

export class Overview {
  view = $state.raw<SyncOverview | null>(null);
  failed = $state.raw<AppError | null>(null);
  progress = $state.raw<SyncProgress | null>(null);
  asking = new Attempt();
  #asked = 0;

  alone = $derived(this.view !== null && this.view.cloud_url === null);

  /** Follows what is under way; answers a way to stop. */
  start(): () => void {
    return onSyncProgress((progress) => (this.progress = progress));
  }

  async read(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const view = await commands.syncOverview();
      if (asked !== this.#asked) return;
      this.view = view;
      this.progress = view.progress;
      this.failed = null;
    } catch (thrown) {
      if (asked === this.#asked) this.failed = asAppError(thrown);
    }
  }

  syncNow = () => this.#ask(commands.syncNow);
  pause = () => this.#ask(() => commands.pauseSync(!this.view?.paused));
  join = (url: string, code: string) => this.#ask(() => commands.enrol(url, code));

  async #ask(ask: () => Promise<TillStatus>): Promise<boolean> {
    const status = await this.asking.run(ask);
    if (status !== null) till.take(status);
    await this.read();
    return status !== null;
  }
}
