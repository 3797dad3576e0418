import { describe, expect, it } from 'vitest';
import tokens from '../src/styles/tokens.css?raw';

type Scheme = Record<string, string>;

function scheme(selector: RegExp): Scheme {
  const block = tokens.match(selector)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]),
  );
}

const light = scheme(/:root \{([\s\S]*?)\n\}/);
const dark = { ...light, ...scheme(/:root\[data-theme='dark'\] \{([\s\S]*?)\n\}/) };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['ground', 'surface', 'raised'];
const words: Record<string, string[]> = {
  ink: [...grounds, 'sunken', 'next-soft'],
  'ink-2': [...grounds, 'sunken', 'next-soft'],
  'ink-3': [...grounds, 'sunken', 'next-soft'],
  'on-next': ['next', 'next-press'],
  next: [...grounds, 'next-soft'],
  safe: [...grounds, 'safe-soft'],
  waiting: [...grounds, 'waiting-soft'],
  person: [...grounds, 'person-soft', 'next-soft'],
};
const pairs = Object.entries(words).flatMap(([word, on]) =>
  on.map((ground) => [word, ground] as const),
);

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s scheme', (_, colours) => {
  it.each(pairs)('%s_on_%s_can_be_read', (word, ground) => {
    const ratio = contrast(colours[word] ?? '', colours[ground] ?? '');
    expect(ratio, 'words need 4.5 to 1').toBeGreaterThanOrEqual(4.5);
  });
});
