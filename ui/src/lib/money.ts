/**
 * Writes minor units for people. Formatting only: nothing about money is computed in the window.
 * A figure carries no symbol unless asked for; a negative one carries a true minus sign.
 */
import type { CurrencyDto } from '../bindings';

const THIN_SPACE = '\u202f';
const MINUS = '\u2212';

/** `123456` with two decimals is `1 234.56` (thin spaces group thousands). */
export function figure(minor: number, currency: CurrencyDto): string {
  const digits = Math.abs(minor)
    .toString()
    .padStart(currency.exponent + 1, '0');
  const split = digits.length - currency.exponent;
  const whole = digits.slice(0, split).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  const fraction = currency.exponent > 0 ? `.${digits.slice(split)}` : '';
  return `${minor < 0 ? MINUS : ''}${whole}${fraction}`;
}

/** The figure with its currency, for the one place on a screen that names it. */
export function money(minor: number, currency: CurrencyDto): string {
  const amount = figure(minor, currency);
  if (currency.symbol === '' || currency.symbol === currency.code) {
    return `${currency.code} ${amount}`;
  }
  return minor < 0 ? `${MINUS}${currency.symbol}${amount.slice(1)}` : `${currency.symbol}${amount}`;
}

/** What a keypad would have typed for this amount: plain digits and a point. */
export function typedAmount(minor: number, currency: CurrencyDto): string {
  return figure(minor, currency).replaceAll(THIN_SPACE, '').replace(MINUS, '-');
}

/** `1250` is `1.25`: thousandths without trailing noughts. */
export function quantity(milli: number): string {
  const digits = Math.abs(milli).toString().padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  const whole = digits.slice(0, -3);
  return `${milli < 0 ? MINUS : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `2000` is `20 %`, `770` is `7.7 %`. */
export function rate(bp: number): string {
  return `${quantity(bp * 10)}${THIN_SPACE}%`;
}
