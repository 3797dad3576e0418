-- The sale vault: facts of one till. Money in minor units (*_minor), quantities in thousandths
-- (*_milli), rates in basis points (*_bp), times in UTC milliseconds (*_ms). Ids are 16-byte BLOBs,
-- time-ordered, so that every index grows at its end and a million sales cost what ten cost.

-- Who this till is. One row. `genesis_*` and `public_key` anchor the chain and never change.
CREATE TABLE identity (
  one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  tenant         BLOB    NOT NULL CHECK (length(tenant) = 16),
  branch         BLOB    NOT NULL CHECK (length(branch) = 16),
  till           BLOB    NOT NULL CHECK (length(till) = 16),
  genesis_tenant BLOB    NOT NULL CHECK (length(genesis_tenant) = 16),
  genesis_branch BLOB    NOT NULL CHECK (length(genesis_branch) = 16),
  public_key     BLOB    NOT NULL CHECK (length(public_key) = 32),
  changed_at_ms  INTEGER NOT NULL
) STRICT;

-- One run of the program's stretch of the chain. The parent is the op before its first one.
-- `last_seq` and `sales` are set when the next segment begins; until then `head` has them.
CREATE TABLE segment (
  segment_no     INTEGER NOT NULL PRIMARY KEY,
  segment        BLOB    NOT NULL UNIQUE CHECK (length(segment) = 16),
  parent_segment BLOB             CHECK (length(parent_segment) = 16),
  parent_seq     INTEGER          CHECK (parent_seq > 0),
  parent_chain   BLOB             CHECK (length(parent_chain) = 32),
  first_seq      INTEGER NOT NULL CHECK (first_seq > 0),
  last_seq       INTEGER          CHECK (last_seq >= first_seq),
  sales          INTEGER          CHECK (sales >= 0),
  CHECK ((parent_segment IS NULL) = (parent_seq IS NULL)),
  CHECK ((parent_segment IS NULL) = (parent_chain IS NULL)),
  CHECK ((last_seq IS NULL) = (sales IS NULL))
) STRICT;

-- Every op, byte for byte. `op_no` is seq * 256, plus a small number when an old backup came back
-- and two histories hold the same seq (both are kept). So cashier order is key order.
CREATE TABLE op (
  op_no            INTEGER NOT NULL PRIMARY KEY CHECK (op_no >= 256),
  op_id            BLOB    NOT NULL UNIQUE CHECK (length(op_id) = 16),
  segment_no       INTEGER NOT NULL REFERENCES segment (segment_no),
  type             TEXT    NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
  prev             BLOB    NOT NULL CHECK (length(prev) = 32),
  chain            BLOB    NOT NULL CHECK (length(chain) = 32),
  op_hash          BLOB    NOT NULL CHECK (length(op_hash) = 32),
  bytes            BLOB    NOT NULL CHECK (length(bytes) BETWEEN 2 AND 1048576),
  -- Sales and refunds of this segment up to and including this op: what still waits for the cloud
  -- is a subtraction and not a scan.
  sales_in_segment INTEGER NOT NULL CHECK (sales_in_segment >= 0),
  recorded_at_ms   INTEGER NOT NULL
) STRICT;

-- A completed sale or refund (amounts of a refund are positive: what went back).
CREATE TABLE sale (
  op_no               INTEGER NOT NULL PRIMARY KEY REFERENCES op (op_no),
  sale_id             BLOB    NOT NULL UNIQUE CHECK (length(sale_id) = 16),
  kind                TEXT    NOT NULL CHECK (kind IN ('sale', 'refund')),
  of_sale             BLOB             CHECK (length(of_sale) = 16),
  number              TEXT    NOT NULL CHECK (length(number) BETWEEN 1 AND 200),
  currency            TEXT    NOT NULL CHECK (length(currency) = 3),
  operator_name       TEXT    NOT NULL,
  completed_at_ms     INTEGER NOT NULL,
  reference           TEXT,
  lines               INTEGER NOT NULL CHECK (lines >= 1),
  net_minor           INTEGER NOT NULL,
  tax_minor           INTEGER NOT NULL,
  gross_minor         INTEGER NOT NULL CHECK (gross_minor = net_minor + tax_minor),
  cash_rounding_minor INTEGER NOT NULL,
  to_pay_minor        INTEGER NOT NULL CHECK (to_pay_minor = gross_minor + cash_rounding_minor),
  change_minor        INTEGER NOT NULL CHECK (change_minor >= 0),
  CHECK (kind = 'refund' OR of_sale IS NULL)
) STRICT;

CREATE INDEX refund_of_sale ON sale (of_sale) WHERE of_sale IS NOT NULL;
CREATE INDEX sale_by_reference ON sale (reference) WHERE reference IS NOT NULL;

