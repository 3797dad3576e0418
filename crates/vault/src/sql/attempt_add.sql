INSERT INTO sync_attempt (
  what, segment_no, from_seq, to_seq, started_at_ms, ended_at_ms, answered, words
) VALUES (
  :what, (SELECT segment_no FROM segment WHERE segment = :segment), :from_seq, :to_seq,
  :started_at_ms, :ended_at_ms, :answered, :words
)
