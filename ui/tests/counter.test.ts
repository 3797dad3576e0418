import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { goDone } from '../src/state/flow.svelte';
import { till } from '../src/state/till.svelte';
import { products, refused, saleRows } from './samples';
import { calls, close, key, open, press, scan, seen, type } from './window';

afterEach(close);

const code = (at: number) => products[at]?.barcodes[0] ?? '';

describe('scanning', () => {
  it('ten_scans_at_20_ms_are_ten_scan_calls_in_order_even_when_answers_are_slow', async () => {
    const pretend = open();
    await seen('sell');
    let open_calls = 0;
    let most = 0;
    pretend.delay = async (command) => {
      if (command !== 'scan') return;
      most = Math.max(most, ++open_calls);
      await new Promise((done) => setTimeout(done, 5));
      open_calls--;
    };
    const codes = Array.from({ length: 10 }, (_, at) => code(at % 4));
    codes.forEach((c) => scan(c));
    await waitFor(() => expect(calls(pretend, 'scan')).toHaveLength(10));
    expect(calls(pretend, 'scan').map((a) => a.code)).toEqual(codes);
    await waitFor(() => expect(screen.getAllByTestId('cart-line')).toHaveLength(10));
    expect(most, 'one is asked at a time').toBe(1);
  });

  it('a_scan_counts_with_a_panel_open_and_its_digits_reach_nothing_else', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await press('line-quantity');
    await seen('entry-value');
    scan(code(1));
    await waitFor(() => expect(calls(pretend, 'scan')).toHaveLength(1));
    expect(screen.getByTestId('entry-value')).toHaveTextContent('1');
    expect(screen.getByTestId('sell-search')).toHaveValue('');
  });

  it('a_scan_that_stumbles_is_whole_and_leaves_nothing_in_the_search', async () => {
    const pretend = open();
    await seen('sell');
    key(code(1)[0]!);
    await waitFor(() => expect(screen.getByTestId('sell-search')).toHaveValue('5'));
    [...code(1).slice(1)].forEach((c, at) => key(c, at === 0 ? 90 : 20));
    key('Enter', 20);
    await waitFor(() => expect(calls(pretend, 'scan')).toHaveLength(1));
    expect(calls(pretend, 'scan')[0]?.code).toBe(code(1));
    expect(screen.getByTestId('sell-search')).toHaveValue('');
  });

  it('a_scan_counts_while_the_menu_lies_over_the_screen', async () => {
    const pretend = open();
    await press('frame-menu');
    await seen('menu');
    scan(code(0));
    await waitFor(() => expect(calls(pretend, 'scan')).toHaveLength(1));
  });

  it('a_scanned_product_never_signs_anybody_in', async () => {
    const pretend = open((p) => (p.operator = null));
    await press('signin-operator-Mara');
    scan('2580');
    expect(await seen('scan-refused')).toHaveTextContent('2580');
    expect(calls(pretend, 'sign_in')).toHaveLength(0);
    expect(screen.getByTestId('pin-enter'), 'no digit of it is on the pad').toBeDisabled();
  });

  it('while_paying_a_scan_is_refused_aloud_and_not_counted', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await press('pay');
    await seen('tender');
    scan(code(1));
    expect(await seen('scan-refused')).toHaveTextContent('not counted');
    expect(calls(pretend, 'scan')).toHaveLength(0);
    expect(screen.getByTestId('tender-amount'), 'its digits are no amount').toHaveTextContent(
      '2.40',
    );
  });

  it('an_unknown_code_stays_until_settled_and_holds_up_no_scan_behind_it', async () => {
    const pretend = open();
    await seen('sell');
    scan('9999999999999');
    scan(code(0));
    await waitFor(() => expect(screen.getAllByTestId('cart-line')).toHaveLength(1));
    expect(screen.getByTestId('question')).toHaveTextContent('9999999999999');
    expect(screen.getByTestId('pay'), 'not paid past an open question').toBeDisabled();
    key('3');
    await waitFor(() => expect(screen.queryByTestId('question')).toBeNull());
    expect(screen.getByTestId('pay')).toBeEnabled();
    expect(calls(pretend, 'scan')).toHaveLength(2);
  });

  it('of_two_articles_with_one_code_the_key_chooses', async () => {
    const pretend = open((p) => {
      p.instead.scan = ({ code }) => ({ outcome: 'choose', code, products: products.slice(4, 6) });
    });
    await seen('sell');
    scan('4006381333931');
    await seen('question-choice-2');
    key('2');
    await waitFor(() => expect(calls(pretend, 'add_product')).toHaveLength(1));
    expect(calls(pretend, 'add_product')[0]).toMatchObject({
      productId: 'p5',
      code: '4006381333931',
    });
  });

  it('an_article_without_a_price_asks_for_it', async () => {
    const pretend = open();
    await seen('sell');
    scan(code(22));
    await seen('entry-value');
    await type('4', '.', '5');
    await waitFor(() => expect(screen.getByTestId('entry-value')).toHaveTextContent('4.5'));
    key('Enter');
    await waitFor(() => expect(calls(pretend, 'add_product')[0]?.unitPriceMinor).toBe(450));
  });
});

