/** The figures behind the safety line, as names and values. */
import type { Safety } from '../bindings';
import { counted } from './safety';
import { span, when } from './time';

/** When the till tries again, in words. */
export function nextAttempt(atMs: number | null, nowMs: number): string {
  if (atMs === null) return 'None needed';
  return atMs - nowMs <= 1000 ? 'Now' : `In ${span(atMs - nowMs)}`;
}

export function safetyFacts(safety: Safety, nowMs: number): [string, string][] {
  const alone = safety.kind === 'alone';
  const since = safety.since_at_ms === null ? 'Not offline' : when(safety.since_at_ms, nowMs);
  return [
    ['Sales made on this till', `${safety.sales_total}`],
    ['Not yet known to be in the cloud', `${safety.sales_waiting}`],
    ['Waiting to be sent', counted(safety.ops_waiting, 'entry', 'entries')],
    ['Needs a person', safety.needs_person === 0 ? 'Nothing' : `${safety.needs_person}`],
    ['Last answer', safety.last_answer ?? 'None yet'],
    ['Offline since', since],
    [
      'Next attempt',
      alone ? 'Not joined to a cloud' : nextAttempt(safety.next_attempt_at_ms, nowMs),
    ],
  ];
}
