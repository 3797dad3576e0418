//! The till's two SQLite files: the sale vault and the shop's data
