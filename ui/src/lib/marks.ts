/** Initials and a steady hue for a name, so that a tile is known by its colour before it is read. */

/** At most two letters: of the first and second word, or the first two of the only one. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '', second = ''] = words;
  const letters = second === '' ? [...first].slice(0, 2) : [[...first][0], [...second][0]];
  return letters.join('').toLocaleUpperCase('en');
}

/** One of twelve hues, the same for the same words on every till. */
export function hue(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return (hash % 12) * 30 + 15;
}
