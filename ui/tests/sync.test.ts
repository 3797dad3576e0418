import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { till } from '../src/state/till.svelte';
import { products, saleRows } from './samples';
import { unequal } from './samples_sync';
import { go, offline } from './sync_hands';
import { as, calls, close, key, open, press, scan, seen } from './window';

afterEach(close);

describe('the top of Sync', () => {
  it('the_header_opens_it_and_the_badge_counts_what_needs_a_person', async () => {
    open((p) => {
      as('Aylin')(p);
      p.safety = { ...p.safety, kind: 'offline', needs_person: 3 };
    });
    expect(await seen('needs-person-badge'), 'also while offline').toHaveTextContent('3');
    await press('safety-line');
    expect(await seen('sync-sentence')).toHaveTextContent('Offline');
    key('Escape');
    await seen('sell');
    key('F11');
    await seen('sync');
  });

  it('before_anybody_signed_in_it_can_be_read_and_not_changed', async () => {
    open((p) => (p.operator = null));
    await press('safety-line');
    expect(await seen('safety-panel')).toHaveTextContent('Every sale is on this till');
    expect(screen.queryByTestId('sync')).toBeNull();
  });

  it('one_sentence_and_one_colour', async () => {
    await go('needs_you', 'Aylin', offline);
    const sentence = await seen('sync-sentence');
    await waitFor(() => expect(sentence).toHaveTextContent('12 sales safe on this till'));
    expect(sentence).toHaveAttribute('data-meaning', 'waiting');
  });

  it('sync_now_shows_how_far_it_has_come_in_counts', async () => {
    const pretend = await go('queue', 'Mara', (p) => {
      offline(p);
      p.cloud.progress = { done: 312, total: 431, what: 'sending' };
    });
    expect(await seen('sync-progress')).toHaveTextContent('312 of 431 sent');
    await press('sync-now');
    await waitFor(() => expect(calls(pretend, 'sync_now')).toHaveLength(1));
  });

  it('sending_can_be_paused_and_says_so', async () => {
    const pretend = await go('queue', 'Aylin', offline);
    await press('sync-pause');
    await waitFor(() => expect(calls(pretend, 'pause_sync')).toEqual([{ paused: true }]));
    await waitFor(() => expect(screen.getByTestId('sync-sentence')).toHaveTextContent('paused'));
    expect(screen.getByTestId('sync-pause')).toHaveTextContent('Go on sending');
  });

  it('a_till_alone_can_join_a_cloud_from_here', async () => {
    const pretend = await go('needs_you', 'Ruth Okafor', (p) => {
      p.cloud.url = null;
      p.cloud.kind = 'alone';
    });
    await press('sync-join');
    await fireEvent.input(await seen('enrol-url'), { target: { value: 'https://cloud.example' } });
    await fireEvent.input(screen.getByTestId('enrol-code'), { target: { value: 'ABCD' } });
    await press('enrol-go');
    await waitFor(() =>
      expect(calls(pretend, 'enrol')).toEqual([
        { cloudUrl: 'https://cloud.example', code: 'ABCD' },
      ]),
    );
    expect(screen.queryByTestId('sync-now')).toBeNull();
  });

  it('the_parts_are_walked_by_keys', async () => {
    await go('needs_you');
    key('F4');
    await seen('sync-queue');
    key('F4');
    await seen('sale-line');
    key('F3');
    key('F3');
    await seen('needs-you');
    key('F3');
    await seen('sync-tools');
  });
});

describe('queue and time line', () => {
  it('what_waits_says_its_state_its_attempts_and_the_last_answer', async () => {
    const pretend = await go('queue', 'Mara', offline);
    const detail = await seen('queue-detail');
    expect(detail).toHaveTextContent('4 times');
    expect(detail).toHaveTextContent('did not answer within 10 seconds');
    await press('queue-retry');
    await waitFor(() => expect(calls(pretend, 'retry_op')).toEqual([{ opId: 'op-400' }]));
  });

  it('an_empty_queue_says_that_everything_is_in_the_cloud', async () => {
    await go('queue');
    expect(await seen('queue-empty')).toHaveTextContent('Nothing waits');
  });

  it('why_a_sale_is_not_in_the_cloud_is_one_sentence', async () => {
    await go('sale_line', 'Mara', (p) => (p.sold = saleRows(5)));
    expect(await seen('sale-line-why')).toHaveTextContent('It is first in line');
    expect(screen.getByTestId('time-line')).toHaveTextContent('b1946ac92492');
  });

  it('a_sale_is_found_by_scanning_something_that_was_on_it', async () => {
    const pretend = await go('sale_line', 'Mara', (p) => {
      p.sold = saleRows(5);
      p.instead.find_sale = () => p.sold.slice(2, 3);
    });
    await seen('sale-line-why');
    scan(products[4]!.barcodes[0]!);
    await waitFor(() => expect(screen.getAllByTestId('sale-line-row')).toHaveLength(1));
    expect(calls(pretend, 'find_sale').at(-1)).toEqual({ text: products[4]!.barcodes[0] });
    await waitFor(() =>
      expect(screen.getByTestId('sale-line-why')).toHaveTextContent('in the cloud'),
    );
  });
});

