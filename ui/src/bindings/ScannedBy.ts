export type ScannedBy = 'scanner' | 'typed';
