import type { Role } from "./Role";

export type OperatorDto = { operator_id: string; name: string; role: Role };
