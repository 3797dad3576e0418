import { describe, expect, it } from 'vitest';
import { Burst } from '../src/lib/burst';

function type(burst: Burst<string>, text: string, gapMs: number, from = 0): number {
  let at = from;
  for (const c of text) burst.press(c, (at += gapMs), 'field');
  return at;
}

describe('a scan is told from typing by its speed', () => {
  it('a_burst_of_20_ms_ended_by_enter_is_a_scan', () => {
    const burst = new Burst<string>();
    const at = type(burst, '4006381333931', 20);
    expect(burst.enter(at + 20)).toEqual({ kind: 'scan', code: '4006381333931', stumbled: 0 });
  });

  it('a_gap_of_50_ms_is_still_one_scan', () => {
    const burst = new Burst<string>();
    const at = type(burst, '1234', 50);
    expect(burst.enter(at + 50)).toEqual({ kind: 'scan', code: '1234', stumbled: 0 });
  });

  it('slow_keys_are_typed_and_none_is_lost', () => {
    const burst = new Burst<string>();
    const typed = [...'2580'].flatMap((c, n) => burst.press(c, n * 120, 'pad'));
    const end = burst.enter(480);
    const rest = end.kind === 'typed' ? end.keys : [];
    expect([...typed, ...rest].map((k) => k.key).join(''), 'every key comes back').toBe('2580');
  });

  it('three_quick_keys_are_too_few_for_a_scan', () => {
    const burst = new Burst<string>();
    const at = type(burst, '123', 10);
    expect(burst.enter(at + 10).kind).toBe('typed');
  });

  it('an_enter_that_comes_late_does_not_make_a_scan', () => {
    const burst = new Burst<string>();
    const at = type(burst, '12345', 10);
    expect(burst.enter(at + 200).kind).toBe('typed');
  });

  it('keys_typed_before_a_scan_do_not_become_part_of_it', () => {
    const burst = new Burst<string>();
    burst.press('7', 0, 'field');
    const before = burst.press('4', 300, 'field');
    const at = type(burst, '006', 20, 300);
    expect(
      before.map((k) => k.key),
      'the slow key was typed',
    ).toEqual(['7']);
    expect(burst.enter(at + 20)).toEqual({ kind: 'scan', code: '4006', stumbled: 0 });
  });

  it('a_stumble_after_the_first_key_does_not_cut_the_code_short', () => {
    const burst = new Burst<string>();
    burst.press('4', 0, 'field');
    expect(burst.flush(), 'it was let through as typed').toHaveLength(1);
    const at = type(burst, '006381333931', 20, 80);
    expect(burst.enter(at + 20)).toEqual({ kind: 'scan', code: '4006381333931', stumbled: 1 });
  });

  it('a_held_key_remembers_where_it_was_pressed', () => {
    const burst = new Burst<string>();
    burst.press('a', 0, 'first');
    burst.press('b', 20, 'second');
    expect(burst.flush().map((k) => k.target)).toEqual(['first', 'second']);
  });
});
