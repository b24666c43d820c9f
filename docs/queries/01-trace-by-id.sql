-- One trace, as a list. The Bloom filter on trace_id skips nearly all row groups; naming columns skips the maps.
SELECT time, service_name, name, kind, span_id, parent_span_id, duration_ns / 1e6 AS duration_ms, status_code
FROM traces
WHERE trace_id = '0868dedfbf6931c1a3402eda21ac0635'
  AND stream = 'checkout' AND dt = '2026-11-22'
ORDER BY time, span_id;
