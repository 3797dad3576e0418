/**
 * A second person's word: what the signed-in operator may not do alone is done once somebody who
 * may has typed their PIN. One question at a time; whoever asks waits for the answer.
 */
import type { Approval, AppError } from '../bindings';
import { asAppError } from '$lib/refusal';
import { keepsShop } from '$lib/roles';
import { approving } from './approvers.svelte';
import { preferences } from './preferences.svelte';
import { till } from './till.svelte';

/** Refusals that are about the approval itself: they are said beside the PIN, to be tried again. */
const AGAIN: AppError['code'][] = [
  'approval_wrong',
  'wrong_pin',
  'pin_locked',
  'pin_malformed',
  'not_allowed',
];

interface Question {
  says: string;
  ask: (approval: Approval) => Promise<void>;
  leave: () => void;
}

class Vouching {
  question = $state.raw<Question | null>(null);
  busy = $state(false);
  failed = $state.raw<AppError | null>(null);

  async vouch(approval: Approval): Promise<void> {
    if (this.busy || this.question === null) return;
    this.busy = true;
    this.failed = null;
    await this.question.ask(approval);
    this.busy = false;
  }

  leave(): void {
    this.question?.leave();
  }
}

export const vouching = new Vouching();

/** Does it alone where the operator may, else with the word of somebody who may. */
export function approved<T>(
  says: string,
  ask: (approval: Approval | null) => Promise<T>,
): Promise<T> {
  if (keepsShop(till.operator)) return ask(null);
  void approving.read();
  return new Promise((resolve, reject) => {
    const end = () => {
      vouching.question = null;
      vouching.failed = null;
    };
    const refuse = (error: AppError) => {
      if (AGAIN.includes(error.code)) {
        vouching.failed = error;
        preferences.sound('attention');
        return;
      }
      end();
      reject(error);
    };
    vouching.question = {
      says,
      ask: (approval) =>
        ask(approval).then(
          (answer) => {
            end();
            resolve(answer);
          },
          (thrown) => refuse(asAppError(thrown)),
        ),
      leave: () => {
        end();
        const detail = 'nobody approved it';
        reject({ code: 'not_allowed', field: null, value: null, limit: null, detail });
      },
    };
  });
}
