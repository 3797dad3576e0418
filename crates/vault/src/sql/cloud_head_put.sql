INSERT INTO cloud_head (segment_no, seq, chain, secured, complete)
SELECT s.segment_no, :seq, :chain, :secured, 0 FROM segment s WHERE s.segment = :segment
ON CONFLICT (segment_no) DO UPDATE SET
  seq = excluded.seq, chain = excluded.chain, secured = excluded.secured, complete = 0
