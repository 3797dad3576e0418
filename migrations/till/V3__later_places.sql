-- A fact never changes; where it stands in the stream may. After a fork, or beyond numbers that were lost, an op is
-- put under a fresh segment: same bytes, same op_id, another place. The first place stays in `op`.

-- `place_no` is seq * 256 plus a small number, like `op.op_no`. `bytes` only if the cloud holds other bytes under
-- this op's id at the place: both are kept.
CREATE TABLE op_place (
  place_no         INTEGER NOT NULL PRIMARY KEY CHECK (place_no >= 256),
  segment_no       INTEGER NOT NULL REFERENCES segment (segment_no),
  op_no            INTEGER NOT NULL REFERENCES op (op_no),
  prev             BLOB    NOT NULL CHECK (length(prev) = 32),
  chain            BLOB    NOT NULL CHECK (length(chain) = 32),
  op_hash          BLOB    NOT NULL CHECK (length(op_hash) = 32),
  bytes            BLOB             CHECK (length(bytes) >= 2),
  -- As in `op`: sales and refunds of the segment up to and including this place.
  sales_in_segment INTEGER NOT NULL CHECK (sales_in_segment >= 0)
) STRICT;

CREATE INDEX place_of_op ON op_place (op_no);

CREATE TRIGGER op_place_stays_1 BEFORE UPDATE ON op_place
BEGIN SELECT RAISE(ABORT, 'op_place is append-only'); END;
CREATE TRIGGER op_place_stays_2 BEFORE DELETE ON op_place
BEGIN SELECT RAISE(ABORT, 'op_place is append-only'); END;

-- The last `seq` of the segment that still counts there; what lies beyond it has a later place. Less than
-- `first_seq`: nothing of the segment counts any more.
ALTER TABLE segment ADD COLUMN moved_after INTEGER CHECK (moved_after >= 0);
ALTER TABLE segment ADD COLUMN moved_sales INTEGER CHECK (moved_sales >= 0);

-- Segments under this till's name that another copy of it made: never fetched, never built upon.
CREATE TABLE stranger (
  segment       BLOB    NOT NULL PRIMARY KEY CHECK (length(segment) = 16),
  noticed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every place an op has or had, first ones and later ones, in the order of `seq`.
CREATE VIEW place AS
SELECT op_no AS place_no, segment_no, op_no, prev, chain, op_hash, sales_in_segment, 0 AS later FROM op
UNION ALL
SELECT place_no, segment_no, op_no, prev, chain, op_hash, sales_in_segment, 1 AS later FROM op_place;

-- The segments of which something is to reach the cloud, and how far they go.
CREATE VIEW own_segment AS
SELECT
  s.segment_no, s.segment, s.first_seq,
  coalesce(s.moved_after, s.last_seq, h.seq, s.first_seq - 1) AS last_seq,
  coalesce(s.moved_sales, s.sales, h.sales_in_segment, 0) AS sales,
  s.moved_after IS NOT NULL OR s.last_seq IS NOT NULL AS ended
FROM segment s
LEFT JOIN head h ON h.segment_no = s.segment_no
WHERE s.moved_after IS NULL OR s.moved_after >= s.first_seq;
