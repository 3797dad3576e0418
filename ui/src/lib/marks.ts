/** Initials and a steady hue for a name, so that a tile is known by its colour before it is read. */

/** At most two letters: of the first and second word, or the first two of the only one. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '', second = ''] = words;
  const letters = second === '' ? [...first].slice(0, 2) : [[...first][0], [...second][0]];
  return letters.join('').toLocaleUpperCase('en');
}

const GOLDEN_ANGLE = 137.508;
const given: Record<string, number> = {};

/** Gives each of these names a hue of its own, as far apart as so many can be. */
export function spreadHues(names: string[]): void {
  names.forEach((name, at) => (given[name] = Math.round(25 + at * GOLDEN_ANGLE) % 360));
}

/** The hue given to a name, or else one that follows from its letters. */
export function hue(name: string): number {
  const own = given[name];
  if (own !== undefined) return own;
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return hash % 360;
}