-- One article on it; description, price and tax frozen as sold.
CREATE TABLE sale_line (
  op_no            INTEGER NOT NULL REFERENCES sale (op_no),
  line_no          INTEGER NOT NULL CHECK (line_no BETWEEN 1 AND 5000),
  product_id       BLOB    NOT NULL CHECK (length(product_id) = 16),
  code             TEXT,
  name             TEXT    NOT NULL,
  unit             TEXT    NOT NULL CHECK (unit IN ('piece', 'kilogram', 'litre', 'metre')),
  quantity_milli   INTEGER NOT NULL CHECK (quantity_milli BETWEEN 1 AND 1000000000),
  unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor BETWEEN 0 AND 1000000000000),
  discount_bp      INTEGER NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
  tax_class        TEXT    NOT NULL,
  tax_rate_bp      INTEGER NOT NULL CHECK (tax_rate_bp >= 0),
  net_minor        INTEGER NOT NULL,
  tax_minor        INTEGER NOT NULL,
  gross_minor      INTEGER NOT NULL CHECK (gross_minor = net_minor + tax_minor),
  of_line          INTEGER          CHECK (of_line > 0),
  back_to_stock    INTEGER          CHECK (back_to_stock IN (0, 1)),
  PRIMARY KEY (op_no, line_no)
) STRICT, WITHOUT ROWID;

-- One amount handed over (or, for a refund, back).
CREATE TABLE tender (
  op_no        INTEGER NOT NULL REFERENCES sale (op_no),
  tender_no    INTEGER NOT NULL CHECK (tender_no BETWEEN 1 AND 50),
  tender_id    BLOB    NOT NULL CHECK (length(tender_id) = 16),
  kind         TEXT    NOT NULL CHECK (kind IN ('cash', 'card')),
  amount_minor INTEGER NOT NULL,
  reference    TEXT,
  PRIMARY KEY (op_no, tender_no)
) STRICT, WITHOUT ROWID;

-- Every signed change of a stock, for ever.
CREATE TABLE stock_movement (
  op_no       INTEGER NOT NULL REFERENCES op (op_no),
  movement_no INTEGER NOT NULL CHECK (movement_no >= 1),
  product_id  BLOB    NOT NULL CHECK (length(product_id) = 16),
  kind        TEXT    NOT NULL
              CHECK (kind IN ('sale', 'refund', 'resale', 'adjustment', 'restock', 'count')),
  delta_milli INTEGER NOT NULL CHECK (delta_milli <> 0),
  reason      TEXT,
  PRIMARY KEY (op_no, movement_no)
) STRICT, WITHOUT ROWID;

-- The sum of a product's movements, kept in the same transaction; `verify` adds them up again.
CREATE TABLE stock (
  product_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(product_id) = 16),
  on_hand_milli INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the till stands, and what it counted so far. One row, written by every transaction that
-- appends an op, so that no number on the screen needs a scan.
CREATE TABLE head (
  one              INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  seq              INTEGER NOT NULL CHECK (seq >= 0),
  segment_no       INTEGER REFERENCES segment (segment_no),
  chain            BLOB    NOT NULL CHECK (length(chain) = 32),
  sales_in_segment INTEGER NOT NULL CHECK (sales_in_segment >= 0),
  hlc_ms           INTEGER NOT NULL,
  hlc_counter      INTEGER NOT NULL,
  -- Where in the journal a record begins that was flushed before this transaction: start-up reads
  -- the journal from there.
  journal_mark     INTEGER NOT NULL CHECK (journal_mark >= 0),
  ops              INTEGER NOT NULL CHECK (ops >= 0),
  sales            INTEGER NOT NULL CHECK (sales >= 0),
  refunds          INTEGER NOT NULL CHECK (refunds >= 0),
  lines            INTEGER NOT NULL CHECK (lines >= 0),
  net_minor        INTEGER NOT NULL
) STRICT;

-- Numbers that damage to both media took; named, never filled again.
CREATE TABLE hole (
  first_seq     INTEGER NOT NULL PRIMARY KEY CHECK (first_seq > 0),
  last_seq      INTEGER NOT NULL CHECK (last_seq >= first_seq),
  noticed_at_ms INTEGER NOT NULL
) STRICT;

