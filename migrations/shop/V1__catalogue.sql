-- shop.db: what the branch sells. Nothing here is the only copy: accepted import files lie whole in
-- imports/, articles made at the till are ops in the vault. The file may be thrown away and made anew.
-- Units: *_minor = minor units of the till's currency, *_bp = basis points, *_at_ms = UTC milliseconds.
-- row_version = the cloud's number of the row once the cloud keeps the catalogue; 0 = made here.

CREATE TABLE tax_class (
  code        TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 128),
  name        TEXT NOT NULL,
  rate_bp     INTEGER NOT NULL CHECK (rate_bp BETWEEN 0 AND 100000),
  row_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE category (
  category_no INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
  row_version INTEGER NOT NULL
) STRICT;

-- One row per accepted import; `kept` is the source's name below imports/ (without its ending).
CREATE TABLE import (
  import_no     INTEGER PRIMARY KEY,
  kept          TEXT NOT NULL UNIQUE,
  source_sha256 TEXT NOT NULL CHECK (length(source_sha256) = 64),
  source_form   TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  rows          INTEGER NOT NULL,
  imported      INTEGER NOT NULL,
  updated       INTEGER NOT NULL,
  refused       INTEGER NOT NULL
) STRICT;

CREATE TABLE product (
  product_no  INTEGER PRIMARY KEY,
  product_id  BLOB NOT NULL UNIQUE CHECK (length(product_id) = 16),
  code        TEXT CHECK (code IS NULL OR length(code) BETWEEN 1 AND 128),
  name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  unit        TEXT NOT NULL CHECK (unit IN ('piece', 'kilogram', 'litre', 'metre')),
  -- NULL: the till asks for the price
  price_minor INTEGER CHECK (price_minor BETWEEN 0 AND 1000000000000),
  tax_class   TEXT NOT NULL REFERENCES tax_class (code),
  category_no INTEGER REFERENCES category (category_no),
  -- the import that last wrote the row; NULL: made at the till
  import_no   INTEGER,
  row_version INTEGER NOT NULL
) STRICT;

-- A scanner with caps lock on still finds `gift_0001_20`.
CREATE INDEX product_by_code ON product (code COLLATE NOCASE) WHERE code IS NOT NULL;
CREATE INDEX product_in_category ON product (category_no, name COLLATE NOCASE) WHERE category_no IS NOT NULL;

-- Several keys per product and several products per key: the till asks, it never guesses.
CREATE TABLE barcode (
  key        TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
  product_no INTEGER NOT NULL REFERENCES product (product_no),
  PRIMARY KEY (key, product_no)
) STRICT, WITHOUT ROWID;

CREATE INDEX barcode_of_product ON barcode (product_no);

-- In-store barcode rules are data: their shape is the domain's, the order is the order they are tried in.
CREATE TABLE in_store_rule (
  position INTEGER PRIMARY KEY,
  rule     TEXT NOT NULL CHECK (json_valid(rule))
) STRICT;

-- Words as the search folds them (crates/vault/src/shop/words.rs), not as they are shown: contentless.
CREATE VIRTUAL TABLE product_words USING fts5 (
  name, category,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2",
  prefix = '2 3'
);