describe('a whole sale', () => {
  it('is_sold_by_keyboard_alone', async () => {
    const pretend = open((p) => (p.operator = null));
    await seen('signin-operator-Mara');
    await type('1', '2', '5', '8', '0');
    await waitFor(() => expect(screen.getByTestId('pin-enter')).toBeEnabled());
    key('Enter');
    await seen('sell');
    scan(code(0));
    await waitFor(() => expect(screen.getByTestId('cart-total')).toHaveTextContent('£2.40'));
    key('F12');
    await waitFor(() => expect(screen.getByTestId('tender-complete')).toBeEnabled());
    await type('1', '0');
    await waitFor(() => expect(screen.getByTestId('tender-amount')).toHaveTextContent('10'));
    key('Enter');
    await waitFor(() => expect(screen.getByTestId('tender-remaining')).toHaveTextContent('7.60'));
    key('Enter');
    expect(await seen('done-change')).toHaveTextContent('7.60');
    await waitFor(() => expect(calls(pretend, 'told')).toEqual([{ saleId: 'cart-1' }]));
    key('Enter');
    expect(screen.getByTestId('done-change'), 'a bouncing Enter hides no change').toBeVisible();
    await waitFor(() => {
      key('Enter');
      expect(screen.getByTestId('sell')).toBeVisible();
    });
  });

  it('is_sold_by_touch_alone', async () => {
    const pretend = open();
    await seen('sell');
    const [tile] = await screen.findAllByTestId('sell-result');
    await fireEvent.click(tile!);
    await waitFor(() => expect(screen.getByTestId('pay')).toBeEnabled());
    await press('pay');
    await press('quick-exact');
    await waitFor(() => expect(screen.getByTestId('tender-complete')).toBeEnabled());
    await press('tender-complete');
    expect(await seen('done-change')).toHaveTextContent('0.00');
    await waitFor(() => expect(calls(pretend, 'told')).toHaveLength(1));
    await press('done-next');
    await seen('sell');
  });

  it('does_not_say_paid_before_the_disk_has_confirmed', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    let confirm: () => void = () => undefined;
    pretend.delay = (command) =>
      command === 'complete' ? new Promise((done) => (confirm = done)) : Promise.resolve();
    await press('pay');
    await press('quick-exact');
    await waitFor(() => expect(screen.getByTestId('tender-complete')).toBeEnabled());
    await press('tender-complete');
    await press('tender-complete');
    await waitFor(() => expect(calls(pretend, 'complete')).toHaveLength(1));
    expect(screen.getByTestId('tender-complete')).toHaveAttribute('aria-busy', 'true');
    expect(screen.queryByText(/^Paid/)).toBeNull();
    confirm();
    expect(await seen('done')).toHaveTextContent('Paid');
    await waitFor(() => expect(calls(pretend, 'told')).toHaveLength(1));
  });

  it('the_next_scan_after_done_starts_the_next_sale_once_the_till_was_told', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await press('pay');
    await press('tender-complete');
    await seen('done');
    scan(code(1));
    await waitFor(() => expect(screen.getByTestId('cart-total')).toHaveTextContent('£3.40'));
    const order = pretend.asked.map((a) => a.command).filter((c) => ['told', 'scan'].includes(c));
    expect(order).toEqual(['told', 'scan']);
  });

  it('a_hand_faster_than_the_till_still_pays_exactly_once', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await waitFor(() => expect(screen.getByTestId('pay')).toBeEnabled());
    pretend.delay = () => new Promise((done) => setTimeout(done, 30));
    key('F12');
    await seen('tender');
    key('Enter');
    key('Enter');
    expect(await seen('done-change')).toHaveTextContent('0.00');
    expect(calls(pretend, 'add_tender')).toHaveLength(1);
    expect(calls(pretend, 'complete')).toHaveLength(1);
    await waitFor(() => expect(calls(pretend, 'told')).toHaveLength(1));
  });

  it('escape_from_paying_keeps_the_cart', async () => {
    open((p) => p.ring(products[0]!));
    await press('pay');
    await seen('tender');
    key('Escape');
    expect(await seen('cart-total')).toHaveTextContent('£2.40');
  });
});

