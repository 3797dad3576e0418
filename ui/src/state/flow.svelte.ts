/**
 * How the window moves between screens: what follows a sign-in, a scan, a completed sale. It owns
 * no facts; it reads them and sets the route.
 */
import * as commands from '../backend/commands';
import type { Done, TillStatus } from '../bindings';
import { cart } from './cart.svelte';
import { preferences } from './preferences.svelte';
import { route, type SyncTab } from './route.svelte';
import { scanning } from './scanning.svelte';
import { till } from './till.svelte';
import { vouching } from './vouching.svelte';

/** The screen that a status asks for, when none has been chosen yet or the operator changed. */
export function settleRoute(status: TillStatus): void {
  if (!status.set_up) return route.go({ at: 'first_run' });
  if (status.operator === null) return route.go({ at: 'sign_in' });
  if (status.untold > 0) return route.go({ at: 'untold' });
  goSell();
}

/** Back to selling, with the cart as it is on disk. */
export function goSell(): void {
  route.go({ at: 'sell' });
  void cart.read();
}

/** Opens Sync, where what is safe is told, and what needs a person is settled. */
export function goSync(tab: SyncTab = 'needs_you', id: string | null = null): void {
  if (till.operator === null) return route.open('safety');
  route.go({ at: 'sync', tab, id });
}

/** Locks the till. The cart stays where it is, on disk. */
export async function lock(): Promise<void> {
  vouching.leave();
  till.take(await commands.signOut());
  scanning.forgetQuestions();
  cart.clear();
  route.go({ at: 'sign_in' });
}

/** A sale or refund is recorded: show it, and tell the till that it was seen. */
export function goDone(done: Done): void {
  cart.clear();
  scanning.forgetQuestions();
  route.go({ at: 'done', done });
  if (done.tenders.some((t) => t.kind === 'cash')) preferences.sound('drawer');
}

/** The scanner spoke. Where scanning means nothing, it is refused aloud and the code is shown. */
export function scanned(code: string, atMs: number): void {
  const { screen } = route;
  if (screen.at === 'done') route.go({ at: 'sell' });
  if (screen.at === 'done' || screen.at === 'sell') {
    void scanning.scan(code, 'scanner', atMs);
    return;
  }
  const taker = takers.at(-1);
  if (taker === undefined) return refusal.say(code);
  taker(code);
}

const takers: ((code: string) => void)[] = [];

/** A screen other than Sell says what a scan means there; answers a way to stop. */
export function takeScans(take: (code: string) => void): () => void {
  takers.push(take);
  return () => {
    const at = takers.indexOf(take);
    if (at >= 0) takers.splice(at, 1);
  };
}

/** The last scan that was refused because of where the window was. */
class Refusal {
  code = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(code: string): void {
    this.code = code;
    preferences.sound('attention');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.code = null), 4000);
  }
}

export const refusal = new Refusal();
