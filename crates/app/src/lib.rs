//! The facade: everything a person can ask a till
