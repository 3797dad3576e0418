import type { PriceMode } from "./PriceMode";

export type SetUp = | { way: 'try_it' } | { way: 'join_branch'; cloud_url: string; code: string; till_name: string; currency: string; manager_name: string; manager_pin: string } | { way: 'start_alone'; branch_name: string; till_name: string; currency: string; price_mode: PriceMode; tax_name: string; tax_rate: string; manager_name: string; manager_pin: string };
