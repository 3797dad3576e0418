//! The machines of the protocol without I/O: the till's engine, the cloud's ingest decision, retry
