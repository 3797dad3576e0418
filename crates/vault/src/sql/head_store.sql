INSERT INTO head (
  one, seq, segment_no, chain, sales_in_segment, hlc_ms, hlc_counter, journal_mark,
  ops, sales, refunds, lines, net_minor
) VALUES (
  1, :seq, :segment_no, :chain, :sales_in_segment, :hlc_ms, :hlc_counter, :journal_mark,
  :ops, :sales, :refunds, :lines, :net_minor
)
ON CONFLICT (one) DO UPDATE SET
  seq = excluded.seq, segment_no = excluded.segment_no, chain = excluded.chain,
  sales_in_segment = excluded.sales_in_segment, hlc_ms = excluded.hlc_ms,
  hlc_counter = excluded.hlc_counter, journal_mark = excluded.journal_mark,
  ops = excluded.ops, sales = excluded.sales, refunds = excluded.refunds,
  lines = excluded.lines, net_minor = excluded.net_minor
