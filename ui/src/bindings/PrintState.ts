export type PrintState = 'waiting' | 'printing' | 'printed' | 'unconfirmed' | 'dropped';
