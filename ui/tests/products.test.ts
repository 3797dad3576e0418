import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProductEdit } from '../src/bindings';
import { route } from '../src/state/route.svelte';
import { products, refused } from './samples';
import { as, calls, close, key, open, press, scan, seen } from './window';
import type { PretendTill } from './pretend_till';

afterEach(close);

async function go(who: string, prepare: (p: PretendTill) => void = () => undefined) {
  const pretend = open((p) => {
    as(who)(p);
    prepare(p);
  });
  await seen('sell');
  route.go({ at: 'products', productId: 'p4' });
  await waitFor(() =>
    expect(screen.getByTestId('product')).toHaveAttribute('data-product-id', 'p4'),
  );
  return pretend;
}

const field = (name: string) => screen.getByTestId(`product-${name}`);
const fill = (name: string, value: string) => fireEvent.input(field(name), { target: { value } });
const edits = (pretend: PretendTill) =>
  calls(pretend, 'edit_product').map((args) => args.edit as ProductEdit);

describe('products', () => {
  it('open_from_the_menu_by_its_key', async () => {
    open(as('Aylin'));
    await seen('sell');
    key('F9');
    await seen('menu');
    key('3');
    expect(await seen('products')).toBeVisible();
  });

  it('an_edit_carries_only_what_was_changed', async () => {
    const pretend = await go('Aylin');
    expect(screen.getByTestId('product-save')).toBeDisabled();
    await fill('price', '2.85');
    await waitFor(() => expect(screen.getByTestId('product-save')).toHaveTextContent('Save price'));
    await press('product-save');
    await waitFor(() => expect(edits(pretend)).toHaveLength(1));
    expect(edits(pretend)[0]).toEqual({
      product_id: 'p4',
      name: null,
      code: null,
      category: null,
      unit: null,
      price_minor: 285,
      price_asks: false,
      tax_class: null,
      barcodes: null,
      versions: { names: 7, price: 9, tax: 7, barcodes: 7 },
      sure: false,
    });
    await waitFor(() =>
      expect(screen.getByTestId('product-said')).toHaveTextContent('Saved on this till'),
    );
    expect(screen.getByTestId('product')).toHaveAttribute('data-unsent', 'true');
    expect(screen.getByTestId('product-save'), 'nothing is left to save').toBeDisabled();
  });

  it('a_price_can_be_left_to_the_cashier', async () => {
    const pretend = await go('Aylin');
    await press('product-asks-asks');
    await press('product-save');
    await waitFor(() =>
      expect(edits(pretend)[0]).toMatchObject({ price_minor: null, price_asks: true }),
    );
  });

  it('undo_puts_back_what_was_typed_and_brings_it_again', async () => {
    await go('Aylin');
    await fill('name', 'Croissant, large');
    await press('product-undo');
    await waitFor(() => expect(field('name')).toHaveValue('Butter croissant'));
    await press('product-restore');
    await waitFor(() => expect(field('name')).toHaveValue('Croissant, large'));
  });

  it('what_was_typed_stays_while_another_article_is_looked_at', async () => {
    await go('Aylin');
    await fill('name', 'Croissant, large');
    scan(products[5]!.barcodes[0]!);
    await waitFor(() => expect(field('name')).toHaveValue('Sourdough loaf, 800 g'));
    scan(products[4]!.barcodes[0]!);
    await waitFor(() => expect(field('name')).toHaveValue('Croissant, large'));
  });

  it('a_scan_is_a_barcode_only_after_it_was_asked_for', async () => {
    const pretend = await go('Aylin');
    await press('product-barcode-scan');
    scan('4006381333931');
    await waitFor(() => expect(screen.getAllByTestId('product-barcode')).toHaveLength(2));
    await press('product-save');
    await waitFor(() =>
      expect(edits(pretend)[0]?.barcodes).toEqual(['5000000000004', '4006381333931']),
    );
  });

  it('a_barcode_of_another_article_is_asked_about_before_it_is_used_for_both', async () => {
    const pretend = await go('Aylin');
    await fireEvent.input(screen.getByTestId('product-barcode-text'), {
      target: { value: products[5]!.barcodes[0] },
    });
    await press('product-barcode-add');
    await press('product-save');
    expect(await seen('product-problem')).toHaveTextContent('on another article already');
    await press('product-save-sure');
    await waitFor(() => expect(edits(pretend).map((e) => e.sure)).toEqual([false, true]));
    await waitFor(() => expect(screen.queryByTestId('product-problem')).toBeNull());
  });

  it('an_unknown_scan_offers_a_new_article_with_that_code', async () => {
    const pretend = await go('Aylin');
    scan('4006381333931');
    await waitFor(() =>
      expect(screen.getByTestId('products-new')).toHaveTextContent('4006381333931'),
    );
    await press('products-new');
    await waitFor(() => expect(field('name')).toHaveValue(''));
    await fill('name', 'Fountain pen');
    await fill('price', '12');
    await press('product-save');
    await waitFor(() => expect(calls(pretend, 'new_product')).toHaveLength(1));
    expect(calls(pretend, 'new_product')[0]?.product).toMatchObject({
      name: 'Fountain pen',
      price_minor: 1200,
      tax_class: 'standard',
      barcodes: ['4006381333931'],
    });
  });

  it('a_cashier_sees_everything_and_is_told_who_changes_it', async () => {
    await go('Mara');
    expect(screen.getByTestId('products-read-only')).toHaveTextContent('supervisor or manager');
    expect(field('name')).toBeDisabled();
    expect(screen.queryByTestId('product-save')).toBeNull();
    expect(screen.queryByTestId('products-new')).toBeNull();
  });

  it('a_cashier_prepares_a_change_and_a_supervisor_approves_it', async () => {
    const pretend = await go('Mara');
    await press('product-unlock');
    await waitFor(() => expect(field('price')).toBeEnabled());
    await fill('price', '2.85');
    await press('product-save');
    expect(await seen('vouching')).toHaveTextContent('Changing price of Butter croissant');
    expect(edits(pretend), 'nothing is written before the word').toHaveLength(0);
    await press('approver-Aylin');
    for (const n of '7391') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() => expect(edits(pretend)).toHaveLength(1));
    expect(calls(pretend, 'edit_product')[0]?.approval).toEqual({ operator_id: 'o3', pin: '7391' });
    await waitFor(() => expect(screen.queryByTestId('vouching')).toBeNull());
  });

  it('a_wrong_approval_is_said_beside_the_pin_and_may_be_tried_again', async () => {
    const pretend = await go('Mara');
    pretend.instead.edit_product = () => {
      throw refused('approval_wrong', 'no');
    };
    await press('product-unlock');
    await fill('price', '2.85');
    await press('product-save');
    await press('approver-Aylin');
    for (const n of '1234') await press(`key-${n}`);
    await press('pin-enter');
    await waitFor(() =>
      expect(screen.getByTestId('vouching')).toHaveTextContent('The approval was not accepted'),
    );
    await press('sheet-close');
    await waitFor(() => expect(screen.queryByTestId('vouching')).toBeNull());
    expect(field('price'), 'what was typed is still there').toHaveValue('2.85');
  });

  it('a_conflict_about_the_article_is_marked_and_leads_to_both_versions', async () => {
    await go('Aylin', (p) => (p.shop.conflicts.p4 = 'c-edit'));
    await press('product-conflict');
    await waitFor(() =>
      expect(screen.getByTestId('conflict')).toHaveAttribute('data-conflict', 'c-edit'),
    );
  });
});