-- The open cart. `sale_id` and `op_id` are made with it: paying it twice is the same op.
CREATE TABLE cart (
  sale_id       BLOB    NOT NULL PRIMARY KEY CHECK (length(sale_id) = 16),
  op_id         BLOB    NOT NULL CHECK (length(op_id) = 16),
  opened_at_ms  INTEGER NOT NULL,
  operator_id   BLOB    NOT NULL CHECK (length(operator_id) = 16),
  operator_name TEXT    NOT NULL,
  reference     TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_line (
  sale_id          BLOB    NOT NULL REFERENCES cart (sale_id) ON DELETE CASCADE,
  line_no          INTEGER NOT NULL CHECK (line_no > 0),
  product_id       BLOB    NOT NULL CHECK (length(product_id) = 16),
  code             TEXT,
  name             TEXT    NOT NULL,
  unit             TEXT    NOT NULL CHECK (unit IN ('piece', 'kilogram', 'litre', 'metre')),
  quantity_milli   INTEGER NOT NULL CHECK (quantity_milli BETWEEN 1 AND 1000000000),
  unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor BETWEEN 0 AND 1000000000000),
  list_price_minor INTEGER,
  price_reason     TEXT             CHECK (price_reason IS NULL OR json_valid(price_reason)),
  discount_bp      INTEGER NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
  tax_class        TEXT    NOT NULL,
  tax_rate_bp      INTEGER NOT NULL CHECK (tax_rate_bp >= 0),
  voided           INTEGER NOT NULL CHECK (voided IN (0, 1)),
  PRIMARY KEY (sale_id, line_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_tender (
  sale_id      BLOB    NOT NULL REFERENCES cart (sale_id) ON DELETE CASCADE,
  tender_no    INTEGER NOT NULL CHECK (tender_no > 0),
  tender_id    BLOB    NOT NULL CHECK (length(tender_id) = 16),
  kind         TEXT    NOT NULL CHECK (kind IN ('cash', 'card')),
  amount_minor INTEGER NOT NULL,
  reference    TEXT,
  PRIMARY KEY (sale_id, tender_no)
) STRICT, WITHOUT ROWID;

-- Recorded, and nobody has said yet that the cashier saw it.
CREATE TABLE untold (
  op_no INTEGER NOT NULL PRIMARY KEY REFERENCES sale (op_no)
) STRICT;

-- What happened to a sale after it was recorded: for its time line.
CREATE TABLE milestone (
  op_no INTEGER NOT NULL REFERENCES op (op_no),
  at_ms INTEGER NOT NULL,
  what  TEXT    NOT NULL
        CHECK (what IN ('told', 'printed', 'copy_printed', 'print_dropped', 'recovered')),
  PRIMARY KEY (op_no, at_ms, what)
) STRICT, WITHOUT ROWID;

-- Receipts not yet known to be on paper. A printed one leaves a milestone and goes.
CREATE TABLE print_job (
  job_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(job_id) = 16),
  op_no      INTEGER REFERENCES sale (op_no),
  kind       TEXT    NOT NULL CHECK (kind IN ('receipt', 'copy', 'test')),
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'printing', 'unconfirmed')),
  attempts   INTEGER NOT NULL CHECK (attempts >= 0),
  trouble    TEXT,
  made_at_ms INTEGER NOT NULL,
  CHECK ((kind = 'test') = (op_no IS NULL))
) STRICT, WITHOUT ROWID;

-- How far the cloud holds each segment: the only upload cursor, and only ever what the cloud said.
CREATE TABLE cloud_head (
  segment_no INTEGER NOT NULL PRIMARY KEY REFERENCES segment (segment_no),
  seq        INTEGER NOT NULL CHECK (seq >= 0),
  chain      BLOB    NOT NULL CHECK (length(chain) = 32),
  secured    INTEGER NOT NULL CHECK (secured >= 0),
  -- The cloud holds the whole segment and no op will join it.
  complete   INTEGER NOT NULL CHECK (complete IN (0, 1))
) STRICT;

-- Outcomes that a person or an upgrade has to settle; "accepted" and "duplicate" are the rest.
CREATE TABLE outcome (
  op_no          INTEGER NOT NULL PRIMARY KEY REFERENCES op (op_no),
  outcome        TEXT    NOT NULL CHECK (outcome IN ('conflict', 'rejected', 'parked')),
  code           TEXT,
  conflict       BLOB             CHECK (length(conflict) = 16),
  answered_at_ms INTEGER NOT NULL
) STRICT;

-- The last attempts to reach the cloud, for the time line; bounded.
CREATE TABLE sync_attempt (
  attempt_no    INTEGER NOT NULL PRIMARY KEY,
  what          TEXT    NOT NULL CHECK (what IN ('hello', 'push')),
  segment_no    INTEGER REFERENCES segment (segment_no),
  from_seq      INTEGER,
  to_seq        INTEGER,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms   INTEGER NOT NULL,
  answered      INTEGER NOT NULL CHECK (answered IN (0, 1)),
  words         TEXT    NOT NULL
) STRICT;

CREATE TABLE operator (
  operator_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(operator_id) = 16),
  name            TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  role            TEXT    NOT NULL CHECK (role IN ('cashier', 'supervisor', 'manager', 'installer')),
  pin_hash        TEXT    NOT NULL,
  active          INTEGER NOT NULL CHECK (active IN (0, 1)),
  failures        INTEGER NOT NULL CHECK (failures >= 0),
  locked_until_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name          TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
  json          TEXT    NOT NULL CHECK (json_valid(json)),
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
