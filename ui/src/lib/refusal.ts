/** Turns whatever a command rejected with into an `AppError`; nothing is thrown away. */
import type { AppError } from '../bindings';

function isAppError(thrown: unknown): thrown is AppError {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'detail' in thrown;
}

export function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { code: 'internal', field: null, value: null, limit: null, detail };
}
