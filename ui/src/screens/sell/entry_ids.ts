/** The test names of the keypad panel, wherever Sell shows one. */
import { testids } from '$lib/testids';

export const entryIds = {
  value: testids.entryValue,
  confirm: testids.entryConfirm,
  problem: testids.entryProblem,
};
