-- What is pulled from the cloud. All of it can be fetched again. The same shape serves two files: shop.db
-- (stock, catalogue) and office.db (people, settings, conflicts; encrypted, for what hangs on no shelf).

-- The version of each group of fields, for the `base` of an edit; NULL: made here.
ALTER TABLE product ADD COLUMN price_version    INTEGER;
ALTER TABLE product ADD COLUMN tax_version      INTEGER;
ALTER TABLE product ADD COLUMN names_version    INTEGER;
ALTER TABLE product ADD COLUMN barcodes_version INTEGER;

ALTER TABLE in_store_rule ADD COLUMN row_version INTEGER NOT NULL DEFAULT 0;

-- One row per scope. `cursor` lies behind the last staged page, `watermark` is of what is published.
CREATE TABLE pull_place (
  scope           TEXT    NOT NULL PRIMARY KEY
                  CHECK (scope IN ('conflicts', 'config', 'stock', 'catalogue')),
  cloud_epoch     BLOB             CHECK (length(cloud_epoch) = 16),
  -- What to ask with next; NULL: from the beginning.
  cursor          TEXT,
  -- The cloud said "more": what is staged is no whole snapshot yet.
  unfinished      INTEGER NOT NULL CHECK (unfinished IN (0, 1)),
  -- Begun again: the next publish removes the cloud's rows that it did not bring.
  sweep           INTEGER NOT NULL CHECK (sweep IN (0, 1)),
  staged_watermark INTEGER NOT NULL CHECK (staged_watermark >= 0),
  watermark       INTEGER NOT NULL CHECK (watermark >= 0),
  published_epoch BLOB             CHECK (length(published_epoch) = 16),
  -- How often the scope was published; NULL time: never.
  revision        INTEGER NOT NULL CHECK (revision >= 0),
  published_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Rows of pages that are not published yet, each in its latest version.
CREATE TABLE pull_staged (
  scope       TEXT    NOT NULL,
  entity      TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  row_version INTEGER NOT NULL,
  -- NULL: a tombstone
  row         TEXT,
  PRIMARY KEY (scope, entity, id)
) STRICT, WITHOUT ROWID;

-- The last staged page's counts, scope `stock`.
CREATE TABLE pull_staged_included (
  segment BLOB    NOT NULL PRIMARY KEY CHECK (length(segment) = 16),
  seq     INTEGER NOT NULL CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE cloud_stock (
  product_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(product_id) = 16),
  quantity_milli INTEGER NOT NULL,
  tracked        INTEGER NOT NULL CHECK (tracked IN (0, 1)),
  row_version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How much of each till's stream is in `cloud_stock`.
CREATE TABLE stock_included (
  segment BLOB    NOT NULL PRIMARY KEY CHECK (length(segment) = 16),
  seq     INTEGER NOT NULL CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;

-- The cloud's row of a product that was changed here since: put back if the cloud did not take the change.
CREATE TABLE product_before (
  before_no   INTEGER PRIMARY KEY,
  product_id  BLOB    NOT NULL UNIQUE CHECK (length(product_id) = 16),
  row_version INTEGER NOT NULL,
  row         TEXT    NOT NULL CHECK (json_valid(row))
) STRICT;

CREATE TABLE conflict (
  conflict     BLOB    NOT NULL PRIMARY KEY CHECK (length(conflict) = 16),
  is_open      INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  opened_at_ms INTEGER NOT NULL,
  op_id        BLOB    NOT NULL CHECK (length(op_id) = 16),
  -- Only for `product:<id>` and `stock:<branch>/<id>`.
  product_id   BLOB             CHECK (length(product_id) = 16),
  words        TEXT    NOT NULL,
  row_version  INTEGER NOT NULL,
  row          TEXT    NOT NULL CHECK (json_valid(row))
) STRICT, WITHOUT ROWID;

CREATE INDEX conflict_by_time ON conflict (is_open, opened_at_ms);
CREATE INDEX conflict_of_product ON conflict (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX conflict_of_op ON conflict (op_id);

CREATE TABLE office_row (
  entity      TEXT    NOT NULL CHECK (entity IN ('operator', 'setting')),
  id          TEXT    NOT NULL,
  row_version INTEGER NOT NULL,
  row         TEXT    NOT NULL CHECK (json_valid(row)),
  PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;
