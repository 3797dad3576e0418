/** Times of day and lengths of time, in words a cashier uses. */

const two = (n: number) => n.toString().padStart(2, '0');

/** `14:02` */
export function clock(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `14:02:09` */
export function clockSeconds(atMs: number): string {
  return `${clock(atMs)}:${two(new Date(atMs).getSeconds())}`;
}

/** `14:02` today, `Fri 20 Nov, 14:02` on another day. */
export function when(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  if (at.toDateString() === new Date(nowMs).toDateString()) return clock(atMs);
  const day = at.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
  return `${day}, ${clock(atMs)}`;
}

/** A count-down: `0:59`, `12:05`. Never below nought. */
export function countDown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** `40 seconds`, `5 minutes`, `3 hours`, `2 days`: the largest unit that fits. */
export function span(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const [n, word]: [number, string] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 5400
        ? [Math.round(seconds / 60), 'minute']
        : seconds < 129_600
          ? [Math.round(seconds / 3600), 'hour']
          : [Math.round(seconds / 86_400), 'day'];
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/** `2026-11-20 14:02:09`, for lists that leave the till. */
export function day(atMs: number): string {
  const at = new Date(atMs);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${clockSeconds(atMs)}`;
}
