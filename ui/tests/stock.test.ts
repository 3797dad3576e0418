import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { StockAdjust, StockCount, StockEntry, StockLevelDto } from '../src/bindings';
import { route } from '../src/state/route.svelte';
import { products } from './samples';
import { as, calls, close, key, open, press, scan, seen } from './window';
import type { PretendTill } from './pretend_till';

afterEach(close);

const code = (at: number) => products[at]!.barcodes[0]!;

async function go(who: string, prepare: (p: PretendTill) => void = () => undefined) {
  const pretend = open((p) => {
    as(who)(p);
    prepare(p);
  });
  await seen('sell');
  route.go({ at: 'stock', productId: null, count: null });
  await waitFor(() => expect(screen.getAllByTestId('stock-row').length).toBeGreaterThan(3));
  return pretend;
}

const milli = () =>
  Object.fromEntries(
    screen
      .queryAllByTestId('tally-line')
      .map((line) => [line.dataset.productId, Number(line.dataset.milli)]),
  );
const counts = (pretend: PretendTill) =>
  calls(pretend, 'count_stock').map((args) => args.count as StockCount);

describe('stock', () => {
  it('a_scan_opens_the_card_and_the_ledger_says_why_it_is_what_it_is', async () => {
    await go('Mara', (p) => p.shop.past(products[4]!));
    scan(code(4));
    expect(await seen('stock-on-hand')).toHaveTextContent('7');
    expect(screen.getByText('Why is it 7?')).toBeVisible();
    const rows = screen.getAllByTestId('stock-movement');
    expect(rows).toHaveLength(7);
    expect(rows[0]).toHaveTextContent('Counted by Aylin: 7');
    expect(rows[0]).toHaveTextContent('on this till');
    expect(rows[1], 'another till’s movement is told apart').toHaveAttribute('data-here', 'false');
    expect(rows[6], 'the oldest comes last').toHaveTextContent('+12');
  });

  it('a_cashier_counts_and_a_supervisor_approves_at_the_end', async () => {
    const pretend = await go('Mara');
    expect(screen.getByTestId('stock-read-only')).toHaveTextContent('supervisor or manager');
    await press('stock-count');
    scan(code(5));
    await press('tally-compare');
    await press('tally-confirm');
    expect(await seen('vouching')).toHaveTextContent('the count of 1 article');
    expect(counts(pretend)).toHaveLength(0);
    await press('approver-Ruth Okafor');
    for (const n of '7391') await press(`key-${n}`);
    await press('pin-enter');
    await seen('tally-done');
    expect(calls(pretend, 'count_stock')[0]?.approval).toMatchObject({ operator_id: 'o4' });
  });

  it('a_correction_needs_a_quantity_and_a_reason', async () => {
    const pretend = await go('Aylin');
    scan(code(5));
    await press('stock-adjust');
    await press('key-2');
    expect(screen.getByTestId('entry-confirm')).toBeDisabled();
    await press('adjust-reason-1');
    await waitFor(() =>
      expect(screen.getByTestId('entry-confirm')).toHaveTextContent('Take off 2: Damaged'),
    );
    await press('entry-confirm');
    await waitFor(() => expect(calls(pretend, 'adjust_stock')).toHaveLength(1));
    const adjust = calls(pretend, 'adjust_stock')[0]?.adjust as StockAdjust;
    expect(adjust).toEqual({ product_id: 'p5', delta_milli: -2000, reason: 'Damaged' });
    await waitFor(() => expect(screen.getByTestId('stock-on-hand')).toHaveTextContent('7'));
  });

  it('goods_are_received_by_scanning_each_piece', async () => {
    const pretend = await go('Aylin');
    await press('stock-receive');
    for (const at of [4, 5, 5, 8, 5]) scan(code(at));
    await waitFor(() => expect(milli()).toEqual({ p4: 1000, p5: 3000, p8: 1000 }));
    await fireEvent.input(screen.getByTestId('tally-reference'), { target: { value: '4711' } });
    await press('tally-confirm');
    await waitFor(() => expect(calls(pretend, 'receive_stock')).toHaveLength(1));
    const entry = calls(pretend, 'receive_stock')[0]?.entry as StockEntry;
    expect(entry.reference).toBe('4711');
    expect(entry.lines).toContainEqual({ product_id: 'p5', quantity_milli: 3000 });
    expect(await seen('tally-done')).toHaveTextContent('now 12');
  });
});

