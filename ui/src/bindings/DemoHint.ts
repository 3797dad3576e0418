export type DemoHint = { operator: string; pin: string };
