export type SafetyKind = 'alone' | 'all_safe' | 'sending' | 'offline' | 'needs_person';
