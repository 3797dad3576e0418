/**
 * How the window moves between screens: what follows a sign-in, a scan, a completed sale. It owns
 * no facts; it reads them and sets the route.
 */
import * as commands from '../backend/commands';
import type { Done, TillStatus } from '../bindings';
import { cart } from './cart.svelte';
import { preferences } from './preferences.svelte';
import { route } from './route.svelte';
import { scanning } from './scanning.svelte';
import { till } from './till.svelte';

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

/** Locks the till. The cart stays where it is, on disk. */
export async function lock(): Promise<void> {
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
  refusal.say(code);
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
