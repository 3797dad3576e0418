-- Facts are only ever added. With `recursive_triggers = ON` these also stop INSERT OR REPLACE.

CREATE TRIGGER op_stays_1 BEFORE UPDATE ON op
BEGIN SELECT RAISE(ABORT, 'op is append-only'); END;
CREATE TRIGGER op_stays_2 BEFORE DELETE ON op
BEGIN SELECT RAISE(ABORT, 'op is append-only'); END;

CREATE TRIGGER sale_stays_1 BEFORE UPDATE ON sale
BEGIN SELECT RAISE(ABORT, 'sale is append-only'); END;
CREATE TRIGGER sale_stays_2 BEFORE DELETE ON sale
BEGIN SELECT RAISE(ABORT, 'sale is append-only'); END;

CREATE TRIGGER sale_line_stays_1 BEFORE UPDATE ON sale_line
BEGIN SELECT RAISE(ABORT, 'sale_line is append-only'); END;
CREATE TRIGGER sale_line_stays_2 BEFORE DELETE ON sale_line
BEGIN SELECT RAISE(ABORT, 'sale_line is append-only'); END;

CREATE TRIGGER tender_stays_1 BEFORE UPDATE ON tender
BEGIN SELECT RAISE(ABORT, 'tender is append-only'); END;
CREATE TRIGGER tender_stays_2 BEFORE DELETE ON tender
BEGIN SELECT RAISE(ABORT, 'tender is append-only'); END;

CREATE TRIGGER stock_movement_stays_1 BEFORE UPDATE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;
CREATE TRIGGER stock_movement_stays_2 BEFORE DELETE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;

CREATE TRIGGER milestone_stays_1 BEFORE UPDATE ON milestone
BEGIN SELECT RAISE(ABORT, 'milestone is append-only'); END;
CREATE TRIGGER milestone_stays_2 BEFORE DELETE ON milestone
BEGIN SELECT RAISE(ABORT, 'milestone is append-only'); END;

CREATE TRIGGER hole_stays_1 BEFORE UPDATE ON hole
BEGIN SELECT RAISE(ABORT, 'hole is append-only'); END;
CREATE TRIGGER hole_stays_2 BEFORE DELETE ON hole
BEGIN SELECT RAISE(ABORT, 'hole is append-only'); END;

-- A segment's beginning is a fact; its end is added, and grows if more of it is recovered.
CREATE TRIGGER segment_stays_1 BEFORE UPDATE ON segment
WHEN NEW.segment <> OLD.segment OR NEW.first_seq <> OLD.first_seq
  OR NEW.parent_chain IS NOT OLD.parent_chain
  OR (OLD.last_seq IS NOT NULL AND (NEW.last_seq IS NULL OR NEW.last_seq < OLD.last_seq))
BEGIN SELECT RAISE(ABORT, 'segment is append-only'); END;
CREATE TRIGGER segment_stays_2 BEFORE DELETE ON segment
BEGIN SELECT RAISE(ABORT, 'segment is append-only'); END;
