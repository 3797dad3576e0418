//! The till's rules: money, quantity, tax, rounding, cart, sale, refund, tender, roles. Pure