describe('refusals', () => {
  it('a_quantity_too_large_is_explained_beside_the_keypad_and_changes_nothing', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    pretend.instead.parse_quantity = () => {
      throw refused('quantity_too_large', 'limit', { value: '1000000000000', limit: '1 000 000' });
    };
    await press('line-quantity');
    await press('key-9');
    await press('entry-confirm');
    expect(await seen('entry-problem')).toHaveTextContent('1000000000000');
    expect(screen.getByTestId('cart-total')).toHaveTextContent('£2.40');
  });

  it('a_locked_operator_sees_how_long_it_lasts', async () => {
    const pretend = open((p) => (p.operator = null));
    pretend.instead.sign_in = () => ({ outcome: 'locked', until_ms: Date.now() + 60_000 });
    await press('signin-operator-Mara');
    for (const n of '1111') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() =>
      expect(screen.getByTestId('signin-problem')).toHaveTextContent(/Try again in (1:00|0:59)/),
    );
    expect(screen.getByTestId('pin-enter')).toBeDisabled();
  });

  it('every_pin_that_was_entered_is_tried_in_turn_however_slow_the_check', async () => {
    const pretend = open((p) => (p.operator = null));
    pretend.delay = (command) =>
      new Promise((done) => setTimeout(done, command === 'sign_in' ? 40 : 0));
    await press('signin-operator-Mara');
    for (const pin of ['1111', '2222', '2580']) {
      for (const n of pin) await press(`key-${n}`);
      await press('pin-enter');
    }
    await seen('sell');
    expect(calls(pretend, 'sign_in').map((a) => a.pin)).toEqual(['1111', '2222', '2580']);
  });

  it('a_price_change_by_a_cashier_waits_for_a_supervisor', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await press('line-price');
    await press('key-1');
    await press('entry-confirm');
    await press('approver-Aylin');
    expect(calls(pretend, 'set_price')).toHaveLength(0);
    for (const n of '7391') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() =>
      expect(calls(pretend, 'set_price')[0]?.approval).toEqual({ operator_id: 'o3', pin: '7391' }),
    );
  });
});

describe('what was sold before', () => {
  it('a_sale_that_was_recorded_but_not_told_comes_before_selling', async () => {
    const pretend = open((p) => (p.untold = saleRows(1)));
    expect(await seen('untold-row')).toHaveTextContent('receipt not printed');
    pretend.untold = [];
    await press('untold-print');
    await seen('sell');
    const order = pretend.asked.map((a) => a.command).filter((c) => /print_again|told$/.test(c));
    expect(order).toEqual(['print_again', 'told']);
  });

  it('a_refund_needs_lines_a_reason_and_a_supervisor', async () => {
    const pretend = open((p) => (p.sold = saleRows(3)));
    await seen('sell');
    key('F7');
    await press('sales-refund');
    await waitFor(() => expect(screen.getAllByTestId('refund-line')).toHaveLength(4));
    expect(screen.getByTestId('refund-confirm')).toBeDisabled();
    await fireEvent.click(screen.getAllByTestId('refund-more')[1]!);
    await fireEvent.click(screen.getByText('Faulty'));
    await waitFor(() => expect(screen.getByTestId('refund-confirm')).toBeEnabled());
    await press('refund-confirm');
    await press('approver-Aylin');
    for (const n of '7391') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() => expect(calls(pretend, 'refund')).toHaveLength(1));
    expect(calls(pretend, 'refund')[0]?.request).toMatchObject({
      sale_id: 's3',
      lines: [{ line_no: 2, quantity_milli: 1000, back_to_stock: true }],
      reason: 'Faulty',
      refund_id: 'refund-1',
    });
  });

  it('a_recorded_sale_whose_receipt_cannot_be_shown_is_still_done', async () => {
    const pretend = open((p) => p.ring(products[0]!));
    await seen('sell');
    goDone({ ...pretend.done(), preview: null });
    expect(await seen('done')).toHaveTextContent('the sale is recorded');
  });

  it('a_status_that_was_overtaken_is_not_shown', async () => {
    const pretend = open();
    await seen('sell');
    const [older, newer] = [pretend.status(), pretend.status()];
    till.take(newer);
    till.take(older);
    expect(till.status).toBe(newer);
  });

  it('a_cart_of_1114_lines_keeps_few_of_them_in_the_document', async () => {
    open((p) => {
      for (let at = 0; at < 1114; at++) p.ring(products[at % 20]!);
    });
    await seen('cart-count');
    await waitFor(() => expect(screen.getByTestId('cart-count')).toHaveTextContent('1114 lines'));
    expect(screen.getAllByTestId('cart-line').length).toBeLessThan(60);
  });
});
