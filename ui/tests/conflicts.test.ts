import { describe, expect, it } from 'vitest';
import conflictRs from '../../crates/protocol/src/conflict.rs?raw';
import outcomeRs from '../../crates/protocol/src/outcome.rs?raw';
import decisions from '../src/bindings/Decision.ts?raw';
import {
  decided,
  decisionLabel,
  kindName,
  kindWhy,
  kindWords,
  reason,
  reasonWords,
} from '../src/lib/conflicts';
import type { Decision } from '../src/bindings';
import { edited } from './samples_sync';

/** The words on the wire, read from where they are written. */
const wire = (text: string, of: string) => {
  const from = text.indexOf(`impl ${of} {`);
  const body = text.slice(text.indexOf('fn as_str', from), text.indexOf('fn from_word', from));
  return [...body.matchAll(/"([A-Z_]+)"/g)].map((m) => m[1]).sort();
};
const words = [...decisions.matchAll(/"([a-z_]+)"/g)].map((m) => m[1] as Decision);

describe('what needs a person has words', () => {
  it('every_kind_of_the_protocol_and_no_other', () => {
    expect(Object.keys(kindWords).sort()).toEqual(wire(conflictRs, 'ConflictKind'));
  });

  it('every_reason_of_the_protocol_and_no_other', () => {
    expect(Object.keys(reasonWords).sort()).toEqual(wire(outcomeRs, 'OutcomeCode'));
  });

  it.each(Object.keys(kindWords))('%s_is_a_sentence_for_people', (kind) => {
    expect(kindName(kind)).not.toMatch(/_/);
    expect(kindWhy(kind)).toMatch(/^[A-Z].*\.$/);
  });

  it.each(Object.keys(reasonWords))('%s_says_why', (code) => {
    expect(reason(code)).toMatch(/^[A-Z][^_]*\.$/);
  });

  it.each(words)('%s_has_a_button_and_a_past', (decision) => {
    expect(decisionLabel(decision, edited)).toMatch(/^[A-Z][^_]+$/);
    expect(decided[decision]).toMatch(/^[a-z][^_]+$/);
  });

  it('a_word_of_a_newer_cloud_is_shown_as_it_is', () => {
    expect(kindName('SOMETHING_NEW')).toBe('SOMETHING_NEW');
    expect(reason('SOMETHING_NEW')).toBe('SOMETHING_NEW');
  });
});
