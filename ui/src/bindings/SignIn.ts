import type { TillStatus } from "./TillStatus";

export type SignIn = | { outcome: 'signed_in'; status: TillStatus } | { outcome: 'wrong_pin'; attempts_left: number } | { outcome: 'locked'; until_ms: number };
