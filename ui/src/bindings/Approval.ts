export type Approval = { operator_id: string; pin: string };
