import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { pressed, pressedPin } from '../src/lib/keypad';
import PinPad from '../src/shared/PinPad.svelte';

const type = (keys: string[], decimals: number, longest = 12) =>
  keys.reduce((text, key) => pressed(text, key, { decimals, longest }), '');

describe('the keypad makes text that can be an amount', () => {
  it.each<[string[], number, string]>([
    [['1', '2', '.', '5'], 2, '12.5'],
    [['.', '5'], 2, '0.5'],
    [['0', '0', '7'], 2, '7'],
    [['1', '.', '2', '.', '3'], 2, '1.23'],
    [['1', '.', '2', '3', '4'], 2, '1.23'],
    [['1', '.', '5'], 0, '15'],
    [['5', '00'], 0, '500'],
    [['1', '2', 'Backspace'], 2, '1'],
    [['Backspace'], 2, ''],
    [['1', 'x', ','], 2, '1.'],
  ])('%j_with_%i_decimals_is_%s', (keys, decimals, text) => {
    expect(type(keys, decimals)).toBe(text);
  });

  it('more_digits_than_fit_are_not_taken', () => {
    expect(type([...'1234567'], 0, 5)).toBe('12345');
  });

  it('a_pin_keeps_its_noughts', () => {
    expect([...'0070'].reduce((pin, k) => pressedPin(pin, k, 8), '')).toBe('0070');
  });
});

describe('the PIN pad', () => {
  it('a_pin_of_four_digits_may_be_entered_by_touch_and_is_not_shown', async () => {
    const pins: string[] = [];
    render(PinPad, { onpin: (pin: string) => pins.push(pin), testid: 'pin-pad' });
    const enter = screen.getByTestId('pin-enter');
    expect(enter, 'nothing typed yet').toBeDisabled();
    for (const n of '2580') await fireEvent.click(screen.getByTestId(`key-${n}`));
    expect(screen.getByTestId('pin-pad')).not.toHaveTextContent('2580');
    await fireEvent.click(enter);
    expect(pins).toEqual(['2580']);
  });
});
