//! Builders, fake clock, virtual printer. Never shipped
