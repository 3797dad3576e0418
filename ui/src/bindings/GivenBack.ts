export type GivenBack = 'none' | 'part' | 'all';
