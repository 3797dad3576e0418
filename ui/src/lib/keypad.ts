/** What a keypad does to the text above it. Text only: the till reads the amount. */

export interface Pad {
  /** Decimals that may be typed after the point; 0 means no point. */
  decimals: number;
  /** The most characters. */
  longest: number;
}

/** The text after one key: a digit, `00`, `.`, `,` or `Backspace`. A key that makes no sense changes nothing. */
export function pressed(text: string, key: string, pad: Pad): string {
  if (key === 'Backspace') return text.slice(0, -1);
  if (key === '.' || key === ',') {
    if (pad.decimals === 0 || text.includes('.')) return text;
    return text === '' ? '0.' : `${text}.`;
  }
  if (!/^\d+$/.test(key)) return text;
  const next = (text === '0' ? '' : text) + key;
  const point = next.indexOf('.');
  if (point >= 0 && next.length - point - 1 > pad.decimals) return text;
  return next.length > pad.longest ? text : next.replace(/^0+(?=\d)/, '');
}

/** As `pressed`, for a PIN: every nought counts. */
export function pressedPin(text: string, key: string, longest: number): string {
  if (key === 'Backspace') return text.slice(0, -1);
  return /^\d$/.test(key) && text.length < longest ? text + key : text;
}
