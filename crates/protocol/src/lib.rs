//! What till, host and cloud say to each other: ops, bytes, chain, batches, answers
