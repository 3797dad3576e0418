export type Role = 'cashier' | 'supervisor' | 'manager' | 'installer';
