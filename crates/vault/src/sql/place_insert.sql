INSERT INTO op_place (
  place_no, segment_no, op_no, prev, chain, op_hash, bytes, sales_in_segment
) VALUES (
  coalesce(
    1 + (SELECT max(place_no) FROM op_place WHERE place_no >= :low AND place_no < :high), :low
  ),
  :segment_no, :op_no, :prev, :chain, :op_hash, :bytes, :sales_in_segment
)
