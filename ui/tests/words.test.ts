import { describe, expect, it } from 'vitest';
import type { Safety } from '../src/bindings';
import bound from '../src/bindings/Code.ts?raw';
import { figure, money, quantity, rate } from '../src/lib/money';
import { safetyMeaning, safetySentence } from '../src/lib/safety';
import { codes, sentence, supportText, wayOn } from '../src/lib/words';
import { pounds, refused } from './samples';

const inBindings = [...bound.matchAll(/['"]([a-z_]+)['"]/g)].map((m) => m[1]);

describe('every refusal has words', () => {
  it('every_code_of_the_bindings_has_a_sentence_and_a_way_on', () => {
    expect([...codes].sort()).toEqual([...inBindings].sort());
  });

  it.each(codes)('%s_speaks_in_sentences_and_never_in_codes', (code) => {
    const error = refused(code, 'DETAIL', { value: '12', limit: '99', field: 'till_name' });
    for (const words of [sentence(error), wayOn(error)]) {
      expect(words, 'a sentence ends').toMatch(/[.!?]$/);
      expect(words, 'a code or an inner name is not for people').not.toMatch(/_|DETAIL|undefined/);
    }
  });

  it('the_detail_is_kept_for_support', () => {
    expect(supportText(refused('disk_full', 'ENOSPC at 4096'))).toContain('ENOSPC at 4096');
  });
});

const safety = (some: Partial<Safety>): Safety => ({
  kind: 'all_safe',
  sales_total: 412,
  sales_waiting: 0,
  ops_waiting: 0,
  needs_person: 0,
  since_at_ms: null,
  next_attempt_at_ms: null,
  last_answer: null,
  ...some,
});

describe('the safety line says where the sales are', () => {
  it.each<[Partial<Safety>, string]>([
    [{}, 'All 412 sales are in the cloud'],
    [{ sales_total: 1 }, 'The one sale is in the cloud'],
    [{ kind: 'sending', sales_waiting: 12 }, '12 sales safe on this till, sending'],
    [
      { kind: 'offline', sales_waiting: 1, since_at_ms: new Date(2026, 10, 20, 14, 2).getTime() },
      'Offline since 14:02, 1 sale safe on this till',
    ],
    [{ kind: 'needs_person', needs_person: 2 }, '2 things need a person'],
    [{ kind: 'alone', sales_total: 0 }, 'Selling alone, every sale is kept on this till'],
  ])('%j', (some, words) => expect(safetySentence(safety(some))).toBe(words));

  it('the_three_meanings_are_not_mixed', () => {
    expect(safetyMeaning.all_safe).toBe('safe');
    expect(safetyMeaning.offline).toBe('waiting');
    expect(safetyMeaning.needs_person).toBe('person');
  });
});

describe('figures are written, never computed', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '\u22120.05'],
    [123456789, '1\u202f234\u202f567.89'],
  ])('%i_is_%s', (minor, words) => expect(figure(minor, pounds)).toBe(words));

  it('a_currency_without_decimals_shows_none', () => {
    expect(figure(1550, { code: 'JPY', exponent: 0, symbol: '¥' })).toBe('1\u202f550');
  });

  it('the_currency_is_named_once_and_the_minus_comes_first', () => {
    expect(money(-4120, pounds)).toBe('\u2212£41.20');
    expect(money(4120, { code: 'CHF', exponent: 2, symbol: 'CHF' })).toBe('CHF 41.20');
  });

  it('quantities_and_rates_drop_their_trailing_noughts', () => {
    expect([quantity(1000), quantity(1250), quantity(5)]).toEqual(['1', '1.25', '0.005']);
    expect([rate(2000), rate(770)]).toEqual(['20\u202f%', '7.7\u202f%']);
  });
});
