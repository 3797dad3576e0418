import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { StockCount } from '../src/bindings';
import { till } from '../src/state/till.svelte';
import { go, settled } from './sync_hands';
import { calls, close, key, press, seen } from './window';

afterEach(close);

describe('needs you', () => {
  it('both_versions_stand_side_by_side_with_what_differs_marked', async () => {
    await go('needs_you');
    const detail = await seen('conflict');
    expect(detail).toHaveAttribute('data-conflict', 'c-edit');
    expect(screen.getByTestId('conflict-field-price_minor')).toHaveAttribute(
      'data-differs',
      'true',
    );
    expect(screen.getByTestId('conflict-field-category')).toHaveAttribute('data-differs', 'false');
    for (const words of ['£2.60', '£2.80', '£2.75', 'Aylin', 'Ruth Okafor', 'This till']) {
      expect(detail).toHaveTextContent(words);
    }
    expect(screen.getByTestId('choice-keep_theirs')).toHaveTextContent('Every till sells it as');
  });

  it('nothing_is_settled_before_a_choice_is_confirmed', async () => {
    const pretend = await go('needs_you');
    await press('choice-keep_mine');
    expect(settled(pretend)).toHaveLength(0);
    await fireEvent.input(screen.getByTestId('settle-note'), {
      target: { value: 'Label says so' },
    });
    await press('settle-confirm');
    await waitFor(() => expect(settled(pretend)).toHaveLength(1));
    expect(settled(pretend)[0]).toEqual({
      conflict: 'c-edit',
      version: 1,
      decision: 'keep_mine',
      product: null,
      note: 'Label says so',
    });
    expect(await seen('settling')).toHaveTextContent('on its way');
    expect(screen.queryByTestId('settle-confirm')).toBeNull();
  });

  it('what_became_of_it_is_told_where_it_stands', async () => {
    const pretend = await go('needs_you');
    await press('choice-keep_theirs');
    await press('settle-confirm');
    await seen('settling');
    const by = { who: 'Aylin', till: 'Till 2', at_ms: Date.now(), note: null };
    pretend.cloud.conflicts = pretend.cloud.conflicts.map((c) =>
      c.conflict === 'c-edit'
        ? {
            ...c,
            open: false,
            settling: false,
            settled: { ...by, decision: 'keep_theirs' as const },
          }
        : c,
    );
    till.take(pretend.status());
    expect(await seen('settled-by')).toHaveTextContent('Aylin kept the version in the cloud');
    expect(screen.queryByTestId('needs-you-c-edit'), 'it left the list').toBeNull();
    expect(screen.getByTestId('conflict')).toHaveAttribute('data-open', 'false');
  });

  it('field_by_field_sends_the_value_that_was_picked_for_every_differing_field', async () => {
    const pretend = await go('needs_you');
    await press('choice-field_by_field');
    await press('conflict-pick-name-mine');
    await press('settle-confirm');
    await waitFor(() => expect(settled(pretend)).toHaveLength(1));
    expect(settled(pretend)[0]).toMatchObject({
      decision: 'field_by_field',
      product: {
        product_id: 'p4',
        name: 'Butter croissant, large',
        price_minor: 275,
        price_asks: false,
        category: null,
        barcodes: null,
      },
    });
  });

  it('count_again_leads_to_the_shelf_and_the_count_settles_it', async () => {
    const pretend = await go('needs_you');
    await press('needs-you-c-count');
    await press('choice-count_again');
    await press('settle-confirm');
    await seen('entry-value');
    expect(settled(pretend), 'nothing is decided until it is counted').toHaveLength(0);
    await press('key-6');
    await press('entry-confirm');
    await press('tally-compare');
    await press('tally-confirm');
    await waitFor(() => expect(calls(pretend, 'count_stock')).toHaveLength(1));
    expect(calls(pretend, 'count_stock')[0]?.count as StockCount).toEqual({
      lines: [{ product_id: 'p5', counted_milli: 6000 }],
      reason: null,
      settles: 'c-count',
    });
  });

  it('it_is_settled_by_keyboard_alone', async () => {
    const pretend = await go('needs_you');
    await seen('conflict');
    key('1');
    await waitFor(() => expect(screen.getByTestId('settle-confirm')).toBeEnabled());
    key('F12');
    await waitFor(() => expect(settled(pretend)[0]?.decision).toBe('keep_theirs'));
  });

  it('one_that_changed_meanwhile_is_shown_anew_and_nothing_is_decided', async () => {
    const pretend = await go('needs_you');
    await press('choice-keep_mine');
    pretend.cloud.conflicts = pretend.cloud.conflicts.map((c) => ({ ...c, version: 2 }));
    await press('settle-confirm');
    await waitFor(() =>
      expect(screen.getByTestId('settle-problem')).toHaveTextContent('It changed'),
    );
    await waitFor(() => expect(screen.getByTestId('settle-confirm')).toBeDisabled());
    expect(screen.getByTestId('settle-problem'), 'and it still says so').toBeVisible();
  });

  it('a_cashier_sees_both_versions_and_settles_with_a_supervisor_s_word', async () => {
    const pretend = await go('needs_you', 'Mara');
    expect(await seen('conflict')).toHaveTextContent('A supervisor or manager approves this');
    await press('choice-keep_mine');
    await press('settle-confirm');
    await press('approver-Aylin');
    expect(settled(pretend)).toHaveLength(0);
    for (const n of '7391') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() => expect(settled(pretend)).toHaveLength(1));
    expect(calls(pretend, 'settle')[0]?.approval).toEqual({ operator_id: 'o3', pin: '7391' });
    await seen('settling');
  });

  it('what_was_settled_stays_with_who_and_when', async () => {
    await go('needs_you');
    await press('needs-you-show-settled');
    expect(await seen('settled-by')).toHaveTextContent('Ruth Okafor kept the version in the cloud');
    expect(screen.getByTestId('settled-by')).toHaveTextContent('Head office sets these prices');
  });

  it('when_nothing_needs_anybody_it_says_so', async () => {
    await go('needs_you', 'Aylin', (p) => (p.cloud.conflicts = []));
    expect(await seen('needs-you-empty')).toHaveTextContent('Nothing needs you');
  });

  it('one_that_only_the_outcome_is_known_of_waits_for_both_versions', async () => {
    await go('needs_you', 'Aylin', (p) => {
      p.cloud.conflicts = p.cloud.conflicts.slice(0, 1).map((c) => ({ ...c, told: false }));
    });
    expect(await seen('conflict')).toHaveTextContent('has not told both versions yet');
    expect(screen.queryByTestId('settle-confirm')).toBeNull();
  });
});