describe('proof, log and tools', () => {
  it('is_green_only_when_both_hold_the_same', async () => {
    const pretend = await go('proof');
    expect(await seen('proof-equal')).toHaveAttribute('data-equal', 'true');
    expect(screen.getByTestId('proof-head_hash')).toHaveAttribute('data-same', 'true');
    pretend.instead.check_proof = () => unequal;
    await press('proof-check');
    await waitFor(() =>
      expect(screen.getByTestId('proof-equal')).toHaveAttribute('data-equal', 'false'),
    );
    expect(screen.getByTestId('proof-equal')).toHaveTextContent('do not hold the same');
    expect(screen.getByTestId('proof-refunds')).toHaveAttribute('data-same', 'true');
    expect(screen.getByTestId('proof-sales')).toHaveAttribute('data-same', 'false');
    expect(screen.getByTestId('proof-difference')).toHaveTextContent('1 entry less');
  });

  it('a_cloud_that_was_not_heard_is_neither_green_nor_red', async () => {
    await go('proof', 'Aylin', (p) => {
      p.cloud.proof = { ...p.cloud.proof, cloud: null, equal: null };
    });
    expect(await seen('proof-equal')).toHaveAttribute('data-equal', 'unknown');
    expect(screen.getByTestId('proof-equal')).toHaveTextContent('nothing is compared');
    expect(screen.getByTestId('proof-sales')).toHaveAttribute('data-same', 'unknown');
  });

  it('the_log_is_filtered_and_bundled_for_support', async () => {
    await go('log');
    await waitFor(() => expect(screen.getAllByTestId('log-line')).toHaveLength(5));
    await fireEvent.input(screen.getByTestId('log-search'), { target: { value: 'parked' } });
    await waitFor(() => expect(screen.getAllByTestId('log-line')).toHaveLength(1));
    await press('log-bundle');
    expect(await seen('log-bundle-made')).toHaveTextContent('No PINs, no keys');
  });

  it('the_tools_are_for_managers_and_installers', async () => {
    await go('tools', 'Aylin');
    expect(await seen('tools-no-right')).toHaveTextContent('manager or an installer');
    expect(screen.queryByTestId('tool-rebuild_outbox')).toBeNull();
  });

  it('the_way_to_the_cloud_is_tested_step_by_step', async () => {
    await go('tools', 'Ruth Okafor', (p) => {
      p.cloud.steps = p.cloud.steps.map((s) => (s.name === 'clock' ? { ...s, ok: false } : s));
    });
    await press('tool-test_path');
    expect(await seen('path-step-tls')).toHaveAttribute('data-ok', 'true');
    expect(screen.getByTestId('path-step-clock')).toHaveAttribute('data-ok', 'false');
  });

  it('what_was_not_sent_goes_into_a_file_that_was_named', async () => {
    const pretend = await go('tools', 'Ruth Okafor', offline);
    expect(await seen('tool-salvage_file'), 'no file, nothing to write').toBeDisabled();
    await fireEvent.input(screen.getByTestId('tool-path'), { target: { value: '/media/stick/a' } });
    await press('tool-salvage_file');
    await waitFor(() =>
      expect(calls(pretend, 'salvage_file')).toEqual([{ path: '/media/stick/a' }]),
    );
    expect(await seen('tool-done')).toHaveTextContent('/media/stick/a');
  });

  it('leaving_with_unsent_entries_wants_a_file_first', async () => {
    const pretend = await go('tools', 'Ruth Okafor', offline);
    await press('tool-leave_cloud');
    expect(await seen('leave-confirm')).toBeDisabled();
    expect(screen.getByTestId('leave-confirm')).toHaveTextContent(
      '14 entries would be left behind',
    );
    await fireEvent.input(screen.getByTestId('leave-path'), {
      target: { value: '/media/stick/till2' },
    });
    await press('leave-confirm');
    await waitFor(() =>
      expect(calls(pretend, 'leave_cloud')).toEqual([
        { request: { export_to: '/media/stick/till2' } },
      ]),
    );
    expect(await seen('tool-done')).toHaveTextContent('/media/stick/till2');
  });

  it('a_command_that_fails_says_so_where_it_was_asked', async () => {
    const pretend = await go('tools', 'Ruth Okafor');
    pretend.instead.rebuild_outbox = () => {
      throw { code: 'disk_full', field: null, value: null, limit: null, detail: 'ENOSPC' };
    };
    await press('tool-rebuild_outbox');
    expect(await seen('tool-problem')).toHaveTextContent('The disk of this till is full');
    expect(till.status).not.toBeNull();
  });
});
