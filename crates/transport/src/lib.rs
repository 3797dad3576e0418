//! The protocol over HTTP: client and router pieces