describe('counting', () => {
  it('is_blind_until_all_is_counted', async () => {
    const pretend = await go('Aylin');
    await press('stock-count');
    scan(code(5));
    scan(code(4));
    scan(code(4));
    await waitFor(() => expect(milli()).toEqual({ p4: 2000, p5: 1000 }));
    expect(screen.queryByTestId('tally-shown'), 'no figure counts for the hand').toBeNull();
    expect(calls(pretend, 'stock_of'), 'nor is it asked for').toHaveLength(0);
    await press('tally-compare');
    await waitFor(() => expect(screen.getAllByTestId('tally-shown')).toHaveLength(2));
    const shown = screen.getAllByTestId('tally-shown').map((line) => line.textContent?.trim());
    expect(shown).toEqual(['as the till shows', 'the till shows 9']);
    await press('tally-confirm');
    await waitFor(() => expect(counts(pretend)).toHaveLength(1));
    expect(counts(pretend)[0]).toMatchObject({ reason: null, settles: null });
    expect(counts(pretend)[0]?.lines).toContainEqual({ product_id: 'p4', counted_milli: 2000 });
  });

  it('a_count_that_came_too_late_to_settle_says_so', async () => {
    await go('Aylin', (p) => {
      const count = p.shop.deeds.count_stock!;
      p.shop.deeds.count_stock = (args) =>
        (count(args) as StockLevelDto[]).map((level) => ({
          ...level,
          remark: 'The count is recorded and settles nothing.',
        }));
    });
    await press('stock-count');
    scan(code(5));
    await press('tally-compare');
    await press('tally-confirm');
    expect(await seen('tally-remark')).toHaveTextContent('settles nothing');
    expect(screen.getByTestId('tally-done')).toHaveTextContent('now 1');
  });

  it('a_change_after_comparing_wants_to_be_compared_again', async () => {
    await go('Aylin');
    await press('stock-count');
    scan(code(5));
    await press('tally-compare');
    await seen('tally-confirm');
    scan(code(5));
    await waitFor(() => expect(milli()).toEqual({ p5: 2000 }));
    expect(screen.queryByTestId('tally-confirm')).toBeNull();
    expect(screen.getByTestId('tally-compare')).toBeEnabled();
  });

  it('a_typed_quantity_replaces_what_was_scanned', async () => {
    await go('Aylin');
    await press('stock-count');
    scan(code(5));
    await press('tally-quantity');
    for (const n of ['1', '4']) await press(`key-${n}`);
    await press('entry-confirm');
    await waitFor(() => expect(milli()).toEqual({ p5: 14_000 }));
  });

  it('a_scan_that_counts_nothing_is_told_and_ten_quick_ones_all_count', async () => {
    const pretend = await go('Aylin');
    await press('stock-count');
    pretend.delay = () => new Promise((done) => setTimeout(done, 4));
    for (let at = 0; at < 10; at++) scan(code(5));
    scan('4006381333931');
    await waitFor(() => expect(milli()).toEqual({ p5: 10_000 }));
    expect(await seen('tally-refused')).toHaveTextContent('4006381333931');
  });

  it('of_two_articles_with_one_code_a_person_chooses', async () => {
    await go('Aylin', (p) => p.shop.products[5]?.barcodes.push(code(4)));
    await press('stock-count');
    scan(code(4));
    await waitFor(() => expect(screen.getAllByTestId('tally-hit')).toHaveLength(2));
    await fireEvent.click(screen.getAllByTestId('tally-hit')[1]!);
    await waitFor(() => expect(milli()).toEqual({ p5: 1000 }));
  });

  it('a_list_that_was_begun_is_there_again_after_a_look_elsewhere', async () => {
    await go('Aylin');
    await press('stock-count');
    scan(code(5));
    await waitFor(() => expect(milli()).toEqual({ p5: 1000 }));
    key('F7');
    await seen('sales');
    route.go({ at: 'stock', productId: null, count: null });
    await waitFor(() =>
      expect(screen.getByTestId('stock-count')).toHaveTextContent('1 line begun'),
    );
    await press('stock-count');
    await waitFor(() => expect(milli()).toEqual({ p5: 1000 }));
  });

  it('a_line_taken_off_can_be_brought_back', async () => {
    await go('Aylin');
    await press('stock-count');
    scan(code(5));
    await press('tally-remove');
    await waitFor(() => expect(milli()).toEqual({}));
    key('F8');
    await waitFor(() => expect(milli()).toEqual({ p5: 1000 }));
  });
});
