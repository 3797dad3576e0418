/** Opens the whole window on a pretend till, and the hands to work it with. */
import { clearMocks, mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import { expect } from 'vitest';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import App from '../src/App.svelte';
import { cart } from '../src/state/cart.svelte';
import { route } from '../src/state/route.svelte';
import { scanning } from '../src/state/scanning.svelte';
import { till } from '../src/state/till.svelte';
import { vouching } from '../src/state/vouching.svelte';
import { forgetTallies } from '../src/screens/stock/tally.svelte';
import { PretendTill } from './pretend_till';
import { people } from './samples';

export function open(prepare: (pretend: PretendTill) => void = () => undefined): PretendTill {
  const pretend = new PretendTill();
  pretend.operator = people[0] ?? null;
  prepare(pretend);
  mockWindows('main');
  mockIPC((command, args) => pretend.answer(command, args), { shouldMockEvents: true });
  render(App);
  return pretend;
}

/** Closes the window and forgets what it knew: the state outlives a test otherwise. */
export function close(): void {
  cleanup();
  clearMocks();
  till.status = null;
  cart.clear();
  scanning.forgetQuestions();
  forgetTallies();
  vouching.question = null;
  route.go({ at: 'sign_in' });
}

let clock = 0;

/** One key, so many milliseconds after the one before by its own time stamp. */
export function key(
  name: string,
  afterMs = 400,
  on: Element | null = document.activeElement,
): void {
  clock += afterMs;
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'timeStamp', { value: clock });
  (on ?? document.body).dispatchEvent(event);
}

/** A scanner's burst, ended by Enter. */
export function scan(code: string, gapMs = 20): void {
  [...code].forEach((c, at) => key(c, at === 0 ? 400 : gapMs));
  key('Enter', gapMs);
}

/** Keys by hand, each seen by the window before the next. */
export async function type(...names: string[]): Promise<void> {
  for (const name of names) {
    key(name);
    await new Promise((done) => setTimeout(done, 70));
  }
}

/** A touch, once the button may be touched. */
export async function press(id: string): Promise<void> {
  const button = await screen.findByTestId(id);
  await waitFor(() => expect(button).toBeEnabled());
  await fireEvent.click(button);
}

/** Signs in one of the people of the samples. */
export const as = (name: string) => (pretend: PretendTill) =>
  void (pretend.operator = people.find((o) => o.name === name) ?? null);

export const seen = (id: string) => screen.findByTestId(id);
export const calls = (pretend: PretendTill, command: string) =>
  pretend.asked.filter((a) => a.command === command).map((a) => a.args);
